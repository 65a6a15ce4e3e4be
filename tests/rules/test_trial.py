"""A policy on trial: what would change, and that nothing does under the same policy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from schemas.policy import Policy
from schemas.times import micros
from streams.cli import main
from streams.simulation import Lines
from streams.trial import Difference, Trial
from tests.integration.mix import lines, mix
from tests.play import at, email

START = micros(at())
DAY = 86_400_000_000


def lined(*events: tuple[str, dict[str, Any], float]) -> list[bytes]:
    """(topic, value, hours after nine) as lines."""
    return [
        json.dumps({"topic": topic, "value": {"event_id": f"n{number}", "occurred_at": at(hours=hours).isoformat(), **value}}).encode()
        for number, (topic, value, hours) in enumerate(events)
    ]


def differences(events: list[bytes], old: str, new: str, days: float = 0) -> list[Difference]:
    trial = Trial(Policy.parse(old), Policy.parse(new))
    return list(trial.play(Lines().arrivals(events), START + round(days * DAY)))


def asked(rep: str, contact: str, hours: float, **more: Any) -> tuple[str, dict[str, Any], float]:
    return "send-requested", {"contact": contact, "rep": rep, "stage": "launch", **more}, hours


@pytest.mark.parametrize("seed", range(6))
def test_the_same_policy_makes_no_difference(seed: int) -> None:
    policy = '[windows]\nreview = "2d"\nactivation = "1h"\nreplied_recently = "3h"\n'
    assert differences(list(lines(mix(seed, 300, START))), policy, policy, 60) == []


def test_another_verdict_and_the_grant_that_is_no_more_are_told_by_rule() -> None:
    events = lined(("email-sent", email("sam", "ops@nw.com")[1], 0), asked("priya", "cfo@nw.com", 1))
    verdict, grant = differences(events, "", '[sends]\naccount_overlap = "block"')
    assert verdict.old is not None and verdict.new is not None
    assert (verdict.rule, verdict.fields) == ("account_overlap", ("verdict",))
    assert (verdict.old["verdict"], verdict.new["verdict"]) == ("warn", "block")
    assert grant.old is not None and (grant.rule, grant.old["kind"], grant.new) == ("claim", "claim_granted", None)


def test_a_deadline_at_another_time_is_the_same_decision_at_another_time() -> None:
    events = lined(("email-sent", email("sam", "ops@nw.com")[1], 0))
    granted, expired = differences(events, "", '[windows]\nreview = "14d"', 30)
    assert (granted.rule, granted.fields) == ("first_touch", ("until", "lock.expires_at"))
    assert (expired.rule, set(expired.fields)) == ("no_activity", {"decided_at", "lock.expires_at"})


def test_what_only_the_new_policy_lets_run_out_comes_last() -> None:
    events = lined(("email-sent", email("sam", "ops@nw.com")[1], 0), ("email-sent", email("sam", "a@b.com")[1], 20 * 24))
    last = differences(events, "", '[windows]\nreview = "14d"')[-1]
    assert last.old is None and last.new is not None
    assert (last.rule, last.new["kind"], last.new["decided_at"]) == ("no_activity", "ownership_expired", "2026-03-16T09:00:00Z")


def test_another_answer_to_the_same_event_is_one_difference() -> None:
    claim = ("ownership-commands", {"command": "claim", "by": "bob", "contact": "a@b.com"}, 60.0)
    reps = [("rep-updated", {"rep": rep}, 0.0) for rep in ("bob", "sam")]
    events = lined(*reps, ("ownership-commands", {"command": "claim", "by": "sam", "contact": "a@b.com"}, 1), claim)
    found = [one for one in differences(events, "", '[windows]\nactivation = "72h"') if one.old and one.old["event_id"] == "n3"]
    assert [(one.old["kind"], one.new["kind"]) for one in found if one.old and one.new] == [("claim_granted", "claim_denied")]


def run(tmp_path: Path, *words: str) -> Any:
    events, new, old = tmp_path / "events.jsonl", tmp_path / "new.toml", tmp_path / "old.toml"
    events.write_bytes(b"\n".join(lined(("email-sent", email("sam", "ops@nw.com")[1], 0), asked("priya", "cfo@nw.com", 1))))
    new.write_text('[sends]\naccount_overlap = "block"')
    old.write_text("")
    places = {"EVENTS": str(events), "NEW": str(new), "OLD": str(old)}
    return CliRunner().invoke(main, ["simulate", *(places.get(word, word) for word in words)])


def test_the_command_tells_groups_or_each_difference(tmp_path: Path) -> None:
    told = run(tmp_path, "--policy", "NEW", "--against", "OLD", "EVENTS")
    assert told.exit_code == 0
    first, heading, *rows = told.stdout.splitlines()
    assert first == "3 decisions under the policy it is compared with, 2 under the one on trial: 2 would change."
    assert heading.split()[:3] == ["rule", "now", "then"]
    assert [" ".join(row.split()) for row in rows] == [
        "account overlap send verdict warn send verdict block 1 2026-03-02 10:00 cfo@nw.com, sam",
        "claim claim granted nothing 1 2026-03-02 10:00 cfo@nw.com, priya",
    ]
    listed = run(tmp_path, "--policy", "NEW", "--against", "OLD", "EVENTS", "--json").stdout
    each = [(one["rule"], one["fields"], bool(one["new"])) for one in map(json.loads, listed.splitlines())]
    assert each == [("account_overlap", ["verdict"], True), ("claim", [], False)]
    same = run(tmp_path, "--policy", "OLD", "--against", "OLD", "EVENTS")
    assert "none would change" in same.stdout


@pytest.mark.parametrize(
    ("words", "hint"),
    [(("--policy", "NEW"), "EVENTS or --from-kafka"), (("EVENTS", "--from-kafka"), "not both"), (("EVENTS", "--since", "3x"), "'3x'")],
)
def test_what_cannot_be_played_is_said(tmp_path: Path, words: tuple[str, ...], hint: str) -> None:
    refused = run(tmp_path, *words)
    assert refused.exit_code == 2
    assert hint in refused.stderr
