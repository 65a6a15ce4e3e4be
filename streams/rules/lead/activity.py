"""Many leads of one company in a day: all of them go to one rep, who is alerted (rule 21); and leads that look like the same person."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from streams.business_time import DAY, SECOND, offset
from streams.matching.people import alike, name_of
from streams.routing.order import Chosen, Tried
from streams.routing.people import present
from streams.rules.contact import locks
from streams.rules.lead import assigning, duplicates
from streams.rules.world import World
from streams.state import Enquiry, Inflow, Lead, Person

PEOPLE = 60
"""Newest leads of a company whose names are compared: a hint is worth most while the other lead is still worked."""

NOT_OF_THE_COMPANY = frozenset({"contact_owner", "territory", "unassigned", "original_owner"})
"""Rules that say nothing of whose the company is."""


class Rush(NamedTuple):
    """`chosen`: whose the lead is, now that they are many. `begun`: they are many since this one. `moved`: earlier ones of the day that
    another rep has and nobody has touched. `size`: how many they are."""

    chosen: Chosen
    begun: bool
    moved: list[Lead]
    size: int


def rush(world: World, lead: Lead, inflow: Inflow, chosen: Chosen) -> Rush:
    """What the leads of the day make of this one's routing. Changes nothing but the day's own record."""
    begin(inflow, day_of(world))
    before = earlier(lead, inflow, inflow.day)
    count, quiet = len(before) + 1, Rush(chosen, False, [], len(before) + 1)
    if count < world.policy.routing.high_activity or chosen.disqualified or chosen.team:
        return quiet
    begun, leads = not inflow.captain, list[Lead]()
    captain = inflow.captain if not begun and present(inflow.captain, world.directory, world.at) else ""
    if not captain:  # only then are the day's leads looked at: they may be thousands
        world.join_all([f"lead:{one}" for one in before])
        leads = [world.lead_to_change(one) for one in before]
        captain = _captain(world, leads, chosen)
    if not (captain or chosen.turn):
        return quiet
    if begun:
        world.join_all([f"contact:{one.contact}" for one in leads if one.contact])
    if not captain:  # nobody has any of them, so it is whose turn it is
        chosen = assigning.taken(world, chosen)
        captain = chosen.rep
    moved = [one for one in leads if _waits_elsewhere(world, one, captain)] if begun else []
    inflow.captain = captain
    if chosen.rule != "contact_owner" and captain != chosen.rep:
        tried = [*chosen.tried, Tried("high_activity", f"{count} leads of the company today, all of them {captain}'s", True)]
        chosen = chosen._replace(rule="high_activity", tried=tried, rep=captain)
    return Rush(chosen._replace(turn=None), begun, moved, count)


def begin(inflow: Inflow, day: int) -> None:
    """Another day: what came in before it counts no longer."""
    if inflow.day != day:
        inflow.day, inflow.today, inflow.captain = day, [], ""


def earlier(lead: Lead, inflow: Inflow, day: int) -> list[str]:
    """Other leads of the company that came in on a day."""
    return [one for one in inflow.today if one != lead.lead_id] if inflow.day == day else []


def day_of(world: World) -> int:
    """The policy's day of the event's arrival, counted from the epoch."""
    return (world.at + _offset(world.policy.business_hours.timezone, world.at // SECOND)) // DAY


@lru_cache(maxsize=1_000)
def _offset(zone: str, second: int) -> int:
    """As `offset`, which changes at whole seconds only: a batch's leads come in a few."""
    return offset(zone, second * SECOND)


def similar(lead: Lead, said: Enquiry, inflow: Inflow) -> list[str]:
    """Leads of the company whose name is like this one's: a hint, which holds nobody up. Those with its mailbox or number are told of
    otherwise."""
    if not inflow.people:
        return []
    name = name_of(said.first_name, said.last_name, said.email)
    known = {lead.lead_id, *lead.separate, *(one.lead_id for one in lead.suspects)}
    return [one.lead_id for one in inflow.people if one.lead_id not in known and alike(name, one.name)]


def count_in(lead: Lead, said: Enquiry, inflow: Inflow) -> None:
    """The lead has come in: it counts today, and its name is known."""
    if lead.lead_id not in inflow.today:
        inflow.today.append(lead.lead_id)
    name = name_of(said.first_name, said.last_name, said.email)
    if name:
        others = [one for one in inflow.people if one.lead_id != lead.lead_id]
        inflow.people = [*others[-PEOPLE + 1 :], Person(lead.lead_id, name)]


def count_out(world: World, lead: Lead, home: str) -> None:
    """A lead that turns out to be of another company no longer counts where it did."""
    if lead.home and lead.home != home:
        inflow = world.inflow(lead.home)
        inflow.today = [one for one in inflow.today if one != lead.lead_id]
        inflow.unmatched = [one for one in inflow.unmatched if one != lead.lead_id]
        inflow.people = [one for one in inflow.people if one.lead_id != lead.lead_id]


def _captain(world: World, leads: list[Lead], chosen: Chosen) -> str:
    """Whose the company is, else who has the first of its leads today."""
    if chosen.rep and chosen.rule not in NOT_OF_THE_COMPANY:
        return chosen.rep
    owners = [duplicates.owner(world, one) for one in leads if one.status != duplicates.MERGED]
    first = (one.name for one in owners if one.name and not one.is_team and present(one.name, world.directory, world.at))
    return next(first, chosen.rep)


def _waits_elsewhere(world: World, lead: Lead, captain: str) -> bool:
    """Whether another rep has the lead by routing alone: nobody has touched it, so nothing speaks against moving it."""
    if lead.status or not lead.rule:
        return False
    held = world.contact_to_change(lead.contact).state.lock if lead.contact else lead.lock
    return held is not None and locks.is_routings(held) and held.owner != captain
