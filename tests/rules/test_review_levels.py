"""Rule 17: who is asked, until when, in whose business time."""

from __future__ import annotations

import pytest

from tests.play import Played, at, email
from tests.rules.quarrel import ACCOUNTS, CONTACT, DECIDE, PAT, REPS, REQUEST, give, opened, played, told


def test_levels_one_after_the_other_each_in_its_own_time() -> None:
    world = opened()
    (second,) = world.until(at(hours=1, minutes=30))
    assert (second["kind"], second["rule"], second["level"], second["due_at"]) == (
        "review_escalated",
        "rep_to_rep",
        2,
        "2026-03-02T12:30:00Z",
    )
    assert (second["decided_at"], told(second)) == ("2026-03-02T10:30:00Z", ["tia"])
    assert second["event_id"] == f"deadline:review:contact:{PAT}"
    (third,) = world.until(at(hours=3, minutes=30))
    assert (third["rule"], third["level"], third["due_at"], told(third)) == ("team_lead", 3, "2026-03-02T18:00:00Z", ["rita"])
    (decided, *_) = world.until(at(hours=9))
    assert (decided["kind"], decided["rule"], decided["owner"]["rep"], decided["decided_by"]) == (
        "review_decided",
        "owner_keeps",
        "ana",
        None,
    )
    assert (decided["paused"], decided["until"]) == (["bob"], "2026-03-04T18:00:00Z")


def test_a_level_counts_in_the_zone_of_whoever_is_asked() -> None:
    zones = {
        "ana": {"timezone": "America/New_York"},  # 05:00 there: nothing counts before 14:00 UTC
        "tia": {"timezone": "Asia/Tokyo"},  # 23:30 there
        "rita": {"timezone": "Europe/Berlin"},
    }
    world = opened(**zones)
    assert world.last("review_opened")["due_at"] == "2026-03-02T14:30:00Z"
    (second,) = world.until(at(hours=5, minutes=30))
    assert second["due_at"] == "2026-03-03T02:00:00Z"
    (third,) = world.until(at(hours=17))
    assert (third["decided_at"], third["due_at"]) == ("2026-03-03T02:00:00Z", "2026-03-04T09:00:00Z")  # 5 hours apart: next morning


@pytest.mark.parametrize(
    ("minutes", "due"),
    [(0, "2026-03-02T18:00:00Z"), (1, "2026-03-03T10:00:00Z"), (600, "2026-03-03T18:00:00Z")],
    ids=["an hour left", "less than an hour left", "begins next day"],
)
def test_level_three_ends_with_the_day_or_next_morning(minutes: int, due: str) -> None:
    world = played()
    give(world, REQUEST, at(hours=5, minutes=30 + minutes), **CONTACT)
    world.until(at(days=1, hours=8))
    third = [one for one in world.decisions if one["kind"] == "review_escalated" and one["level"] == 3]
    assert third[0]["due_at"] == due


@pytest.mark.parametrize(("zone", "due"), [("Europe/Athens", "2026-03-02T18:00:00Z"), ("Europe/Moscow", "2026-03-03T10:00:00Z")])
def test_reps_three_hours_apart_get_the_next_morning(zone: str, due: str) -> None:
    world = opened(bob={"timezone": zone})
    world.until(at(hours=4))
    assert world.last("review_escalated")["due_at"] == due


def test_revops_may_have_a_span_of_business_time_instead() -> None:
    world = opened(policy='[escalation]\nrevops = "7h"\n')
    world.until(at(hours=4))
    assert world.last("review_escalated")["due_at"] == "2026-03-03T10:30:00Z"


def test_holidays_and_weekends_do_not_count() -> None:
    world = played('[business_hours]\nholidays = "DE"\n')
    give(world, {"command": "renew", "by": "ana", "contact": PAT, "proof": {"kind": "meeting", "ref": "m"}}, at(days=20))
    (review,) = give(world, REQUEST, at(days=31, hours=8, minutes=45), **CONTACT)  # Thursday before Easter
    assert review["due_at"] == "2026-04-07T09:15:00Z"


def test_daylight_saving_moves_the_morning() -> None:
    world = played(ana={"timezone": "America/New_York"})
    (review,) = give(world, REQUEST, at(days=4, hours=13, minutes=50), **CONTACT)  # Friday 17:50 in New York, clocks change on Sunday
    assert review["due_at"] == "2026-03-09T13:20:00Z"


def test_without_a_team_lead_revops_is_asked_in_the_team_leads_time() -> None:
    world = opened(ana={"manager": None}, tia={"active": False})
    (second,) = world.until(at(hours=1, minutes=30))
    assert (second["level"], second["due_at"], told(second)) == (2, "2026-03-02T12:30:00Z", ["rita"])


def test_nobody_is_their_own_team_lead() -> None:
    world = Played(REPS, ACCOUNTS)
    world.send(*email("tia", PAT), at())
    give(world, REQUEST, at(hours=1), **CONTACT)
    (second,) = world.until(at(hours=1, minutes=30))
    assert told(second) == ["rita"]
    (refused,) = give(world, DECIDE, at(hours=1, minutes=40), **CONTACT, by="tia", sender="tia")
    assert refused["kind"] == "command_refused"
