"""What a team holds until one of its members takes it, as a competitor's leads (rules 1-5, 20)."""

from __future__ import annotations

import pytest

from tests.play import Played, at, email

REPS = {"dan": {"team": "ci"}, "eve": {"team": "ci"}, "ana": {"team": "east"}, "rita": {"team": "ops", "role": "revops"}}
RIVAL = {"account_id": "riv", "name": "Rival", "domains": ["rival.com"], "competitor": True}
PAT = "pat@rival.com"
TEAM = {"rep": None, "team": "ci"}
DAN = {"rep": "dan", "team": "ci"}


def played(**lead: str) -> Played:
    world = Played(REPS, [RIVAL], '[routing]\ncompetitor_queue = "ci"\n')
    world.send("lead-created", {"lead_id": "l", **lead}, at())
    return world


@pytest.mark.parametrize("lead", [{"email": PAT}, {"phone": "+34 912 345 678", "website": "rival.com"}], ids=["contact", "lead"])
def test_a_members_touch_takes_what_the_team_holds_and_says_so(lead: dict[str, str]) -> None:
    world = played(**lead)
    target = {"contact": PAT} if "email" in lead else {"lead_id": "l"}
    (granted,) = world.send("touch-logged", {"kind": "call", "rep": "dan", **target}, at(hours=1))
    assert (granted["kind"], granted["rule"], granted["owner"]) == ("claim_granted", "first_touch", DAN)
    assert granted["until"] == granted["lock"]["expires_at"] == "2026-03-23T10:00:00Z"
    assert world.send("touch-logged", {"kind": "call", "rep": "dan", **target}, at(hours=2)) == []


def test_a_touch_by_anybody_else_is_an_overlap_with_the_team() -> None:
    world = played(email=PAT)
    (told,) = world.send(*email("ana", PAT), at(hours=1))
    assert (told["kind"], told["owner"]) == ("overlap_detected", TEAM)


def test_a_members_touch_told_late_takes_it_too() -> None:
    world = played(email=PAT)
    world.send(*email("eve", PAT, sequence_id="e"), at(minutes=20))
    said = world.send(*email("dan", PAT, sequence_id="d"), at(minutes=22), at(minutes=15))
    assert (said[0]["kind"], said[0]["rule"], said[0]["owner"]) == ("ownership_transferred", "first_touch", DAN)
    assert said[1]["pause"] == [{"rep": "eve", "sequence_id": "e"}]


@pytest.mark.parametrize("lead", [{"email": PAT}, {"phone": "+34 912 345 678", "website": "rival.com"}], ids=["contact", "lead"])
def test_commands_about_it_name_the_team(lead: dict[str, str]) -> None:
    world = played(**lead)
    target = {"contact": PAT} if "email" in lead else {"lead_id": "l"}
    renew = {"command": "renew", "by": "rita", "proof": {"kind": "meeting", "ref": "m"}, **target}
    assert world.send("ownership-commands", renew, at(minutes=1))[0]["owner"] == TEAM
    note = {"to": "ana", "note": "she knows them"}
    (moved,) = world.send("ownership-commands", {"command": "transfer", "by": "dan", **target, **note}, at(minutes=2))
    assert (moved["previous_owner"], moved["owner"]["rep"]) == (TEAM, "ana")
    assert "ci" not in [told.get("rep") for told in moved["notify"]]


@pytest.mark.parametrize("lead", [{"email": PAT}, {"phone": "+34 912 345 678", "website": "rival.com"}], ids=["contact", "lead"])
def test_what_is_given_back_was_the_teams(lead: dict[str, str]) -> None:
    world = played(**lead)
    target = {"contact": PAT} if "email" in lead else {"lead_id": "l"}
    (released,) = world.send("ownership-commands", {"command": "release", "by": "eve", **target}, at(minutes=2))
    assert released["previous_owner"] == TEAM
    assert "ci" not in [told.get("rep") for told in released["notify"]]
