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


@pytest.mark.parametrize("class_", ["unsubscribe", "complaint", "not_interested", "bounce"])
def test_a_suppression_from_before_the_touch_that_took_the_contact_is_what_releases_it(class_: str) -> None:
    world = played()
    world.send(*email("ana", PAT), at(minutes=5))
    said = world.send(*reply(class_), at(minutes=8), at(minutes=3))
    assert ("ownership_released", class_) in kinds(said)
    assert ("contact_suppressed", class_) in kinds(said)
    assert world.owner(PAT) is None


def test_the_owners_own_earlier_touch_moves_back_the_first_touch_from_which_no_reply_counts() -> None:
    world = played('[windows]\nreview = "21d"\nwithout_reply = "15d"\n')
    world.send(*email("ana", PAT), at(hours=2))
    world.send(*email("ana", PAT), at(hours=3), at())
    world.send(*email("ana", PAT), at(days=10))
    (expired,) = world.until(at(days=30))
    assert (expired["rule"], expired["decided_at"]) == ("no_reply", "2026-03-17T09:00:00Z")


def test_a_touch_told_too_late_to_have_kept_the_contact_does_not_end_a_claim() -> None:
    world = played()
    world.send("ownership-commands", {"command": "claim", "by": "ana", "contact": PAT}, at(days=30))
    assert world.send(*email("ana", PAT), at(days=30, hours=1), at()) == []
    assert kinds(world.until(at(days=33))) == [("ownership_expired", "activation_window")]


def test_a_touch_told_so_late_that_no_reply_would_have_ended_its_lock_gives_none() -> None:
    world = played('[windows]\nwithout_reply = "2d"\n')
    assert world.send(*email("ana", PAT), at(days=3), at()) == []
    assert world.owner(PAT) is None


def test_a_touch_from_before_it_does_not_activate_an_accounts_claim() -> None:
    world = played()
    world.send("ownership-commands", {"command": "claim", "by": "ana", "account_id": "fab"}, at(minutes=3))
    world.send(*email("ana", PAT), at(minutes=5), at())
    assert kinds(world.until(at(days=3))) == [("ownership_expired", "activation_window")]


@pytest.mark.parametrize("target", [{"account_id": "fab"}, {"domain": "fabrikam.com"}], ids=lambda target: next(iter(target)))
def test_an_earlier_claim_of_a_company_that_comes_in_time_takes_it(target: dict[str, str]) -> None:
    world = played()
    claim = {"command": "claim", **target}
    world.send("ownership-commands", {**claim, "by": "bob"}, at(minutes=5))
    (moved,) = world.send("ownership-commands", {**claim, "by": "ana"}, at(minutes=12), at(minutes=2))
    assert (moved["kind"], moved["rule"], moved["owner"]["rep"]) == ("ownership_transferred", "first_touch", "ana")
    assert (moved["previous_owner"]["rep"], moved["until"]) == ("bob", "2026-03-04T09:02:00Z")
    assert {told["rep"] for told in moved["notify"]} == {"ana", "bob"}
    (denied,) = world.send("ownership-commands", {**claim, "by": "bob"}, at(minutes=13), at(minutes=2, seconds=59))
    assert denied["kind"] == "claim_denied"
    (denied,) = world.send("ownership-commands", {**claim, "by": "tia"}, at(minutes=13), at(minutes=1))
    assert denied["kind"] == "claim_denied"


def test_no_claim_however_early_takes_an_account_from_who_has_a_deal_there() -> None:
    world = played()
    world.send("account-updated", {**FAB, "open_opportunities": [{"id": "o", "owner": "bob"}]}, at(minutes=5))
    claim = {"command": "claim", "account_id": "fab", "by": "ana"}
    assert kinds(world.send("ownership-commands", claim, at(minutes=6), at(minutes=2))) == [("claim_denied", "account_owned")]
