"""What a link brings: the lead's person is the account's from then on, and what the lead said teaches the next one (rule 19)."""

from __future__ import annotations

from streams.directory.directory import Link
from streams.directory.records import CONFIRMED, SEEN
from streams.matching.domains import domain_of
from streams.matching.normal import TELLING, kind, normalise
from streams.rules.company import accounts, rehoming
from streams.rules.lead.resolution import Resolved
from streams.rules.world import World
from streams.state import Company, Enquiry, Lead

_SAID = """
home house private personal self myself own none null nil na unknown other test testing student freelance freelancer consultant
individual independent unemployed retired employed sole trader proprietor startup stealth company business tbd xxx asdf
"""
NOBODYS = frozenset(_SAID.split())
"""Words of which no company's name is made: what people write who have none to tell."""
FROM_PEOPLE, LIKENED = "manual", ("name", "profile", "ip")
"""Methods of a match: by a person's word; by likeness to an account or to another lead."""


def prepare(world: World, lead: Lead, said: Enquiry, found: Resolved) -> None:
    """Bring to hand what linking a lead changes, and let the event be about the account. Raises Missing."""
    if not found.account_id:
        return
    address, directory = said.email, world.directory
    world.join(f"account:{found.account_id}")
    if address:
        home = directory.company(address)[0]
        if home and home != f"account:{found.account_id}":
            world.join(home)
        domain = _taught_whole(world, said, found)
        if domain:
            world.join(f"domain:{domain}")
    world.about(address=address, account_id=found.account_id, lead_id=world.lead_id)


def apply(world: World, lead: Lead, said: Enquiry, found: Resolved) -> None:
    """Teach what the lead tells, and move its person, with what is recorded of them, to the account. After `prepare`."""
    account_id = found.account_id
    if not account_id:
        return
    _teach_name(world, lead, said, found)
    if not said.email:
        return
    domain, whole = domain_of(said.email), _taught_whole(world, said, found)
    if whole:
        source, target = world.company(f"domain:{whole}"), world.company(f"account:{account_id}")
        world.facts.append(world.directory.put_link(f"domain:{whole}", Link(account_id, CONFIRMED, at=world.at)))
        if source != Company():
            accounts.absorb(target, source, whole)
            world.clear(f"domain:{whole}")
    elif found.method in LIKENED and _nobody_knows(world, domain):
        world.facts.append(world.directory.put_link(f"domain:{domain}", Link(account_id, SEEN, at=world.at)))
    home = world.directory.company(said.email)[0]
    if home != f"account:{account_id}":
        source_of = world.company(home) if home else None
        world.facts.append(world.directory.put_link(f"contact:{said.email}", Link(account_id, SEEN, at=world.at)))
        state = world.contact(said.email).state
        rehoming.move_contact(source_of, world.company(f"account:{account_id}"), said.email, state, world)


def told_by_people(lead: Lead, found: Resolved) -> bool:
    """Whether somebody said of this very lead where it belongs."""
    return found.method == FROM_PEOPLE and bool(lead.linked)


def _taught_whole(world: World, said: Enquiry, found: Resolved) -> str:
    """The domain that a person's word on the lead is about too; empty where it tells of no company or the CRM says whose it is."""
    if found.method != FROM_PEOPLE or not said.email:
        return ""
    domain = domain_of(said.email)
    if not world.directory.tells(domain) or world.directory.owners(domain) or world.directory.links.linked_by_hand(domain):
        return ""
    return "" if world.directory.links.linked_by_word(domain) == found.account_id else domain


def _nobody_knows(world: World, domain: str) -> bool:
    directory = world.directory
    return directory.tells(domain) and not directory.owners(domain) and directory.links.get(f"domain:{domain}") is None


def _teach_name(world: World, lead: Lead, said: Enquiry, found: Resolved) -> None:
    core = normalise(said.company) if said.company else ""
    directory, account_id = world.directory, found.account_id
    if not core or not tells(core):
        return
    key, by_word = f"name:{core}", told_by_people(lead, found)
    link = directory.links.get(key)
    if by_word:
        if link is None or link.how != CONFIRMED or link.account_id != account_id:
            rejected = [one for one in (link.rejected if link is not None else []) if one != account_id]
            world.facts.append(directory.put_link(key, Link(account_id, CONFIRMED, lead.linked_by, world.at, rejected)))
        return
    if found.method != "domain" or (link is not None and (link.how != SEEN or link.account_id in ("", account_id))):
        return
    names = directory.accounts.names
    if names.names.whole(core.replace(" ", "")):
        return  # some account's own name: by name it is found anyway
    # Two accounts whose leads write the same name: it tells neither.
    world.facts.append(directory.put_link(key, Link(account_id if link is None else "", SEEN, at=world.at)))


def tells(core: str) -> bool:
    """Whether a normalised name may be a company's."""
    words = [word for word in core.split(" ") if word not in NOBODYS]
    return any(kind(word) == TELLING and len(word) > 1 for word in words)
