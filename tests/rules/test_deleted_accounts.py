"""An account that the CRM deletes, or that another takes over: nothing recorded is lost, and what only rises goes on (rules 13, 19, 24)."""

from __future__ import annotations

import json
from typing import Any

from tests.play import Played, at, email

REPS = {"ana": {"team": "east"}, "bob": {"team": "west"}, "rita": {"team": "ops", "role": "revops"}}
ACME = {"account_id": "a", "name": "Acme", "domains": ["acme.com"]}


def command(world: Played, minutes: float, **fields: Any) -> list[dict[str, Any]]:
    return world.send("ownership-commands", fields, at(minutes=minutes))


def matters(world: Played) -> list[str]:
    """What waits for somebody."""
    world.simulation.engine.catch_up()
    return list(world.simulation.engine.directory.matters)


def tokens(world: Played, key: str) -> list[int]:
    """The tokens under which a lock was published."""
    changes = [one for one in world.simulation.published if one.topic == "lock-changes" and one.key == key.encode() and one.value]
    return [json.loads(one.value or b"")["fencing_token"] for one in changes]


def test_the_last_decision_about_a_deleted_account_is_numbered_after_the_others_and_numbers_and_tokens_go_on() -> None:
    world = Played(REPS, [ACME])
    command(world, 0, command="claim", by="ana", account_id="a")
    (gone,) = world.delete("account-updated", "a", at(minutes=1))
    assert (gone["rule"], gone["sequence"], gone["account"]["id"]) == ("account_gone", 2, "a")
    world.send("account-updated", ACME, at(minutes=2))
    (granted,) = command(world, 3, command="claim", by="bob", account_id="a")
    assert (granted["sequence"], granted["fencing_token"]) == (3, 2)
    assert tokens(world, "account:a") == [1, 2]


def test_a_suppression_of_a_domain_that_was_linked_to_a_deleted_account_stays_with_the_domain() -> None:
    world = Played(REPS, [ACME])
    command(world, 0, command="suppress", by="rita", domain="labs.com", flag="legal")
    command(world, 1, command="claim", by="ana", domain="labs.com")
    command(world, 2, command="link_account", by="ana", domain="labs.com", account_id="a")
    world.delete("account-updated", "a", at(minutes=3))
    (asked,) = world.send("send-requested", {"contact": "kim@labs.com", "rep": "bob", "stage": "launch"}, at(minutes=4))
    assert (asked["verdict"], asked["rule"]) == ("block", "suppressed")
    assert set(world.company("domain:labs.com").flags) == {"labs.com"}
    world.send("account-updated", ACME, at(minutes=5))  # and is the account's again when that comes back
    (asked,) = world.send("send-requested", {"contact": "kim@labs.com", "rep": "bob", "stage": "launch"}, at(minutes=6))
    assert (asked["rule"], asked["account"]["id"]) == ("suppressed", "a")


def test_what_is_recorded_of_a_deleted_account_goes_to_whom_its_domain_was_linked_by_hand() -> None:
    world = Played(REPS, [ACME, {"account_id": "b", "name": "Bolt", "domains": ["bolt.com"]}])
    world.send(*email("ana", "pat@acme.com"), at())
    command(world, 1, command="link_account", by="bob", domain="acme.com", account_id="b")
    command(world, 2, command="suppress", by="rita", account_id="a", flag="not_interested")
    world.delete("account-updated", "a", at(minutes=3))
    (lifted,) = [one for one in world.until(at(days=91)) if one["kind"] == "suppression_lifted"]
    assert (lifted["account"]["id"], lifted["rule"]) == ("b", "not_interested_over")
    numbers = [one["sequence"] for one in world.decisions if one["account"] and one["account"]["id"] == "b"]
    assert numbers == list(range(1, len(numbers) + 1))


def test_of_an_account_that_leads_made_and_the_crms_own_one_lock_stays_and_whoever_loses_the_other_is_told() -> None:
    world = Played(REPS, [ACME], "[routing]\nauto_account = 2\n")
    for number in (1, 2):
        world.send("lead-created", {"lead_id": f"l{number}", "email": f"p{number}@labs.com"}, at(minutes=number))
    assert "auto-labs.com" in [one["account"]["id"] for one in world.decisions if one["account"]]
    command(world, 3, command="claim", by="bob", account_id="auto-labs.com")
    command(world, 4, command="claim", by="ana", account_id="a")
    said = world.send("account-updated", {**ACME, "domains": ["acme.com", "labs.com"]}, at(minutes=5))
    (lost,) = [one for one in said if one["kind"] == "ownership_released"]
    assert (lost["rule"], lost["account"]["id"], lost["previous_owner"]["rep"]) == ("account_merged", "auto-labs.com", "bob")
    assert lost["notify"] == [{"rep": "bob", "why": "account_merged"}]
    assert (lost["sequence"], world.company("account:a").lock.owner) == (4, "ana")  # type: ignore[union-attr]


def test_a_lock_that_comes_from_an_account_that_leads_made_has_a_token_of_the_crms_account() -> None:
    world = Played(REPS, [ACME], "[routing]\nauto_account = 2\n")
    for minute in (0, 2):
        command(world, minute, command="claim", by="ana", account_id="a")
        command(world, minute + 1, command="release", by="ana", account_id="a")
    for number in (1, 2):
        world.send("lead-created", {"lead_id": f"l{number}", "email": f"p{number}@labs.com"}, at(minutes=9 + number))
    command(world, 20, command="claim", by="bob", account_id="auto-labs.com")
    world.send("account-updated", {**ACME, "domains": ["acme.com", "labs.com"]}, at(minutes=21))
    assert tokens(world, "account:a") == [1, 2, 3]
    assert world.company("account:a").lock.owner == "bob"  # type: ignore[union-attr]


def test_what_lay_with_a_domain_of_two_accounts_is_the_others_when_one_is_deleted() -> None:
    world = Played(REPS, [ACME, {"account_id": "b", "name": "Bolt", "domains": ["acme.com"]}])
    command(world, 0, command="claim", by="ana", domain="acme.com")  # nobody can tell whose it is
    command(world, 1, command="suppress", by="rita", domain="acme.com", flag="not_interested")
    world.delete("account-updated", "a", at(minutes=2))
    (asked,) = world.send("send-requested", {"contact": "pat@acme.com", "rep": "bob", "stage": "launch"}, at(minutes=3))
    assert (asked["rule"], asked["account"]["id"], asked["sequence"]) == ("suppressed", "b", 1)
    (expired,) = [one for one in world.until(at(days=3)) if one["kind"] == "ownership_expired"]
    assert (expired["previous_owner"]["rep"], expired["account"]["id"], expired["sequence"]) == ("ana", "b", 2)


def test_a_review_of_a_deleted_account_goes_on_as_one_of_its_domain_or_of_who_has_it_now() -> None:
    for other, target in (
        ([], {"domain": "acme.com"}),
        ([{"account_id": "b", "name": "Bolt", "domains": ["acme.com"]}], {"account_id": "b"}),
    ):
        world = Played(REPS, [ACME])
        world.send(*email("ana", "pat@acme.com"), at())
        command(world, 1, command="request_review", by="bob", account_id="a", note="mine")
        for account in other:
            world.send("account-updated", account, at(minutes=2))
        world.delete("account-updated", "a", at(minutes=3))
        assert matters(world) == []
        (again,) = command(world, 4, command="request_review", by="bob", note="mine", **target)
        assert again["kind"] == "command_refused" and "bob has asked already" in again["reason"]
        (escalated,) = world.until(at(minutes=40))
        key = f"domain:{target['domain']}" if "domain" in target else f"account:{target['account_id']}"
        assert (escalated["kind"], escalated["event_id"]) == ("review_escalated", f"deadline:review:{key}")
        assert matters(world) == [f"review:{key}"]
