"""Rule 18: what applies when nobody has decided."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.play import at, email
from tests.rules.quarrel import ACCOUNT, CONTACT, KIM, LEE, PAT, REQUEST, ask, give, opened, played


def test_the_default_leaves_whoever_did_not_quarrel_the_contacts_they_had() -> None:
    world = played()
    world.send(*email("cyd", KIM), at(minutes=1))
    world.send(*email("bob", LEE), at(minutes=2))
    world.send("reply-classified", {"contact": PAT, "class": "interested", "rep": "ana"}, at(minutes=20))
    give(world, REQUEST, at(hours=1), **ACCOUNT)
    (decided,) = [one for one in world.until(at(days=2)) if one["kind"] == "review_decided"]
    assert decided["paused"] == ["bob", "cyd"]
    end = datetime.fromisoformat(decided["decided_at"]) + timedelta(hours=1)
    assert ask(world, "cyd", KIM, end)["rule"] == "own_lock"
    assert ask(world, "bob", LEE, end)["rule"] == "paused"


def test_the_default_goes_to_the_most_recent_positive_signal() -> None:
    world = played()
    world.send("reply-classified", {"contact": PAT, "class": "replied", "rep": "ana"}, at(minutes=10))
    world.send("reply-classified", {"contact": PAT, "class": "interested", "rep": "bob"}, at(minutes=20))
    assert world.owner(PAT) == "ana"  # who already has a live conversation keeps it
    world.send("touch-logged", {"kind": "pricing_page", "contact": PAT}, at(minutes=30))  # to nobody in particular
    give(world, REQUEST, at(hours=1), **CONTACT)
    world.until(at(hours=8, minutes=59))
    decided, moved, captain = world.until(at(hours=9))
    assert (decided["rule"], decided["active_sender"], decided["paused"]) == ("most_recent_positive_signal", "bob", ["ana"])
    assert (moved["kind"], moved["rule"], world.owner(PAT)) == ("ownership_transferred", "most_recent_positive_signal", "bob")
    assert (captain["rule"], captain["lock"]["kind"], captain["owner"]["rep"]) == ("live_conversation", "account", "bob")
    assert [ask(world, rep, PAT, at(hours=10))["verdict"] for rep in ("ana", "bob", "cyd")] == ["block", "allow", "block"]


def test_the_policy_may_let_the_owner_keep_it() -> None:
    world = played('[escalation]\ndefault = "owner_keeps"\n')
    world.send("reply-classified", {"contact": PAT, "class": "replied", "rep": "ana"}, at(minutes=10))
    world.send("reply-classified", {"contact": PAT, "class": "interested", "rep": "bob"}, at(minutes=20))
    give(world, REQUEST, at(hours=1), **CONTACT)
    world.until(at(hours=9))
    assert (world.last("review_decided")["rule"], world.owner(PAT)) == ("owner_keeps", "ana")


def test_a_signal_to_somebody_who_left_does_not_count() -> None:
    world = played()
    world.send("touch-logged", {"kind": "meeting", "contact": PAT, "rep": "gone"}, at(minutes=10))
    give(world, REQUEST, at(hours=1), **CONTACT)
    world.until(at(hours=9))
    assert (world.last("review_decided")["rule"], world.owner(PAT)) == ("owner_keeps", "ana")


def test_whoever_has_left_is_given_nothing_by_default() -> None:
    world = opened(ana={"manager": None})
    world.send("rep-updated", {"rep": "ana", "team": "east", "active": False}, at(hours=2))
    assert world.owner(PAT) is None
    world.until(at(hours=9))
    assert (world.decisions[-1]["kind"], world.owner(PAT)) == ("review_decided", None)
