"""Rule 20: every row of the routing table in docs/rules.md, and what holds beside it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.play import Played, at, email

Fields = dict[str, Any]
REPS: dict[str, Fields] = {
    "sara": {"team": "sales", "role": "ae", "manager": "lee"},
    "lee": {"team": "sales", "role": "team_lead", "manager": "vera"},
    "vera": {"team": "board", "role": "vp"},
    "amy": {"team": "care", "role": "account_manager"},
    "cleo": {"team": "care", "role": "csm"},
    "dora": {"team": "inbound", "role": "sdr", "territories": [{"countries": ["US"]}]},
    "dan": {"team": "inbound", "role": "sdr", "territories": [{"countries": ["US"], "regions": ["CA"]}]},
    "pam": {"team": "partners", "role": "partner_manager"},
    "px": {"role": "ae", "partner_id": "px-inc"},
    "rita": {"team": "ops", "role": "revops"},
}


def account(**more: Any) -> Fields:
    return {"account_id": "a", "name": "Acme", "domains": ["acme.com"], **more}


def played(account_fields: Fields | None = None, policy: str = "", reps: dict[str, Fields] | None = None, **more: Any) -> Played:
    return Played({**REPS, **(reps or {})}, [account(**(account_fields or {}), **more)], policy)


def lead(world: Played, minutes: float = 0, lead_id: str = "l1", **fields: Any) -> Fields:
    value = {"lead_id": lead_id, "email": "pat@acme.com", "country": "US", **fields}
    said = world.send("lead-created", value, at(minutes=minutes))
    return next(one for one in said if one["kind"] in ("lead_routed", "lead_disqualified"))


def owner(routed: Fields) -> tuple[str, str | None]:
    return routed["rule"], routed["owner"]["rep"]


def told(routed: Fields) -> set[str]:
    return {one.get("rep") or one["team"] for one in routed["notify"]}


# -- contact_owner


def test_the_holder_of_the_contact_has_the_lead() -> None:
    world = played(status="customer", owner="sara")
    world.send(*email("dan", "pat@acme.com"), at())
    assert owner(lead(world, 1)) == ("contact_owner", "dan")
    assert world.owner("pat@acme.com") == "dan"


def test_a_pending_claim_that_routing_gave_moves_when_the_lead_is_routed_again() -> None:
    world = played(status="customer", owner="sara")
    assert owner(lead(world, email="pat@new.com")) == ("territory", "dora")
    world.send("account-updated", account(domains=["acme.com", "new.com"], status="customer", owner="sara"), at(minutes=1))
    again = lead(world, 2, email="pat@new.com")
    assert (owner(again), world.owner("pat@new.com")) == (("customer_owner", "sara"), "sara")
    assert "dora" in told(again)


def test_a_pending_claim_that_a_person_made_is_the_holders() -> None:
    world = played(status="customer", owner="sara")
    world.send("ownership-commands", {"command": "claim", "by": "dan", "contact": "pat@acme.com"}, at())
    assert owner(lead(world, 1)) == ("contact_owner", "dan")


# -- competitor


def test_a_competitors_lead_waits_in_the_queue() -> None:
    routed = lead(played(competitor=True, status="customer", owner="sara"))
    assert (routed["kind"], routed["rule"], routed["owner"]) == (
        "lead_routed",
        "competitor",
        {"rep": None, "team": "competitive-intelligence"},
    )
    assert {"team": "competitive-intelligence", "why": "competitor"} in routed["notify"]


def test_a_competitors_lead_is_disqualified_where_the_policy_says_so() -> None:
    world = played(competitor=True, policy='[routing]\ncompetitor = "disqualify"\n')
    routed = lead(world)
    assert (routed["kind"], routed["rule"], routed["owner"]) == ("lead_disqualified", "competitor", None)
    assert world.owner("pat@acme.com") is None


# -- partners


def test_a_partners_people_are_the_partner_managers() -> None:
    assert owner(lead(played(partner_manager="pam"))) == ("partner_company", "pam")


def test_what_a_partner_brought_goes_back_to_the_partner() -> None:
    assert owner(lead(played(sourced_by_partner="px-inc", status="customer", owner="sara"))) == ("partner_sourced", "px")


def test_a_partner_without_a_rep_of_its_own_is_spoken_for_by_the_manager_of_its_account() -> None:
    world = played(sourced_by_partner="other")
    world.send("account-updated", {"account_id": "other", "name": "Other Partner", "partner_manager": "pam"}, at())
    assert owner(lead(world, 1)) == ("partner_sourced", "pam")


def test_a_partner_whom_nobody_speaks_for_is_named_as_a_team() -> None:
    routed = lead(played(sourced_by_partner="unknown"))
    assert (routed["rule"], routed["owner"]) == ("partner_sourced", {"rep": None, "team": "unknown"})


def test_where_a_partner_is_only_involved_the_rep_has_it_and_the_partner_hears() -> None:
    routed = lead(played(partner_involved="px-inc", status="customer", owner="sara"))
    assert routed["owner"]["rep"] == "sara"
    assert "px" in told(routed)


def test_a_partner_involved_where_nobody_owns_the_account_hears_of_the_territorys_lead() -> None:
    routed = lead(played(partner_involved="px-inc"))
    assert owner(routed) == ("territory", "dora")
    assert "px" in told(routed)


def test_a_lead_that_a_partner_sends_of_a_company_nobody_owns_is_the_partners() -> None:
    assert owner(lead(played(), email="x@elsewhere.com", origin="partner", partner_id="px-inc")) == ("partner_sourced", "px")


def test_a_lead_that_a_partner_sends_of_our_own_customer_is_the_owners() -> None:
    routed = lead(played(status="customer", owner="sara"), origin="partner", partner_id="px-inc")
    assert routed["owner"]["rep"] == "sara"
    assert "px" in told(routed)


# -- strategic_customer


def test_a_strategic_customers_team_is_copied() -> None:
    routed = lead(played(status="customer", strategic=True, owner="sara", team=["amy"], csm="cleo"), title="Analyst")
    assert owner(routed) == ("strategic_customer", "sara")
    assert sorted(routed["copied"]) == ["amy", "cleo"]


def test_with_a_c_level_lead_the_first_vp_up_the_owners_managers_is_copied() -> None:
    routed = lead(played(status="customer", strategic=True, owner="sara", team=["amy"]), title="Chief Operating Officer")
    assert set(routed["copied"]) == {"amy", "vera"}


def test_without_a_vp_above_the_owner_it_is_the_one_of_the_owners_team() -> None:
    reps = {"lee": {"team": "sales", "role": "team_lead"}, "vic": {"team": "sales", "role": "vp"}}
    routed = lead(played(status="customer", strategic=True, owner="sara", reps=reps), seniority="c_level")
    assert routed["copied"] == ["vic"]


def test_a_dedicated_sdr_gets_a_strategic_customers_lead_first() -> None:
    routed = lead(played(status="customer", strategic=True, owner="sara", dedicated_sdr="dan"))
    assert owner(routed) == ("strategic_customer", "dan")
    assert "sara" in routed["copied"]


# -- named_account

NAMED = '[[named_accounts]]\ncompany = "Acme Corporation"\nowner = "amy"\nnote = "executive sponsor"\n'


@pytest.mark.parametrize("status", ["customer", "prospect"])
def test_a_named_account_is_its_owners_customer_or_not(status: str) -> None:
    routed = lead(played(status=status, owner="sara", policy=NAMED))
    assert owner(routed) == ("named_account", "amy")
    assert "executive sponsor" in routed["reason"]


@pytest.mark.parametrize("fields", [{"company": "ACME Corp.", "email": "x@gmail.com"}, {"email": "x@acme-corporation.com"}])
def test_a_named_company_without_an_account_is_known_by_its_name_or_domain(fields: Fields) -> None:
    assert owner(lead(Played(REPS, [], NAMED), **fields)) == ("named_account", "amy")


def test_another_company_than_the_named_one_is_not_its_owners() -> None:
    assert owner(lead(Played(REPS, [], NAMED), email="x@gmail.com", company="Acme Bakery")) == ("territory", "dora")


# -- customer_owner


@pytest.mark.parametrize(("worth", "rep"), [(50_000, "sara"), (50_001, "amy")])
def test_above_the_threshold_a_customer_is_the_account_managers(worth: int, rep: str) -> None:
    assert owner(lead(played(status="customer", owner="sara", account_manager="amy", contract_value=worth))) == ("customer_owner", rep)


def test_a_product_that_the_customer_does_not_have_is_sales() -> None:
    big = account(status="customer", owner="sara", account_manager="amy", contract_value=90_000, products=["Core"])
    assert owner(lead(played(big), product="analytics")) == ("customer_owner", "sara")
    assert owner(lead(played(big), product="core")) == ("customer_owner", "amy")


@pytest.mark.parametrize(
    ("condition", "hears"), [({"open_tickets": 1}, True), ({"health": 49}, True), ({"health": 50}, False), ({}, False)]
)
def test_the_csm_of_a_customer_who_is_not_well_hears_of_it(condition: Fields, hears: bool) -> None:
    routed = lead(played(status="customer", owner="sara", csm="cleo", **condition))
    assert ("cleo" in told(routed)) is hears


def test_a_customer_without_an_owner_is_the_backup_owners() -> None:
    assert owner(lead(played(status="customer", backup_owner="dan"))) == ("customer_owner", "dan")


# -- deals


def test_the_open_deals_owner_has_the_lead_of_several_the_one_about_its_product() -> None:
    deals = [{"id": "o1", "owner": "sara", "product": "core"}, {"id": "o2", "owner": "dan", "product": "Analytics"}]
    assert owner(lead(played(open_opportunities=deals))) == ("open_opportunity_owner", "sara")
    assert owner(lead(played(open_opportunities=deals), product="analytics")) == ("open_opportunity_owner", "dan")


def test_the_owner_of_the_last_lost_deal_has_the_lead() -> None:
    assert owner(lead(played(closed_lost={"owner": "sara", "at": "2020-01-01T00:00:00Z"}))) == ("closed_lost_owner", "sara")


# -- churned_owner


@pytest.mark.parametrize(
    ("churned_at", "expected"), [("2026-01-10T00:00:00Z", ("churned_owner", "sara")), ("2024-11-01T00:00:00Z", ("territory", "dora"))]
)
def test_a_customer_who_left_lately_goes_back_to_who_had_them(churned_at: str, expected: tuple[str, str]) -> None:
    assert owner(lead(played(status="churned", owner="sara", churned_at=churned_at))) == expected


@pytest.mark.parametrize(
    ("winback", "expected"), [("amy", {"rep": "amy", "team": "care"}), ("win-back", {"rep": None, "team": "win-back"})]
)
def test_a_customer_who_left_long_ago_is_to_be_won_back(winback: str, expected: Fields) -> None:
    world = played(status="churned", owner="sara", churned_at="2024-11-01T00:00:00Z", policy=f'[routing]\nwinback = "{winback}"\n')
    routed = lead(world)
    assert (routed["rule"], routed["owner"]) == ("churned_owner", expected)


# -- profile_owner


def test_the_holder_of_the_accounts_lock_has_the_lead() -> None:
    world = played()
    world.send("ownership-commands", {"command": "claim", "by": "dan", "account_id": "a"}, at())
    assert owner(lead(world, 1)) == ("profile_owner", "dan")


def test_the_holder_of_the_domain_has_the_lead_of_a_company_without_an_account() -> None:
    world = played()
    world.send("ownership-commands", {"command": "claim", "by": "dan", "domain": "elsewhere.com"}, at())
    assert owner(lead(world, 1, email="x@elsewhere.com")) == ("profile_owner", "dan")


def test_the_holder_of_the_parent_whose_lock_covers_it_has_a_subsidiarys_lead() -> None:
    claim = {"command": "claim", "by": "dan", "account_id": "top"}
    for policy, expected in (('[ownership]\nfamily = "parent"\n', ("profile_owner", "dan")), ("", ("territory", "dora"))):
        world = played(parent_id="top", policy=policy)
        world.send("account-updated", {"account_id": "top", "name": "Acme Holding", "domains": ["acme-holding.com"]}, at())
        world.send("ownership-commands", claim, at())
        assert owner(lead(world, 1)) == expected


# -- territory


def test_the_closest_territory_has_the_lead() -> None:
    assert owner(lead(played(), region="NY")) == ("territory", "dora")
    assert owner(lead(played(), region="ca")) == ("territory", "dan")


def test_a_territory_may_be_of_a_segment_which_the_account_may_tell() -> None:
    reps = {"eve": {"role": "sdr", "territories": [{"countries": ["US"], "segments": ["enterprise"]}]}}
    assert owner(lead(played(segment="enterprise", reps=reps))) == ("territory", "eve")
    assert owner(lead(played(reps=reps), segment="enterprise")) == ("territory", "eve")
    assert owner(lead(played(reps=reps), segment="smb")) == ("territory", "dora")


def test_where_nobody_covers_it_sdrs_take_turns() -> None:
    world = played()
    owners = [owner(lead(world, number, f"l{number}", email=f"x{number}@gmail.com", country="FR"))[1] for number in range(4)]
    assert owners == ["dan", "dora", "dan", "dora"]


def test_net_new_is_the_sdrs_even_where_an_ae_has_the_territory() -> None:
    reps = {"sara": {"role": "ae", "territories": [{"countries": ["FR"]}]}}
    assert owner(lead(played(reps=reps), country="FR"))[1] in ("dan", "dora")


def test_where_no_sdr_is_active_it_is_the_aes() -> None:
    reps = {name: {"role": "sdr", "active": False, "territories": [{"countries": ["US"]}]} for name in ("dan", "dora")}
    reps |= {"sara": {"role": "ae"}, "ulf": {"role": "ae", "territories": [{"countries": ["US"]}]}}
    assert owner(lead(played(reps=reps))) == ("territory", "ulf")


def test_an_inactive_rep_of_a_territory_gets_nothing() -> None:
    reps = {"dan": {"role": "sdr", "active": False, "territories": [{"countries": ["US"], "regions": ["CA"]}]}}
    assert owner(lead(played(reps=reps), region="CA")) == ("territory", "dora")


def test_with_nobody_left_the_lead_is_revops_unassigned() -> None:
    world = Played({"rita": {"team": "ops", "role": "revops"}}, [])
    routed = lead(world)
    assert (routed["rule"], routed["owner"], routed["lock"]) == ("unassigned", None, None)
    assert {"rep": "rita", "why": "unassigned"} in routed["notify"]


def test_turns_alone_do_not_look_at_territories() -> None:
    world = played(policy='[routing]\ndefault = "round_robin"\n')
    assert [owner(lead(world, number, f"l{number}", email=f"x{number}@gmail.com"))[1] for number in range(2)] == ["dan", "dora"]


def test_weights_share_leads_out() -> None:
    reps = {"dan": {"role": "sdr", "weight": 3}, "dora": {"role": "sdr", "weight": 1}, "none": {"role": "sdr", "weight": 0}}
    world = played(policy='[routing]\ndefault = "weighted"\n', reps=reps)
    owners = [owner(lead(world, number, f"l{number}", email=f"x{number}@gmail.com"))[1] for number in range(8)]
    assert (owners.count("dan"), owners.count("dora"), owners.count("none")) == (6, 2, 0)


def test_whoever_is_away_neither_owes_nor_is_owed_a_turn() -> None:
    reps = {"dan": {"role": "sdr"}, "dora": {"role": "sdr"}, "eve": {"role": "sdr"}}
    world = played(reps=reps)

    def turns(first: int, count: int) -> list[str | None]:
        return [owner(lead(world, number, f"l{number}", email=f"x{number}@gmail.com"))[1] for number in range(first, first + count)]

    assert turns(0, 3) == ["dan", "dora", "eve"]
    world.send("rep-updated", {"rep": "dora", "role": "sdr", "active": False}, at(minutes=4))
    away = turns(10, 6)
    assert (away.count("dan"), away.count("eve")) == (3, 3)
    world.send("rep-updated", {"rep": "dora", "role": "sdr"}, at(minutes=20))
    back = turns(30, 6)
    assert [back.count(rep) for rep in ("dan", "dora", "eve")] == [2, 2, 2]


# -- leavers


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        ({"successor": "dan", "manager": "lee"}, ("customer_owner", "dan")),
        ({"manager": "lee"}, ("customer_owner", "lee")),
        ({"successor": "gone-too", "manager": "lee"}, ("customer_owner", "lee")),
        ({}, ("territory", "dora")),
    ],
)
def test_a_chosen_rep_who_left(left: Fields, expected: tuple[str, str]) -> None:
    reps = {"gone": {"role": "ae", "active": False, **left}, "gone-too": {"role": "ae", "active": False}}
    assert owner(lead(played(status="customer", owner="gone", reps=reps))) == expected


def test_a_successor_who_left_is_followed_by_theirs_and_a_circle_ends() -> None:
    reps = {"gone": {"active": False, "successor": "next"}, "next": {"active": False, "successor": "dan"}}
    assert owner(lead(played(status="customer", owner="gone", reps=reps)))[1] == "dan"
    reps["next"] = {"active": False, "successor": "gone"}
    assert owner(lead(played(status="customer", owner="gone", reps=reps))) == ("territory", "dora")


def test_a_rep_leaves_on_the_day_they_said() -> None:
    reps = {"going": {"role": "ae", "left_at": at(days=1).isoformat(), "successor": "dan"}}
    world = played(status="customer", owner="going", reps=reps)
    assert owner(lead(world))[1] == "going"
    assert owner(lead(world, 2 * 24 * 60, "l2", email="other@acme.com"))[1] == "dan"


# -- enterprise


def test_an_enterprise_lead_is_its_departments_specialists_and_the_owner_hears() -> None:
    enterprise = account(segment="enterprise", status="customer", owner="sara", specialists={"Finance": "amy"})
    routed = lead(played(enterprise), department="finance")
    assert routed["owner"]["rep"] == "amy"
    assert "sara" in told(routed)
    assert lead(played(enterprise), department="legal")["owner"]["rep"] == "sara"


def test_a_reps_specialty_counts_where_the_account_names_nobody() -> None:
    reps = {"fin": {"team": "ent", "role": "ae", "specialties": ["Finance"]}}
    assert lead(played(segment="enterprise", owner="sara", status="customer", reps=reps), department="finance")["owner"]["rep"] == "fin"
    assert lead(played(owner="sara", status="customer", reps=reps), department="finance")["owner"]["rep"] == "sara"


def test_who_holds_the_contact_keeps_it_whatever_department_asks() -> None:
    world = played(segment="enterprise", status="customer", owner="sara", specialists={"finance": "amy"})
    world.send(*email("dan", "pat@acme.com"), at())
    assert owner(lead(world, 1, department="finance")) == ("contact_owner", "dan")


# -- the order, and what a decision says


def test_a_rule_that_the_policy_leaves_out_is_not_tried() -> None:
    world = played(status="customer", owner="sara", policy='[routing]\norder = ["competitor", "territory"]\n')
    assert owner(lead(world)) == ("territory", "dora")


def test_the_policys_order_decides_between_two_that_fit() -> None:
    fits = account(status="customer", owner="sara", closed_lost={"owner": "dan"})
    assert owner(lead(played(fits)))[1] == "sara"
    assert owner(lead(played(fits, policy='[routing]\norder = ["closed_lost_owner", "customer_owner"]\n')))[1] == "dan"


def test_the_reason_tells_what_won_and_what_was_passed_over() -> None:
    reason = lead(played(status="customer", owner="sara", contract_value=1000))["reason"]
    assert "sara" in reason and "1,000 USD" in reason and "acme.com" in reason
    assert "passed over before: contact_owner, competitor" in reason


def test_a_routed_lead_is_a_pending_claim_until_activation_after_respond_by() -> None:
    routed = lead(played(status="customer", owner="sara"))
    assert (routed["respond_by"], routed["lock"]["expires_at"]) == ("2026-03-02T11:00:00Z", "2026-03-04T11:00:00Z")
    assert routed["until"] == routed["lock"]["expires_at"]


def test_the_same_lead_again_is_routed_again_only_if_its_company_changed() -> None:
    world = played(status="customer", owner="sara")
    lead(world, email="x@elsewhere.com", company="Elsewhere")
    assert world.send("lead-created", {"lead_id": "l1", "email": "x@elsewhere.com", "title": "CEO"}, at(minutes=1)) == []
    assert owner(lead(world, 2, email="x@acme.com")) == ("customer_owner", "sara")
