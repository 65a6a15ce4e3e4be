"""Rule 20 under any `[routing]`: every order, a part of it too, and every value, held against a model written from the rule's text alone.

One lead of an account that the CRM tells all sorts of things of. There is one SDR, so that it is nobody's turn.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import event as note
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.policy_tables import RULES
from tests.play import Played, at

REPS: dict[str, dict[str, Any]] = {
    "own": {"role": "ae"},
    "left": {"role": "ae", "active": False, "successor": "heir"},
    "gone": {"role": "ae", "active": False},
    "led": {"role": "ae", "active": False, "manager": "boss"},
    "heir": {"role": "ae"},
    "boss": {"role": "team_lead"},
    "amy": {"role": "account_manager"},
    "cleo": {"role": "csm"},
    "pam": {"role": "partner_manager"},
    "deb": {"role": "csm"},
    "jane": {"role": "vp"},
    "sid": {"role": "sdr"},
    "fin": {"role": "csm", "specialties": ["finance"]},
    "par": {"role": "ae", "partner_id": "P1"},
    "win": {"role": "csm", "team": "winback"},
}
STAND_INS = {"left": "heir", "led": "boss", "gone": ""}
NAMED = '[[named_accounts]]\ncompany = "Target"\nowner = "jane"\n'
Answer = tuple[str, bool]
"""Who is named (`team:` before a team), and whether no specialist steps in."""


def said(lead: dict[str, Any], account: dict[str, Any], routing: dict[str, Any], named: bool) -> dict[str, Answer]:
    """Whom each rule that has anything to say names."""
    owner, status, worth = account.get("owner", ""), account["status"], account.get("contract_value", 0)
    deal = next((one["owner"] for one in account.get("open_opportunities", []) if one.get("owner")), "")
    manager, csm, partner = account.get("account_manager", ""), account.get("csm", ""), account.get("sourced_by_partner", "")
    queue = "nobody" if routing["competitor"] == "disqualify" else "team:rivals"
    found: dict[str, Answer] = {}
    if account.get("competitor"):
        found["competitor"] = queue, True
    if account.get("partner_manager"):
        found["partner_company"] = "pam", True
    if partner:
        found["partner_sourced"] = "par" if partner == "P1" else f"team:{partner}", True
    elif account.get("partner_involved") and owner:
        found["partner_sourced"] = owner, False
    if status == "customer":
        sales, new = owner or manager, lead.get("product") and lead["product"] not in account.get("products", [])
        large = not new and worth > routing["customer_contract_threshold"] and manager
        if who := (manager if large else sales) or csm:
            found["customer_owner"] = who, False
        if account.get("strategic") and (who := account.get("dedicated_sdr") or owner):
            found["strategic_customer"] = who, "dedicated_sdr" in account
    if named:
        found["named_account"] = "jane", False
    if deal:
        found["open_opportunity_owner"] = deal, False
    if "closed_lost" in account:
        found["closed_lost_owner"] = account["closed_lost"]["owner"], False
    if status == "churned":
        left, window = account.get("churned_at"), timedelta(days=int(routing["churn_recent"].removesuffix("d")))
        recent = left is not None and at() - datetime.fromisoformat(left) <= window
        winback = {"": "", "win": "win", "winback": "team:winback"}[routing["winback"]]
        if who := (owner or manager) if recent else winback:
            found["churned_owner"] = who, False
    if deal and (holder := STAND_INS.get(deal, deal)):  # a deal takes the account for its owner, or who stands in (rules 6, 8)
        found["profile_owner"] = holder, False
    found["territory"] = "sid", False
    return found


def chosen(order: list[str], found: dict[str, Answer], special: bool) -> tuple[str, str]:
    """The rule that wins, and who has the lead."""
    rule = next((one for one in order if one in found), "")
    if not rule:
        return "unassigned", "nobody"
    who, fixed = found[rule]
    there = STAND_INS.get(who, who)
    if not there:
        rule, there, fixed = "territory", "sid", False
    return rule, "fin" if special and not fixed and ":" not in there else there


def maybe(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


OWNERS = st.sampled_from(["own", "own", "left", "gone", "led"])
ACCOUNTS = st.tuples(
    st.fixed_dictionaries({"status": st.sampled_from(["prospect", "customer", "customer", "churned"])}),
    maybe(
        owner=OWNERS,
        account_manager=st.just("amy"),
        csm=st.just("cleo"),
        contract_value=st.sampled_from([50_000, 60_000, 200_000]),
        products=st.just(["core"]),
        segment=st.sampled_from(["smb", "enterprise"]),
        open_opportunities=st.lists(st.tuples(maybe(owner=OWNERS)).map(lambda one: {"id": "o", **one[0]}), max_size=1),
        closed_lost=st.fixed_dictionaries({"owner": OWNERS}),
        churned_at=st.sampled_from([5, 100, 400]).map(lambda days: at(days=-days).isoformat()),
        strategic=st.booleans(),
        dedicated_sdr=st.just("deb"),
        competitor=st.sampled_from([False, False, False, True]),
        sourced_by_partner=st.sampled_from(["", "", "P1", "P2"]),
        partner_involved=st.sampled_from(["", "P1", "P2"]),
        partner_manager=st.sampled_from(["", "", "", "pam"]),
    ),
).map(lambda parts: {name: value for part in parts for name, value in part.items() if value != ""})
LEADS = maybe(product=st.sampled_from(["core", "other"]), department=st.just("finance"), title=st.just("CEO"))
ROUTING = st.fixed_dictionaries(
    {
        "competitor": st.sampled_from(["queue", "disqualify"]),
        "customer_contract_threshold": st.sampled_from([0, 50_000, 100_000]),
        "winback": st.sampled_from(["", "win", "winback"]),
        "churn_recent": st.sampled_from(["5d", "10d", "180d"]),
    }
)
ORDERS = st.just(list(RULES)) | st.permutations(RULES).flatmap(lambda order: st.integers(0, len(RULES)).map(lambda size: order[:size]))


@given(ORDERS, ROUTING, ACCOUNTS, LEADS, st.booleans())
@settings(max_examples=200, deadline=None)
def test_the_first_rule_of_any_order_wins(
    order: list[str], routing: dict[str, Any], account: dict[str, Any], lead: dict[str, Any], named: bool
) -> None:
    lines = [f"order = {order!r}", *(f"{key} = {value!r}" for key, value in routing.items()), 'competitor_queue = "rivals"']
    policy = "\n".join(["[routing]", *lines]) + "\n" + (NAMED if named else "")
    world = Played(REPS, [{"account_id": "t", "name": "Target", "domains": ["target.com"], **account}], policy)
    decisions = world.send("lead-created", {"lead_id": "l", "email": "x@target.com", **lead}, at())
    routed = next(one for one in decisions if one["kind"] in ("lead_routed", "lead_disqualified"))
    owner = routed["owner"] or {}
    special = account.get("segment") == "enterprise" and "department" in lead
    want = chosen(order, said(lead, account, routing, named), special)
    note(f"rule: {want[0]}")
    who = owner.get("rep") or (f"team:{owner['team']}" if owner.get("team") else "nobody")
    assert (routed["rule"], who) == want, routed["reason"]
    assert (routed["kind"] == "lead_disqualified") == (want == ("competitor", "nobody"))
