"""Rule 18: the lock goes to who is to send, at once or later."""

from __future__ import annotations

import pytest

from tests.play import Played, at, email
from tests.rules.quarrel import ACCOUNT, CONTACT, DECIDE, DOMAIN, KIM, LEE, PAT, REQUEST, ask, give, opened, played


def test_the_lock_goes_to_who_is_to_send() -> None:
    world = opened()
    decided, stopped, moved = give(world, DECIDE, at(hours=1, minutes=5), **CONTACT, sender="bob", transfer_to="bob")
    assert (decided["kind"], decided["owner"]["rep"]) == ("review_decided", "bob")
    assert (moved["kind"], moved["rule"], moved["owner"]["rep"], moved["previous_owner"]["rep"]) == (
        "ownership_transferred",
        "decided",
        "bob",
        "ana",
    )
    assert moved["last_outbound"]["rep"] == "ana"
    assert {one["reason"] for one in (decided, stopped, moved)} == {"rita decided: Ana goes on."}
    assert (stopped["kind"], stopped["pause"]) == ("outreach_paused", [{"rep": "ana", "sequence_id": "sa"}])
    assert [ask(world, rep, PAT, at(hours=1, minutes=6))["rule"] for rep in ("ana", "bob")] == ["contact_locked", "own_lock"]


@pytest.mark.parametrize(("target", "key"), [(ACCOUNT, "account"), (DOMAIN, "domain")])
def test_so_does_an_accounts_and_a_domains_lock_and_permits_end(target: dict[str, str], key: str) -> None:
    world = played()
    give(world, {"command": "claim", "by": "ana"}, at(minutes=1), **target)
    give(world, {"command": "permit", "by": "ana", "to": "tom"}, at(minutes=2), **target)
    give(world, REQUEST, at(hours=1), **target)
    _, moved = give(world, DECIDE, at(hours=1, minutes=5), **target, sender="bob", collaborators=["ana"])
    assert (moved["kind"], moved["lock"]["kind"], moved["owner"]["rep"]) == ("ownership_transferred", key, "bob")
    verdicts = [ask(world, rep, KIM, at(hours=1, minutes=6))["verdict"] for rep in ("ana", "bob", "tom")]
    assert verdicts == ["allow", "allow", "warn" if key == "account" else "block"]


def test_a_transfer_may_come_later() -> None:
    world = opened()
    more = {"transfer_to": "bob", "transfer_by": "2026-03-05T12:00:00Z"}
    give(world, DECIDE, at(hours=1, minutes=5), **CONTACT, **more)
    assert world.owner(PAT) == "ana"
    (moved,) = world.until(at(days=3, hours=3))
    assert (moved["kind"], moved["rule"], moved["decided_at"]) == ("ownership_transferred", "transfer", "2026-03-05T12:00:00Z")
    assert world.owner(PAT) == "bob"
    assert world.until(at(days=10)) == []


def test_it_does_not_come_when_the_contact_has_gone_elsewhere_meanwhile() -> None:
    world = opened()
    give(world, DECIDE, at(hours=1, minutes=5), **CONTACT, transfer_to="bob", transfer_by="2026-03-05T12:00:00Z")
    give(world, {"command": "transfer", "by": "ana", "contact": PAT, "to": "cyd", "note": "hers"}, at(hours=2))
    world.until(at(days=4))
    assert world.owner(PAT) == "cyd"


def test_who_is_to_send_to_somebody_nobody_holds_any_more_claims_them() -> None:
    world = opened()
    give(world, {"command": "release", "by": "ana", "contact": PAT}, at(hours=1, minutes=1))
    _, granted = give(world, DECIDE, at(hours=1, minutes=5), **CONTACT, sender="bob")
    assert (granted["kind"], granted["rule"], granted["until"]) == ("claim_granted", "decided", "2026-03-04T10:05:00Z")


def test_whoever_is_given_somebody_free_is_told_by_whom_and_why() -> None:
    world = opened()
    give(world, {"command": "release", "by": "ana", "contact": PAT}, at(hours=2))
    _, granted = give(world, DECIDE, at(hours=2, minutes=5), **CONTACT, sender="bob")
    assert (granted["kind"], granted["reason"]) == ("claim_granted", "rita decided: Ana goes on.")


def test_somebody_who_unsubscribed_meanwhile_is_not_given_to_anybody() -> None:
    world = opened()
    world.send("reply-classified", {"contact": PAT, "class": "unsubscribe"}, at(hours=1, minutes=1))
    (decided,) = give(world, DECIDE, at(hours=1, minutes=5), **CONTACT, sender="bob")
    assert (decided["kind"], world.owner(PAT)) == ("review_decided", None)


def held_apart() -> Played:
    """Nobody has the account; ana, who was there last, has two contacts there, and cyd one."""
    world = played()
    world.send(*email("cyd", LEE), at(minutes=1))
    world.send(*email("ana", KIM), at(minutes=2))
    give(world, REQUEST, at(hours=1), **ACCOUNT)
    return world


def test_a_transfer_of_an_account_that_nobody_has_is_of_what_its_owner_has_there() -> None:
    world = held_apart()
    decided, *moved = give(world, DECIDE, at(hours=1, minutes=5), **ACCOUNT, sender="bob", transfer_to="bob")
    assert (decided["kind"], decided["owner"]["rep"], decided["contact"]) == ("review_decided", "bob", None)
    assert [(one["kind"], one["rule"], one["contact"], one["previous_owner"]["rep"]) for one in moved] == [
        ("ownership_transferred", "decided", KIM, "ana"),
        ("ownership_transferred", "decided", PAT, "ana"),
    ]
    assert [world.owner(one) for one in (PAT, KIM, LEE)] == ["bob", "bob", "cyd"]


def test_such_a_transfer_may_come_later_too() -> None:
    world = held_apart()
    more = {"transfer_to": "bob", "transfer_by": "2026-03-05T12:00:00Z"}
    assert len(give(world, DECIDE, at(hours=1, minutes=5), **ACCOUNT, **more)) == 1
    moved = world.until(at(days=3, hours=3))
    assert [(one["kind"], one["rule"], one["contact"], one["decided_at"]) for one in moved] == [
        ("ownership_transferred", "transfer", KIM, "2026-03-05T12:00:00Z"),
        ("ownership_transferred", "transfer", PAT, "2026-03-05T12:00:00Z"),
    ]
    assert [world.owner(one) for one in (PAT, KIM, LEE)] == ["bob", "bob", "cyd"]
    assert ask(world, "bob", PAT, at(days=3, hours=4))["rule"] == "own_lock"


def test_without_a_transfer_everybody_keeps_what_they_have_there() -> None:
    world = held_apart()
    assert len(give(world, DECIDE, at(hours=1, minutes=5), **ACCOUNT, sender="bob")) == 1
    assert [world.owner(one) for one in (PAT, KIM, LEE)] == ["ana", "ana", "cyd"]
