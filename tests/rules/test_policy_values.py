"""Values of policy keys far from their defaults, each worked out by hand from the rules."""

from __future__ import annotations

from typing import Any

import pytest

from tests.play import Played, at, email

REPS: dict[str, dict[str, Any]] = {
    "ana": {"team": "east", "role": "sdr", "manager": "tia"},
    "bob": {"team": "west", "role": "sdr"},
    "cat": {"team": "north", "role": "ae"},
    "tia": {"team": "east", "role": "team_lead"},
    "rita": {"team": "ops", "role": "revops"},
}
ACCOUNTS: list[dict[str, Any]] = [
    {"account_id": "fab", "name": "Fabrikam", "domains": ["fabrikam.com"]},
    {"account_id": "sub", "name": "Nordlicht", "domains": ["nord.com"], "parent_id": "fab"},
    {"account_id": "rival", "name": "Contoso", "domains": ["contoso.com"], "competitor": True},
]
PAT, KIM = "pat@fabrikam.com", "kim@fabrikam.com"


def played(policy: str = "", accounts: list[dict[str, Any]] | None = None) -> Played:
    return Played(REPS, ACCOUNTS if accounts is None else accounts, policy)


def lead(world: Played, minutes: float = 0, lead_id: str = "l1", **fields: Any) -> list[dict[str, Any]]:
    return world.send("lead-created", {"lead_id": lead_id, **fields}, at(minutes=minutes))


def command(world: Played, verb: str, by: str, minutes: float, **fields: Any) -> dict[str, Any]:
    return world.send("ownership-commands", {"command": verb, "by": by, **fields}, at(minutes=minutes))[0]


def verdict(world: Played, rep: str, contact: str, minutes: float, **fields: Any) -> tuple[str, str]:
    said = world.send("send-requested", {"contact": contact, "rep": rep, "stage": "import", **fields}, at(minutes=minutes))[0]
    return said["verdict"], said["rule"]


def brief(said: list[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    return [(one["kind"], one["rule"], (one["owner"] or {}).get("rep") or (one["owner"] or {}).get("team")) for one in said]


# -- [sla] on_miss = "reassign"


def test_a_queue_that_lets_a_lead_wait_keeps_it_and_says_so_once() -> None:
    """A lead that only its queue may have goes to nobody else: it is missed, not handed to the same queue every two hours."""
    world = played('[sla]\non_miss = "reassign"\nclock = "always"\n')
    assert brief(lead(world, email="x@contoso.com"))[0] == ("lead_routed", "competitor", "competitive-intelligence")
    assert brief(world.until(at(days=2))) == [("sla_missed", "sla_missed", "competitive-intelligence")]


# -- [routing] high_activity, auto_account


def test_of_one_lead_a_day_the_first_is_many_whoever_s_turn_it_is() -> None:
    world = played("[routing]\nhigh_activity = 1\n")
    said = lead(world, email="x@new.com")
    assert brief(said) == [("lead_routed", "territory", "ana"), ("high_activity", "high_activity", "ana")]
    assert said[1]["leads_today"] == 1
    assert brief(lead(world, 1, "l2", email="y@new.com")) == [("lead_routed", "high_activity", "ana")]
    assert brief(lead(world, 2, "l3", email="z@other.com"))[0] == ("lead_routed", "territory", "bob")


def test_of_leads_that_nobody_has_the_rush_goes_to_whose_turn_it_is() -> None:
    """The first one's owner has left without anybody in their place."""
    world = played("[routing]\nhigh_activity = 2\n")
    lead(world, email="x@new.com")
    world.send("rep-updated", {"rep": "ana", "role": "sdr", "active": False}, at(minutes=1))
    said = lead(world, 2, "l2", email="y@new.com")
    assert ("high_activity", "high_activity", "bob") in brief(said)
    assert world.owner("y@new.com") == "bob"


def test_of_one_lead_an_account_is_made_at_once() -> None:
    world = played("[routing]\nauto_account = 1\n")
    said = lead(world, email="x@new.com", company="New Things")
    assert brief(said) == [("account_created", "auto_account", "ana"), ("lead_routed", "profile_owner", "ana")]
    assert (said[0]["leads"], said[0]["domain"], said[0]["account"]["name"]) == (["l1"], "new.com", "New Things")


# -- [routing] default


@pytest.mark.parametrize(
    ("default", "turns"),
    [
        ('"territory"', ["ana"] * 6),
        ('["territory", "weighted"]', ["ana"] * 6),
        ('"round_robin"', ["ana", "bob"] * 3),
        ('"weighted"', ["ana", "ana", "bob", "ana", "ana", "bob"]),
        ('["round_robin", "weighted"]', ["ana", "bob"] * 3),
        ('["weighted", "round_robin"]', ["ana", "ana", "bob", "ana", "ana", "bob"]),
    ],
)
def test_the_steps_are_taken_in_turn_and_the_first_that_names_somebody_wins(default: str, turns: list[str]) -> None:
    """Ana has the territory and twice the weight."""
    reps = {"ana": {"role": "sdr", "weight": 2, "territories": [{"countries": ["US"]}]}, "bob": {"role": "sdr"}}
    world = Played(reps, [], f"[routing]\ndefault = {default}\n")
    said = [lead(world, n, f"l{n}", email=f"x@c{n}.com", country="US")[0]["owner"]["rep"] for n in range(6)]
    assert sorted(said[:3]) == sorted(turns[:3])
    assert sorted(said[3:]) == sorted(turns[3:])
    assert said.count("ana") == turns.count("ana")


# -- [ownership] family = "parent" with level = "account"

FAMILY = '[ownership]\nlevel = "account"\nfamily = "parent"\n'


def test_a_subsidiary_that_is_claimed_for_itself_is_owned_as_a_whole() -> None:
    world = played(FAMILY)
    assert command(world, "claim", "ana", 0, account_id="sub")["kind"] == "claim_granted"
    assert verdict(world, "bob", "x@nord.com", 1) == ("block", "account_owned")
    denied = command(world, "claim", "bob", 2, contact="x@nord.com")
    assert (denied["kind"], denied["rule"], denied["held_by"]["rep"], denied["lock"]["kind"]) == (
        "claim_denied",
        "account_owned",
        "ana",
        "account",
    )
    (overlap,) = world.send(*email("bob", "x@nord.com"), at(minutes=3))
    assert (overlap["kind"], overlap["owner"]["rep"]) == ("overlap_detected", "ana")
    assert verdict(world, "bob", PAT, 4) == ("warn", "near_duplicate")  # the parent itself is nobody's
    command(world, "permit", "ana", 5, account_id="sub", to="bob")
    assert verdict(world, "bob", "x@nord.com", 6)[0] != "block"


def test_a_subsidiary_s_deal_keeps_others_out_under_a_parent_that_nobody_has() -> None:
    accounts = [ACCOUNTS[0], {**ACCOUNTS[1], "open_opportunities": [{"id": "o", "owner": "cat"}]}]
    world = played(FAMILY, accounts)
    assert command(world, "claim", "bob", 0, contact="x@nord.com")["rule"] == "account_owned"
    assert command(world, "claim", "cat", 1, contact="x@nord.com")["kind"] == "claim_granted"


# -- [[named_accounts]]


def named(*rows: tuple[str, str]) -> str:
    return "".join(f'[[named_accounts]]\ncompany = "{company}"\nowner = "{owner}"\n' for company, owner in rows)


@pytest.mark.parametrize(
    ("company", "fields"),
    [
        ("Strategic Partner Corp", {"company": "Strategc Partner Corporation"}),
        ("Delta Air Lines", {"company": "Delta Airlines Inc."}),
        ("Fabrikam", {"email": PAT}),
        ("fabrikam.com", {"email": "pat@emea.fabrikam.com"}),
        ("https://www.zenith.com/", {"email": "pat@zenith.com"}),
    ],
)
def test_a_named_company_is_known_by_a_misspelling_a_form_or_a_domain(company: str, fields: dict[str, str]) -> None:
    world = played(named((company, "cat")))
    assert brief(lead(world, **{"email": "x@gmail.com", **fields}))[0] == ("lead_routed", "named_account", "cat")


def test_initials_name_a_company_where_its_domain_says_so_too() -> None:
    ibm = {"account_id": "i", "name": "International Business Machines", "domains": ["ibm.com"]}
    world = played(named(("IBM", "cat")), [ibm, {"account_id": "j", "name": "Irish Bakers Market", "domains": ["bakers.ie"]}])
    assert brief(lead(world, email="x@ibm.com"))[0][1] == "named_account"
    assert brief(lead(world, 1, "l2", email="x@bakers.ie"))[0][1] == "territory"


@pytest.mark.parametrize(("written", "owner"), [("Acme Corporation", "cat"), ("Acme", "tia"), ("Acme Inc", "cat")])
def test_of_two_named_companies_that_read_alike_it_is_the_one_of_the_very_name_else_the_first(written: str, owner: str) -> None:
    world = played(named(("Acme Corporation", "cat"), ("Acme", "tia")))
    assert brief(lead(world, email="x@gmail.com", company=written))[0] == ("lead_routed", "named_account", owner)


def test_another_company_of_the_name_s_beginning_is_not_the_named_one() -> None:
    world = played(named(("Acme", "cat")))
    assert brief(lead(world, email="x@gmail.com", company="Acme Bakery"))[0][1] == "territory"


def test_a_company_may_be_named_to_a_team() -> None:
    world = played(named(("Acme", "west")))
    said = lead(world, email="x@gmail.com", company="Acme Inc")[0]
    assert (said["rule"], said["owner"], said["notify"]) == (
        "named_account",
        {"rep": None, "team": "west"},
        [{"team": "west", "why": "named_account"}],
    )
    world.send(*email("bob", "x@gmail.com"), at(minutes=5))
    assert world.owner("x@gmail.com") == "bob"
