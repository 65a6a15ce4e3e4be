"""Leads who can be reached by telephone only: what is logged of them is their company's too (rules 3, 6, 17)."""

from __future__ import annotations

import pytest

from tests.play import Played, at

REPS = {"ana": {"role": "ae"}, "bob": {"role": "sdr"}}
ACCOUNTS = [
    {"account_id": "fab", "name": "Fabrikam", "domains": ["fabrikam.com"]},
    {"account_id": "kid", "name": "Fabrikam Labs", "parent_id": "fab"},
]


def held(policy: str, website: str = "", company: str = "") -> Played:
    """Ana claims the account, and has a lead there without an address."""
    world = Played(REPS, ACCOUNTS, policy)
    world.send("ownership-commands", {"command": "claim", "by": "ana", "account_id": "fab"}, at())
    lead = {"lead_id": "l", "phone": "+4930901820", "country": "DE", "website": website or None, "company": company or None}
    (routed,) = world.send("lead-created", lead, at(hours=1))
    assert (routed["kind"], routed["owner"]["rep"]) == ("lead_routed", "ana")
    return world


@pytest.mark.parametrize(
    ("policy", "said"), [("", {"website": "fabrikam.com"}), ('[ownership]\nfamily = "parent"\n', {"company": "Fabrikam Labs"})]
)
def test_a_call_is_the_captains_sign_of_life(policy: str, said: dict[str, str]) -> None:
    world = held(policy, **said)
    world.send("touch-logged", {"kind": "call", "lead_id": "l", "rep": "ana"}, at(days=1))
    ended = [(one["lock"]["kind"], one["rule"]) for one in world.until(at(days=30)) if one["kind"] == "ownership_expired"]
    assert ("account", "no_activity") in ended and ("account", "activation_window") not in ended


def test_what_they_ask_for_is_on_record_of_their_company() -> None:
    world = held("", website="fabrikam.com")
    world.send("touch-logged", {"kind": "demo_request", "lead_id": "l"}, at(hours=2))
    said = world.send("ownership-commands", {"command": "request_review", "by": "bob", "account_id": "fab", "note": "?"}, at(hours=3))
    review = next(one for one in said if one["kind"] == "review_opened")
    assert review["evidence"]["last_positive_signal"] == {"at": "2026-03-02T11:00:00Z", "rep": None, "kind": "demo_request"}
