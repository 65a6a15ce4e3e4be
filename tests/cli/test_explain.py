"""`leadlock explain`: every step and rule that was tried, and it tells what routing then does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from streams.tables.redis import RedisTables
from tests.cli.conftest import Run, Tell

ACCOUNTS = """account_id,name,domains,status,owner,csm,open_tickets
acme,Acme Corporation,acme.com,customer,sara,cleo,3
zorvex,Zorvex Industries,,,,,
"""
REPS = "rep,team,role,manager\nsara,east,ae,vera\nvera,east,vp,\ncleo,care,csm,\ndora,inbound,sdr,\neve,inbound,sdr,\n"


@pytest.fixture
def files(tmp_path: Path, run: Run) -> tuple[str, ...]:
    (tmp_path / "accounts.csv").write_text(ACCOUNTS)
    (tmp_path / "reps.csv").write_text(REPS)
    return ("--accounts", "accounts.csv", "--reps", "reps.csv")


def explained(run: Run, lead: dict[str, Any], *options: str) -> dict[str, Any]:
    done = run("explain", "-", *options, "--json", input=json.dumps(lead))
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.stdout))


def test_every_rule_up_to_the_one_that_won(run: Run, files: tuple[str, ...]) -> None:
    told = explained(run, {"email": "pat@acme.com", "title": "VP Sales"}, *files, "--at", "2026-03-02T09:00:00Z")
    assert (told["account"]["id"], told["match"]["method"], told["rule"], told["owner"]["rep"]) == (
        "acme",
        "domain",
        "customer_owner",
        "sara",
    )
    assert [(one["rule"], one["won"]) for one in told["rules"]][-2:] == [("named_account", False), ("customer_owner", True)]
    assert told["not_tried"][0] == "open_opportunity_owner"
    assert (told["priority"], told["respond_by"]) == ("hot", "2026-03-02T09:05:00Z")
    assert {"rep": "cleo", "why": "customer_needs_care"} in told["notify"]
    assert "3 open tickets" in told["rules"][-1]["saw"]


def test_a_name_that_is_only_alike_shows_who_would_be_asked_about(run: Run, files: tuple[str, ...]) -> None:
    told = explained(run, {"email": "x@gmail.com", "company": "Zorvexx"}, *files)
    assert [one["account_id"] for one in told["candidates"]] == ["zorvex"]
    assert [one["step"] for one in told["steps"]] == ["manual", "domain", "profile", "name"]
    assert (told["account"], told["rule"], told["owner"]["rep"]) == (None, "territory", "dora")


def test_people_read_it(run: Run, files: tuple[str, ...]) -> None:
    done = run("explain", "-", *files, input=json.dumps({"email": "pat@acme.com"}))
    assert done.exit_code == 0, done.output
    for words in (
        "Account: Acme Corporation (acme), by domain",
        "Owner: sara (east), by customer_owner",
        "-> ",
        "nobody holds this contact",
        "Not tried",
    ):
        assert words in done.stdout


def test_events_come_before_the_lead_and_turns_are_not_taken(run: Run, files: tuple[str, ...], tmp_path: Path) -> None:
    event = {"event_id": "m", "occurred_at": "2026-03-02T09:00:00Z", "message_id": "m", "contact": "pat@acme.com", "rep": "dora"}
    (tmp_path / "events.jsonl").write_text(json.dumps({"topic": "email-sent", "value": event}))
    told = explained(run, {"email": "pat@acme.com"}, *files, "--events", "events.jsonl")
    assert (told["rule"], told["owner"]["rep"], told["at"]) == ("contact_owner", "dora", "2026-03-02T09:00:00Z")
    owners = {explained(run, {"email": f"x{n}@gmail.com"}, *files)["owner"]["rep"] for n in range(2)}
    assert owners == {"dora"}


@pytest.mark.parametrize(
    ("lead", "says"),
    [
        ("", "the lead is not JSON"),
        ("{torn", "the lead is not JSON"),
        ("[]", "no JSON object"),
        ('{"email": "nobody"}', "email"),
        ('{"title": "CEO"}', "email"),
        ('{"topic": "email-sent", "value": {}}', "`topic` must be lead-created, found 'email-sent'"),
        ('{"topic": "lead-created", "value": 7}', "`value` must be an object, found 7"),
        ('{"topic": "lead-created"}', "`value` must be an object, found None"),
        ('{"topic": "lead-created", "at": "09:00", "value": {}}', "`at` must be a time"),
    ],
)
def test_what_is_no_lead_is_one_clear_error(run: Run, files: tuple[str, ...], lead: str, says: str) -> None:
    done = run("explain", "-", *files, input=lead)
    assert done.exit_code == 1 and says in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("lead", "rule", "says"),
    [
        ({"email": "z@new.com"}, "profile_owner", "its leads made the account"),
        ({"email": "x@new.com", "intent": "demo_request"}, "original_owner", "L1, which it may be a duplicate of, is dora's"),
        ({"email": "x@new.com"}, "territory", "Owner: nobody yet; as a lead of its own "),
        ({"email": "q@other.org"}, "territory", "Owner: dora (inbound), by territory"),
    ],
)
def test_what_else_has_a_say_than_the_order_is_told(
    run: Run, files: tuple[str, ...], tmp_path: Path, lead: dict[str, str], rule: str, says: str
) -> None:
    at = "2026-03-02T09:00:00Z"
    before = [{"event_id": one, "occurred_at": at, "lead_id": one, "email": f"{name}@new.com"} for one, name in (("L1", "x"), ("L2", "y"))]
    (tmp_path / "events.jsonl").write_text("\n".join(json.dumps({"topic": "lead-created", "value": one}) for one in before))
    told = explained(run, lead, *files, "--events", "events.jsonl")
    assert told["rule"] == rule
    played = run("explain", "-", *files, "--events", "events.jsonl", input=json.dumps(lead))
    assert says in played.stdout


@pytest.mark.parametrize("before", ["", "\ufeff"])
def test_a_lead_may_be_an_event_line_and_lack_what_it_does_not_know(run: Run, files: tuple[str, ...], before: str) -> None:
    value = {"lead_id": None, "event_id": None, "occurred_at": None, "email": "pat@acme.com", "title": None}
    line = json.dumps({"topic": "lead-created", "at": "2026-03-02T09:00:00+01:00", "value": value})
    done = run("explain", "-", *files, "--json", input=before + line)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["lead_id"], told["at"], told["owner"]["rep"]) == ("this lead", "2026-03-02T08:00:00Z", "sara")


@pytest.mark.redis
def test_it_asks_redis_tells_what_routing_then_does_and_changes_nothing(run: Run, store: RedisTables, tell: Tell) -> None:
    lead = {"lead_id": "L1", "email": "kim@northwind-logistics.com", "title": "CFO"}
    before = sorted(store.scan(""))
    told = explained(run, lead)
    assert sorted(store.scan("")) == before
    tell("lead-created", lead, hours=-0.001)
    again = explained(run, lead)
    assert (told["account"]["id"], again["routed_before"]["owner"]) == ("nw", told["owner"]["rep"])
    assert again["routed_before"]["again"] is False and again["rule"] == told["rule"]
    other = explained(run, {**lead, "lead_id": "L2"})
    assert other["duplicates"] == [{"lead_id": "L1", "same": ["email"]}]
