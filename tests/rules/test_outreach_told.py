"""Whoever's outreach stops, waits or goes on is told, and whoever turns out not to have a contact after all (rules 4, 5, 9, 11, 15, 16)."""

from __future__ import annotations

from typing import Any

from tests.play import Played, at, email

REPS = {"ana": {"team": "east"}, "bob": {"team": "west"}, "cic": {"team": "competitive-intelligence"}}
RIVAL = {"account_id": "riv", "name": "Rival Systems", "domains": ["rival.com"], "competitor": True}
PAT, QUEUED = "pat@fabrikam.com", "kim@rival.com"


def reply(world: Played, minutes: float, kind: str, contact: str = PAT, **more: Any) -> list[dict[str, Any]]:
    return world.send("reply-classified", {"contact": contact, "class": kind, **more}, at(minutes=minutes))


def told(said: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one.get("rep") or f"team {one['team']}", one["why"]) for one in said["notify"]]


def test_whose_sequence_an_answer_stops_is_told() -> None:
    world = Played(REPS)
    world.send(*email("ana", PAT, sequence_id="s1"), at())
    (paused,) = reply(world, 5, "replied", rep="ana")
    assert (paused["rule"], told(paused)) == ("manual_reply_replaces_sequence", [("ana", "manual_reply_replaces_sequence")])


def test_whose_outreach_waits_for_somebody_who_is_away_is_told_and_told_again_when_they_are_back() -> None:
    world = Played(REPS, [RIVAL])
    world.send(*email("ana", PAT, sequence_id="s1"), at())
    world.send("lead-created", {"lead_id": "l1", "email": QUEUED}, at(minutes=1))
    (pat,), (kim,) = reply(world, 5, "out_of_office"), reply(world, 6, "out_of_office", QUEUED)
    assert (told(pat), told(kim)) == ([("ana", "out_of_office")], [("team competitive-intelligence", "out_of_office")])
    back = [one for one in world.until(at(days=8)) if one["kind"] == "outreach_resumed"]
    assert [told(one) for one in back] == [[("ana", "returned")], [("team competitive-intelligence", "returned")]]


def test_a_team_in_whose_queue_somebody_waits_is_told_of_a_stray_voice() -> None:
    world = Played(REPS, [RIVAL])
    world.send("lead-created", {"lead_id": "l1", "email": QUEUED}, at())
    (overlap,) = world.send(*email("bob", QUEUED), at(minutes=5))
    assert told(overlap) == [("bob", "overlap"), ("team competitive-intelligence", "overlap")]


def test_who_turns_out_not_to_have_a_contact_is_told() -> None:
    world = Played(REPS)
    world.send(*email("ana", PAT), at(minutes=5))
    # An unsubscribe from before it, known late: it was never hers.
    released, _, _ = world.send("reply-classified", {"contact": PAT, "class": "unsubscribe"}, at(minutes=7), at(minutes=4))
    assert (released["kind"], released["rule"], told(released)) == ("ownership_released", "unsubscribe", [("ana", "unsubscribe")])


def test_another_mailbox_is_in_the_way_as_long_as_the_contact_is_held() -> None:
    world = Played(REPS)
    world.send(*email("ana", PAT, mailbox="ana@ours.example"), at())
    ask = {"contact": PAT, "rep": "ana", "stage": "launch", "mailbox": "a@ours.example"}
    (verdict,) = world.send("send-requested", ask, at(minutes=1))
    assert (verdict["rule"], verdict["held_by"]["rep"]) == ("other_mailbox", "ana")
    assert verdict["held_until"] == verdict["until"] == "2026-03-23T09:00:00Z"
