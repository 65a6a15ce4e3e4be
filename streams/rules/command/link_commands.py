"""Commands about which account a lead, a domain or a company's name belongs to (rules 19, 27)."""

from __future__ import annotations

from collections.abc import Callable

from schemas.events import OwnershipCommand
from streams.directory.directory import Link
from streams.directory.records import MANUAL
from streams.matching.domains import registrable
from streams.matching.normal import normalise
from streams.rules.company import accounts, rehoming
from streams.rules.lead import leads, linking, resolution
from streams.rules.lead.duplicates import HELD, MERGED
from streams.rules.lead.resolution import Resolved
from streams.rules.said import About, Said
from streams.rules.world import World
from streams.state import Change, Company, Lead

Refusal = tuple[str, str] | None
CONTACT, NAME, DOMAIN, ACCOUNT = "contact:", "name:", "domain:", "account:"


def about(world: World, event: OwnershipCommand) -> list[str]:
    """The records that a link is about, first the one that remembers the command."""
    account = f"{ACCOUNT}{event.account_id}"
    if event.lead_id:
        world.about(lead_id=event.lead_id)
        return [f"lead:{event.lead_id}"]
    if event.account_id not in world.directory.accounts:
        return []
    if event.domain:
        domain = registrable(event.domain)
        world.about(account_id=event.account_id or "")
        home = world.directory.company_of_domain(domain)[0]
        return list(dict.fromkeys([account, f"{DOMAIN}{domain}", *([home] if home else [])]))
    world.about(account_id=event.account_id or "")
    return [account]


def link_account(world: World, event: OwnershipCommand) -> Refusal:
    """Link a lead, a whole domain, or every company whose name fits a pattern, to an account."""
    if event.account_id not in world.directory.accounts:
        return "not_possible", _no_account(world, event)
    if event.lead_id:
        return _link_lead(world, event)
    return _link_domain(world, event) if event.domain else _link_pattern(world, event)


def confirm_match(world: World, event: OwnershipCommand) -> Refusal:
    """The answer to `match_confirmation_needed`: the lead is that account's, or it is not; the next lead of the company is known by it."""
    if event.account_id not in world.directory.accounts:
        return "not_possible", _no_account(world, event)
    return _link_lead(world, event) if event.accept else _reject(world, event)


def _no_account(world: World, event: OwnershipCommand) -> str:
    near = world.directory.nearest_account(event.account_id or "")
    return f"account_id: no account {event.account_id!r}" + (f"; did you mean {near!r}?" if near else "")


def _known(world: World, event: OwnershipCommand) -> tuple[Lead, Refusal]:
    lead = world.lead(event.lead_id or "")
    if not (lead.rule or lead.status):
        return lead, ("not_possible", f"lead_id: no lead {event.lead_id!r}")
    if lead.status == MERGED:
        return lead, ("not_possible", f"lead_id: {event.lead_id!r} is merged into {lead.original!r}; link that one")
    return lead, None


def _link_lead(world: World, event: OwnershipCommand) -> Refusal:
    lead, refused = _known(world, event)
    account_id = event.account_id or ""
    if refused is None and lead.linked == account_id == lead.account:
        refused = "not_possible", f"lead_id: {event.lead_id!r} is linked to {account_id!r} already"
    if refused is not None:
        return refused
    said = lead.enquiry
    found = Resolved(account_id, f"{ACCOUNT}{account_id}", "manual", None, f"{event.by} said so")
    if said.email:
        world.contact_to_change(said.email)
    linking.prepare(world, lead, said, found)
    if lead.status != HELD:
        leads.prepare(world, lead, said, found)
    lead.linked, lead.linked_by, lead.asked = account_id, event.by, []
    lead.rejected = [one for one in lead.rejected if one != account_id]
    world.closes.append(f"match:lead:{lead.lead_id}")
    if lead.status == HELD:  # whether it is a duplicate is another question, and comes first
        linking.apply(world, lead, said, found)
        lead.account, lead.home, lead.method = account_id, found.home, found.method
        lead.history.append(Change(world.at, "link_account", "linked_by_hand", world.cause, by=event.by, note=event.note or ""))
        return None
    leads.route(world, lead, said, found)
    return None


def _reject(world: World, event: OwnershipCommand) -> Refusal:
    lead, refused = _known(world, event)
    account_id, said = event.account_id or "", lead.enquiry
    if refused is not None:
        return refused
    linked = lead.account == account_id and lead.status != HELD
    if linked and said.email:
        world.contact_to_change(said.email)
        world.join(f"{ACCOUNT}{account_id}")
    directory, core = world.directory, normalise(said.company) if said.company else ""
    if linked:
        other = lead_without(lead, account_id)
        found = resolution.resolve(world, other, said)
        if found.account_id == account_id:
            return "not_possible", f"account_id: the CRM or a link says that this lead is {account_id!r}'s ({found.why}); change that"
        world.about(address=said.email, lead_id=lead.lead_id)
        linking.prepare(world, lead, said, found)
        leads.prepare(world, lead, said, found)
    lead.rejected = list(dict.fromkeys([*lead.rejected, account_id]))
    lead.linked = "" if lead.linked == account_id else lead.linked
    lead.asked = [one for one in lead.asked if one != account_id]
    if not lead.asked:
        world.closes.append(f"match:lead:{lead.lead_id}")
    lead.history.append(Change(world.at, "confirm_match", "match_rejected", world.cause, by=event.by, note=account_id))
    if core and linking.tells(core):
        link = directory.links.get(NAME + core) or Link()
        meant = "" if link.account_id == account_id else link.account_id
        told = Link(meant, link.how, event.by, world.at, list(dict.fromkeys([*link.rejected, account_id])))
        world.facts.append(directory.put_link(NAME + core, told))
    if not linked:
        return None
    if said.email and directory.links.of_contact(said.email) == account_id:
        world.facts.append(directory.put_link(CONTACT + said.email, Link("", MANUAL, event.by, world.at, [account_id])))
        home = directory.company(said.email)[0]
        source, target = world.company(f"{ACCOUNT}{account_id}"), world.company(home) if home else None
        rehoming.move_contact(source, target, said.email, world.contact(said.email).state, world)
    world.about(address=said.email, account_id=found.account_id, lead_id=lead.lead_id)
    leads.route(world, lead, said, found)
    return None


def lead_without(lead: Lead, account_id: str) -> Lead:
    """The lead as it would be if it were known not to be the account's."""
    linked = "" if lead.linked == account_id else lead.linked
    return Lead(lead.lead_id, enquiry=lead.enquiry, linked=linked, rejected=[*lead.rejected, account_id])


def _link_domain(world: World, event: OwnershipCommand) -> Refusal:
    domain, account_id, directory = registrable(event.domain or ""), event.account_id or "", world.directory
    if not directory.tells(domain):
        return "not_possible", f"domain: {event.domain!r} gives mailboxes to anyone, or is shared; it tells of no company"
    if directory.links.linked_by_hand(domain) == account_id:
        return "not_possible", f"domain: {domain!r} is linked to {account_id!r} already"
    before = directory.company_of_domain(domain)[0]
    target = world.company(f"{ACCOUNT}{account_id}")
    waiting = _waiting(world, domain, account_id)
    world.facts.append(directory.put_link(DOMAIN + domain, Link(account_id, MANUAL, event.by, world.at)))
    if before.startswith(DOMAIN):
        source = world.company(before)
        if source != Company():
            accounts.absorb(target, source, domain)
            world.clear(before)
    elif before != f"{ACCOUNT}{account_id}" and before:
        source = world.company(before)
        rehoming.move_domain(source, target, domain)
        accounts.settle(source, before, directory.accounts[before[8:]], world.at, world.cause, world.policy, world.out)
    key, account = f"{ACCOUNT}{account_id}", directory.accounts[account_id]
    accounts.settle(target, key, account, world.at, world.cause, world.policy, world.out)
    target.history.append(Change(world.at, "link_account", "linked_by_hand", world.cause, by=event.by, note=domain))
    for lead in waiting:
        found = Resolved(account_id, key, "manual", None, f"{event.by} linked {domain}")
        world.about(address=lead.enquiry.email, account_id=account_id, lead_id=lead.lead_id)
        first = len(world.out)
        leads.route(world, lead, lead.enquiry, found)
        whom = About(account, lead.contact, lead.lead_id, key)
        world.out[first:] = [Said(*one[:5], {"about": whom, **one.fields}) for one in world.out[first:]]
    world.about(account_id=account_id)
    return None


def _waiting(world: World, domain: str, account_id: str) -> list[Lead]:
    """The leads of the domain that no account had, with all that routing them again needs. Raises Missing."""
    inflow = world.inflow(DOMAIN + domain)
    found = [world.lead_to_change(one) for one in inflow.unmatched]
    found = [one for one in found if one.rule and not one.status and not one.account]
    for lead in found:
        if lead.enquiry.email:
            world.contact_to_change(lead.enquiry.email)
        said, to = lead.enquiry, Resolved(account_id, f"{ACCOUNT}{account_id}", "manual", None, "")
        world.about(address=said.email, account_id=account_id, lead_id=lead.lead_id)
        linking.prepare(world, lead, said, to)
        leads.prepare(world, lead, said, to)
    world.about(account_id=account_id)
    return found


def _link_pattern(world: World, event: OwnershipCommand) -> Refusal:
    pattern, account_id = (event.company_pattern or "").strip().casefold(), event.account_id or ""
    if not any(one.isalnum() for one in pattern):
        return "not_possible", f"company_pattern: {event.company_pattern!r} fits any company; name at least a part of one, such as 'acme*'"
    link = world.directory.links.get(f"pattern:{pattern}")
    if link is not None and link.account_id == account_id:
        return "not_possible", f"company_pattern: {pattern!r} is linked to {account_id!r} already"
    world.facts.append(world.directory.put_link(f"pattern:{pattern}", Link(account_id, MANUAL, event.by, world.at)))
    change = Change(world.at, "link_account", "linked_by_hand", world.cause, by=event.by, note=pattern)
    world.company().history.append(change)
    return None


VERBS: dict[str, Callable[[World, OwnershipCommand], Refusal]] = {"link_account": link_account, "confirm_match": confirm_match}
"""Commands that link."""
