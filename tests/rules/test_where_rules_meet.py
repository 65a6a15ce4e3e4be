"""Where rules meet on a working day: each test is a thing that a day of ordinary work brought to light."""

from __future__ import annotations

from typing import Any

from tests.play import Played, at

REPS: dict[str, dict[str, Any]] = {
    "ana": {"team": "east", "role": "sdr", "manager": "tia", "territories": [{"countries": ["ES"]}]},
    "bob": {"team": "west", "role": "sdr", "manager": "tia"},
    "cy": {"team": "west", "role": "sdr"},
    "tia": {"team": "east", "role": "team_lead"},
}


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
