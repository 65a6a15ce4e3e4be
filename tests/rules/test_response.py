"""Rule 21: how soon a lead is to be answered, who has answered it, and what happens when nobody has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest

from schemas.policy import Policy
from schemas.reading import read
from schemas.times import micros
from streams.engine import Engine
from streams.path import Arrived, Record
from streams.tables.memory import MemoryTables
from tests.play import Played, at, email

REPS: dict[str, dict[str, Any]] = {
    "ana": {"team": "east", "role": "sdr", "manager": "max", "territories": [{"countries": ["US"]}]},
    "bob": {"team": "east", "role": "sdr", "territories": [{"countries": ["MX"]}]},
    "max": {"team": "east", "role": "team_lead"},
    "rita": {"team": "ops", "role": "revops"},
}
REASSIGN = '[sla]\non_miss = "reassign"\n'


def lead(world: Played, lead_id: str = "l1", minutes: float = 0, **value: Any) -> dict[str, Any]:
    facts = {"email": f"{lead_id}@acme.com", "country": "US", **value}
    said = world.send("lead-created", {"lead_id": lead_id, **facts}, at(minutes=minutes))
    return next(one for one in said if one["kind"] == "lead_routed")


def call(world: Played, rep: str, minutes: float, occurred: float | None = None, kind: str = "call", **about: Any) -> list[dict[str, Any]]:
    about = about or {"contact": "l1@acme.com"}
    when = minutes if occurred is None else occurred
    return world.send("touch-logged", {"kind": kind, "rep": rep, **about}, at(minutes=minutes), at(minutes=when))


def transfer(world: Played, contact: str, minutes: float) -> None:
    command = {"command": "transfer", "by": "ana", "contact": contact, "to": "bob", "note": "yours"}
    world.send("ownership-commands", command, at(minutes=minutes))


def kinds(said: list[dict[str, Any]]) -> list[str]:
    return [one["kind"] for one in said]


def missed(world: Played) -> list[tuple[str, str | None]]:
    return [(one["lead_id"], (one["owner"] or {}).get("rep")) for one in world.decisions if one["kind"] == "sla_missed"]


@pytest.mark.parametrize(
    ("said", "priority"),
    [
        ({"seniority": "c_level"}, "hot"),
        ({"seniority": "vp"}, "hot"),
        ({"seniority": "director"}, "normal"),
        ({"buying_role": "economic_buyer"}, "hot"),
        ({"buying_role": "champion"}, "normal"),
        ({"intent": "demo_request"}, "hot"),
        ({"intent": "pricing_page"}, "normal"),
        ({"title": "CEO"}, "hot"),
        ({"title": "Chief Financial Officer"}, "hot"),
        ({"title": "VP of Sales"}, "hot"),
        ({"title": "Senior Vice President, Operations"}, "hot"),
        ({"title": "Directeur général"}, "hot"),
        ({"title": "Head of Sales"}, "normal"),
        ({"title": "Executive Assistant to the CEO"}, "normal"),
        ({"title": "Product Owner"}, "normal"),
        ({"title": "CEO", "seniority": "manager"}, "normal"),
        ({}, "normal"),
    ],
)
def test_who_is_hot(said: dict[str, Any], priority: str) -> None:
    routed = lead(Played(REPS), **said)
    assert (routed["priority"], routed["respond_by"]) == (priority, "2026-03-02T09:05:00Z" if priority == "hot" else "2026-03-02T11:00:00Z")


def test_time_runs_in_the_reps_own_business_hours() -> None:
    world = Played({"ana": {**REPS["ana"], "timezone": "America/Los_Angeles"}})
    # 09:00 UTC is one in the morning there: two hours from nine o'clock, 17:00 UTC, and the claim lasts from there.
    routed = lead(world)
    assert (routed["respond_by"], routed["lock"]["expires_at"]) == ("2026-03-02T19:00:00Z", "2026-03-04T19:00:00Z")


def test_time_stands_still_at_night_on_weekends_and_on_holidays() -> None:
    policy = '[business_hours]\nholidays = "US"\ntimezone = "America/New_York"\n'
    world = Played({"ana": REPS["ana"]}, policy=policy)
    # Thursday 2 July 2026, 17:30 in New York; the 3rd is a day off for the 4th, a Saturday.
    when = at() + timedelta(days=122, hours=12, minutes=30)
    (routed,) = world.send("lead-created", {"lead_id": "l1", "email": "x@acme.com", "country": "US"}, when)
    assert routed["respond_by"] == "2026-07-06T14:30:00Z"


def test_the_clock_may_run_always() -> None:
    world = Played(REPS, policy='[sla]\nclock = "always"\nnormal = "20h"\n')
    assert lead(world)["respond_by"] == "2026-03-03T05:00:00Z"


@pytest.mark.parametrize("kind", ["call", "meeting", "meeting_note", "email"])
def test_the_owners_touch_meets_it(kind: str) -> None:
    world = Played(REPS)
    lead(world)
    call(world, "ana", 119, kind=kind)
    assert kinds(world.until(at(days=1))) == []


def test_a_sequences_mail_is_a_touch_and_a_no_show_or_a_signal_is_none() -> None:
    world = Played(REPS)
    lead(world)
    call(world, "ana", 10, kind="no_show")
    world.send("touch-logged", {"kind": "pricing_page", "contact": "l1@acme.com"}, at(minutes=11))
    world.until(at(hours=3))
    assert missed(world) == [("l1", "ana")]
    lead(world, "l2", 200, email="l2@acme.com")
    world.send(*email("ana", "l2@acme.com", sequence_id="s"), at(minutes=210))
    assert kinds(world.until(at(days=1))) == []


def test_a_missed_one_is_told_to_the_owner_and_the_manager() -> None:
    world = Played(REPS)
    lead(world)
    (said,) = world.until(at(hours=2))
    assert (said["kind"], said["rule"], said["lead_id"], said["contact"]) == ("sla_missed", "sla_missed", "l1", "l1@acme.com")
    assert (said["owner"], said["decided_at"], said["respond_by"]) == (
        {"rep": "ana", "team": "east"},
        "2026-03-02T11:00:00Z",
        "2026-03-02T11:00:00Z",
    )
    assert said["event_id"] == "deadline:sla_missed:lead:l1"
    assert [one["rep"] for one in said["notify"]] == ["ana", "max"]


def test_without_a_manager_the_teams_lead_hears_of_it() -> None:
    world = Played(REPS)
    lead(world, country="MX")
    (said,) = world.until(at(hours=2))
    assert [one["rep"] for one in said["notify"]] == ["bob", "max"]


def test_somebody_elses_touch_does_not_meet_it() -> None:
    world = Played(REPS)
    lead(world)
    call(world, "bob", 10)
    world.until(at(hours=3))
    assert missed(world) == [("l1", "ana")]


def test_whoever_has_it_now_is_asked_for_it() -> None:
    world = Played(REPS)
    lead(world)
    transfer(world, "l1@acme.com", 5)
    lead(world, "l2", 6)
    transfer(world, "l2@acme.com", 7)
    call(world, "bob", 30, contact="l2@acme.com")
    world.until(at(hours=3))
    assert missed(world) == [("l1", "bob")]


def test_an_answer_before_the_lead_is_known_is_one() -> None:
    """The rep saw the form's mail and called; the CRM told of the lead ten minutes later."""
    world = Played(REPS)
    call(world, "ana", 5)
    world.send("lead-created", {"lead_id": "l1", "email": "l1@acme.com", "country": "US"}, at(minutes=10), at())
    assert kinds(world.until(at(days=1))) == []
    # Whoever called before the prospect asked has not answered.
    world.send("lead-created", {"lead_id": "l2", "email": "l2@acme.com", "country": "US"}, at(days=1, minutes=10))
    assert kinds(world.until(at(days=2))) == ["sla_missed"]


def test_a_touch_before_the_deadline_counts_however_late_the_timer_is() -> None:
    """A worker fires deadlines between batches: by then a later touch may have replaced the one that was in time."""
    tables = MemoryTables()
    engine = Engine(tables, Policy())
    number = 0

    def send(topic: str, minutes: float, value: dict[str, Any]) -> None:
        nonlocal number
        number += 1
        full = {"event_id": f"e{number}", "occurred_at": at(minutes=minutes).isoformat(), **value}
        record = Record(topic, 0, number, micros(at(minutes=minutes)), None, orjson.dumps(full))
        engine.process([Arrived(record, read(topic, record.value), None)])

    send("rep-updated", -10, {"rep": "ana", **REPS["ana"]})
    send("lead-created", 0, {"lead_id": "l1", "email": "l1@acme.com", "country": "US", "intent": "demo_request"})
    send("lead-created", 0, {"lead_id": "l2", "email": "l2@acme.com", "country": "US", "intent": "demo_request"})
    send("touch-logged", 1, {"kind": "call", "rep": "ana", "contact": "l1@acme.com"})
    send("touch-logged", 9, {"kind": "call", "rep": "ana", "contact": "l1@acme.com"})
    send("touch-logged", 9, {"kind": "call", "rep": "ana", "contact": "l2@acme.com"})
    said = engine.fire(micros(at(minutes=10)))
    told = [orjson.loads(one.value) for one in said.outgoing if one.topic == "routing-decisions" and one.value]
    assert [(one["kind"], one["lead_id"]) for one in told] == [("sla_missed", "l2")]
    send("rep-updated", 20, {"rep": "zoe"})
    assert engine.directory.matters == {}


def test_nobody_is_blamed_where_the_prospect_wants_no_answer_any_more() -> None:
    world = Played(REPS)
    lead(world)
    world.send("reply-classified", {"contact": "l1@acme.com", "class": "unsubscribe"}, at(minutes=10))
    world.until(at(days=1))
    assert missed(world) == []
    # Who had unsubscribed before they asked is to be answered.
    lead(world, "l2", 24 * 60 + 1, email="l1@acme.com", intent="demo_request")
    world.until(at(days=2))
    assert missed(world) == [("l2", "ana")]


def test_an_update_does_not_begin_the_time_anew() -> None:
    world = Played(REPS)
    lead(world)
    assert world.send("lead-created", {"lead_id": "l1", "email": "l1@acme.com", "country": "US", "title": "Analyst"}, at(minutes=60)) == []
    assert [one["decided_at"] for one in world.until(at(days=1))] == ["2026-03-02T11:00:00Z"]


def test_what_nobody_has_is_told_to_revops() -> None:
    world = Played({"rita": REPS["rita"]})
    assert lead(world)["rule"] == "unassigned"
    (said,) = world.until(at(hours=3))
    assert (said["owner"], said["notify"]) == (None, [{"rep": "rita", "why": "sla_missed"}])


def test_a_queue_answers_by_any_of_its_members() -> None:
    accounts = [{"account_id": "r", "name": "Rival", "domains": ["rival.com"], "competitor": True}]
    reps = {**REPS, "ivy": {"team": "competitive-intelligence"}, "kim": {"team": "competitive-intelligence", "role": "team_lead"}}
    world = Played(reps, accounts)
    lead(world, email="a@rival.com")
    lead(world, "l2", email="b@rival.com")
    call(world, "ivy", 5, contact="a@rival.com")
    (said,) = world.until(at(hours=2))
    assert (said["lead_id"], said["owner"]) == ("l2", {"rep": None, "team": "competitive-intelligence"})
    assert said["notify"] == [{"team": "competitive-intelligence", "why": "sla_missed"}, {"rep": "kim", "why": "sla_missed"}]


def test_a_missed_one_goes_to_another_rep_if_the_policy_says_so() -> None:
    world = Played(REPS, policy=REASSIGN)
    lead(world, intent="demo_request")
    said = world.until(at(minutes=5))
    assert [(one["kind"], one["rule"], one["owner"]["rep"]) for one in said] == [
        ("sla_missed", "sla_reassigned", "ana"),
        ("lead_routed", "sla_reassigned", "bob"),
    ]
    routed = said[1]
    assert (routed["lead_id"], routed["respond_by"], routed["lock"]["expires_at"]) == ("l1", "2026-03-02T09:10:00Z", "2026-03-04T09:10:00Z")
    assert {"rep": "ana", "why": "routed_anew"} in routed["notify"]
    assert world.owner("l1@acme.com") == "bob"
    call(world, "bob", 8)
    assert kinds(world.until(at(days=1))) == []


def test_what_comes_along_with_a_lead_that_went_to_another_names_the_deadline() -> None:
    policy = '[ownership]\nlevel = "account"\n' + REASSIGN
    world = Played(REPS, [{"account_id": "x", "name": "Xylo", "domains": ["xylo.com"]}], policy)
    lead(world, email="pat@xylo.com")
    world.send("ownership-commands", {"command": "release", "by": "rita", "account_id": "x"}, at(minutes=1))
    said = world.until(at(hours=2))
    (granted,) = [one for one in said if one["kind"] == "claim_granted"]
    assert (granted["lock"]["kind"], granted["event_id"]) == ("account", "deadline:sla_reassigned:lead:l1")


def test_when_everybody_has_let_it_wait_it_stays_where_it_is() -> None:
    world = Played(REPS, policy=REASSIGN)
    lead(world, intent="demo_request")
    world.until(at(hours=1))
    told = [(one["decided_at"][11:16], one["kind"], one["rule"], one["owner"]["rep"]) for one in world.decisions if one["lead_id"] == "l1"]
    assert told[1:] == [
        ("09:05", "sla_missed", "sla_reassigned", "ana"),
        ("09:05", "lead_routed", "sla_reassigned", "bob"),
        ("09:10", "sla_missed", "sla_missed", "bob"),
    ]


def test_a_backup_stands_in_first() -> None:
    reps = {**REPS, "ana": {**REPS["ana"], "backup": "cyd"}, "cyd": {"team": "west", "role": "ae"}}
    world = Played(reps, policy=REASSIGN)
    lead(world, intent="demo_request")
    assert [one["owner"]["rep"] for one in world.until(at(minutes=5))] == ["ana", "cyd"]


def test_a_contact_that_somebody_works_is_not_taken_from_them() -> None:
    world = Played(REPS, policy=REASSIGN)
    call(world, "ana", -60)
    assert lead(world, intent="demo_request")["rule"] == "contact_owner"
    assert [(one["kind"], one["rule"]) for one in world.until(at(minutes=30))] == [("sla_missed", "sla_missed")]
    assert world.owner("l1@acme.com") == "ana"


def test_a_touch_in_time_that_is_told_late_takes_the_contact_back() -> None:
    """Rule 4: it is earlier than the claim by which the lead was given away."""
    world = Played(REPS, policy=REASSIGN)
    lead(world, intent="demo_request")
    world.until(at(minutes=6))
    assert world.owner("l1@acme.com") == "bob"
    call(world, "ana", 7, occurred=4)
    assert world.owner("l1@acme.com") == "ana"
    assert kinds(world.until(at(days=1))) == []


def test_a_lead_without_an_address_is_answered_on_the_lead() -> None:
    world = Played(REPS)
    for number in (1, 2):
        lead(world, f"l{number}", email=None, phone=f"+1 415 555 010{number}")
    assert call(world, "ana", 10, lead_id="l1") == []
    world.until(at(hours=3))
    assert missed(world) == [("l2", "ana")]
    assert kinds(call(world, "bob", 200, lead_id="l1")) == ["overlap_detected"]
    assert call(world, "bob", 201, lead_id="l1") == []
    (expired,) = [one for one in world.until(at(days=23)) if one["lead_id"] == "l1"]
    assert (expired["kind"], expired["rule"], expired["decided_at"]) == ("ownership_expired", "no_activity", "2026-03-23T09:10:00Z")
    (granted,) = call(world, "bob", 60 * 24 * 24, lead_id="l1")
    assert (granted["kind"], granted["owner"]["rep"]) == ("claim_granted", "bob")


def test_a_touch_logged_on_a_lead_is_one_on_its_contact() -> None:
    world = Played(REPS)
    lead(world)
    call(world, "ana", 10, lead_id="l1")
    assert world.contact("l1@acme.com").state.sent["ana"].kind == "call"
    assert kinds(world.until(at(days=1))) == []
    assert call(world, "ana", 60 * 25, lead_id="nobody-knows") == []


def test_a_late_answer_ends_the_matter() -> None:
    world = Played(REPS)
    lead(world)
    world.until(at(hours=3))
    world.send("rep-updated", {"rep": "x"}, at(hours=3))
    assert "sla:lead:l1" in world.simulation.engine.directory.matters
    call(world, "bob", 200)
    call(world, "ana", 201)
    world.send("rep-updated", {"rep": "y"}, at(hours=5))
    assert world.simulation.engine.directory.matters == {}


def test_a_changed_company_routes_again_and_begins_anew() -> None:
    world = Played(REPS)
    lead(world)
    again = lead(world, "l1", 60, email="l1@other.com")
    assert again["respond_by"] == "2026-03-02T12:00:00Z"
    world.until(at(days=1))
    assert missed(world) == [("l1", "ana")]


def test_of_a_rep_who_has_left_whoever_stands_in_hears_of_it() -> None:
    world = Played(REPS)
    world.send("reply-classified", {"contact": "l1@acme.com", "class": "unsubscribe"}, at(minutes=-5))
    assert lead(world, intent="demo_request")["lock"] is None
    lead(world, "l2", intent="demo_request")
    world.send("rep-updated", {"rep": "ana", "active": False, "successor": "bob"}, at(minutes=1))
    world.until(at(minutes=10))
    assert missed(world) == [("l1", "bob"), ("l2", "bob")]
    world = Played({**REPS, "ana": {"role": "sdr", "territories": [{"countries": ["US"]}]}})
    lead(world, intent="demo_request")
    world.send("rep-updated", {"rep": "ana", "active": False}, at(minutes=1))
    world.until(at(minutes=10))
    assert (missed(world), world.last("sla_missed")["notify"]) == ([("l1", None)], [{"rep": "rita", "why": "sla_missed"}])
