"""Leads of one unmatched company domain that make it an account (rule 22).

The leads of a domain are counted in a document beside the company's, which only leads read. The account is written as the CRM's are, into
the directory, by the commit that counts the last of them.
"""

from __future__ import annotations

from streams.directory.directory import Account, Link
from streams.directory.records import MERGED
from streams.routing.people import stand_in
from streams.rules.company import accounts, rehoming
from streams.rules.lead import duplicates
from streams.rules.lead.resolution import Resolved
from streams.rules.said import Said
from streams.rules.world import World
from streams.state import Company, Enquiry, Inflow, Lead

DOMAIN = "domain:"

ASKED = 100
"""Newest leads that are kept of a domain of several accounts, to go along when a person says whose it is."""


def account_id(domain: str) -> str:
    """The id of the account that a domain's leads make: the same whoever makes it."""
    return f"auto-{domain}"


def enough(world: World, lead: Lead, found: Resolved) -> list[Lead]:
    """The leads that make an account of their domain with this one, in the order in which they came; empty when they do not yet, and for a
    domain of which a person is asked whose it is. Whoever is out of circulation does not count."""
    if found.account_id or not found.home.startswith(DOMAIN):
        return []
    inflow = world.inflow(found.home)
    if lead.lead_id not in inflow.unmatched:
        inflow.unmatched.append(lead.lead_id)
    needed = world.policy.routing.auto_account
    if len(inflow.unmatched) < needed:
        return []
    if world.directory.owners(found.home.removeprefix(DOMAIN)):
        del inflow.unmatched[:-ASKED]
        return []
    world.join_all([f"lead:{one}" for one in inflow.unmatched])
    made = [world.lead_to_change(one) for one in inflow.unmatched]
    made = [one for one in made if one.status != duplicates.MERGED]
    if len(made) < needed:
        return []
    home = f"account:{account_id(found.home.removeprefix(DOMAIN))}"
    people = [one.contact for one in made if one.contact]
    lie = [company for one in people if (company := world.directory.company(one)[0])]
    world.join_all(dict.fromkeys([found.home, home, f"leads:{home}", *(f"contact:{one}" for one in people), *lie]))
    return made


def first_owner(world: World, made: list[Lead]) -> str:
    """The rep who has the first of these leads that anybody has, or who stands in for them; empty when nobody has one yet."""
    owners = (duplicates.owner(world, one) for one in made)
    there = (stand_in(owner.name, world.directory, world.at)[0] for owner in owners if owner.name and not owner.is_team)
    return next((rep for rep in there if rep), "")


def create(world: World, made: list[Lead], said: Enquiry, domain: str, owner: str) -> None:
    """Make the account, link the leads but for the newest, which is yet to be routed and says `said`, and let it take over what is recorded
    under the domain."""
    companies = (said.company if one.lead_id == world.lead_id else one.enquiry.company for one in made)
    name = next((company for company in companies if company), domain)
    account = Account(account_id(domain), name, occurred=world.when, domains=[domain], owner=owner, made_by_leads=True)
    key, company = f"account:{account.account_id}", world.company(f"account:{account_id(domain)}")
    other, inflow = world.company(DOMAIN + domain), world.inflow(DOMAIN + domain)
    if other != Company():
        accounts.absorb(company, other, domain)
        world.clear(DOMAIN + domain)
    move(inflow, world.inflow(key))
    for one in made:
        if one.lead_id == world.lead_id:
            continue
        one.account, one.home, one.method, one.score = account.account_id, key, "domain", 100
    world.facts.append(world.directory.put_account(account))
    world.about(address=world.address, account_id=account.account_id, lead_id=world.lead_id)
    fields = {
        "owner": owner,
        "leads": [one.lead_id for one in made],
        "domain": domain,
        "what": domain,
        "notify": [(owner, "auto_account")] if owner else [],
    }
    world.out.append(Said("account_created", "auto_account", world.at, world.cause, key, fields))
    accounts.settle(company, key, account, world.at, world.cause, world.policy, world.out)


def made_before(world: World, account: Account) -> list[Account]:
    """Accounts that leads made of domains which the CRM now says are this account's."""
    directory = world.directory
    found = {one: directory.accounts[one] for domain in account.domains for one in directory.owners(domain) if one != account.account_id}
    found = {key: one for key, one in found.items() if one.made_by_leads}
    for one in found.values():
        world.join(f"account:{one.account_id}")
        world.inflow(f"account:{one.account_id}")
    if found:
        world.inflow(world.company_key)
    return list(found.values())


def take_over(world: World, account: Account, made: list[Account]) -> None:
    """The CRM's account has what was recorded of the ones that leads made, and their owner until the CRM names one."""
    company = world.company()
    for one in made:
        key = f"account:{one.account_id}"
        old = world.company(key)
        rehoming.merge(world, one, old, company)
        move(world.inflow(key), world.inflow(world.company_key))
        inherit(account, one)
        world.facts.append(world.directory.drop_account(one.account_id))
        world.facts.append(world.directory.put_link(key, Link(account.account_id, MERGED, at=world.at)))


def inherit(account: Account, known: Account | None) -> None:
    """Who has an account that its leads made keeps it while the CRM names no owner."""
    if known is not None and known.made_by_leads and not account.owner:
        account.owner, account.made_by_leads = known.owner, True


def move(old: Inflow, new: Inflow) -> None:
    """What came in of a domain has come in of the account that now has it."""
    new.people = [*new.people, *old.people]
    if old.day >= new.day:
        new.today = [*(new.today if new.day == old.day else ()), *old.today]
        new.day, new.captain = old.day, new.captain or old.captain
    old.day, old.today, old.captain, old.unmatched, old.people = 0, [], "", [], []
