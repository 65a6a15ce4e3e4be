"""A touch logged on a lead: on its contact, or, where it has no address, on the lead itself (rules 2-4, 16, 21)."""

from __future__ import annotations

from schemas.events import TouchLogged
from streams.rules.company import levels
from streams.rules.contact import contacts, overlaps, touches
from streams.rules.said import LockView, Said
from streams.rules.world import World
from streams.state import ORDINARY, Lead, Lock


def touch_logged(world: World, event: TouchLogged) -> None:
    """Take in what was logged of a lead."""
    lead = world.lead(event.lead_id or "")
    if event.kind == "no_show" or not (lead.rule or lead.status):
        return
    if lead.contact:
        if not world.address:
            world.about(address=lead.contact, lead_id=lead.lead_id)
        _to_hand(world)
        kind = "touch" if event.kind in touches.TOUCHES else "signal"
        contacts.take_in(world, lead.contact, contacts.entry_of(world, kind, event.kind, event.rep or ""))
        return
    if lead.account:
        world.about(account_id=lead.account, lead_id=lead.lead_id)
        _to_hand(world)
        contacts.on_company(world, event)
    if event.kind in touches.TOUCHES and event.rep:
        _call(world, lead, event.rep)


def _to_hand(world: World) -> None:
    """What the touch may change beside the lead. Raises Missing."""
    world.join_all([key for key in (world.contact_key, world.company_key, levels.cover_key(world)) if key])


def _call(world: World, lead: Lead, rep: str) -> None:
    """Whoever can be reached by telephone only has no contact: their lead is held as one. Calls are few, so that none is folded."""
    lock, at, target = lead.lock, world.when, f"lead:{lead.lead_id}"
    ends = at + world.policy.windows.review
    if lock is None:
        if ends <= world.at:
            return
        lead.lock = lock = Lock(rep, "prospecting", "first_touch", at, at, world.cause, ORDINARY, ends, at, at)
        world.say("claim_granted", "first_touch", target, owner=rep, until=ends, lock=LockView("lead", lock, ends))
    elif lock.owner == (world.directory.team(rep) if lock.is_team else rep):
        taken = lock.is_team
        lock.owner, lock.is_team, lock.phase = rep, False, ORDINARY
        lock.last, lock.heard, lock.ends = max(lock.last, at), max(lock.heard, at), max(lock.ends, ends)
        if taken:
            world.say("claim_granted", "first_touch", target, owner=rep, until=lock.ends, lock=LockView("lead", lock, lock.ends))
    else:
        _overlap(world, lead, lock, rep, target)
        return
    if at >= lead.since and not lead.answered:
        lead.answered = at
        world.closes.append(f"sla:lead:{lead.lead_id}")


def _overlap(world: World, lead: Lead, lock: Lock, rep: str, target: str) -> None:
    """Rule 16: said once for a rep."""
    if any(change.kind == "overlap_detected" and change.by == rep for change in lead.history):
        return
    fields = {
        "owner": lock.owner,
        "owner_is_team": lock.is_team,
        "rep": rep,
        "pause": [(rep, "")],
        "reply_in_thread": None,
        "apology": overlaps.APOLOGY,
        "restart": world.when + world.policy.windows.activation,
        "notify": [(rep, "overlap")] + ([] if lock.is_team else [(lock.owner, "overlap")]),
    }
    world.out.append(Said("overlap_detected", "overlap", world.at, world.cause, target, fields))
