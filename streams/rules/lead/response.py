"""How soon a lead is to be answered, and whether it was (rule 21).

A lead's document says until when it waits. A touch is an event of a contact and does not know of leads: the contact's document has the
leads that wait for one, and each rep's first touch since, so that at the deadline whoever is the owner then is judged by their own. Costs a
touch one look at an empty list where no lead waits.
"""

from __future__ import annotations

from typing import NamedTuple

from streams.business_time import Hours
from streams.directory.directory import Directory
from streams.routing.seniority import seniority_of
from streams.rules.world import World
from streams.state import Awaited, ContactRecord, Enquiry, Entry, Lead, Lock

HOT, NORMAL = "hot", "normal"


class Owner(NamedTuple):
    """A rep, a team, or nobody (an empty name)."""

    name: str
    is_team: bool = False


def priority(said: Enquiry) -> str:
    """`hot` for C-level and VPs, economic buyers and demo requests, else `normal`."""
    senior = seniority_of(said.seniority, said.title) in ("c_level", "vp")
    return HOT if senior or said.buying_role == "economic_buyer" or said.intent == "demo_request" else NORMAL


def respond_by(world: World, rep: str, urgency: str, at: int = 0) -> int:
    """Until when the rep is to answer a lead that arrives now (or at `at`), microseconds: in their own business time, or by the clock.
    Whoever has no time zone, as a team, has the policy's."""
    sla, start = world.policy.sla, at or world.at
    span = sla.hot if urgency == HOT else sla.normal
    if sla.clock == "always":
        return start + span
    known = world.directory.reps.get(rep)
    return Hours.of(world.policy.business_hours, known.timezone if known else "").after(start, span)


def owner_of(lead: Lead, lock: Lock | None) -> Owner:
    """Whose the lead is now: who holds its contact (`lock`) or itself, else whom it was routed to."""
    held = lock if lead.contact else lead.lock
    return Owner(held.owner, held.is_team) if held is not None else Owner(lead.owner)


def revops(world: World, why: str) -> list[tuple[str, str, bool]]:
    """Everybody active in RevOps, to be told."""
    return [(one.rep, why, False) for one in world.directory.of_role("revops") if one.active]


def wait(lead: Lead, record: ContactRecord | None, since: int) -> None:
    """The lead's response time runs. `since`: when the prospect asked; who has touched them since has answered already."""
    lead.since, lead.waits, lead.answered = since, lead.respond_by, 0
    if record is not None:
        first = {rep: sent.at for rep, sent in record.state.sent.items() if sent.at >= since}
        record.awaited = [one for one in record.awaited if one.lead_id != lead.lead_id] + [Awaited(lead.lead_id, since, first)]


def stop(lead: Lead, record: ContactRecord | None) -> None:
    """Nobody waits for an answer any more."""
    lead.waits = 0
    if record is not None:
        record.awaited = [one for one in record.awaited if one.lead_id != lead.lead_id]


def touched(world: World, record: ContactRecord, entry: Entry) -> None:
    """A touch has been folded into a contact that leads wait for. One that was missed is answered now, late."""
    lock, left = record.state.lock, []
    for one in record.awaited:
        if entry.occurred >= one.since:
            one.first[entry.rep] = min(entry.occurred, one.first.get(entry.rep, entry.occurred))
            owner = Owner(lock.owner, lock.is_team) if lock is not None else Owner(entry.rep)
            if one.missed and by_owner(world.directory, one.first, owner) is not None:
                world.closes.append(f"sla:lead:{one.lead_id}")
                continue
        left.append(one)
    record.awaited = left


def answered_at(world: World, lead: Lead, record: ContactRecord | None, owner: Owner) -> int:
    """When the owner first touched the prospect since they asked, microseconds; 0 if not yet."""
    if record is None:
        return lead.answered
    found = next((one for one in record.awaited if one.lead_id == lead.lead_id), None)
    return (by_owner(world.directory, found.first, owner) or 0) if found is not None else 0


def by_owner(directory: Directory, first: dict[str, int], owner: Owner) -> int | None:
    """The owner's own first touch, or that of anybody in the team that owns."""
    if not owner.is_team:
        return first.get(owner.name)
    return min((at for rep, at in first.items() if directory.team(rep) == owner.name), default=None)
