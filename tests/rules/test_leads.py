"""Rules 13 and 20 as far as they go here: a lead follows the relationship and comes with a pending claim."""

from __future__ import annotations

from typing import Any

from streams import state
from streams.state import Lead
from tests.play import Played, at, email

REPS = {
    "ana": {"team": "east"},
    "bob": {"team": "west"},
    "rita": {"team": "ops", "role": "revops"},
    "gone": {"team": "west", "active": False},
}
ACCOUNTS = [
    {"account_id": "c", "name": "Customer", "domains": ["customer.com"], "status": "customer", "owner": "ana"},
    {"account_id": "d", "name": "Deal", "domains": ["deal.com"], "open_opportunities": [{"id": "o", "owner": "bob"}]},
    {"account_id": "g", "name": "Gone", "domains": ["gone.com"], "status": "customer", "owner": "gone"},
]


def lead(world: Played, lead_id: str, minutes: float = 0, **value: Any) -> dict[str, Any]:
    said = world.send("lead-created", {"lead_id": lead_id, **value}, at(minutes=minutes))
    return next(one for one in said if one["kind"] == "lead_routed")


def test_the_relationship_decides_and_the_lead_is_a_pending_claim() -> None:
    world = Played(REPS, ACCOUNTS)
    routed = lead(world, "l1", email="x@mail.customer.com")
    assert (routed["rule"], routed["owner"]["rep"], routed["account"]["id"]) == ("customer_owner", "ana", "c")
    assert routed["lock"]["expires_at"] == "2026-03-04T11:00:00Z"  # 48 hours from respond_by
    assert world.owner("x@mail.customer.com") == "ana"
    assert [one["kind"] for one in world.until(at(days=1))] == ["sla_missed"]
    (expired,) = world.until(at(days=3))
    assert (expired["kind"], expired["rule"]) == ("ownership_expired", "activation_window")


def test_the_holder_of_the_contact_comes_first() -> None:
    world = Played(REPS, ACCOUNTS)
    world.send(*email("bob", "x@customer.com"), at())
    assert (lead(world, "l1", 1, email="x@customer.com")["rule"], world.owner("x@customer.com")) == ("contact_owner", "bob")


def test_the_same_lead_again_updates_and_says_nothing() -> None:
    world = Played(REPS, ACCOUNTS)
    lead(world, "l1", email="x@customer.com")
    assert world.send("lead-created", {"lead_id": "l1", "email": "x@customer.com", "title": "CFO"}, at(minutes=5)) == []


def again(world: Played, minutes: float, occurred: float | None = None, **value: Any) -> list[dict[str, Any]]:
    when = at(minutes=minutes if occurred is None else occurred)
    return world.send("lead-created", {"lead_id": "l1", **value}, at(minutes=minutes), when)


def test_what_an_update_does_not_speak_of_stays() -> None:
    world = Played(REPS, ACCOUNTS)
    routed = lead(world, "l1", email="x@gmail.com", company="Customer Inc", phone="+34912345678", product="suv")
    assert again(world, 5, email="x@gmail.com", title="Buyer") == []
    assert again(world, 6, phone="+34912345679") == []  # nor is the address gone
    assert "lead_routed" not in [one["kind"] for one in again(world, 7, email="x@yahoo.com")]
    assert again(world, 8, email="x@gmail.com")[-1]["owner"]["rep"] == "ana"
    said = stored(world).enquiry
    assert (said.company, said.title, said.phone, said.email, said.product) == (
        "Customer Inc",
        "Buyer",
        "+34912345679",
        "x@gmail.com",
        "suv",
    )
    assert (world.until(at(hours=2))[0]["respond_by"], world.owner("x@gmail.com")) == (routed["respond_by"], "ana")


def test_an_address_elsewhere_does_not_keep_the_company_nor_a_new_title_what_it_was_read_as() -> None:
    world = Played(REPS, ACCOUNTS)
    lead(world, "l1", email="x@customer.com", company="Customer", website="customer.com", title="Clerk", seniority="individual")
    (routed, _) = again(world, 5, email="x@elsewhere.com", title="CEO")
    assert (routed["kind"], routed["account"], routed["priority"]) == ("lead_routed", None, "hot")


def test_an_older_word_that_comes_late_only_fills_what_nobody_has_said_since() -> None:
    world = Played(REPS, ACCOUNTS)
    lead(world, "l1", 5, email="x@customer.com", title="CFO")
    assert again(world, 6, 1, email="x@custmer.com", title="Clerk", company="Custmer", phone="+34912345678") == []
    said = stored(world).enquiry
    assert (said.email, said.title, said.phone, said.company) == ("x@customer.com", "CFO", "+34912345678", "")
    assert again(world, 7, 7, email="x@customer.com", title="Clerk") == []
    assert stored(world).enquiry.title == "Clerk"


def stored(world: Played) -> Lead:
    (document,) = world.simulation.tables.load(["lead:l1"])
    record = state.decode("lead:l1", document.body)
    assert isinstance(record, Lead)
    return record


def test_a_suppressed_person_who_asks_is_answered_and_outreach_stays_off() -> None:
    world = Played(REPS, ACCOUNTS)
    world.send("reply-classified", {"contact": "x@customer.com", "class": "unsubscribe"}, at())
    routed = lead(world, "l1", 1, email="x@customer.com")
    assert (routed["owner"]["rep"], routed["lock"]) == ("ana", None)
    assert "suppressed" in routed["reason"]
    assert world.owner("x@customer.com") is None


def test_an_inactive_owner_gets_no_lead() -> None:
    world = Played(REPS, ACCOUNTS)
    assert lead(world, "l1", email="x@gone.com")["rule"] == "unassigned"


def test_a_lead_without_an_address_has_a_lock_of_its_own_that_commands_move() -> None:
    world = Played(REPS, ACCOUNTS)
    world.send("account-updated", {**ACCOUNTS[0], "occurred": None}, at())
    routed = lead(world, "l1", phone="+34912345678")
    assert routed["rule"] == "unassigned"
    (refused,) = world.send("ownership-commands", {"command": "release", "by": "rita", "lead_id": "l1"}, at(minutes=1))
    assert (refused["kind"], "nobody holds" in refused["reason"]) == ("command_refused", True)


def test_a_corrected_address_takes_the_claim_along() -> None:
    world = Played(REPS, ACCOUNTS)
    lead(world, "l1", email="x@customer.com")
    said = world.send("lead-created", {"lead_id": "l1", "email": "y@customer.com"}, at(minutes=5))
    assert [(one["kind"], one["rule"], one["contact"]) for one in said] == [
        ("ownership_released", "routed_anew", "x@customer.com"),
        ("claim_granted", "customer_owner", "y@customer.com"),
    ]
    assert (world.owner("x@customer.com"), world.owner("y@customer.com")) == (None, "ana")
    world.send("touch-logged", {"kind": "call", "contact": "y@customer.com", "rep": "ana"}, at(minutes=10))
    assert world.until(at(days=1)) == []
    assert world.company("account:c").holders == {"ana": 1}


def test_a_lead_that_gets_an_address_is_held_as_a_contact_from_then_on() -> None:
    world = Played({**REPS, "sid": {"role": "sdr"}})
    routed = lead(world, "l1", phone="+34912345678")
    assert (routed["rule"], routed["contact"]) == ("territory", None)
    (granted,) = world.send("lead-created", {"lead_id": "l1", "phone": "+34912345678", "email": "x@gmail.com"}, at(minutes=5))
    assert (granted["kind"], granted["owner"]["rep"], world.owner("x@gmail.com")) == ("claim_granted", "sid", "sid")


def test_another_company_leaves_nothing_behind_at_the_first() -> None:
    world = Played(REPS, ACCOUNTS)
    lead(world, "l1", email="x@customer.com")
    said = world.send("lead-created", {"lead_id": "l1", "email": "x@deal.com"}, at(minutes=5))
    assert {(one["kind"], one["contact"], (one["account"] or {}).get("id")) for one in said} == {
        ("lead_routed", "x@deal.com", "d"),
        ("ownership_released", "x@customer.com", "c"),
    }
    assert (world.owner("x@customer.com"), world.owner("x@deal.com")) == (None, "bob")
    assert (world.company("account:c").holders, world.company("account:d").holders) == ({}, {"bob": 1})
