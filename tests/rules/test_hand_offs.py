"""Rule 8: hand-offs by command, and what belongs to a rep who left."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
import pytest

from schemas.policy import Policy
from schemas.reading import read
from schemas.times import micros, rfc3339
from streams.engine import Engine
from streams.path import Arrived, Record
from streams.tables.memory import MemoryTables
from tests.play import Played, at, email

REPS: dict[str, dict[str, Any]] = {
    "ana": {"team": "east", "role": "sdr", "manager": "max"},
    "bob": {"team": "west", "role": "ae"},
    "max": {"team": "bosses", "role": "ae"},
    "tia": {"team": "east", "role": "team_lead"},
    "tom": {"team": "west", "role": "team_lead"},
    "rita": {"team": "ops", "role": "revops"},
    "gone": {"team": "west", "active": False},
}
FAB = {"account_id": "fab", "name": "Fabrikam", "domains": ["fabrikam.com"], "segment": "enterprise"}
CON = {"account_id": "con", "name": "Contoso", "domains": ["contoso.com"], "segment": "smb"}
PAT, KIM, LEE, JOE = "pat@fabrikam.com", "kim@fabrikam.com", "lee@contoso.com", "joe@gmail.com"
HAND_OFF = {"command": "hand_off", "from": "ana", "to": "bob", "by": "ana", "note": "ana goes to partnerships"}


def played(*accounts: dict[str, Any]) -> Played:
    world = Played(REPS, list(accounts) or [FAB, CON])
    for minute, contact in enumerate((PAT, KIM, LEE, JOE)):
        world.send(*email("ana", contact, sequence_id="s", mailbox="ana@ours.com"), at(minutes=minute))
    return world


def give(world: Played, when: float = 1, **more: Any) -> list[dict[str, Any]]:
    return world.send("ownership-commands", HAND_OFF | more, at(hours=when))


def owners(world: Played) -> list[str | None]:
    return [world.owner(contact) for contact in (PAT, KIM, LEE, JOE)]


def leaves(world: Played, rep: str = "ana", when: float = 1, **more: Any) -> list[dict[str, Any]]:
    return world.send("rep-updated", {"rep": rep, **REPS[rep], "active": False, **more}, at(hours=when))


def test_everything_moves_at_once_each_with_its_decision_note_and_last_outbound() -> None:
    world = played()
    said = give(world, scope="all")
    assert owners(world) == ["bob"] * 4
    assert [(one["kind"], one["rule"], one["contact"]) for one in said] == [
        ("ownership_transferred", "hand_off", contact) for contact in sorted((PAT, KIM, LEE, JOE))
    ]
    for one in said:
        assert one["decided_at"] == "2026-03-02T10:00:00Z"
        assert one["event_id"] == "n14" and one["lock"]["note"] == HAND_OFF["note"]
        assert (one["previous_owner"]["rep"], one["owner"]) == ("ana", {"rep": "bob", "team": "west"})
        assert (one["last_outbound"]["rep"], one["last_outbound"]["kind"]) == ("ana", "email")
        assert one["lock"]["sequence_id"] is one["lock"]["mailbox"] is None
        assert [told["rep"] for told in one["notify"]] == ["ana", "bob"]
    assert {one["contact"]: (one["account"] or {}).get("id") for one in said} == {PAT: "fab", KIM: "fab", LEE: "con", JOE: None}
    assert len({one["decision_id"] for one in said}) == 4


def test_without_a_scope_it_is_everything() -> None:
    world = played()
    assert len(give(world)) == 4


def test_the_same_command_again_changes_nothing() -> None:
    world = played()
    world.send("ownership-commands", HAND_OFF, at(hours=1), event_id="h")
    before = world.standing()
    assert world.send("ownership-commands", HAND_OFF, at(hours=2), occurred=at(hours=1), event_id="h") == []
    assert world.standing() == before


@pytest.mark.parametrize(
    ("scope", "moved"),
    [
        ({"contact": PAT}, [PAT]),
        ({"account_id": "fab"}, [PAT, KIM]),
        ({"territory": {"segments": ["smb"]}}, [LEE]),
        ({"territory": "enterprise"}, [PAT, KIM]),
        ({"territory": {"countries": ["DE"]}}, [JOE]),
        ({"territory": "bavaria"}, [JOE]),
        ({"territory": {"countries": ["DE"], "regions": ["Bavaria"]}}, [JOE]),
    ],
)
def test_a_scope_leaves_the_rest(scope: dict[str, Any], moved: list[str]) -> None:
    world = played()
    world.send("lead-created", {"lead_id": "l", "email": JOE, "country": "DE", "region": "Bavaria"}, at(minutes=30))
    said = give(world, scope=scope)
    assert [one["contact"] for one in said] == sorted(moved)
    assert owners(world) == ["bob" if contact in moved else "ana" for contact in (PAT, KIM, LEE, JOE)]


def test_accounts_domains_and_leads_without_an_address_move_too() -> None:
    world = played(FAB)
    world.send("ownership-commands", {"command": "claim", "account_id": "fab", "by": "ana"}, at(minutes=20))
    world.send("ownership-commands", {"command": "claim", "domain": "contoso.com", "by": "ana"}, at(minutes=21))
    world.send("account-updated", FAB | {"open_opportunities": [{"id": "o", "owner": "ana"}]}, at(minutes=22))
    world.send("account-updated", FAB, at(minutes=23))
    world.send("ownership-commands", {"command": "claim", "account_id": "fab", "by": "ana"}, at(minutes=24))
    said = give(world)
    assert [(one["lock"]["kind"], one["rule"]) for one in said] == [
        ("account", "hand_off"),
        *[("contact", "hand_off")] * 4,
        ("domain", "hand_off"),
    ]
    assert {one["owner"]["rep"] for one in said} == {"bob"}
    assert world.simulation.tables.held("ana", "", 10) == []
    assert len(world.simulation.tables.held("bob", "", 10)) == 6


def test_a_conversation_goes_with_the_lock_and_the_captain_with_it() -> None:
    world = played()
    world.send("reply-classified", {"contact": PAT, "class": "interested", "rep": "ana"}, at(minutes=30))
    assert world.last("claim_granted")["rule"] == "live_conversation"
    said = give(world)
    assert [(one["lock"]["kind"], one["owner"]["rep"]) for one in said] == [("account", "bob"), *[("contact", "bob")] * 4]
    answered = world.send("reply-classified", {"contact": PAT, "class": "interested", "rep": "ana"}, at(hours=2))
    assert not [one for one in answered if one["kind"] == "ownership_transferred"]
    assert owners(world) == ["bob"] * 4


def test_a_deal_owners_captaincy_is_handed_off_and_stays_so() -> None:
    deal = FAB | {"open_opportunities": [{"id": "o", "owner": "ana"}]}
    world = played(deal)
    assert give(world)[0]["lock"]["kind"] == "account"
    world.send("account-updated", deal | {"health": 70}, at(hours=2))
    assert world.simulation.tables.held("bob", "", 1) == ["account:fab"]


@pytest.mark.parametrize(
    ("by", "allowed"), [("ana", 1), ("max", 1), ("tia", 1), ("rita", 1), ("tom", 0), ("bob", 0), ("gone", 0), ("nemo", 0)]
)
def test_who_may(by: str, allowed: int) -> None:
    world = played()
    assert (give(world, by=by)[0]["kind"] == "ownership_transferred") == bool(allowed)
    assert owners(world) == (["bob"] * 4 if allowed else ["ana"] * 4)


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({"note": " "}, "note"),
        ({"to": None}, "to"),
        ({"to": "bobb"}, "'bob'"),
        ({"to": "gone"}, "no longer active"),
        ({"to": "ana"}, "'ana'"),
        ({"from": "anna", "by": "rita"}, "'ana'"),
        ({"from": "max", "by": "max"}, "holds nothing"),
        ({"scope": {"account_id": "fob"}}, "'fab'"),
        ({"scope": {"contact": "nobody@x.com"}}, "nobody does"),
        ({"scope": {"territory": "atlantis"}}, "in that territory"),
        ({"lead_id": "l", "from": "max", "by": "max"}, "holds nothing"),
    ],
)
def test_a_refusal_says_what_is_wrong_and_moves_nothing(more: dict[str, Any], names: str) -> None:
    world = played()
    (refused,) = give(world, **more)
    assert refused["kind"] == "command_refused"
    assert names in refused["reason"]
    assert owners(world) == ["ana"] * 4


@pytest.mark.parametrize(
    ("more", "to", "rule"),
    [
        ({"successor": "bob"}, "bob", "successor"),
        ({"successor": "gone"}, "max", "manager"),
        ({"manager": None}, None, "left"),
        ({}, "max", "manager"),
        ({"active": True, "left_at": "2026-03-02T08:00:00Z", "successor": "bob"}, "bob", "successor"),
    ],
)
def test_who_takes_over_from_a_rep_who_left(more: dict[str, Any], to: str | None, rule: str) -> None:
    world = played()
    said = leaves(world, **more)
    assert owners(world) == [to] * 4
    assert [one["rule"] for one in said] == [rule] * 4
    assert {one["kind"] for one in said} == {"ownership_transferred" if to else "ownership_released"}
    assert all(one["last_outbound"]["rep"] == "ana" for one in said)
    assert leaves(world, when=2, **more) == []


def test_a_successor_who_has_left_too_is_followed_by_theirs() -> None:
    world = played()
    world.send("rep-updated", {"rep": "gone", "active": False, "successor": "bob"}, at(minutes=50))
    assert {one["rule"] for one in leaves(world, successor="gone")} == {"successor"}
    assert owners(world) == ["bob"] * 4


def test_whoever_leaves_later_hands_off_then_unless_they_stay() -> None:
    world = played()
    soon = {"active": True, "left_at": "2026-03-02T12:00:00Z", "successor": "bob"}
    assert leaves(world, **soon) == []
    assert owners(world) == ["ana"] * 4
    assert [one["decided_at"] for one in world.until(at(hours=4))] == ["2026-03-02T12:00:00Z"] * 4
    assert owners(world) == ["bob"] * 4
    (refused,) = world.send("ownership-commands", {"command": "claim", "contact": "x@y.com", "by": "ana"}, at(hours=5))
    assert refused["rule"] == "not_allowed"
    staying = played()
    leaves(staying, **soon)
    leaves(staying, when=2, active=True)
    assert staying.until(at(hours=4)) == []


def test_who_left_without_anybody_to_follow_keeps_no_account() -> None:
    deal = FAB | {"open_opportunities": [{"id": "o", "owner": "ana"}]}
    world = played(deal)
    world.send("reply-classified", {"contact": PAT, "class": "interested", "rep": "ana"}, at(minutes=30))
    said = leaves(world, manager=None)
    assert [(one["kind"], one["rule"]) for one in said] == [("ownership_released", "left")] * 5
    world.send("account-updated", deal | {"health": 70}, at(hours=2))
    assert world.simulation.tables.held("ana", "", 10) == []
    world.send("account-updated", deal | {"open_opportunities": [{"id": "o", "owner": "bob"}]}, at(hours=3))
    assert world.simulation.tables.held("bob", "", 10) == ["account:fab"]


def test_another_captain_follows_where_their_conversation_lives() -> None:
    world = played()
    world.send(*email("bob", "sue@fabrikam.com"), at(minutes=20))
    for minute, (rep, contact) in enumerate((("ana", PAT), ("bob", "sue@fabrikam.com"))):
        world.send("reply-classified", {"contact": contact, "class": "interested", "rep": rep}, at(minutes=30 + minute))
    said = leaves(world, manager=None)
    granted = [one for one in said if one["kind"] == "claim_granted"]
    assert [(one["rule"], one["owner"]["rep"], one["lock"]["kind"]) for one in granted] == [("live_conversation", "bob", "account")]


def many(world: Played, count: int) -> list[str]:
    contacts = [f"p{number:04}@c{number % 40}.com" for number in range(count)]
    for contact in contacts:
        world.send(*email("ana", contact), at())
    return contacts


def test_more_than_a_step_holds_moves_in_the_order_of_the_list_each_once() -> None:
    world = Played(REPS)
    contacts = many(world, 450)
    first = give(world)
    assert 0 < len(first) < 450
    rest = world.until(at(hours=1))
    said = [*first, *rest]
    assert [one["contact"] for one in said] == sorted(contacts)
    assert {one["decided_at"] for one in said} == {"2026-03-02T10:00:00Z"}
    assert world.simulation.tables.held("ana", "", 10) == []


def test_an_account_of_a_rep_who_holds_many_is_found_among_them() -> None:
    world = Played(REPS, [FAB])
    many(world, 450)
    world.send(*email("ana", PAT), at(minutes=1))
    give(world, scope={"account_id": "fab"})
    world.until(at(hours=1))
    assert world.simulation.tables.held("bob", "", 10) == [f"contact:{PAT}"]
    assert len(world.simulation.tables.held("ana", "", 1000)) == 450


def test_a_second_hand_off_waits_for_the_first() -> None:
    world = Played(REPS)
    many(world, 250)
    engine = Engine(world.simulation.tables, Policy())
    commands = [HAND_OFF | {"scope": {"territory": "atlantis"}}, HAND_OFF | {"to": "max"}]
    engine.process([_arrived("ownership-commands", command, number) for number, command in enumerate(commands)])
    for _ in range(4):
        engine.fire(micros(at(hours=2)))
    assert len(world.simulation.tables.held("max", "", 1000)) == 250


def test_a_response_time_that_is_over_does_not_hold_up_the_rep_who_leaves_meanwhile() -> None:
    """A worker that catches up: the lead's deadline and its rep's leaving are in one batch."""
    tables = MemoryTables()
    engine = Engine(tables, Policy())
    told = [("rep-updated", {"rep": rep, **REPS[rep]}, at()) for rep in ("ana", "bob", "max")]
    told += [
        ("account-updated", FAB | {"status": "customer", "owner": "ana"}, at()),
        ("lead-created", {"lead_id": "L1", "phone": "+1 415 555 2671", "company": "Fabrikam"}, at()),
        ("rep-updated", {"rep": "ana", **REPS["ana"], "active": False}, at(hours=8)),
    ]
    arrived = [_arrived(topic, value, number, when) for number, (topic, value, when) in enumerate(told)]
    said = [orjson.loads(one.value) for one in engine.process(arrived).outgoing if one.topic == "routing-decisions" and one.value]
    assert [(one["kind"], one["rule"]) for one in said] == [
        ("lead_routed", "customer_owner"),
        ("sla_missed", "sla_missed"),
        ("ownership_transferred", "manager"),
    ]


@pytest.mark.parametrize(
    ("between", "first", "rest"),
    [
        ({"rep": "ana", **REPS["ana"], "active": False, "successor": "bob"}, "max", "max"),
        ({"rep": "max", **REPS["max"], "active": False, "successor": "bob"}, "bob", "bob"),
    ],
    ids=["a successor is named between two steps", "whoever takes over leaves between two steps"],
)
def test_what_changes_between_two_steps_parts_nothing_in_two(between: dict[str, Any], first: str, rest: str) -> None:
    world = Played(REPS)
    contacts = many(world, 450)
    engine = Engine(world.simulation.tables, Policy())
    engine.process([_arrived("rep-updated", {"rep": "ana", **REPS["ana"], "active": False}, 0)])
    moved = len(world.simulation.tables.held("max", "", 1000))
    assert 0 < moved < len(contacts)
    engine.process([_arrived("rep-updated", between, 1)])
    for _ in range(4):
        engine.fire(micros(at(hours=2)))
    assert {world.owner(contact) for contact in sorted(contacts)[:moved]} == {first}
    assert {world.owner(contact) for contact in sorted(contacts)[moved:]} == {rest}


def _arrived(topic: str, value: dict[str, Any], number: int, when: datetime | None = None) -> Arrived:
    moment = micros(when or at(hours=1)) + number
    body = orjson.dumps({"event_id": f"h{number}", "occurred_at": rfc3339(moment), **value})
    record = Record(topic, 0, number, moment, None, body)
    return Arrived(record, read(record.topic, body), None)
