"""Rule 17: who alone may send while a review is open."""

from __future__ import annotations

from tests.play import Played, at, email
from tests.rules.quarrel import ACCOUNT, ACCOUNTS, CONTACT, DECIDE, KIM, LEE, PAT, REPS, REQUEST, ask, give, opened, played, told


def test_an_accounts_active_sender_is_its_captain() -> None:
    world = played()
    world.send(*email("bob", KIM), at(minutes=1))
    world.send("reply-classified", {"contact": KIM, "class": "interested", "rep": "bob"}, at(minutes=2))
    world.send(*email("ana", PAT, sequence_id="sa"), at(minutes=30))
    assert give(world, REQUEST, at(hours=1), **ACCOUNT, by="ana")[0]["active_sender"] == "bob"


def test_else_the_holder_of_the_contact_there_with_the_newest_touch_by_its_holder() -> None:
    world = played()
    world.send(*email("bob", KIM), at(minutes=5))
    world.send(*email("bob", PAT), at(minutes=20))  # an overlap is nobody's work on his own contact
    give(world, {"command": "claim", "by": "cyd", "contact": LEE}, at(minutes=30))
    assert give(world, REQUEST, at(hours=1), **ACCOUNT, by="cyd")[0]["active_sender"] == "bob"
    assert give(world, REQUEST, at(hours=1), domain="fabrikam.de")[0]["active_sender"] == "cyd"


def test_or_reply() -> None:
    world = played()
    world.send(*email("bob", KIM), at(minutes=5))
    world.send("reply-classified", {"contact": PAT, "class": "out_of_office", "returns_at": "2026-03-02T09:30:00Z"}, at(minutes=10))
    assert give(world, REQUEST, at(hours=1), **ACCOUNT)[-1]["active_sender"] == "ana"


def test_else_the_newest_claim() -> None:
    world = Played(REPS, ACCOUNTS)
    give(world, {"command": "claim", "by": "ana", "contact": PAT}, at())
    give(world, {"command": "claim", "by": "bob", "contact": KIM}, at(minutes=1))
    give(world, {"command": "claim", "by": "cyd", "contact": LEE}, at(minutes=2))
    give(world, {"command": "release", "by": "cyd", "contact": LEE}, at(minutes=3))
    assert give(world, REQUEST, at(hours=1), **ACCOUNT, by="cyd")[0]["active_sender"] == "bob"


def test_the_active_sender_follows_the_lock() -> None:
    world = opened()
    world.send(*email("bob", PAT), at(hours=1, minutes=1))
    world.send("reply-classified", {"contact": PAT, "class": "replied", "rep": "bob"}, at(hours=1, minutes=2))
    assert world.owner(PAT) == "bob"
    assert [ask(world, rep, PAT, at(hours=1, minutes=3))["verdict"] for rep in ("ana", "bob", "cyd")] == ["block", "allow", "block"]
    assert world.until(at(hours=1, minutes=30))[0]["active_sender"] == "bob"


def test_a_lock_given_back_under_review_leaves_its_last_owner_the_one_who_may_send() -> None:
    world = opened()
    give(world, {"command": "release", "by": "ana", "contact": PAT}, at(hours=1, minutes=1))
    assert [ask(world, rep, PAT, at(hours=1, minutes=3))["verdict"] for rep in ("ana", "bob")] == ["allow", "block"]


def test_a_team_that_holds_it_sends_as_one() -> None:
    world = played()
    record = world.contact(PAT)
    assert record.state.lock is not None  # only routing gives a lock to a team, so it is put there
    record.state.lock.owner, record.state.lock.is_team = "east", True
    from streams import state
    from streams.tables.contract import Group, Write

    key = f"contact:{PAT}"
    (document,) = world.simulation.tables.load([key])
    world.simulation.tables.commit([Group([Write(key, document.version, state.encode(record))])], {})
    (review,) = give(world, REQUEST, at(hours=1), **CONTACT)
    assert (review["active_sender"], review["owner"]) == ("east", {"rep": None, "team": "east"})
    assert [ask(world, rep, PAT, at(hours=1, minutes=6))["verdict"] for rep in ("ana", "bob")] == ["allow", "block"]
    assert told(world.until(at(hours=1, minutes=30))[0]) == ["tia"]
    assert give(world, DECIDE, at(hours=1, minutes=40), **CONTACT, by="tia")[0]["kind"] == "review_decided"


def test_whoever_takes_over_what_the_active_sender_had_at_the_account_is_the_active_sender() -> None:
    world = opened(ACCOUNT, ana={"successor": "cyd"})
    world.send("rep-updated", {"rep": "ana", **REPS["ana"], "successor": "cyd", "active": False}, at(hours=1, minutes=5))
    assert [ask(world, rep, KIM, at(hours=1, minutes=6))["rule"] for rep in ("cyd", "bob")] == ["free", "under_review"]
    world.until(at(hours=9))
    assert world.last("review_decided")["owner"]["rep"] == "cyd"
