"""Leads that may be one person's: recognised by mailbox and telephone number, whenever they came (rule 23).

Each mailbox and number has a document of its own with the leads that ever had it. It is written with the lead, under the commit's check of
versions: of two leads that arrive at once on two workers the second is decided again, and finds the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from streams.matching.people import mailbox, telephone
from streams.rules.lead.response import Owner, owner_of
from streams.rules.world import World
from streams.state import Bearer, Enquiry, Identity, Lead, Suspect

HELD, MERGED = "held", "merged"
"""A lead's status: it waits for somebody to verify whose it is; it is out of circulation. Empty: it is in circulation."""

FIRST, NEWEST = 10, 30
"""Leads that an identity remembers, the oldest and the newest: more are a switchboard's or a test's, and the first is the original."""

CHAIN = 100
"""Mergers that are followed to the original: a lead merged into another that was merged in turn."""


@lru_cache(maxsize=4096)
def identities(email: str, phone: str, country: str) -> Mapping[str, str]:
    """Key of the document -> what it recognises by: `email` or `phone`. Cached: it is asked for when the batch is loaded, when the lead is
    recognised, and when it is remembered."""
    found = {f"email:{mailbox(email)}": "email"} if email else {}
    if phone and (number := telephone(phone, country)):
        found[f"phone:{number}"] = "phone"
    return found


def suspects(world: World, lead: Lead, said: Enquiry) -> list[Suspect]:
    """Earlier leads with the lead's mailbox or number, in circulation or not, the earliest first; those that were verified to be separate
    are not among them."""
    same: dict[str, tuple[list[str], Bearer]] = {}
    for key, what in identities(said.email, said.phone, said.country).items():
        for one in world.identity(key).leads:
            if one.lead_id == lead.lead_id:
                break  # whoever came after this lead is suspected of it, not the other way round
            if one.lead_id not in lead.separate:
                how, _ = same.setdefault(one.lead_id, ([], one))
                how.append(what)
    flag = world.policy.duplicates.flag_different_product
    ordered = sorted(same.values(), key=lambda found: (found[1].at, found[1].lead_id))
    return [Suspect(one.lead_id, how, flag and _differs(said.product, one.product)) for how, one in ordered]


def fresh(lead: Lead, found: list[Suspect]) -> list[Suspect]:
    """Suspects that the lead has not been suspected of before."""
    known = {one.lead_id for one in lead.suspects}
    return [one for one in found if one.lead_id not in known]


def register(world: World, lead: Lead, said: Enquiry) -> None:
    """Remember what the lead is recognised by. What it once said stays: the lead had it."""
    for key in identities(said.email, said.phone, said.country):
        record = world.identity(key)
        known = next((one for one in record.leads if one.lead_id == lead.lead_id), None)
        if known is None:
            record.leads.append(Bearer(lead.lead_id, world.at, said.product))
            _bound(record)
        else:
            known.product = said.product or known.product
        if key not in lead.identities:
            lead.identities.append(key)


def original_of(world: World, lead_id: str) -> Lead:
    """The lead that stands for one that may have been merged, into another that may have been merged in turn."""
    lead = world.lead(lead_id)
    for _ in range(CHAIN):
        if lead.status != MERGED:
            break
        lead = world.lead(lead.original)
    return lead


def owner(world: World, lead: Lead) -> Owner:
    """Whose a lead is, as its contact's record tells."""
    return owner_of(lead, world.contact(lead.contact).state.lock if lead.contact else None)


def candidates(found: list[Suspect]) -> list[dict[str, object]]:
    """Suspects as a decision carries them."""
    return [{"lead_id": one.lead_id, "same": one.same, "product_differs": one.product_differs} for one in found]


def shown(found: list[Suspect]) -> str:
    """Suspects for people: `lead L1 has the same phone`."""
    first = found[0]
    told = f"lead {first.lead_id} has the same {' and '.join(first.same)}"
    if first.product_differs:
        told += " and asks about another product"
    return told if len(found) == 1 else f"{told}, and {len(found) - 1} more like it"


def _differs(product: str, other: str) -> bool:
    """The same person asking about another product; of one that names none nothing is known."""
    return bool(product and other) and product.casefold() != other.casefold()


def _bound(record: Identity) -> None:
    if len(record.leads) > FIRST + NEWEST:
        del record.leads[FIRST]
