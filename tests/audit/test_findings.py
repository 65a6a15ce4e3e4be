"""The eight questions of the audit, each with what it finds and what it lets pass."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from schemas.events import OwnershipCommand
from schemas.events.ownership_commands import missing
from schemas.policy import Policy
from schemas.times import micros
from streams import state
from streams.audit import CHECKS, audit
from streams.audit.finding import EXAMPLES, Base, Finding, Group
from tests.play import Played, at, email

REPS: dict[str, dict[str, Any]] = {
    "ana": {"team": "east", "role": "sdr", "manager": "tia"},
    "bob": {"team": "west", "role": "sdr"},
    "tia": {"team": "east", "role": "team_lead"},
    "rita": {"team": "ops", "role": "revops"},
}
FAB = {"account_id": "fab", "name": "Fabrikam", "domains": ["fabrikam.com"], "segment": "enterprise"}
PAT, KIM = "pat@fabrikam.com", "kim@fabrikam.com"
DAY = 86_400_000_000


def played(*accounts: dict[str, Any], policy: str = "") -> Played:
    return Played(REPS, list(accounts) or [FAB], policy)


def found(world: Played, name: str, now: datetime, days: int = 7) -> list[Finding]:
    """The findings of one question, by what is stored."""
    tables, engine = world.simulation.tables, world.simulation.engine
    records = ((key, state.decode(key, document.body)) for key, document in tables.scan(""))
    report = audit(records, Base(micros(now), micros(now) - days * DAY, Policy().windows, engine.directory))
    sections = {section.name: section.findings for section in report.sections}
    assert len(sections) == len(CHECKS) == 8
    for one in (one for findings in sections.values() for one in findings):
        assert one.who and all(one.who) and one.what and 0 < one.since <= micros(now) and str(one.mend)
        if one.mend.command is not None:
            given = {"note": "n", "event_id": "e", "occurred_at": now, "by": "rita", **one.mend.command}
            assert missing(OwnershipCommand.model_validate(given)) is None, one.mend
    return sections[name]


def test_several_reps_at_one_account() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send(*email("bob", KIM), at(days=1))
    (one,) = found(world, "several_reps", at(days=2))
    assert (one.who, one.since) == (("bob", "ana"), micros(at()))
    assert one.what == "2 reps at Fabrikam, nobody is captain"
    assert one.mend.command == {"command": "request_review", "account_id": "fab", "note": "several reps at work"}
    assert found(world, "several_reps", at(days=7, hours=1)) == [], "only one of them within seven days"


def test_several_reps_with_a_captain_need_a_permit_and_one_who_is_let_in_is_said_so() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send("reply-classified", {"contact": PAT, "class": "interested", "rep": "ana"}, at(hours=1))
    world.send(*email("bob", KIM), at(days=1))
    (one,) = found(world, "several_reps", at(days=2))
    assert one.mend.command == {"command": "permit", "account_id": "fab", "to": "bob"}
    world.send("ownership-commands", {"command": "permit", "account_id": "fab", "to": "bob", "by": "ana"}, at(days=1, hours=1))
    assert "let in: bob" in found(world, "several_reps", at(days=2))[0].what


def test_a_domain_without_an_account_counts_too() -> None:
    world = played()
    world.send(*email("ana", "a@else.com"), at())
    world.send(*email("bob", "b@else.com"), at(days=1))
    (one,) = found(world, "several_reps", at(days=2))
    assert one.mend.command is not None and one.mend.command["domain"] == "else.com"


def test_first_emails_from_different_mailboxes() -> None:
    world = played()
    world.send(*email("ana", PAT, mailbox="ana@ours.com", step=1, sequence_id="s"), at())
    world.send(*email("ana", PAT, mailbox="ana@ours.com", step=2, sequence_id="s"), at(days=1))
    assert found(world, "several_mailboxes", at(days=2)) == []
    world.send(*email("bob", PAT, mailbox="bob@ours.com", step=2, sequence_id="t"), at(days=1))
    assert found(world, "several_mailboxes", at(days=2)) == [], "a second step is no first e-mail"
    world.send(*email("bob", PAT, mailbox="b@theirs.com", step=1, sequence_id="t"), at(days=1, hours=1))
    (one,) = found(world, "several_mailboxes", at(days=2))
    assert one.what == f"{PAT} got first e-mails from ana@ours.com, b@theirs.com"
    assert (one.since, str(one.mend)) == (micros(at(days=1, hours=1)), "bob stops; ana answers alone")
    assert found(world, "several_mailboxes", at(days=9)) == []


def test_a_review_that_nobody_decides() -> None:
    policy = '[escalation]\nrep_to_rep = "500h"\n'
    world = played(policy=policy)
    world.send(*email("ana", PAT), at())
    world.send("ownership-commands", {"command": "request_review", "contact": PAT, "by": "bob", "note": "mine"}, at(hours=1))
    assert found(world, "late_reviews", at(hours=48)) == []
    (one,) = found(world, "late_reviews", at(hours=50))
    assert (one.who, one.since) == (("bob", "ana"), micros(at(hours=1)))
    assert one.mend.command == {"command": "decide_review", "contact": PAT, "sender": "ana", "note": "..."}


def opt_outs(world: Played, first: float, count: int, kind: str = "unsubscribe", domain: str = "fabrikam.com") -> None:
    for number in range(count):
        contact = f"p{first}-{number}@{domain}"
        world.send(*email("ana", contact), at(days=first, minutes=2 * number))
        world.send("reply-classified", {"contact": contact, "class": kind, "rep": "ana"}, at(days=first, minutes=2 * number + 1))


def test_unsubscribes_beyond_what_is_usual_in_a_segment() -> None:
    world = played(FAB, {"account_id": "con", "name": "Contoso", "domains": ["contoso.com"], "segment": "smb"})
    for week in range(4):
        opt_outs(world, week * 7.0, 4, domain="contoso.com")
    opt_outs(world, 29, 5, domain="contoso.com")
    opt_outs(world, 30, 6)
    (one,) = found(world, "opt_outs", at(days=34, hours=12))
    assert one.what == "enterprise: 6 unsubscribes, usually 0, of 6 contacts written to"
    assert (one.number, one.who) == (6, ("ana",))


def test_two_complaints_are_no_pattern() -> None:
    world = played()
    opt_outs(world, 1, 2, "complaint")
    assert found(world, "opt_outs", at(days=2)) == []


@pytest.mark.parametrize(
    ("facts", "what", "command"),
    [
        ({"status": "customer", "owner": "tia"}, "1 contact of Fabrikam, a customer, in s", "suppress"),
        ({"closed_lost": {"owner": "bob", "at": "2026-01-01T00:00:00Z"}}, "1 contact of Fabrikam, closed lost, in s", "hand_off"),
    ],
)
def test_customers_and_lost_deals_in_sequences(facts: dict[str, Any], what: str, command: str) -> None:
    world = played(FAB | facts)
    world.send(*email("ana", PAT, sequence_id="s"), at())
    world.send(*email("ana", KIM), at())
    (one,) = found(world, "wrong_sequences", at(days=1))
    assert (one.who, one.what) == (("ana",), what)
    assert one.mend.command is not None and one.mend.command["command"] == command
    assert found(world, "wrong_sequences", at(days=15)) == [], "the sequence has ended by itself"


@pytest.mark.parametrize("facts", [{"status": "customer", "csm": "ana"}, {"status": "prospect"}])
def test_the_accounts_own_people_and_prospects_pass(facts: dict[str, Any]) -> None:
    world = played(FAB | facts)
    world.send(*email("ana", PAT, sequence_id="s"), at())
    assert found(world, "wrong_sequences", at(days=1)) == []


@pytest.mark.parametrize(("kind", "flag"), [("unsubscribe", "unsubscribed"), ("bounce", "bounced"), ("complaint", "complaint")])
def test_who_must_not_be_mailed_and_still_is(kind: str, flag: str) -> None:
    world = played()
    world.send(*email("ana", PAT, sequence_id="s"), at())
    world.send("reply-classified", {"contact": PAT, "class": kind, "rep": "ana"}, at(hours=1))
    assert found(world, "suppressed_in_sequence", at(days=1)) == []
    world.send(*email("ana", PAT, sequence_id="s", mailbox="ana@ours.com"), at(days=1))
    (one,) = found(world, "suppressed_in_sequence", at(days=2))
    assert (one.who, one.since) == (("ana",), micros(at(hours=1)))
    assert one.what == f"1 {flag} contact still mailed from ana@ours.com"


def test_idle_owners_between_two_weeks_and_a_month() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send(*email("ana", KIM), at(hours=1))
    assert found(world, "idle_owners", at(days=13)) == []
    (one,) = found(world, "idle_owners", at(days=15))
    assert (one.who, one.what, one.number) == (("ana",), "2 contacts at Fabrikam without a touch", 2)
    assert one.examples == (f"contact:{PAT}", f"contact:{KIM}")
    assert one.mend.command is not None and one.mend.command["command"] == "hand_off"
    world.send(*email("ana", KIM), at(days=14))
    (one,) = found(world, "idle_owners", at(days=15))
    assert one.mend.command == {"command": "release", "contact": PAT, "note": "idle"}


def test_an_answer_that_nobody_answers() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send("reply-classified", {"contact": PAT, "class": "interested", "rep": "ana"}, at(hours=2))
    assert found(world, "unclear_next_steps", at(days=2)) == []
    (one,) = found(world, "unclear_next_steps", at(days=3))
    assert (one.who, one.since, str(one.mend)) == (("ana",), micros(at(hours=2)), f"ana answers {PAT}")
    world.send(*email("ana", PAT), at(days=2, hours=3))
    assert found(world, "unclear_next_steps", at(days=3)) == []


def test_a_contact_for_which_nothing_is_planned() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send(*email("ana", KIM, sequence_id="s"), at())
    (one,) = found(world, "unclear_next_steps", at(days=8))
    assert (one.what, one.examples) == ("1 contact at Fabrikam: no sequence, no conversation, nothing planned", (f"contact:{PAT}",))
    assert found(world, "unclear_next_steps", at(days=6)) == []


def test_a_group_counts_all_and_names_the_oldest() -> None:
    group = Group()
    for number in range(1000):
        group.add(f"c{number:04}", 5000 - number)
    assert (group.count, group.since) == (1000, 4001)
    assert group.examples() == tuple(f"c{number:04}" for number in range(999, 999 - EXAMPLES, -1))
