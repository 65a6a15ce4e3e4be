"""Rules 21 and 22: many leads of a company in a day go to one rep; enough leads of an unknown domain make an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from streams.tables.contract import Committed, Group, Moved
from streams.tables.memory import MemoryTables
from tests.play import Played, at, email

REPS: dict[str, dict[str, Any]] = {
    "ana": {"team": "east", "role": "sdr", "territories": [{"countries": ["US"]}]},
    "bob": {"team": "west", "role": "sdr", "territories": [{"countries": ["MX"]}]},
    "kam": {"team": "am", "role": "account_manager"},
    "sal": {"team": "sales", "role": "ae"},
    "rita": {"team": "ops", "role": "revops"},
}
NO_ACCOUNTS = "[routing]\nauto_account = 1000\n"
CUSTOMER = {
    "account_id": "c",
    "name": "Customer",
    "domains": ["customer.com"],
    "status": "customer",
    "owner": "sal",
    "account_manager": "kam",
    "contract_value": 90000,
    "products": ["core"],
}


def send(world: Played, lead_id: str, minutes: float = 0, domain: str = "acme.com", **value: Any) -> list[dict[str, Any]]:
    facts = {"email": f"{lead_id}@{domain}", "country": "US", **value}
    return world.send("lead-created", {"lead_id": lead_id, **facts}, at(minutes=minutes))


def routes(said: list[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    return [(one["lead_id"], one["rule"], (one["owner"] or {}).get("rep")) for one in said if one["kind"] == "lead_routed"]


def of_kind(said: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [one for one in said if one["kind"] == kind]


def test_the_third_lead_of_a_day_gathers_them_with_one_rep_who_is_alerted() -> None:
    world = Played(REPS, policy=NO_ACCOUNTS)
    assert routes(send(world, "l1")) == [("l1", "territory", "ana")]
    assert routes(send(world, "l2", 60, country="MX")) == [("l2", "territory", "bob")]
    said = send(world, "l3", 120, country="MX")
    assert routes(said) == [("l3", "high_activity", "ana"), ("l2", "high_activity", "ana")]
    (alert,) = of_kind(said, "high_activity")
    assert (alert["owner"]["rep"], alert["leads_today"], alert["notify"]) == ("ana", 3, [{"rep": "ana", "why": "high_activity"}])
    moved = next(one for one in said if one["lead_id"] == "l2")
    assert (moved["contact"], moved["respond_by"]) == ("l2@acme.com", "2026-03-02T13:00:00Z")
    assert {"rep": "bob", "why": "routed_anew"} in moved["notify"]
    assert world.owner("l2@acme.com") == "ana"
    assert world.company("domain:acme.com").holders == {"ana": 3}
    # The next one too, and nobody is alerted twice.
    said = send(world, "l4", 180, country="MX")
    assert (routes(said), of_kind(said, "high_activity")) == ([("l4", "high_activity", "ana")], [])


def test_what_somebody_has_touched_stays_with_them() -> None:
    world = Played(REPS, policy=NO_ACCOUNTS)
    send(world, "l1")
    send(world, "l2", 10, country="MX")
    world.send(*email("bob", "l2@acme.com"), at(minutes=20))
    assert routes(send(world, "l3", 30, country="MX")) == [("l3", "high_activity", "ana")]
    assert world.owner("l2@acme.com") == "bob"


def test_who_holds_the_very_contact_keeps_it() -> None:
    world = Played(REPS, policy=NO_ACCOUNTS)
    world.send(*email("bob", "l3@acme.com"), at(minutes=-30))
    send(world, "l1")
    send(world, "l2", 10)
    said = send(world, "l3", 20)
    assert routes(said) == [("l3", "contact_owner", "bob")]
    assert of_kind(said, "high_activity")[0]["owner"]["rep"] == "ana"


def test_a_company_that_is_somebodys_is_theirs() -> None:
    world = Played(REPS, [CUSTOMER], policy="[routing]\nhigh_activity = 2\n")
    assert routes(send(world, "l1", domain="customer.com", product="new")) == [("l1", "customer_owner", "sal")]
    said = send(world, "l2", 10, domain="customer.com", product="core")
    assert routes(said) == [("l2", "customer_owner", "kam"), ("l1", "high_activity", "kam")]
    assert routes(send(world, "l3", 20, domain="customer.com", product="new")) == [("l3", "high_activity", "kam")]


def test_a_day_is_the_policys() -> None:
    world = Played(REPS, policy=NO_ACCOUNTS + '[business_hours]\ntimezone = "America/New_York"\n')
    send(world, "l1", 19.5 * 60 - 30)  # 23:00 in New York
    send(world, "l2", 19.5 * 60 - 10)
    assert of_kind(send(world, "l3", 20.5 * 60 - 20), "high_activity") == []  # the next day there, 00:10
    world = Played(REPS, policy=NO_ACCOUNTS)
    send(world, "l1", 13 * 60)
    send(world, "l2", 14 * 60)
    assert of_kind(send(world, "l3", 14.9 * 60), "high_activity") != []


def test_companies_and_people_without_one_are_told_apart() -> None:
    world = Played(REPS, policy=NO_ACCOUNTS)
    for number, domain in enumerate(("acme.com", "other.com", "gmail.com", "gmail.com", "gmail.com", "acme.com")):
        assert of_kind(send(world, f"l{number}", number, domain=domain), "high_activity") == []


def test_a_rep_who_left_since_does_not_get_them() -> None:
    world = Played(REPS, policy=NO_ACCOUNTS)
    send(world, "l1")
    send(world, "l2", 10)
    world.send("rep-updated", {"rep": "ana", **REPS["ana"], "active": False}, at(minutes=20))
    assert routes(send(world, "l3", 30)) == [("l3", "territory", "bob")]


def test_enough_leads_of_an_unknown_domain_make_it_an_account() -> None:
    world = Played(REPS)
    send(world, "l1", company="Acme Inc")
    send(world, "l2", 60 * 24 * 10, country="MX")
    said = send(world, "l3", 60 * 24 * 40, country="MX")
    (made,) = of_kind(said, "account_created")
    assert (made["rule"], made["leads"], made["domain"], made["owner"]["rep"]) == ("auto_account", ["l1", "l2", "l3"], "acme.com", "ana")
    assert made["account"] == {"id": "auto-acme.com", "name": "Acme Inc"}
    (routed,) = of_kind(said, "lead_routed")
    assert (routed["rule"], routed["owner"]["rep"], routed["match"]["method"]) == ("profile_owner", "ana", "domain")
    assert routed["account"]["id"] == "auto-acme.com"
    said = send(world, "l4", 60 * 24 * 60, country="MX")
    assert (routes(said), of_kind(said, "account_created")) == ([("l4", "profile_owner", "ana")], [])


def test_what_is_recorded_under_the_domain_becomes_the_accounts() -> None:
    world = Played(REPS)
    world.send(*email("bob", "boss@acme.com"), at(minutes=-60))
    for number in range(3):
        send(world, f"l{number}", number * 60 * 24)
    company = world.company("account:auto-acme.com")
    assert company.holders["bob"] == 1 and company.touched["bob"].contact == "boss@acme.com"
    assert world.company("domain:acme.com").holders == {}
    verdict = world.send("send-requested", {"contact": "new@acme.com", "rep": "sal", "stage": "import"}, at(days=3))[-1]
    assert (verdict["account"]["id"], verdict["rule"]) == ("auto-acme.com", "account_overlap")


@pytest.mark.parametrize("domain", ["gmail.com", "shared.com"])
def test_a_domain_of_nobody_makes_no_account(domain: str) -> None:
    world = Played(REPS, [{"account_id": "s", "name": "S", "shared_domains": ["shared.com"]}], policy="[routing]\nhigh_activity = 100\n")
    for number in range(5):
        assert of_kind(send(world, f"l{number}", number, domain=domain), "account_created") == []


def test_the_policy_says_how_many() -> None:
    world = Played(REPS, policy="[routing]\nauto_account = 1\n")
    said = send(world, "l1")
    assert of_kind(said, "account_created")[0]["leads"] == ["l1"]
    assert routes(said) == [("l1", "profile_owner", "ana")]
    world = Played(REPS, policy="[routing]\nauto_account = 2\nhigh_activity = 100\n")
    send(world, "l1")
    assert of_kind(send(world, "l2", 1), "account_created")[0]["leads"] == ["l1", "l2"]


def test_a_duplicate_is_no_second_lead_and_a_merged_one_none_either() -> None:
    world = Played(REPS)
    send(world, "l1")
    send(world, "l2", 1, email="l1@acme.com")
    send(world, "l3", 2)
    command = {"command": "verify_duplicate", "by": "rita", "lead_id": "l3", "original_lead_id": "l1", "verdict": "merge"}
    world.send("ownership-commands", command, at(minutes=3))
    assert of_kind(send(world, "l4", 4), "account_created") == []
    assert of_kind(send(world, "l5", 5), "account_created")[0]["leads"] == ["l1", "l4", "l5"]


def test_a_lead_that_turned_out_to_be_another_companys_does_not_count() -> None:
    world = Played(REPS)
    send(world, "l1", 0, "tpyo.com")
    send(world, "l1", 10, "typo.com")
    send(world, "l2", 24 * 60, "tpyo.com")
    assert not of_kind(send(world, "l3", 2 * 24 * 60, "tpyo.com"), "account_created")
    (created,) = of_kind(send(world, "l4", 3 * 24 * 60, "tpyo.com"), "account_created")
    assert created["leads"] == ["l2", "l3", "l4"]


def test_a_lead_that_turned_out_to_be_another_companys_does_not_make_a_busy_day() -> None:
    world = Played(REPS, [CUSTOMER], policy="[routing]\nhigh_activity = 2\n")
    send(world, "l1", 0, "customer.com")
    send(world, "l1", 10, "elsewhere.com")
    assert not of_kind(send(world, "l2", 20, "customer.com"), "high_activity")
    said = send(world, "l3", 30, "customer.com", product="new")
    assert (of_kind(said, "high_activity")[0]["leads_today"], routes(said)) == (
        2,
        [("l3", "customer_owner", "sal"), ("l2", "high_activity", "sal")],
    )


def test_a_lead_that_was_merged_and_separated_again_is_one_of_them() -> None:
    world = Played(REPS)
    verify = {"command": "verify_duplicate", "by": "rita", "lead_id": "l1", "original_lead_id": "l0"}
    send(world, "l0", 0, "other.com")
    send(world, "l1", 10)
    send(world, "l2", 20)
    world.send("ownership-commands", {**verify, "verdict": "merge"}, at(minutes=30))
    send(world, "l3", 24 * 60)
    world.send("ownership-commands", {**verify, "verdict": "separate"}, at(days=1, minutes=30))
    assert of_kind(send(world, "l4", 2 * 24 * 60), "account_created")[0]["leads"] == ["l1", "l2", "l3", "l4"]


def test_a_domain_of_which_a_person_is_asked_makes_no_third_account() -> None:
    accounts = [{"account_id": one, "name": one.title(), "domains": ["fabric.io"]} for one in ("east", "west")]
    world = Played(REPS, accounts)
    for number in range(4):
        said = send(world, f"l{number}", number * 24 * 60, "fabric.io")
        assert [one["kind"] for one in said][-2:] == ["lead_routed", "match_confirmation_needed"]
    link = {"command": "link_account", "by": "sal", "domain": "fabric.io", "account_id": "east"}
    linked = routes(world.send("ownership-commands", link, at(days=3, minutes=30)))
    assert [lead_id for lead_id, *_ in linked] == ["l0", "l1", "l2", "l3"]


def test_a_lead_is_not_linked_with_a_domain_that_it_left() -> None:
    world = Played(REPS, [CUSTOMER])
    send(world, "l1", 0, "tpyo.com")
    send(world, "l1", 10, "typo.com")
    send(world, "l2", 20, "tpyo.com")
    link = {"command": "link_account", "by": "sal", "domain": "tpyo.com", "account_id": "c"}
    assert routes(world.send("ownership-commands", link, at(minutes=30))) == [("l2", "customer_owner", "kam")]


def test_the_owner_is_who_has_the_first_lead_now() -> None:
    world = Played(REPS)
    send(world, "l1")
    command = {"command": "transfer", "by": "ana", "contact": "l1@acme.com", "to": "bob", "note": "yours"}
    world.send("ownership-commands", command, at(minutes=1))
    send(world, "l2", 60 * 24)
    assert of_kind(send(world, "l3", 60 * 48), "account_created")[0]["owner"]["rep"] == "bob"


def test_of_a_first_owner_who_has_left_it_is_who_stands_in_else_the_next_lead_s() -> None:
    for left, expected in (({"successor": "sal"}, "sal"), ({}, "ana")):
        world = Played({**REPS, "gone": {"role": "sdr", "territories": [{"countries": ["FR"]}]}}, policy="[routing]\nauto_account = 2\n")
        send(world, "l1", country="FR")
        world.send("rep-updated", {"rep": "gone", "active": False, **left}, at(minutes=1))
        said = send(world, "l2", 60 * 24)
        assert of_kind(said, "account_created")[0]["owner"]["rep"] == expected
        assert routes(said) == [("l2", "profile_owner", expected)]


def test_an_update_that_makes_the_account_is_routed_however_much_has_to_be_looked_up() -> None:
    order = '[routing]\nauto_account = 2\norder = ["territory"]\n'
    world = Played({**REPS, "bob": {**REPS["bob"], "territories": [{"countries": ["US"]}]}}, policy=order)
    for lead_id, minutes, domain, country in (("l1", 0, "acme.com", "US"), ("l2", 1, "acme.org", "ES"), ("l2", 2, "acme.com", "ES")):
        said = send(world, lead_id, minutes, domain, country=country)
    assert [one["kind"] for one in said] == ["account_created", "lead_routed", "ownership_released"]


def test_an_account_made_by_way_of_a_website_costs_nobody_a_turn() -> None:
    world = Played({"ana": {"role": "sdr"}, "bob": {"role": "sdr"}}, policy="[routing]\nauto_account = 1\n")
    said = [send(world, f"l{number}", number, "gmail.com", website=f"acme{number}.com") for number in range(4)]
    assert [of_kind(each, "account_created")[0]["owner"]["rep"] for each in said] == ["ana", "bob", "ana", "bob"]


def test_the_crms_account_takes_over_what_the_leads_made() -> None:
    world = Played(REPS)
    for number in range(3):
        send(world, f"l{number}", number * 60 * 24)
    world.send("ownership-commands", {"command": "claim", "by": "bob", "account_id": "auto-acme.com"}, at(days=3))
    world.send("account-updated", {"account_id": "crm", "name": "Acme", "domains": ["acme.com"]}, at(days=3, minutes=1))
    company = world.company("account:crm")
    # Nobody touched the first one, whose claim has ended.
    assert company.holders == {"ana": 2} and company.lock is not None and company.lock.owner == "bob"
    assert world.company("account:auto-acme.com").lock is None
    directory = world.simulation.engine.directory
    assert sorted(directory.accounts) == ["crm"]
    world.send("ownership-commands", {"command": "release", "by": "bob", "account_id": "crm"}, at(days=3, minutes=2))
    assert routes(send(world, "l4", 60 * 24 * 4)) == [("l4", "profile_owner", "ana")]
    # The CRM says the same again, and later names an owner.
    world.send("account-updated", {"account_id": "crm", "name": "Acme", "domains": ["acme.com"]}, at(days=5))
    assert routes(send(world, "l5", 60 * 24 * 6)) == [("l5", "profile_owner", "ana")]
    crm = {"account_id": "crm", "name": "Acme", "domains": ["acme.com"], "status": "customer", "owner": "sal"}
    world.send("account-updated", crm, at(days=7))
    assert routes(send(world, "l6", 60 * 24 * 8)) == [("l6", "customer_owner", "sal")]


def test_both_in_one_day() -> None:
    """The third lead makes the account; whose it is has all of the day."""
    world = Played(REPS)
    send(world, "l1")
    send(world, "l2", 10, country="MX")
    said = send(world, "l3", 20, country="MX")
    assert of_kind(said, "account_created")[0]["owner"]["rep"] == "ana"
    assert routes(said) == [("l3", "profile_owner", "ana"), ("l2", "high_activity", "ana")]
    assert [one["account"]["id"] for one in of_kind(said, "lead_routed")] == ["auto-acme.com", "auto-acme.com"]


def test_whoever_writes_from_a_free_mailbox_and_names_the_site_is_linked_too() -> None:
    world = Played(REPS, policy="[routing]\nhigh_activity = 100\n")
    for number in range(3):
        said = send(world, f"l{number}", number, domain="gmail.com", website="https://www.acme.com/about")
    assert of_kind(said, "account_created")[0]["leads"] == ["l0", "l1", "l2"]
    world.send("touch-logged", {"kind": "call", "contact": "l0@gmail.com", "rep": "bob"}, at(minutes=5))
    assert world.last("overlap_detected")["account"]["id"] == "auto-acme.com"
    assert world.company("account:auto-acme.com").holders == {"ana": 3}


def test_a_busy_day_costs_its_later_leads_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day's leads are looked at by the one that makes them many, not by each that follows."""
    concerned: list[int] = []
    commit = MemoryTables.commit

    def watched(self: MemoryTables, groups: Sequence[Group], offsets: Mapping[str, Moved] | None = None) -> Committed:
        concerned.append(max((len(group.writes) + len(group.reads) for group in groups), default=0))
        return commit(self, groups, offsets)

    monkeypatch.setattr(MemoryTables, "commit", watched)
    world = Played(REPS, [CUSTOMER])
    for number in range(30):
        send(world, f"l{number}", number, domain="customer.com")
    assert max(concerned[-20:]) == 5 < max(concerned)
