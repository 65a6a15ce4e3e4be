"""What a command does to the lock of a lead without an address. Each returns None, or (rule, sentence) when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy

from schemas.events import OwnershipCommand
from streams.rules.command import authority, contact_commands, duplicate_commands
from streams.rules.contact import locks
from streams.rules.said import LockView
from streams.rules.world import World
from streams.state import ORDINARY, Lead, Lock

Refusal = tuple[str, str] | None


def renew(world: World, event: OwnershipCommand) -> Refusal:
    """Rule 3: proof gives another review window."""
    lead, refused = _held(world, event)
    if refused is not None or lead.lock is None:
        return refused
    lock = lead.lock
    lock.phase, lock.last, lock.ends = ORDINARY, world.at, world.at + world.policy.windows.review
    shown = LockView("lead", lock, lock.ends)
    fields = {"owner": lock.owner, "owner_is_team": lock.is_team, "until": lock.ends, "lock": shown, **contact_commands.proved(event)}
    world.say("claim_renewed", "renewed_with_proof", f"lead:{lead.lead_id}", **fields)
    return None


def release(world: World, event: OwnershipCommand) -> Refusal:
    """Give it back."""
    lead, refused = _held(world, event)
    if refused is not None or lead.lock is None:
        return refused
    lock, lead.lock = lead.lock, None
    told = [(lock.owner, "released", lock.is_team)]
    fields = {"previous": lock.owner, "previous_is_team": lock.is_team, "lock": LockView("lead", lock, lock.ends), "notify": told}
    fields |= {"by": event.by, "note": event.note or ""}
    world.say("ownership_released", "released", f"lead:{lead.lead_id}", **fields)
    return None


def transfer(world: World, event: OwnershipCommand) -> Refusal:
    """Rule 8."""
    lead, refused = _held(world, event)
    to = event.to or ""
    if refused is not None or lead.lock is None:
        return refused
    old = lead.lock
    if old.owner == to:
        return "not_possible", f"to: {to!r} is its owner already"
    new: Lock = copy(old)
    new.owner, new.is_team, new.rule, new.note, new.token = to, False, "transfer", event.note or "", 0
    new.former = [*old.former, old.owner]
    if old.phase != ORDINARY:
        new.ends = world.at + world.policy.windows.activation
    lead.lock, lead.owner = new, to
    target, shown = f"lead:{lead.lead_id}", LockView("lead", new, new.ends)
    world.out.append(locks.moved(old, shown, new.rule, target, world.at, world.cause, None, new.note, event.by))
    return None


def review(world: World, event: OwnershipCommand) -> Refusal:
    """Rule 17 asks who writes to somebody; to a lead without an address nobody does yet."""
    return "not_possible", "lead_id: a lead without an address is not reviewed; review its account, or transfer it"


def _held(world: World, event: OwnershipCommand) -> tuple[Lead, Refusal]:
    lead = world.lead(event.lead_id or "")
    if not lead.rule:
        return lead, ("not_possible", f"lead_id: no lead {event.lead_id!r}")
    if lead.lock is None:
        where = ": it has an address, name the contact" if lead.contact else ""
        return lead, ("not_possible", f"lead_id: nobody holds the lead {event.lead_id!r}{where}")
    refused = authority.over(world.directory, event.by, lead.lock.owner, "lead")
    return lead, (("not_allowed", refused) if refused else None)


VERBS: dict[str, Callable[[World, OwnershipCommand], Refusal]] = {
    "renew": renew,
    "release": release,
    "transfer": transfer,
    "request_review": review,
    "decide_review": review,
    "verify_duplicate": duplicate_commands.verify,
}
"""The commands about a lead; the contract's `missing` lets no other name one."""
