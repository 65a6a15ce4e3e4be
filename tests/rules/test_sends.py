"""Rule 15: the pre-send check, a row for each rule in its order, and that the earlier one wins."""

from __future__ import annotations

from typing import Any

import pytest

from tests.play import Played, at, email

REPS = {
    "ana": {"team": "east", "role": "ae"},
    "bob": {"team": "west", "role": "ae"},
    "cyd": {"team": "west", "role": "sdr"},
    "tom": {"team": "west", "role": "team_lead"},
}
ACCOUNTS = [
    {"account_id": "p", "name": "Prospect", "domains": ["prospect.com"]},
    {"account_id": "c", "name": "Customer", "domains": ["customer.com"], "status": "customer", "owner": "ana", "csm": "cyd"},
    {"account_id": "d", "name": "Deal", "domains": ["deal.com"], "open_opportunities": [{"id": "o", "owner": "ana"}]},
    {"account_id": "g", "name": "Group", "domains": ["group.com"]},
    {"account_id": "s", "name": "Group Sister", "domains": ["sister.com"], "parent_id": "g"},
]


def played(policy: str = "") -> Played:
    return Played(REPS, ACCOUNTS, policy)


def ask(world: Played, rep: str, contact: str, minutes: float = 60, stage: str = "import", **more: Any) -> dict[str, Any]:
    decisions = world.send("send-requested", {"contact": contact, "rep": rep, "stage": stage, **more}, at(minutes=minutes))
    return next(one for one in decisions if one["kind"] == "send_verdict")


def test_customers_hear_from_the_accounts_team_only() -> None:
    world = played()
    blocked = ask(world, "bob", "x@customer.com")
    assert (blocked["verdict"], blocked["rule"], blocked["held_by"]["rep"]) == ("block", "existing_customer", "ana")
    assert ask(world, "cyd", "x@customer.com")["verdict"] == "allow"
    assert ask(world, "ana", "x@customer.com")["verdict"] == "allow"


def test_who_holds_one_of_its_contacts_counts_for_that_contact() -> None:
    world = played()
    world.send(*email("bob", "x@customer.com"), at())
    assert ask(world, "bob", "x@customer.com")["rule"] == "own_lock"
    assert ask(world, "bob", "y@customer.com")["rule"] == "existing_customer"


def test_an_open_deal_is_its_owners_and_the_teams() -> None:
    world = played()
    assert ask(world, "bob", "x@deal.com")["rule"] == "open_deal"
    assert ask(world, "ana", "x@deal.com")["verdict"] == "allow"


def test_an_open_deal_takes_the_account_and_gives_it_back_when_it_closes() -> None:
    world = played()
    granted = [one for one in world.decisions if one["kind"] == "claim_granted"]
    assert [(one["rule"], one["owner"]["rep"], one["lock"]["kind"], one["until"]) for one in granted] == [
        ("open_opportunity", "ana", "account", None)
    ]
    (closed,) = world.send("account-updated", {**ACCOUNTS[2], "open_opportunities": []}, at())
    assert (closed["kind"], closed["rule"]) == ("ownership_released", "opportunity_closed")


def test_contact_locked_says_who_why_and_until_when() -> None:
    world = played()
    world.send(*email("ana", "x@prospect.com", sequence_id="s"), at())
    blocked = ask(world, "bob", "x@prospect.com")
    assert (blocked["rule"], blocked["held_by"], blocked["held_because"], blocked["held_until"]) == (
        "contact_locked",
        {"rep": "ana", "team": "east"},
        "active_sequence",
        "2026-03-23T09:00:00Z",
    )


def test_a_domain_lock_blocks_sends_and_denies_no_contact_claim() -> None:
    world = played()
    world.send("ownership-commands", {"command": "claim", "by": "ana", "domain": "prospect.com"}, at())
    assert ask(world, "bob", "x@prospect.com")["rule"] == "domain_locked"
    (claimed,) = world.send("ownership-commands", {"command": "claim", "by": "bob", "contact": "x@prospect.com"}, at(hours=2))
    assert claimed["kind"] == "claim_granted"
    (denied,) = world.send("ownership-commands", {"command": "claim", "by": "bob", "domain": "prospect.com"}, at(hours=2))
    assert (denied["kind"], denied["rule"], denied["held_by"]["rep"]) == ("claim_denied", "domain_locked", "ana")


def test_one_sequence_at_a_time_the_same_reps_too_and_manual_mail_is_no_sequence() -> None:
    world = played()
    world.send(*email("ana", "x@prospect.com", sequence_id="one"), at())
    assert ask(world, "ana", "x@prospect.com", sequence_id="two")["rule"] == "active_sequence"
    assert ask(world, "ana", "x@prospect.com", sequence_id="one")["rule"] == "own_lock"
    assert ask(world, "ana", "x@prospect.com")["rule"] == "own_lock"
    assert ask(world, "ana", "x@prospect.com", minutes=60 * 24 * 15, sequence_id="two")["verdict"] == "allow"


def test_a_final_step_ends_the_sequence() -> None:
    world = played()
    world.send(*email("ana", "x@prospect.com", sequence_id="one"), at())
    world.send(*email("ana", "x@prospect.com", sequence_id="one", final_step=True), at(minutes=5))
    assert ask(world, "ana", "x@prospect.com", sequence_id="two")["verdict"] == "allow"


def test_no_sequence_over_a_live_conversation() -> None:
    world = played()
    world.send(*email("ana", "x@prospect.com"), at())
    world.send("reply-classified", {"contact": "x@prospect.com", "class": "replied", "rep": "ana"}, at(minutes=5))
    assert ask(world, "ana", "x@prospect.com", sequence_id="s")["rule"] == "replied_recently"
    assert ask(world, "ana", "x@prospect.com")["rule"] == "own_lock"


@pytest.mark.parametrize(("policy", "verdict"), [("", "block"), ('[sends]\nother_mailbox = "warn"\n', "warn")])
def test_a_contact_hears_from_one_mailbox(policy: str, verdict: str) -> None:
    world = played(policy)
    world.send(*email("ana", "x@prospect.com", mailbox="a@ours.example"), at())
    asked = ask(world, "ana", "x@prospect.com", mailbox="b@ours.example")
    assert (asked["verdict"], asked["rule"]) == (verdict, "other_mailbox")


@pytest.mark.parametrize(("policy", "verdict"), [("", "block"), ('[sends]\nmissing_owner = "warn"\n', "warn")])
def test_a_launch_that_claims_nothing_needs_an_owner(policy: str, verdict: str) -> None:
    world = played(policy)
    asked = ask(world, "ana", "x@prospect.com", stage="launch", claim=False)
    assert (asked["verdict"], asked["rule"]) == (verdict, "no_owner")
    assert world.owner("x@prospect.com") is None


def test_a_launch_claims_in_the_same_step_so_the_next_one_asking_is_blocked() -> None:
    world = played()
    asked = world.send("send-requested", {"contact": "x@prospect.com", "rep": "ana", "stage": "launch", "sequence_id": "s"}, at())
    assert [one["kind"] for one in asked] == ["send_verdict", "claim_granted"]
    assert asked[1]["lock"]["sequence_id"] == "s"
    assert ask(world, "bob", "x@prospect.com", stage="launch")["rule"] == "contact_locked"


def test_a_colleague_at_the_company_is_a_warning_until_one_holds_a_contact_there() -> None:
    world = played()
    world.send(*email("ana", "x@prospect.com"), at())
    assert ask(world, "bob", "x2@prospect.com")["rule"] == "account_overlap"
    world.send("send-requested", {"contact": "x2@prospect.com", "rep": "bob", "stage": "launch"}, at(minutes=61))
    assert ask(world, "bob", "x3@prospect.com", minutes=62)["rule"] == "free"
    assert ask(world, "cyd", "x4@prospect.com", minutes=60 * 24 * 31)["rule"] == "free"


def test_relatives_of_one_parent_are_near_duplicates() -> None:
    world = played()
    world.send(*email("ana", "x@group.com"), at())
    asked = ask(world, "bob", "y@sister.com")
    assert (asked["verdict"], asked["rule"], asked["similar"][0]["account_id"]) == ("warn", "near_duplicate", "g")
    assert ask(world, "ana", "y@sister.com")["verdict"] == "allow"


def test_a_suppressed_domain_or_account_blocks_and_only_leads_may_suppress_it() -> None:
    world = played()
    command = {"command": "suppress", "domain": "prospect.com", "flag": "do_not_contact"}
    (refused,) = world.send("ownership-commands", {**command, "by": "ana"}, at())
    assert refused["kind"] == "command_refused"
    (set_,) = world.send("ownership-commands", {**command, "by": "tom"}, at())
    assert (set_["kind"], set_["scope"]) == ("contact_suppressed", "domain")
    assert ask(world, "ana", "x@prospect.com")["rule"] == "suppressed"
    (violated,) = world.send(*email("ana", "x@prospect.com"), at(minutes=90))
    assert (violated["kind"], violated["suppressed_at"]) == ("suppression_violated", "2026-03-02T09:00:00Z")
    (denied,) = world.send("ownership-commands", {"command": "claim", "by": "ana", "contact": "y@prospect.com"}, at(minutes=91))
    assert (denied["kind"], denied["rule"]) == ("claim_denied", "suppressed")
    world.send("ownership-commands", {**command, "command": "unsuppress", "by": "tom"}, at(hours=2))
    assert ask(world, "ana", "x@prospect.com", minutes=121)["verdict"] == "allow"


def test_a_permit_clears_what_is_about_the_account_and_ends_with_the_lock() -> None:
    world = played('[sends]\naccount_overlap = "block"\n')
    world.send(*email("ana", "x@prospect.com"), at())
    world.send("reply-classified", {"contact": "x@prospect.com", "class": "interested", "rep": "ana"}, at(minutes=1))
    assert ask(world, "bob", "y@prospect.com", minutes=2)["rule"] == "account_overlap"
    (given,) = world.send("ownership-commands", {"command": "permit", "by": "ana", "account_id": "p", "to": "bob"}, at(minutes=3))
    assert (given["kind"], given["to"]) == ("permit_granted", "bob")
    assert ask(world, "bob", "y@prospect.com", minutes=4)["verdict"] == "allow"
    world.send("reply-classified", {"contact": "x@prospect.com", "class": "unsubscribe"}, at(minutes=5))
    assert ask(world, "bob", "y@prospect.com", minutes=6)["rule"] == "account_overlap"


def test_an_exception_needs_an_approver() -> None:
    world = played()
    command = {"command": "exception", "by": "bob", "account_id": "c", "to": "bob", "note": "asked by their CTO"}
    (refused,) = world.send("ownership-commands", {**command, "approved_by": "cyd"}, at())
    assert refused["kind"] == "command_refused"
    (given,) = world.send("ownership-commands", {**command, "approved_by": "tom"}, at())
    assert (given["kind"], given["approved_by"]) == ("permit_granted", "tom")
    assert ask(world, "bob", "x@customer.com")["verdict"] == "allow"


def test_a_domain_that_no_account_has_is_asked_about_at_the_company_that_is_named_too() -> None:
    world = played('[sends]\naccount_overlap = "block"\n')
    assert ask(world, "bob", "x@customer-labs.net")["rule"] == "free"
    blocked = ask(world, "bob", "x@customer-labs.net", company="Customer Inc.")
    assert (blocked["rule"], blocked["held_by"]["rep"]) == ("existing_customer", "ana")
    assert ask(world, "cyd", "x@customer-labs.net", company="Customer Inc.")["rule"] == "free"
    assert ask(world, "bob", "x@prospect.com", company="Customer Inc.")["rule"] == "free"
    world.send(*email("ana", "y@prospect-labs.net"), at(hours=2))
    assert ask(world, "bob", "z@prospect-labs.net", minutes=121, company="Prospect")["rule"] == "account_overlap"
    world.send("ownership-commands", {"command": "claim", "by": "tom", "domain": "prospect-labs.net"}, at(hours=3))
    assert ask(world, "bob", "z@prospect-labs.net", minutes=181, company="Prospect")["rule"] == "domain_locked"
    world.send(*email("ana", "y@prospect.com"), at(hours=4))
    assert ask(world, "bob", "a@prospect-shop.net", minutes=241, company="Prospect")["held_by"]["rep"] == "ana"
