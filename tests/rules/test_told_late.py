"""What comes to be known late, and by which rule it is then told (rules 1-4, 6, 9, 13)."""

from __future__ import annotations

import pytest

from tests.play import Played, at, email

REPS = {"ana": {"team": "east", "role": "sdr"}, "bob": {"team": "west", "role": "sdr"}, "tia": {"team": "east", "role": "team_lead"}}
PAT = "pat@fabrikam.com"
FAB = {"account_id": "fab", "name": "Fabrikam", "domains": ["fabrikam.com"]}


def played(policy: str = "") -> Played:
    return Played(REPS, [FAB], policy)


def kinds(decisions: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(one["kind"], one["rule"]) for one in decisions]


def reply(class_: str, rep: str = "ana", **more: object) -> tuple[str, dict[str, object]]:
    return "reply-classified", {"contact": PAT, "class": class_, "rep": rep, **more}


def test_the_earlier_of_two_positive_replies_takes_the_contact_back_by_the_live_thread() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send(*email("bob", PAT), at(minutes=30))
    world.send(*reply("replied", "bob"), at(minutes=65))
    moved = world.send(*reply("replied", "ana"), at(minutes=72), at(minutes=62))[0]
    assert (moved["kind"], moved["rule"]) == ("ownership_transferred", "live_thread")
    assert (moved["owner"]["rep"], moved["previous_owner"]["rep"]) == ("ana", "bob")


def test_so_does_a_meeting_with_the_holder_from_before_the_reply() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send(*reply("replied", "bob"), at(minutes=65))
    moved = world.send("touch-logged", {"kind": "meeting", "contact": PAT, "rep": "ana"}, at(minutes=72), at(minutes=62))[0]
    assert (moved["rule"], moved["owner"]["rep"]) == ("live_thread", "ana")


@pytest.mark.parametrize(
    ("class_", "rule"), [("unsubscribe", "unsubscribe"), ("complaint", "complaint"), ("not_interested", "not_interested"), ("bounce", "bounce")]
)
def test_a_suppression_from_before_the_touch_that_took_the_contact_is_what_releases_it(class_: str, rule: str) -> None:
    world = played()
    world.send(*email("ana", PAT), at(minutes=5))
    said = world.send(*reply(class_), at(minutes=8), at(minutes=3))
    assert ("ownership_released", rule) in kinds(said)
    assert ("contact_suppressed", rule) in kinds(said)
    assert world.owner(PAT) is None
