"""Rule 23: leads that may be one person's are found, held or sent on, verified, merged and separated again."""

from __future__ import annotations

from typing import Any

import pytest

from streams import state
from streams.state import Lead
from tests.play import Played, at, email

REPS: dict[str, dict[str, Any]] = {
    "ana": {"team": "east", "role": "sdr", "territories": [{"countries": ["US"]}]},
    "bob": {"team": "west", "role": "sdr", "territories": [{"countries": ["ES"]}]},
    "rita": {"team": "ops", "role": "revops"},
    "gone": {"team": "ops", "active": False},
}


def send(world: Played, lead_id: str, minutes: float = 0, **value: Any) -> list[dict[str, Any]]:
    return world.send("lead-created", {"lead_id": lead_id, **value}, at(minutes=minutes))


def verify(world: Played, lead_id: str, original: str, verdict: str, minutes: float, by: str = "rita") -> list[dict[str, Any]]:
    value = {"command": "verify_duplicate", "by": by, "lead_id": lead_id, "original_lead_id": original, "verdict": verdict, "note": "asked"}
    return world.send("ownership-commands", value, at(minutes=minutes))


def kinds(said: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["kind"], one["rule"]) for one in said]


def stored(world: Played, lead_id: str) -> Lead:
    (document,) = world.simulation.tables.load([f"lead:{lead_id}"])
    record = state.decode(f"lead:{lead_id}", document.body)
    assert isinstance(record, Lead)
    return record


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({"email": "Marta.Diaz@gmail.com"}, {"email": "martadiaz+offers@googlemail.com"}, ["email"]),
        ({"email": "ops@acme.com"}, {"email": " OPS@ACME.com "}, ["email"]),
        ({"email": "ops@acme.com"}, {"email": "ops+x@acme.com"}, ["email"]),
        ({"email": "ops@bücher.example"}, {"email": "ops@xn--bcher-kva.example"}, ["email"]),
        ({"phone": "+34 912 345 678"}, {"phone": "912345678", "country": "ES"}, ["phone"]),
        ({"phone": "(415) 555-0132", "country": "US"}, {"phone": "001 415 555 0132", "country": "ES"}, ["phone"]),
        ({"email": "a@acme.com", "phone": "+34912345678"}, {"email": "a@acme.com", "phone": "+34 912345678"}, ["email", "phone"]),
        ({"email": "a@acme.com", "phone": "+34912345678"}, {"email": "b@acme.com", "phone": "+34 912345678"}, ["phone"]),
    ],
)
def test_one_person_is_found_again_and_held(first: dict[str, Any], second: dict[str, Any], same: list[str]) -> None:
    world = Played(REPS)
    assert kinds(send(world, "l1", **first)) == [("lead_routed", "territory")]
    (said,) = send(world, "l2", 60, **second)
    assert (said["kind"], said["rule"], said["lead_id"]) == ("duplicate_suspected", "duplicate_suspected", "l2")
    assert said["candidates"] == [{"lead_id": "l1", "same": same, "product_differs": False}]
    assert (said["owner"], said["respond_by"]) == (None, "2026-03-02T12:00:00Z")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"email": "marta.diaz@acme.com"}, {"email": "martadiaz@acme.com"}),
        ({"phone": "+34912345678"}, {"phone": "+34912345679"}),
        ({"phone": "912345678", "country": "ES"}, {"phone": "912345678", "country": "PT"}),
        ({"phone": "000000000", "email": "a@acme.com"}, {"phone": "000000000", "email": "b@acme.com"}),
    ],
)
def test_two_people_are_not_taken_for_one(first: dict[str, Any], second: dict[str, Any]) -> None:
    world = Played(REPS)
    send(world, "l1", **first)
    assert kinds(send(world, "l2", 60, **second)) == [("lead_routed", "territory")]


def test_whoever_has_the_original_is_told_else_revops() -> None:
    world = Played(REPS)
    send(world, "l1", email="a@acme.com", country="US")
    (said,) = send(world, "l2", 1, email="a@acme.com")
    assert said["notify"] == [{"rep": "ana", "why": "duplicate_suspected"}]
    world = Played({"rita": REPS["rita"]})
    send(world, "l1", email="a@acme.com")
    (said,) = send(world, "l2", 1, email="a@acme.com")
    assert said["notify"] == [{"rep": "rita", "why": "duplicate_suspected"}]


def test_a_held_lead_has_no_owner_no_lock_and_a_time_by_which_somebody_verifies_it() -> None:
    world = Played(REPS)
    send(world, "l1", email="a@gmail.com", country="US")
    world.send(*email("ana", "a@gmail.com"), at(minutes=5))
    send(world, "l2", 10, email="a+b@gmail.com", country="US")
    assert world.owner("a+b@gmail.com") is None
    assert [(one["kind"], one["lead_id"], one["owner"]["rep"]) for one in world.until(at(hours=3))] == [("sla_missed", "l2", "ana")]
    assert "duplicate:lead:l2" in directory(world).matters


def directory(world: Played) -> Any:
    world.send("rep-updated", {"rep": "nobody"}, at(days=20))
    return world.simulation.engine.directory


def test_a_hot_one_goes_at_once_to_the_originals_owner() -> None:
    world = Played(REPS)
    send(world, "l1", email="a@gmail.com", country="US")
    said = send(world, "l2", 60, email="a+b@gmail.com", country="ES", intent="demo_request")
    assert sorted(kinds(said)) == [("duplicate_suspected", "duplicate_suspected"), ("lead_routed", "original_owner")]
    routed = next(one for one in said if one["kind"] == "lead_routed")
    assert (routed["owner"]["rep"], routed["priority"], routed["respond_by"]) == ("ana", "hot", "2026-03-02T10:05:00Z")
    assert world.owner("a+b@gmail.com") == "ana"


def test_a_hot_one_from_a_contact_that_somebody_works_is_theirs() -> None:
    world = Played(REPS)
    send(world, "l1", phone="+34912345678")
    world.send("touch-logged", {"kind": "call", "contact": "z@acme.com", "rep": "bob"}, at(minutes=1))
    said = send(world, "l2", 2, phone="+34912345678", email="z@acme.com", intent="demo_request")
    assert kinds(said) == [("lead_routed", "contact_owner"), ("duplicate_suspected", "duplicate_suspected")]
    assert [one["owner"]["rep"] for one in said[:1]] == [world.owner("z@acme.com")] == ["bob"]
    assert {one["rep"] for one in said[1]["notify"]} == {"ana"}


def test_the_policy_may_send_every_one_there() -> None:
    world = Played(REPS, policy='[duplicates]\nwhile_unverified = "route_to_original_owner"\n')
    send(world, "l1", email="a@gmail.com", country="US")
    said = send(world, "l2", 60, email="a+b@gmail.com", country="ES")
    routed = next(one for one in said if one["kind"] == "lead_routed")
    assert (routed["rule"], routed["owner"]["rep"], routed["priority"]) == ("original_owner", "ana", "normal")


def test_the_originals_owner_is_who_has_it_now_or_their_successor() -> None:
    world = Played(REPS)
    send(world, "l1", email="a@acme.com", country="US")
    command = {"command": "transfer", "by": "ana", "contact": "a@acme.com", "to": "bob", "note": "yours"}
    world.send("ownership-commands", command, at(minutes=5))
    said = send(world, "l2", 60, email="a+b@acme.com", country="US", intent="demo_request")
    assert next(one for one in said if one["kind"] == "lead_routed")["owner"]["rep"] == "bob"
    world = Played({**REPS, "gone": {"role": "sdr", "team": "east", "territories": [{"countries": ["FR"]}]}})
    send(world, "l1", phone="+34912345678", country="FR")
    assert stored(world, "l1").owner == "gone"
    world.send("rep-updated", {"rep": "gone", "active": False, "successor": "bob"}, at(minutes=5))
    said = send(world, "l2", 60, phone="+34912345678", country="US", intent="demo_request")
    assert next(one for one in said if one["kind"] == "lead_routed")["owner"]["rep"] == "bob"


def test_a_hot_one_whose_original_nobody_has_is_routed_as_any() -> None:
    world = Played({"rita": REPS["rita"]})
    send(world, "l1", email="a@acme.com")
    world.send("rep-updated", {"rep": "ana", **REPS["ana"]}, at(minutes=1))
    said = send(world, "l2", 60, email="a@acme.com", country="US", intent="demo_request")
    assert sorted(kinds(said)) == [("duplicate_suspected", "duplicate_suspected"), ("lead_routed", "territory")]


@pytest.mark.parametrize(
    ("policy", "products", "differs"),
    [
        ("", ("suv", "van"), True),
        ("", ("suv", "SUV"), False),
        ("", ("suv", None), False),
        ("", (None, "van"), False),
        ("[duplicates]\nflag_different_product = false\n", ("suv", "van"), False),
    ],
)
def test_another_product_is_flagged(policy: str, products: tuple[str | None, str | None], differs: bool) -> None:
    world = Played(REPS, policy=policy)
    send(world, "l1", email="a@acme.com", product=products[0])
    (said,) = send(world, "l2", 1, email="a@acme.com", product=products[1])
    assert said["candidates"][0]["product_differs"] is differs


def test_a_merged_lead_is_out_of_circulation_and_its_owner_is_the_originals() -> None:
    world = Played(REPS)
    send(world, "l1", email="a@acme.com", country="US")
    send(world, "l2", 60, email="a+b@acme.com", country="ES")
    (said,) = verify(world, "l2", "l1", "merge", 70)
    assert (said["kind"], said["lead_id"], said["original_lead_id"], said["owner"]["rep"]) == ("duplicate_merged", "l2", "l1", "ana")
    assert said["notify"] == [{"rep": "ana", "why": "duplicate_merged"}]
    assert [(one["kind"], one["lead_id"]) for one in world.until(at(days=1))] == [("sla_missed", "l1")]
    assert send(world, "l2", 60 * 25, email="a+b@acme.com", country="US") == []
    # Both histories have it, and the original knows which were merged into it.
    assert [change.kind for change in stored(world, "l1").history] == ["lead_routed", "duplicate_merged", "sla_missed"]
    assert [change.kind for change in stored(world, "l2").history] == ["duplicate_suspected", "duplicate_merged"]
    assert (stored(world, "l1").merged, stored(world, "l2").original) == (["l2"], "l1")
    assert "duplicate:lead:l2" not in directory(world).matters


def test_a_merged_lead_still_counts() -> None:
    world = Played(REPS)
    send(world, "l1", email="a@acme.com", phone="+34912345678")
    send(world, "l2", 1, email="a@acme.com", phone="+34611222333")
    verify(world, "l2", "l1", "merge", 2)
    (said,) = send(world, "l3", 3, phone="+34 611 222 333")
    assert [one["lead_id"] for one in said["candidates"]] == ["l2"]
    (said,) = verify(world, "l3", "l2", "merge", 4)
    assert said["original_lead_id"] == "l1"


def test_a_separate_lead_is_routed_as_any_and_not_suspected_of_that_one_again() -> None:
    world = Played(REPS)
    send(world, "l1", phone="+34912345678", country="US")
    send(world, "l2", 60, phone="+34912345678", country="ES")
    said = verify(world, "l2", "l1", "separate", 70)
    assert kinds(said) == [("duplicate_separated", "duplicate_separated"), ("lead_routed", "territory")]
    assert (said[1]["owner"]["rep"], said[1]["respond_by"]) == ("bob", "2026-03-02T12:10:00Z")
    assert send(world, "l2", 80, phone="+34912345678", country="ES", product="van") == []
    (said3,) = send(world, "l3", 90, phone="+34912345678")
    assert [one["lead_id"] for one in said3["candidates"]] == ["l1", "l2"]
    assert "duplicate:lead:l2" not in directory(world).matters


def test_where_both_leads_have_one_contact_the_prospect_hears_one_voice() -> None:
    world = Played(REPS)
    send(world, "l1", email="a@acme.com", country="US")
    send(world, "l2", 60, email="a@acme.com", country="ES", product="van")
    said = verify(world, "l2", "l1", "separate", 70)
    assert (said[1]["rule"], said[1]["owner"]["rep"], world.owner("a@acme.com")) == ("contact_owner", "ana", "ana")


def test_merging_a_lead_that_was_sent_on_takes_its_claim_along() -> None:
    """Somebody finds by other means that a lead which another rep has is the same person."""
    world = Played(REPS)
    send(world, "l1", email="a@acme.com", country="US")
    send(world, "l2", 1, email="b@other.com", country="ES")
    assert world.owner("b@other.com") == "bob"
    (said,) = verify(world, "l2", "l1", "merge", 2, by="bob")
    assert {one["rep"] for one in said["notify"]} == {"ana", "bob"}
    assert world.owner("b@other.com") == "ana"
    assert [(one["kind"], one["lead_id"]) for one in world.until(at(hours=5))] == [("sla_missed", "l1")]
    separated = verify(world, "l2", "l1", "separate", 400)
    assert [(one["kind"], (one["owner"] or {}).get("rep")) for one in separated] == [("duplicate_separated", "bob"), ("lead_routed", "bob")]
    # Its time had run out meanwhile, and runs anew.
    assert (world.owner("b@other.com"), separated[1]["respond_by"]) == ("bob", "2026-03-02T17:40:00Z")


def test_what_somebody_took_by_their_own_work_stays_theirs() -> None:
    world = Played(REPS)
    send(world, "l1", email="a@acme.com", country="US")
    send(world, "l2", 1, email="b@other.com", country="ES")
    world.send(*email("bob", "b@other.com"), at(minutes=5))
    verify(world, "l2", "l1", "merge", 10)
    assert world.owner("b@other.com") == "bob"
    assert stored(world, "l2").owner == "ana"


def test_merge_then_separate_restores_what_was() -> None:
    world = Played(REPS)
    send(world, "l1", email="a@acme.com", country="US")
    send(world, "l2", 1, email="b@other.com", country="ES")
    before, lock = stored(world, "l2"), world.contact("b@other.com").state.lock
    verify(world, "l2", "l1", "merge", 10)
    verify(world, "l2", "l1", "separate", 20)
    after, again = stored(world, "l2"), world.contact("b@other.com").state.lock
    assert lock is not None and again is not None
    assert (after.status, after.owner, after.rule, after.respond_by, after.waits, after.since) == (
        before.status,
        before.owner,
        before.rule,
        before.respond_by,
        before.waits,
        before.since,
    )
    assert (again.owner, again.phase, again.rule, again.ends) == (lock.owner, lock.phase, lock.rule, lock.ends)
    assert stored(world, "l1").merged == []
    assert [(one["lead_id"], one["decided_at"]) for one in world.until(at(hours=5))] == [
        ("l1", "2026-03-02T11:00:00Z"),
        ("l2", "2026-03-02T11:01:00Z"),
    ]


@pytest.mark.parametrize(
    ("lead_id", "original", "verdict", "why"),
    [
        ("l9", "l1", "merge", "no lead 'l9'"),
        ("l2", "l9", "merge", "no lead 'l9'"),
        ("l1", "l1", "merge", "is the lead itself"),
        ("l1", "l3", "separate", "is not said to be a duplicate of 'l3'"),
        ("l4", "l1", "merge", "is merged into 'l1' already"),
        ("l1", "l4", "merge", "is merged into 'l1' itself"),
        ("l4", "l3", "separate", "is merged into 'l1', not into 'l3'"),
    ],
)
def test_a_verdict_that_makes_no_sense_is_refused(lead_id: str, original: str, verdict: str, why: str) -> None:
    world = Played(REPS)
    send(world, "l1", email="a@acme.com")
    send(world, "l2", 1, email="a@acme.com")
    send(world, "l3", 2, email="c@acme.com")
    send(world, "l4", 3, email="a@acme.com")
    verify(world, "l4", "l1", "merge", 4)
    (said,) = verify(world, lead_id, original, verdict, 5)
    assert (said["kind"], said["rule"]) == ("command_refused", "not_possible") and why in said["reason"]


def test_whoever_is_not_active_verifies_nothing() -> None:
    world = Played(REPS)
    send(world, "l1", email="a@acme.com")
    send(world, "l2", 1, email="a@acme.com")
    assert kinds(verify(world, "l2", "l1", "merge", 2, by="gone")) == [("command_refused", "not_allowed")]
    command = {"command": "verify_duplicate", "by": "rita", "lead_id": "l2", "verdict": "merge"}
    assert kinds(world.send("ownership-commands", command, at(minutes=3))) == [("command_refused", "incomplete_command")]


def test_mergers_are_followed_to_the_first_original() -> None:
    world = Played(REPS)
    for number in range(1, 5):
        send(world, f"l{number}", number, email="a@acme.com", country="US")
    verify(world, "l3", "l2", "merge", 10)
    (said,) = verify(world, "l2", "l1", "merge", 11)
    assert said["owner"]["rep"] == "ana"
    (said,) = verify(world, "l4", "l3", "merge", 12)
    assert said["original_lead_id"] == "l1"
    (refused,) = verify(world, "l1", "l3", "merge", 13)
    assert "is merged into 'l1' itself" in refused["reason"]


def test_a_held_lead_that_turns_out_hot_waits_for_nobody() -> None:
    world = Played(REPS)
    send(world, "l1", email="a@acme.com", country="US")
    send(world, "l2", 1, email="a+b@acme.com", country="US")
    assert send(world, "l2", 2, email="a+b@acme.com", country="US", first_name="Ann") == []
    said = send(world, "l2", 3, email="a+b@acme.com", country="US", intent="demo_request")
    assert ("lead_routed", "original_owner") in kinds(said)


def test_an_update_by_which_a_lead_becomes_a_possible_duplicate_says_so_and_leaves_it_where_it_is() -> None:
    world = Played(REPS)
    send(world, "l1", email="a@acme.com", phone="+34912345678", country="US")
    send(world, "l2", 1, email="b@acme.com", country="US")
    (said,) = send(world, "l2", 2, email="b@acme.com", phone="+34 912 345 678", country="US")
    assert (said["kind"], [one["lead_id"] for one in said["candidates"]]) == ("duplicate_suspected", ["l1"])
    assert (world.owner("b@acme.com"), stored(world, "l2").status) == ("ana", "")
    assert send(world, "l2", 3, email="b@acme.com", phone="+34 912 345 678", country="US") == []
    # The earlier one is not suspected of the later one.
    assert send(world, "l1", 4, email="a@acme.com", phone="+34912345678", country="US") == []


def test_the_same_event_again_changes_nothing() -> None:
    world = Played(REPS)
    send(world, "l1", email="a@acme.com")
    value = {"lead_id": "l2", "email": "a@acme.com"}
    (once,) = world.send("lead-created", value, at(minutes=1), event_id="same")
    assert world.send("lead-created", value, at(minutes=2), at(minutes=1), event_id="same") == []
    assert once["kind"] == "duplicate_suspected"


def test_leads_of_a_suppressed_person_are_found_too() -> None:
    world = Played(REPS)
    send(world, "l1", email="a@acme.com", country="US")
    world.send("reply-classified", {"contact": "a@acme.com", "class": "unsubscribe"}, at(minutes=1))
    (said,) = send(world, "l2", 2, email="a@acme.com", country="US")
    assert said["kind"] == "duplicate_suspected"
    said2 = verify(world, "l2", "l1", "separate", 3)
    assert (said2[1]["kind"], said2[1]["lock"]) == ("lead_routed", None)
    assert "suppressed" in said2[1]["reason"]


def test_similar_names_at_one_company_are_a_hint_that_holds_nothing() -> None:
    world = Played(REPS)
    send(world, "l1", email="marta.diaz@acme.com", first_name="Marta", last_name="Díaz", country="US")
    (routed,) = send(world, "l2", 1, email="m.diaz.lopez@acme.com", first_name="Marta", last_name="Diaz Lopez", country="US")
    assert (routed["kind"], routed["similar_leads"]) == ("lead_routed", ["l1"])
    (routed,) = send(world, "l3", 2, email="marta.diaz@other.com", first_name="Marta", last_name="Diaz", country="US")
    assert routed["similar_leads"] == []
    said = send(world, "l4", 3, email="juan@acme.com", first_name="Juan", last_name="Perez", country="US")
    assert next(one for one in said if one["lead_id"] == "l4" and one["kind"] == "lead_routed")["similar_leads"] == []
