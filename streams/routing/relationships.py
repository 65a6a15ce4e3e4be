"""Rules by which whoever has the relationship gets the lead (rule 20)."""

from __future__ import annotations

from streams.directory.directory import Account
from streams.matching.domains import domain_of
from streams.routing.asked import Answer, Asked
from streams.routing.named import named_owner
from streams.routing.people import instant, vp_of
from streams.routing.seniority import seniority_of
from streams.rules.contact import locks
from streams.state import Company

FREE = Answer("nobody holds this contact")
ROUTED = Answer("nobody holds this contact but for the lead itself")
NOT_STRATEGIC = Answer("it is no strategic customer")
NOT_NAMED = Answer("the policy names nobody for the company")
NO_CUSTOMER = Answer("the company is no customer")
NO_DEAL = Answer("no deal is open there")
NOT_LOST = Answer("no deal was lost there")
NEVER_A_CUSTOMER = Answer("the company is no former customer")
NOT_HELD = Answer("nobody holds the company")
"""What the rules mostly answer."""

HEALTHY = 50
"""Below this the CSM hears of a customer's lead (rule 20)."""


def contact_owner(asked: Asked) -> Answer:
    """The holder of this very contact's lock, unless it is a pending one that routing gave: routing a lead again moves that."""
    lock = asked.lock
    if lock is None:
        return FREE
    if locks.is_routings(lock):
        return ROUTED
    if lock.is_team:
        return Answer(f"the team {lock.owner} holds this contact", team=lock.owner, fixed=True)
    return Answer(f"{lock.owner} holds this contact", rep=lock.owner, fixed=True)


def strategic_customer(asked: Asked) -> Answer:
    """The account's team is copied, for a C-level lead its VP too; a dedicated SDR gets it first."""
    account = asked.account
    if account is None or account.status != "customer" or not account.strategic:
        return NOT_STRATEGIC
    owner = account.dedicated_sdr or _sales(asked)
    if not owner:
        return Answer("it is a strategic customer whom nobody owns")
    copied = account.named() | captains(asked.company, account) | captains(asked.cover, account)
    saw = "it is a strategic customer, whose team is copied"
    if seniority_of(asked.lead.seniority, asked.lead.title) == "c_level":
        vp = vp_of(account.owner or owner, asked.directory, asked.at)
        copied |= {vp} if vp else set()
        saw += f", and with a C-level lead the VP {vp}" if vp else ""
    saw += f"; {owner} is its dedicated SDR" if account.dedicated_sdr else ""
    return Answer(saw, rep=owner, copied=tuple(sorted(copied - {owner})), fixed=bool(account.dedicated_sdr))


def named_account(asked: Asked) -> Answer:
    """The policy names whose it is, customer or not."""
    named = named_owner(asked.policy, asked.account, asked.lead)
    if named is None:
        return NOT_NAMED
    note = f" ({named.note})" if named.note else ""
    saw = f"the policy gives {named.company} to {named.owner}{note}"
    is_team = named.owner not in asked.directory.reps and asked.directory.of_team(named.owner)
    return Answer(saw, team=named.owner) if is_team else Answer(saw, rep=named.owner)


def customer_owner(asked: Asked) -> Answer:
    """A large customer is its account manager's, else the sales owner's; what they do not have yet is sales'. The CSM of a customer who is
    not well hears of it."""
    account = asked.account
    if account is None or account.status != "customer":
        return NO_CUSTOMER
    threshold = asked.policy.routing.customer_contract_threshold
    product, has = asked.lead.product, {one.casefold() for one in account.products}
    worth = f" worth {account.contract_value:,.0f} USD a year" if account.contract_value else ""
    sales = _sales(asked)
    if product and product.casefold() not in has:
        rep, saw = sales or account.account_manager, f"a customer that does not have {product} yet, so it is sales'"
    elif account.contract_value > threshold and account.account_manager:
        rep, saw = account.account_manager, f"a customer{worth}, above {threshold:,.0f}, so it is the account manager's"
    else:
        rep, saw = sales or account.account_manager, f"a customer{worth}"
    told: tuple[tuple[str, str, bool], ...] = ()
    if account.csm and (account.open_tickets > 0 or (account.health is not None and account.health < HEALTHY)):
        told = ((account.csm, "customer_needs_care", False),)
        saw += f"; the CSM {account.csm} hears of it ({_condition(account.open_tickets, account.health)})"
    return Answer(saw, rep=rep or account.csm, notify=told)


def open_opportunity_owner(asked: Asked) -> Answer:
    """Whoever has the open deal; of several the one about the lead's product."""
    account = asked.account
    if account is None or not account.open_opportunities:
        return NO_DEAL
    deals = [deal for deal in account.open_opportunities if deal.owner]
    if not deals:
        return NO_DEAL
    product = asked.lead.product.casefold()
    deal = next((one for one in deals if product and one.product.casefold() == product), deals[0])
    return Answer(f"the deal {deal.id} is open there", rep=deal.owner)


def closed_lost_owner(asked: Asked) -> Answer:
    """Whoever lost the last deal there knows them."""
    lost = asked.account.closed_lost if asked.account else None
    if lost is None or not lost.owner:
        return NOT_LOST
    when = f" on {lost.at[:10]}" if lost.at else ""
    return Answer(f"{lost.owner} had the deal that was lost there{when}", rep=lost.owner)


def churned_owner(asked: Asked) -> Answer:
    """A customer who left lately goes back to who had them, later to winning back."""
    account, routing = asked.account, asked.policy.routing
    if account is None or account.status != "churned":
        return NEVER_A_CUSTOMER
    left = instant(account.churned_at)
    if left and asked.at - left <= routing.churn_recent:
        owner = account.owner or account.account_manager or account.backup_owner
        return Answer(f"a customer who left on {account.churned_at[:10]}", rep=owner)
    since = f"left on {account.churned_at[:10]}" if left else "left at an unknown time"
    if not routing.winback:
        return Answer(f"a customer who {since}, too long ago, and nobody is set to win them back")
    saw = f"a customer who {since}, to be won back by {routing.winback}"
    if routing.winback in asked.directory.reps:
        return Answer(saw, rep=routing.winback)
    return Answer(saw, team=routing.winback)


def profile_owner(asked: Asked) -> Answer:
    """The owner of an account that its leads made (rule 22), or the holder of the account's lock, of its parent's where that covers it
    (rule 7), or of the domain's (rule 5)."""
    account, company = asked.account, asked.company
    lock = company.lock or asked.cover.lock
    if lock is None and company.domains:
        lock = company.domains.get(domain_of_lead(asked))
    if lock is not None:
        what = "account" if lock is company.lock else "parent account" if lock is asked.cover.lock else "domain"
        saw = f"{lock.owner} holds the {what}"
        return Answer(saw, team=lock.owner) if lock.is_team else Answer(saw, rep=lock.owner)
    if account is not None and account.made_by_leads and account.owner:
        return Answer(f"its leads made the account, which is {account.owner}'s", rep=account.owner)
    return NOT_HELD


def captains(company: Company, account: Account) -> set[str]:
    """Whoever is on the account's team by what they did there: its captain, collaborators, the permitted (contract, "Words")."""
    permitted = {one.to for one in company.permits if not one.contact and one.account in ("", account.account_id)}
    found = permitted | set(company.collaborators)
    return found | ({company.lock.owner} if company.lock is not None and not company.lock.is_team else set())


def domain_of_lead(asked: Asked) -> str:
    """The registrable domain of the lead's address; empty without one."""
    return domain_of(asked.lead.email) if asked.lead.email else ""


def _sales(asked: Asked) -> str:
    account = asked.account
    return (account.owner or account.backup_owner) if account else ""


def _condition(tickets: int, health: float | None) -> str:
    found = [f"{tickets} open tickets"] if tickets > 0 else []
    return " and ".join([*found, f"health {health:g}"] if health is not None and health < HEALTHY else found)
