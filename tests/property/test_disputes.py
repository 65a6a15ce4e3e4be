"""Rules 17 and 18, whatever happens meanwhile: one may send, every review ends, nobody stays paused, nothing counts twice."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from hypothesis import event as note
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.reading import read
from schemas.times import micros
from streams import state
from streams.state import Company, ContactRecord, Dispute
from tests.play import Played, at
from tests.property.test_fold import calls, claims, replies, signals, touches

REPS: dict[str, dict[str, Any]] = {
    "ana": {"team": "east", "manager": "tia", "timezone": "America/New_York"},
    "bob": {"team": "west", "manager": "tom", "timezone": "Europe/Berlin"},
    "cyd": {"team": "west", "timezone": "Asia/Tokyo"},
    "tia": {"team": "east", "role": "team_lead"},
    "tom": {"team": "west", "role": "team_lead", "timezone": "Australia/Sydney"},
    "rita": {"team": "ops", "role": "revops"},
}
SELLING = ["ana", "bob", "cyd"]
PAT, KIM, LEE = "pat@contoso.com", "kim@contoso.com", "lee@fabrikam.com"
TARGETS = [{"contact": PAT}, {"contact": LEE}, {"account_id": "c"}, {"domain": "contoso.com"}, {"domain": "fabrikam.com"}]
people = st.sampled_from(SELLING)
requests = st.builds(
    lambda by, target: ("ownership-commands", {"command": "request_review", "by": by, "note": "n", **target}),
    people,
    st.sampled_from(TARGETS),
)
decisions = st.builds(
    lambda by, target, sender, pause, along, later, recheck: (
        "ownership-commands",
        {
            "command": "decide_review",
            "by": by,
            "note": "n",
            **target,
            "sender": sender,
            "pause": pause,
            "collaborators": along,
            **({"transfer_to": later, "transfer_by": at(days=2).isoformat()} if later else {}),
            **({"recheck_at": at(days=9).isoformat()} if recheck else {}),
        },
    ),
    st.sampled_from(sorted(REPS)),
    st.sampled_from(TARGETS),
    people,
    st.lists(people, max_size=2, unique=True),
    st.lists(people, max_size=1),
    st.sampled_from([None, *SELLING]),
    st.booleans(),
)
moves = st.builds(
    lambda command, target, to: ("ownership-commands", {"command": command, "by": "rita", "note": "n", "to": to, **target}),
    st.sampled_from(["transfer", "release"]),
    st.sampled_from(TARGETS),
    people,
)
anything = st.one_of(requests, requests, decisions, moves, touches, calls, replies, claims, signals)
firsts = st.lists(st.tuples(st.just(1), st.one_of(touches, touches, claims)), min_size=1, max_size=4)
later = st.lists(st.tuples(st.integers(0, 3 * 60), anything), max_size=10)
days = st.builds(lambda first, wait, asked, rest: [*first, (wait, asked), *rest], firsts, st.integers(0, 900), requests, later)
POLICIES = ["", '[ownership]\nlevel = "account"\n', '[escalation]\ndefault = "owner_keeps"\nrevops = "3h"\n']


def disputes(played: Played) -> dict[str, tuple[Any, Dispute]]:
    """Target -> (its record, its dispute)."""
    found: dict[str, tuple[Any, Dispute]] = {}
    for key, document in played.simulation.tables.scan(""):
        record = state.decode(key, document.body)
        if isinstance(record, ContactRecord) and record.dispute is not None:
            found[key] = record, record.dispute
        elif isinstance(record, Company):
            found |= {key if scope == "account" else f"domain:{scope}": (record, one) for scope, one in record.disputes.items()}
    return found


def verdicts(played: Played, contact: str, when: Any) -> dict[str, str]:
    """Rep -> the rule that the check answers with; a verdict that is no block counts as `may`."""
    found = {}
    for rep in SELLING:
        value = {"event_id": f"ask-{rep}", "occurred_at": when.isoformat(), "contact": contact, "rep": rep, "stage": "import"}
        (answer,) = (
            one
            for one in played.simulation.engine.ask("send-requested", read("send-requested", json.dumps(value).encode()), micros(when))
            if one["kind"] == "send_verdict"
        )
        found[rep] = str(answer["rule"]) if answer["verdict"] == "block" else "may"
    return found


def one_may_send(played: Played, when: Any) -> None:
    """The invariant of an open review, held against what every rep is answered at this moment."""
    for target, (record, dispute) in disputes(played).items():
        if dispute.review is None or dispute.review.due <= micros(when):
            continue
        kind, _, name = target.partition(":")
        lock = record.state.lock if kind == "contact" else record.lock if kind == "account" else record.domains.get(name)
        contacts = [name] if kind == "contact" else [one for one in (PAT, KIM, LEE) if kind == "account" or one.endswith(name)]
        for contact in contacts:
            if kind == "account" and contact == LEE:
                continue
            found = verdicts(played, contact, when)
            note(f"asked while a {kind} is under review")
            if "suppressed" in found.values():
                assert set(found.values()) == {"suppressed"}
                continue
            may = [rep for rep, rule in found.items() if rule == "may"]
            assert len(may) <= 1, (target, contact, found)
            passed = [rep for rep, rule in found.items() if rule != "under_review"]
            holder = played.owner(contact)
            if kind == "contact":
                assert len(passed) == 1, (target, found)
                assert lock is None or passed == [lock.owner]
                if not set(found.values()) - {"may", "under_review"}:
                    assert len(may) == 1
            elif holder is None:
                assert len(passed) == 1, (target, contact, found)
            else:
                assert holder in passed, (target, contact, found)
                assert set(may) <= {holder}


def play(day: list[tuple[int, Any]], policy: str) -> tuple[Played, int]:
    played = Played(REPS, [{"account_id": "c", "name": "Contoso", "domains": ["contoso.com"]}], policy)
    minute = 0
    for number, (wait, (topic, value)) in enumerate(day):
        minute += wait
        played.send(topic, value, at(minutes=minute), event_id=f"e{number}")
        one_may_send(played, at(minutes=minute))
    return played, minute


@settings(max_examples=600, deadline=None)
@given(days, st.sampled_from(POLICIES))
def test_at_every_moment_of_a_review_one_may_send_and_it_ends_and_nobody_stays_paused(day: list[tuple[int, Any]], policy: str) -> None:
    played, minute = play(day, policy)
    for hours in (1, 3, 7, 15, 30, 60):
        played.until(at(minutes=minute, hours=hours))
        one_may_send(played, at(minutes=minute, hours=hours))
    end = at(minutes=minute) + timedelta(days=14)
    played.until(end)
    assert [target for target, (_, dispute) in disputes(played).items() if dispute.review is not None] == []
    kinds = [one["kind"] for one in played.decisions]
    assert kinds.count("review_opened") == kinds.count("review_decided")
    for contact in (PAT, KIM, LEE):
        assert [rep for rep, rule in verdicts(played, contact, end).items() if rule in ("paused", "under_review")] == []


@settings(max_examples=250, deadline=None)
@given(days, st.sampled_from(POLICIES), st.randoms(use_true_random=False))
def test_everything_again_changes_nothing(day: list[tuple[int, Any]], policy: str, random: Any) -> None:
    played, minute = play(day, policy)
    before, said, reviews = played.standing(), len(played.lines), disputes(played)
    for number in random.sample(range(len(day)), len(day)):
        topic, value = day[number][1]
        played.send(topic, value, at(minutes=minute), event_id=f"e{number}")
    assert (played.standing(), len(played.lines), disputes(played)) == (before, said, reviews)


@settings(max_examples=200, deadline=None)
@given(days, st.sampled_from(POLICIES))
def test_levels_follow_one_another_and_each_review_is_told_from_its_beginning_to_its_end(day: list[tuple[int, Any]], policy: str) -> None:
    played, minute = play(day, policy)
    played.until(at(minutes=minute, days=14))
    levels: dict[str, int] = {}
    for one in played.decisions:
        if one["kind"] not in ("review_opened", "review_escalated", "review_decided"):
            continue
        cause = one["event_id"]
        target = cause.removeprefix("deadline:review:") if cause.startswith("deadline:") else named(day, cause)
        if one["kind"] == "review_opened":
            assert levels.get(target, 0) == 0
            levels[target] = 1
        elif one["kind"] == "review_escalated":
            assert one["level"] == levels[target] + 1
            levels[target] = one["level"]
        else:
            assert one["level"] == levels[target]
            levels[target] = 0
        if one["due_at"]:
            assert one["due_at"] > one["decided_at"]
    assert set(levels.values()) <= {0}


def named(day: list[tuple[int, Any]], event_id: str) -> str:
    """The target of a command by its event's id."""
    value = day[int(event_id[1:])][1][1]
    for name, kind in (("contact", "contact"), ("account_id", "account"), ("domain", "domain")):
        if name in value:
            return f"{kind}:{value[name]}"
    raise AssertionError(value)
