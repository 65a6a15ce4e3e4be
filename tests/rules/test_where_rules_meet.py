"""Where rules meet on a working day: each test is a thing that a day of ordinary work brought to light."""

from __future__ import annotations

from typing import Any

from tests.play import Played, at, email

REPS: dict[str, dict[str, Any]] = {
    "ana": {"team": "east", "role": "sdr", "manager": "tia", "territories": [{"countries": ["ES"]}]},
    "bob": {"team": "west", "role": "sdr", "manager": "tia"},
    "cy": {"team": "west", "role": "sdr"},
    "tia": {"team": "east", "role": "team_lead"},
}
PAT = "pat@contoso.com"


def lead(world: Played, minutes: float, lead_id: str = "l1", **value: Any) -> list[dict[str, Any]]:
    return world.send("lead-created", {"lead_id": lead_id, **value}, at(minutes=minutes))


def told(said: list[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    return [(one["kind"], one["rule"], (one["owner"] or {}).get("rep")) for one in said]


def test_who_worked_a_lead_by_telephone_keeps_it_when_its_address_becomes_known() -> None:
    """Rules 3, 20: the address tells of a company too, so that the lead is routed anew; its caller holds it and stays the one voice."""
    world = Played(REPS)
    phone = "+34 912 345 678"
    lead(world, 0, phone=phone, country="ES")
    hand_off = {"command": "hand_off", "by": "tia", "from": "ana", "to": "bob", "scope": "all", "note": "ana is away"}
    world.send("ownership-commands", hand_off, at(minutes=1))
    world.send("touch-logged", {"kind": "call", "lead_id": "l1", "rep": "bob"}, at(minutes=2))
    said = lead(world, 60, phone=phone, email="eva@empresa.es", country="ES")
    assert told(said) == [("claim_granted", "transfer", "bob"), ("lead_routed", "contact_owner", "bob")]
    assert said[0]["lock"]["expires_at"] == said[1]["lock"]["expires_at"] == "2026-03-23T09:02:00Z"
    assert world.owner("eva@empresa.es") == "bob"


def test_a_lead_that_nobody_worked_is_routed_anew_when_its_address_becomes_known() -> None:
    world = Played(REPS, [{"account_id": "e", "name": "Empresa", "domains": ["empresa.es"], "status": "customer", "owner": "cy"}])
    lead(world, 0, phone="+34 912 345 678", country="ES")
    said = lead(world, 60, phone="+34 912 345 678", email="eva@empresa.es", country="ES")
    assert told(said) == [("lead_routed", "customer_owner", "cy")]
    # The claim on the lead went with it: only the one on the contact runs out.
    ended = [one for one in world.until(at(days=9)) if one["kind"] == "ownership_expired"]
    assert [(one["contact"], one["previous_owner"]["rep"]) for one in ended] == [("eva@empresa.es", "cy")]
    assert {rep: world.simulation.tables.held(rep, "", 9) for rep in ("ana", "cy")} == {"ana": [], "cy": []}


def test_a_specialist_who_left_is_followed_by_the_successor() -> None:
    """Rule 20: a chosen rep who left has a successor, whoever chose."""
    reps = REPS | {
        "fin": {"team": "east", "role": "ae", "active": False, "successor": "cy"},
        "law": {"team": "east", "role": "ae", "active": False, "manager": "tia"},
    }
    deal = [{"id": "o", "owner": "bob"}]
    account = {"account_id": "e", "name": "Empresa", "domains": ["empresa.es"], "segment": "enterprise", "open_opportunities": deal}
    world = Played(reps, [account | {"specialists": {"finance": "fin", "legal": "law"}}])
    (said,) = lead(world, 0, email="eva@empresa.es", department="Finance")
    assert (said["owner"]["rep"], [one["rep"] for one in said["notify"]]) == ("cy", ["cy", "bob"])
    (said,) = lead(world, 5, "l2", email="leo@empresa.es", department="legal")
    assert said["owner"]["rep"] == "bob"  # a manager is no specialist: the deal's owner knows the account


def test_a_permit_clears_the_family_whose_lock_it_came_from() -> None:
    """Rules 7, 15: at `family = "parent"` the subsidiaries are the one company that the permit is for, no near duplicates of it."""
    policy = '[ownership]\nlevel = "account"\nfamily = "parent"\n'
    family = [{"account_id": "p", "name": "Fabrikam Group", "domains": ["fabrikam.com"]}]
    family.append({"account_id": "s", "name": "Proseware", "domains": ["proseware.com"], "parent_id": "p"})
    world = Played(REPS, family, policy)
    world.send("ownership-commands", {"command": "claim", "by": "ana", "contact": "cfo@fabrikam.com"}, at())
    ask = {"contact": "hr@proseware.com", "rep": "bob", "stage": "import"}
    (said,) = world.send("send-requested", ask, at(minutes=1))
    assert (said["verdict"], said["rule"]) == ("block", "account_owned")
    world.send("ownership-commands", {"command": "permit", "by": "ana", "account_id": "s", "to": "bob"}, at(minutes=2))
    (said,) = world.send("send-requested", ask, at(minutes=3))
    assert (said["verdict"], said["rule"]) == ("allow", "free")


def test_who_has_a_contact_back_has_it_under_a_token_of_its_own() -> None:
    """Tokens only rise: what knows the newest one would turn the rightful sender away under the old one."""
    world = Played(REPS)
    world.send(*email("bob", PAT), at())
    reply = {"contact": PAT, "class": "interested"}
    world.send("reply-classified", {**reply, "rep": "ana"}, at(minutes=90))
    world.send("reply-classified", {**reply, "rep": "bob"}, at(minutes=92), occurred=at(minutes=85))
    grants = [one for one in world.decisions if one["kind"] in ("claim_granted", "ownership_transferred")]
    assert [(one["owner"]["rep"], one["fencing_token"]) for one in grants] == [("bob", 1), ("ana", 2), ("bob", 3)]
    assert [one.token for one in [world.contact(PAT).state.lock] if one is not None] == [3]


def test_a_queues_claim_goes_along_to_a_leads_new_address_as_the_teams() -> None:
    world = Played(REPS, [{"account_id": "r", "name": "Delta Rivals", "domains": ["deltarivals.com"], "competitor": True}])
    lead(world, 0, email="spy@deltarivals.com")
    (said,) = lead(world, 5, email="spy2@deltarivals.com")[-1:]
    assert (said["kind"], said["owner"]) == ("claim_granted", {"rep": None, "team": "competitive-intelligence"})


def test_a_lead_whose_address_turns_out_to_be_a_colleagues_contact_is_given_up_and_told() -> None:
    world = Played(REPS, [{"account_id": "e", "name": "Empresa", "domains": ["empresa.es"], "owner": "cy"}])
    lead(world, 0, phone="+34 912 345 678", company="Empresa", country="ES")
    world.send(*email("bob", "eva@empresa.es"), at(minutes=1))
    (said,) = lead(world, 5, phone="+34 912 345 678", email="eva@empresa.es", company="Empresa", country="ES")
    assert (said["kind"], said["rule"], said["previous_owner"]["rep"]) == ("ownership_released", "routed_anew", "ana")
    assert (said["contact"], said["lead_id"]) == (None, "l1")
    assert (world.owner("eva@empresa.es"), world.simulation.tables.held("ana", "", 9)) == ("bob", [])


def test_a_command_that_was_refused_is_not_carried_out_when_it_comes_again_and_its_account_is_known() -> None:
    """Rule 25: the same event again changes nothing, whatever has become known meanwhile."""
    world = Played(REPS)
    value = {"command": "claim", "by": "ana", "account_id": "e"}
    (refused,) = world.send("ownership-commands", value, at(), event_id="once")
    assert (refused["kind"], refused["account"]) == ("command_refused", None)
    world.send("account-updated", {"account_id": "e", "name": "Empresa", "domains": ["empresa.es"]}, at(minutes=1))
    assert world.send("ownership-commands", value, at(minutes=2), event_id="once") == []
    (granted,) = world.send("ownership-commands", value, at(minutes=3), event_id="anew")
    assert (granted["kind"], granted["owner"]["rep"]) == ("claim_granted", "ana")


def test_a_command_about_a_domain_is_known_where_the_domain_goes() -> None:
    """Rule 25: given back meanwhile, a claim that comes again after the domain has changed its account does not take it anew."""
    world = Played(REPS, [{"account_id": "e", "name": "Empresa", "domains": ["empresa.es", "grupo.es"]}])
    claim = {"command": "claim", "by": "ana", "domain": "empresa.es"}
    assert [one["kind"] for one in world.send("ownership-commands", claim, at(), event_id="once")] == ["claim_granted"]
    world.send("ownership-commands", {"command": "release", "by": "ana", "domain": "empresa.es"}, at(minutes=1))
    world.send("account-updated", {"account_id": "e", "name": "Empresa", "domains": ["grupo.es"]}, at(minutes=2))
    assert world.send("ownership-commands", claim, at(minutes=3), event_id="once") == []


def test_two_leads_of_one_person_that_go_along_in_a_rush_are_two_decisions() -> None:
    """Guarantee 3: each decision has an id of its own, or who keeps what they have seen loses one."""
    reps = REPS | {"bob": REPS["bob"] | {"territories": [{"countries": ["US"]}]}}
    world = Played(reps, [{"account_id": "e", "name": "Empresa", "domains": ["empresa.es"]}], "[routing]\nhigh_activity = 4\n")
    lead(world, 0, "l0", email="kim@empresa.es", country="ES")
    lead(world, 0, "l1", email="eva@empresa.es", country="US")
    lead(world, 1, "l2", email="e.v@empresa.es", country="US")
    lead(world, 1, "l2", email="eva@empresa.es", country="US")
    lead(world, 2, "l3", email="leo@empresa.es", country="ES")
    routed = [one for one in world.decisions if one["kind"] == "lead_routed"]
    assert {(one["lead_id"], one["owner"]["rep"]) for one in routed[-3:]} == {("l3", "ana"), ("l1", "ana"), ("l2", "ana")}
    assert len({one["decision_id"] for one in routed}) == len(routed)


def test_a_lead_shows_no_lock_that_is_anothers() -> None:
    """Rule 20: whoever answers it has no use for the token under which somebody else may send."""
    policy = '[routing]\norder = ["customer_owner"]\n'
    world = Played(REPS, [{"account_id": "e", "name": "Empresa", "domains": ["empresa.es"], "status": "customer", "owner": "cy"}], policy)
    world.send(*email("bob", "eva@empresa.es"), at())
    said = lead(world, 5, email="eva@empresa.es")[-1]
    assert (said["kind"], said["owner"]["rep"], said["lock"], said["fencing_token"]) == ("lead_routed", "cy", None, None)
