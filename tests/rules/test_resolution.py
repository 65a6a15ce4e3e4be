"""Rule 19: which account a lead belongs to, clause by clause."""

from __future__ import annotations

from typing import Any

import pytest

from tests.play import Played, at, email

Fields = dict[str, Any]
REPS: dict[str, Fields] = {
    "ted": {"team": "east", "role": "sdr"},
    "sara": {"team": "east", "role": "ae"},
    "moe": {"team": "east", "role": "ae"},
    "gone": {"team": "east", "active": False},
}
ACME = {"account_id": "acme", "name": "Acme Corporation", "domains": ["acmecorp.com"], "status": "customer", "owner": "sara"}
ZORVEX = {"account_id": "zorvex", "name": "Zorvex Industries", "domains": ["zorvex.com"], "status": "customer", "owner": "moe"}


def lead(world: Played, minutes: float = 0, lead_id: str = "l1", **fields: Any) -> Fields:
    said = world.send("lead-created", {"lead_id": lead_id, **fields}, at(minutes=minutes))
    return next(one for one in said if one["kind"] == "lead_routed")


def found(routed: Fields) -> tuple[str | None, str]:
    return (routed["account"] or {}).get("id"), routed["match"]["method"]


def command(world: Played, minutes: float, **fields: Any) -> list[Fields]:
    return world.send("ownership-commands", {"by": "ted", **fields}, at(minutes=minutes))


def waiting(world: Played) -> list[str]:
    return [fact.key for fact in world.simulation.tables.directory()[1] if fact.kind == "matter" and fact.key.startswith("match:")]


def asked(world: Played) -> list[Fields]:
    return [one for one in world.decisions if one["kind"] == "match_confirmation_needed"]


# -- domains


@pytest.mark.parametrize(
    "fields", [{"email": "x@mail.emea.acmecorp.com"}, {"email": "x@gmail.com", "website": "https://www.acmecorp.com/about"}]
)
def test_a_domain_is_found_by_its_registrable_part_and_in_the_website(fields: Fields) -> None:
    assert found(lead(Played(REPS, [ACME]), **fields)) == ("acme", "domain")


@pytest.mark.parametrize("domain", ["gmail.com", "smiths-family.org", "our-isp.net"])
def test_free_and_personal_domains_tell_of_no_company(domain: str) -> None:
    policy = '[matching]\nfree_domains = ["our-isp.net"]\npersonal_domains = ["smiths-family.org"]\n'
    world = Played(REPS, [ACME], policy)
    assert found(lead(world, email=f"a@{domain}", company="Acme Corp")) == ("acme", "name")
    assert found(lead(world, 1, "l2", email=f"b@{domain}")) == (None, "none")


def test_an_accounts_own_domain_comes_before_any_list_of_free_ones() -> None:
    world = Played(REPS, [{**ACME, "domains": ["gmail.com"]}])
    assert found(lead(world, email="x@gmail.com")) == ("acme", "domain")


def test_a_shared_domain_is_never_matched_alone() -> None:
    world = Played(REPS, [{**ACME, "shared_domains": ["campus.org"]}, ZORVEX])
    assert found(lead(world, email="x@campus.org")) == (None, "none")
    assert found(lead(world, 1, "l2", email="y@campus.org", company="Acme Corp")) == ("acme", "name")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"status": "customer"}, {}, "a"),
        ({}, {"status": "customer"}, "b"),
        ({"open_opportunities": [{"id": "o", "owner": "moe"}]}, {}, "a"),
        ({"open_opportunities": [{"id": "o", "owner": "moe"}]}, {"status": "customer"}, "b"),
        ({}, {}, None),
    ],
)
def test_of_accounts_with_one_domain_the_customer_then_the_open_deal_else_a_person_says(
    one: Fields, other: Fields, expected: str | None
) -> None:
    accounts = [
        {"account_id": "a", "name": "Aster", "domains": ["both.com"], **one},
        {"account_id": "b", "name": "Borage", "domains": ["both.com"], **other},
    ]
    world = Played(REPS, accounts)
    assert found(lead(world, email="x@both.com"))[0] == expected
    assert bool(asked(world)) is (expected is None)


def test_of_accounts_with_one_domain_the_one_last_active() -> None:
    accounts = [{"account_id": one, "name": name, "domains": ["both.com", f"{one}.com"]} for one, name in (("a", "Aster"), ("b", "Borage"))]
    world = Played(REPS, accounts)
    world.send(*email("sara", "k@b.com"), at())
    assert found(lead(world, 1, email="x@both.com")) == ("b", "domain")
    world.send("send-requested", {"contact": "x@both.com", "rep": "moe", "stage": "import"}, at(minutes=2))
    assert world.last("send_verdict")["account"]["id"] == "b"


def test_of_accounts_with_one_domain_the_one_that_the_companys_name_tells() -> None:
    accounts = [
        {"account_id": "a", "name": "Aster", "domains": ["both.com"]},
        {"account_id": "b", "name": "Borage", "domains": ["both.com"]},
    ]
    assert found(lead(Played(REPS, accounts), email="x@both.com", company="Borage GmbH")) == ("b", "domain")


# -- names


@pytest.mark.parametrize("company", ["ACME Corp.", "acme", "Acmé Corporation, Inc.", "Acme Labs"])
def test_a_name_is_seen_through_forms_accents_and_parts(company: str) -> None:
    assert found(lead(Played(REPS, [ACME, ZORVEX]), email="x@gmail.com", company=company)) == ("acme", "name")


def test_aliases_of_the_policy_and_of_the_account_are_names() -> None:
    world = Played(REPS, [{**ACME, "aliases": ["Roadrunner Supplies"]}, ZORVEX], '[matching.aliases]\n"ZI" = "Zorvex Industries"\n')
    assert found(lead(world, email="x@gmail.com", company="Roadrunner Supplies Ltd")) == ("acme", "name")
    assert found(lead(world, 1, "l2", email="y@gmail.com", company="ZI")) == ("zorvex", "name")


def test_common_words_alone_link_nobody() -> None:
    world = Played(REPS, [{"account_id": "c", "name": "Summit Consulting Group LLC"}])
    assert found(lead(world, email="x@gmail.com", company="Harbor Consulting Group LLC")) == (None, "none")


def test_a_name_that_is_only_alike_is_asked_while_the_lead_is_routed_as_unmatched() -> None:
    world = Played(REPS, [ACME, ZORVEX])
    routed = lead(world, email="x@gmail.com", company="Zorvexx")
    (question,) = asked(world)
    assert waiting(world) == ["match:lead:l1"]
    assert (found(routed), routed["owner"]["rep"]) == ((None, "none"), "ted")
    assert question["candidates"][0]["account_id"] == "zorvex" and 70 <= question["candidates"][0]["score"] < 80
    assert [one["rep"] for one in question["notify"]] == ["ted"]


def test_names_that_are_as_likely_are_asked_unless_one_is_a_customer() -> None:
    two = [{"account_id": "g1", "name": "Globex Inc"}, {"account_id": "g2", "name": "Globex LLC"}]
    world = Played(REPS, two)
    assert found(lead(world, email="x@gmail.com", company="Globex")) == (None, "none")
    assert {one["account_id"] for one in asked(world)[0]["candidates"]} == {"g1", "g2"}
    world = Played(REPS, [two[0], {**two[1], "status": "customer", "owner": "moe"}])
    assert found(lead(world, email="x@gmail.com", company="Globex")) == ("g2", "name")


def test_the_very_name_wins_over_one_that_is_only_alike() -> None:
    world = Played(REPS, [ACME, {"account_id": "labs", "name": "Acme Labs"}])
    assert found(lead(world, email="x@gmail.com", company="ACME LABS Inc"))[0] == "labs"
    assert found(lead(world, 1, "l2", email="y@gmail.com", company="Acme Corp"))[0] == "acme"


def test_thresholds_are_the_policys() -> None:
    world = Played(REPS, [ZORVEX], "[matching]\nauto = 70\nconfirm = 60\n")
    assert found(lead(world, email="x@gmail.com", company="Zorvexx")) == ("zorvex", "name")


@pytest.mark.parametrize(
    ("fields", "linked"),
    [
        ({}, False),
        ({"country": "DE"}, True),
        ({"country": "FR"}, False),
        ({"phone": "+49 30 901820"}, True),
        ({"email": "x@zorvex-industries.io"}, True),
    ],
)
def test_with_second_signal_a_name_only_alike_needs_country_phone_or_domain_to_agree(fields: Fields, linked: bool) -> None:
    world = Played(REPS, [{**ZORVEX, "domains": ["zorvex.de"]}], "[matching]\nsecond_signal = true\n")
    routed = lead(world, **{"email": "x@gmail.com", "company": "Zorvex Hamburg", **fields})
    assert (routed["account"] is not None) is linked
    assert bool(asked(world)) is not linked


def test_with_second_signal_the_very_name_needs_no_other() -> None:
    world = Played(REPS, [ZORVEX], "[matching]\nsecond_signal = true\n")
    assert found(lead(world, email="x@gmail.com", company="Zorvex Industries Inc")) == ("zorvex", "name")


# -- networks

NETWORK = {**ZORVEX, "networks": ["203.0.113.0/24", "2001:db8::/32"]}


def test_without_use_ip_a_network_tells_nothing() -> None:
    world = Played(REPS, [NETWORK])
    assert found(lead(world, email="x@gmail.com", company="Zorvexx", ip="203.0.113.9")) == (None, "none")
    lead(world, 1, "l2", email="y@gmail.com", ip="203.0.113.9")
    assert len(asked(world)) == 1


@pytest.mark.parametrize("ip", ["203.0.113.9", "2001:db8::1"])
def test_a_network_confirms_a_name_and_by_itself_only_suggests(ip: str) -> None:
    world = Played(REPS, [NETWORK], "[matching]\nuse_ip = true\n")
    assert found(lead(world, email="x@gmail.com", company="Zorvexx", ip=ip)) == ("zorvex", "ip")
    assert found(lead(world, 1, "l2", email="y@gmail.com", company="Quibble", ip=ip)) == (None, "none")
    assert [one["account_id"] for one in asked(world)[0]["candidates"]] == ["zorvex"]


@pytest.mark.parametrize("ip", ["198.51.100.1", "not an address", ""])
def test_another_network_or_a_broken_address_does_no_harm(ip: str) -> None:
    world = Played(REPS, [NETWORK], "[matching]\nuse_ip = true\n")
    assert found(lead(world, email="x@gmail.com", ip=ip or None)) == (None, "none")


def test_a_network_address_is_never_stored() -> None:
    world = Played(REPS, [NETWORK], "[matching]\nuse_ip = true\n")
    lead(world, email="x@gmail.com", company="Zorvexx", ip="203.0.113.9")
    held = b"".join(document.body for _, document in world.simulation.tables.scan(""))
    facts = b"".join(fact.body for fact in world.simulation.tables.directory()[1] if fact.kind != "account")
    assert b"203.0.113.9" not in held + facts + b"".join(world.lines)


# -- links by hand


def test_a_lead_that_is_linked_by_hand_is_routed_again_and_its_company_is_known() -> None:
    world = Played(REPS, [ACME, ZORVEX])
    lead(world, email="x@gmail.com", company="Zebra Windows and Doors")
    (routed,) = command(world, 1, command="link_account", lead_id="l1", account_id="acme")
    assert (found(routed), routed["owner"]["rep"], routed["lead_id"]) == (("acme", "manual"), "sara", "l1")
    assert found(lead(world, 2, "l2", email="y@yahoo.com", company="Zebra Windows & Doors LLC")) == ("acme", "profile")
    again = {"lead_id": "l1", "email": "x@gmail.com", "company": "Zorvex Industries"}
    assert world.send("lead-created", again, at(minutes=3)) == []  # a person's word stands


def test_a_link_by_hand_teaches_the_domain_and_takes_its_records_along() -> None:
    world = Played(REPS, [ACME, ZORVEX])
    world.send(*email("moe", "other@zebra.com"), at())
    lead(world, 1, email="x@zebra.com")
    command(world, 2, command="link_account", lead_id="l1", account_id="acme")
    assert found(lead(world, 3, "l2", email="y@zebra.com")) == ("acme", "profile")
    world.send("send-requested", {"contact": "third@zebra.com", "rep": "ted", "stage": "import"}, at(minutes=4))
    assert (world.last("send_verdict")["rule"], world.last("send_verdict")["account"]["id"]) == ("existing_customer", "acme")


def test_a_person_linked_by_hand_or_by_name_is_the_accounts_whatever_their_domain() -> None:
    world = Played(REPS, [ACME])
    lead(world, email="x@gmail.com", company="Acme Corp")
    world.send("send-requested", {"contact": "x@gmail.com", "rep": "moe", "stage": "import"}, at(minutes=1))
    assert (world.last("send_verdict")["rule"], world.last("send_verdict")["account"]["id"]) == ("existing_customer", "acme")
    world.send("send-requested", {"contact": "y@gmail.com", "rep": "moe", "stage": "import"}, at(minutes=2))
    assert world.last("send_verdict")["rule"] == "free"


def test_a_person_who_is_linked_and_names_no_company_is_known() -> None:
    world = Played(REPS, [ACME])
    lead(world, email="x@gmail.com", company="Acme Corp")
    world.send("lead-created", {"lead_id": "l2", "email": "x@gmail.com"}, at(minutes=1))
    said = command(world, 2, command="verify_duplicate", lead_id="l2", original_lead_id="l1", verdict="separate")
    assert found(said[-1]) == ("acme", "profile")
    assert found(lead(world, 3, "l3", email="y@gmail.com")) == (None, "none")


def test_a_domain_linked_by_hand_comes_before_the_crms_word_and_its_waiting_leads_are_routed_again() -> None:
    world = Played(REPS, [ACME, ZORVEX])
    lead(world, email="x@zebra.com")
    said = command(world, 1, command="link_account", domain="www.zebra.com", account_id="acme")
    assert [(one["kind"], one["lead_id"], one["account"]["id"], one["contact"]) for one in said] == [
        ("lead_routed", "l1", "acme", "x@zebra.com")
    ]
    assert found(lead(world, 2, "l2", email="y@zebra.com")) == ("acme", "manual")
    command(world, 3, command="link_account", domain="zorvex.com", account_id="acme")
    assert found(lead(world, 4, "l3", email="z@zorvex.com")) == ("acme", "manual")


def test_a_waiting_lead_goes_along_whose_person_was_anothers() -> None:
    world = Played(REPS, [ACME, ZORVEX])
    lead(world, email="x@agency.com", company="Zorvex Industries")
    assert found(lead(world, 1, email="x@agency.com", company="Quibble Agency"))[1] == "none"
    (routed,) = command(world, 2, command="link_account", domain="agency.com", account_id="acme")
    assert (routed["kind"], found(routed)) == ("lead_routed", ("acme", "manual"))


def test_a_pattern_links_every_company_whose_name_fits() -> None:
    world = Played(REPS, [ACME, ZORVEX])
    command(world, 0, command="link_account", company_pattern="*Zebra*", account_id="acme")
    command(world, 1, command="link_account", company_pattern="zebra labs*", account_id="zorvex")
    assert found(lead(world, 2, email="x@gmail.com", company="The ZEBRA Company")) == ("acme", "manual")
    assert found(lead(world, 3, "l2", email="y@gmail.com", company="Zebra Labs GmbH")) == ("zorvex", "manual")
    assert found(lead(world, 4, "l3", email="z@gmail.com", company="Giraffe")) == (None, "none")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"lead_id": "l9", "account_id": "acme"}, "no lead 'l9'"),
        ({"lead_id": "l1", "account_id": "acne"}, "did you mean 'acme'"),
        ({"domain": "gmail.com", "account_id": "acme"}, "tells of no company"),
        ({"company_pattern": "*", "account_id": "acme"}, "fits any company"),
        ({"company_pattern": "x*", "account_id": "nope"}, "no account 'nope'"),
        ({"account_id": "acme"}, "lacks a target"),
        ({"lead_id": "l1", "account_id": "acme", "by": "gone"}, "no longer active"),
    ],
)
def test_a_link_that_makes_no_sense_is_refused(fields: Fields, says: str) -> None:
    world = Played(REPS, [ACME])
    lead(world, email="x@gmail.com")
    (refused,) = command(world, 1, command="link_account", **fields)
    assert refused["kind"] == "command_refused" and says in refused["reason"]


# -- the profile


def test_what_a_lead_found_by_domain_writes_is_known_of_the_next_one() -> None:
    world = Played(REPS, [ACME])
    lead(world, email="x@acmecorp.com", company="Wile & Coyote Traps")
    assert found(lead(world, 1, "l2", email="y@gmail.com", company="Wile and Coyote Traps Ltd.")) == ("acme", "profile")


@pytest.mark.parametrize("company", ["self employed", "Home", "n/a", "Student", "-"])
def test_what_nobodys_company_is_called_teaches_nothing(company: str) -> None:
    world = Played(REPS, [ACME])
    lead(world, email="x@acmecorp.com", company=company)
    assert found(lead(world, 1, "l2", email="y@gmail.com", company=company)) == (None, "none")


def test_a_name_that_leads_of_two_accounts_write_tells_neither() -> None:
    world = Played(REPS, [ACME, ZORVEX])
    lead(world, email="x@acmecorp.com", company="Coyote Works")
    lead(world, 1, "l2", email="y@zorvex.com", company="Coyote Works")
    assert found(lead(world, 2, "l3", email="z@gmail.com", company="Coyote Works")) == (None, "none")


def test_the_domain_of_a_lead_found_by_name_is_known_of_the_next_one_unless_that_says_otherwise() -> None:
    world = Played(REPS, [ACME, ZORVEX])
    lead(world, email="x@agency.com", company="Acme Corp")
    assert found(lead(world, 1, "l2", email="y@agency.com")) == ("acme", "profile")
    assert found(lead(world, 2, "l3", email="z@agency.com", company="Zorvex Industries")) == ("zorvex", "name")
    assert found(lead(world, 3, "l4", email="w@agency.com", company="Quibble Agency")) == (None, "none")


# -- confirmations


def test_a_confirmed_match_links_the_lead_and_teaches_the_profile() -> None:
    world = Played(REPS, [ACME, ZORVEX])
    lead(world, email="x@gmail.com", company="Zorvexx")
    (routed,) = command(world, 1, command="confirm_match", lead_id="l1", account_id="zorvex", accept=True)
    assert (found(routed), routed["owner"]["rep"]) == (("zorvex", "manual"), "moe")
    assert found(lead(world, 2, "l2", email="y@yahoo.com", company="Zorvexx")) == ("zorvex", "profile")
    assert waiting(world) == []


def test_a_confirmed_match_settles_which_of_two_names_is_meant() -> None:
    world = Played(REPS, [{"account_id": "g1", "name": "Globex Inc"}, {"account_id": "g2", "name": "Globex LLC"}])
    lead(world, email="x@gmail.com", company="Globex")
    command(world, 1, command="confirm_match", lead_id="l1", account_id="g2", accept=True)
    assert found(lead(world, 2, "l2", email="y@gmail.com", company="GLOBEX")) == ("g2", "profile")


def test_a_rejected_match_is_not_asked_again() -> None:
    world = Played(REPS, [ACME, ZORVEX])
    lead(world, email="x@gmail.com", company="Zorvexx")
    assert command(world, 1, command="confirm_match", lead_id="l1", account_id="zorvex", accept=False) == []
    assert waiting(world) == []
    assert found(lead(world, 2, "l2", email="y@gmail.com", company="Zorvexx")) == (None, "none")
    assert len(asked(world)) == 1


def test_a_lead_that_was_linked_to_the_wrong_account_is_routed_again_without_it() -> None:
    world = Played(REPS, [ACME, ZORVEX])
    lead(world, email="x@gmail.com", company="Acme Corp")
    (routed,) = command(world, 1, command="confirm_match", lead_id="l1", account_id="acme", accept=False)
    assert (found(routed), routed["owner"]["rep"]) == ((None, "none"), "ted")
    world.send("send-requested", {"contact": "x@gmail.com", "rep": "ted", "stage": "import"}, at(minutes=2))
    assert world.last("send_verdict")["account"] is None


def test_what_the_crm_says_is_not_for_a_lead_to_reject() -> None:
    world = Played(REPS, [ACME])
    lead(world, email="x@acmecorp.com")
    (refused,) = command(world, 1, command="confirm_match", lead_id="l1", account_id="acme", accept=False)
    assert refused["kind"] == "command_refused" and "the CRM" in refused["reason"]


# -- accounts that change


def test_a_renamed_account_is_found_by_its_new_name_and_by_the_old_one() -> None:
    world = Played(REPS, [ZORVEX])
    world.send("account-updated", {**ZORVEX, "name": "Grandview"}, at())
    assert found(lead(world, 1, email="x@gmail.com", company="Grandview Ltd")) == ("zorvex", "name")
    assert found(lead(world, 2, "l2", email="y@gmail.com", company="Zorvex Industries")) == ("zorvex", "profile")


def test_links_to_a_merged_account_lead_to_the_one_that_took_it_over() -> None:
    world = Played(REPS, [ACME, ZORVEX])
    command(world, 0, command="link_account", company_pattern="zebra*", account_id="zorvex")
    world.send("account-updated", {**ACME, "domains": ["acmecorp.com", "zorvex.com"]}, at(minutes=1))
    line = '{"topic": "account-updated", "at": "2026-03-02T09:02:00+00:00", "key": "zorvex", "value": null}'
    list(world.simulation.play([line.encode()]))
    assert found(lead(world, 3, email="x@gmail.com", company="Zebra")) == ("acme", "manual")
    assert found(lead(world, 4, "l2", email="y@zorvex.com")) == ("acme", "domain")
