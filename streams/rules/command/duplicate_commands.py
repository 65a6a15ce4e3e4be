"""The verdict on a possible duplicate: merged into its original, or a lead of its own (rule 23). A merger can be undone by a later verdict.

Each returns None, or (rule, sentence) when it is refused.
"""

from __future__ import annotations

from copy import copy

from schemas.events import OwnershipCommand
from streams.routing.order import Chosen, Tried
from streams.routing.people import present
from streams.rules.command import contact_commands
from streams.rules.company import standings
from streams.rules.contact import fold, locks
from streams.rules.lead import assigning, duplicates, leads, linking, resolution, response
from streams.rules.lead.duplicates import HELD, MERGED
from streams.rules.lead.resolution import Resolved
from streams.rules.lead.response import Owner
from streams.rules.said import Said
from streams.rules.world import World
from streams.state import PENDING, ContactRecord, Lead, Lock, Prior

Refusal = tuple[str, str] | None


def verify(world: World, event: OwnershipCommand) -> Refusal:
    """Step 3 of the verification. Whoever says `merge` need not have been asked: people find duplicates by other means too."""
    lead, original_id = world.lead(event.lead_id or ""), event.original_lead_id or ""
    if not (lead.rule or lead.status):
        return "not_possible", f"lead_id: no lead {event.lead_id!r}"
    original = world.lead_to_change(original_id)
    if not (original.rule or original.status):
        return "not_possible", f"original_lead_id: no lead {original_id!r}"
    if original is lead:
        return "not_possible", f"original_lead_id: {original_id!r} is the lead itself"
    if not world.address:
        account = lead.account if lead.account in world.directory.accounts else ""
        world.about(address=lead.enquiry.email, account_id=account, lead_id=lead.lead_id)
    for key in (world.company_key, world.contact_key):
        if key:
            world.join(key)
    return _merge(world, event, lead, original) if event.verdict == "merge" else _separate(world, event, lead, original)


def _merge(world: World, event: OwnershipCommand, lead: Lead, given: Lead) -> Refusal:
    if lead.status == MERGED:
        return "not_possible", f"lead_id: {lead.lead_id!r} is merged into {lead.original!r} already; separate it first"
    original = world.lead_to_change(duplicates.original_of(world, given.lead_id).lead_id)
    if original is lead:
        return "not_possible", f"original_lead_id: {given.lead_id!r} is merged into {lead.lead_id!r} itself"
    owner, record = duplicates.owner(world, original), _record(world, lead)
    before = duplicates.owner(world, lead)
    prior = Prior(lead.status, lead.owner, lead.rule, lead.respond_by, lead.waits, lead.suspects)
    prior.lock = _hand_over(world, lead, record, original, owner)
    response.stop(lead, record)
    lead.prior, lead.status, lead.original, lead.suspects = prior, MERGED, original.lead_id, []
    lead.owner = "" if owner.is_team else owner.name
    original.merged.append(lead.lead_id)
    told = [(one.name, "duplicate_merged", one.is_team) for one in dict.fromkeys((owner, before)) if one.name]
    _say(world, event, "duplicate_merged", lead, original, owner, told)
    return None


def _separate(world: World, event: OwnershipCommand, lead: Lead, given: Lead) -> Refusal:
    original = duplicates.original_of(world, given.lead_id)
    if lead.status == MERGED:
        if lead.original not in (given.lead_id, original.lead_id):
            return "not_possible", f"original_lead_id: {lead.lead_id!r} is merged into {lead.original!r}, not into {given.lead_id!r}"
        original = world.lead_to_change(lead.original)
    elif lead.status != HELD and given.lead_id not in [one.lead_id for one in lead.suspects]:
        return "not_possible", f"lead_id: {lead.lead_id!r} is not said to be a duplicate of {given.lead_id!r}"
    record = _record(world, lead)
    found = resolution.resolve(world, lead, lead.enquiry)
    linking.prepare(world, lead, lead.enquiry, found)
    chosen = _same_voice(world, lead, record, given)
    suspects = lead.suspects
    if lead.status == MERGED and lead.prior is not None:
        original.merged = [one for one in original.merged if one != lead.lead_id]
        suspects = lead.prior.suspects
    answered = [one.lead_id for one in suspects]
    place = len(world.out)
    if lead.status == MERGED and lead.prior is not None and not lead.prior.status and not suspects:
        _restore(world, lead, record, lead.prior, found)
    elif chosen is not None:
        assigning.give(world, lead, lead.enquiry, found, chosen)
    else:
        leads.route(world, lead, lead.enquiry, found)
    lead.separate = list(dict.fromkeys([*lead.separate, given.lead_id, original.lead_id, *answered]))
    lead.status, lead.original, lead.suspects, lead.prior = "", "", [], None
    _say(world, event, "duplicate_separated", lead, given, Owner(lead.owner), [], place)
    return None


def _record(world: World, lead: Lead) -> ContactRecord | None:
    return world.contact_to_change(lead.contact) if lead.contact else None


def _hand_over(world: World, lead: Lead, record: ContactRecord | None, original: Lead, owner: Owner) -> Lock | None:
    """The owner of the original has the pending claim that routing gave on the merged lead's own contact; a lead without an address is
    out of circulation with its claim. What somebody took by their own work stays theirs. The answer is the lock as it was, if it has
    changed."""
    held = assigning.held(record, lead)
    if held is None or not locks.is_routings(held):
        return None
    if record is None:
        lead.lock = None
        return held
    if lead.contact == original.contact or not owner.name or (held.owner, held.is_team) == owner:
        return None
    before = standings.standing(record.state, world.policy.windows)
    lock = copy(held)
    lock.owner, lock.is_team, lock.rule, lock.token, lock.told = owner.name, owner.is_team, "duplicate_merged", 0, 0
    record.state.lock = lock
    fold.checkpoint(record)
    contact_commands.settled(world, lead.contact, before)
    return held


def _restore(world: World, lead: Lead, record: ContactRecord | None, prior: Prior, found: Resolved) -> None:
    """What the lead was before it was merged, with its claim where nobody has taken the contact meanwhile. Time that has run out runs
    anew."""
    at, windows = world.at, world.policy.windows
    lead.owner, lead.rule, lead.respond_by = prior.owner, prior.rule, prior.respond_by
    if prior.waits and prior.waits <= at:
        lead.respond_by = response.respond_by(world, prior.owner, lead.priority)
    lock = prior.lock
    if lock is not None:
        lock.token = lock.told = 0
        if lock.ends <= at:
            lock.ends = lead.respond_by + windows.activation
    held = record.state.lock if record else lead.lock
    ours = held is None or (held.phase == PENDING and held.rule == "duplicate_merged")
    if lock is not None and record is None:
        lead.lock = lock
    elif lock is not None and record is not None and ours and not record.state.flags:
        before = standings.standing(record.state, windows)
        record.state.lock = lock
        fold.checkpoint(record)
        contact_commands.settled(world, lead.contact, before)
    if prior.waits:
        response.wait(lead, record, lead.since)
    chosen = Chosen(prior.rule, [Tried(prior.rule, "as it was before it was merged", True)], prior.owner)
    world.out.append(assigning.routed(world, lead, found, chosen))


def _same_voice(world: World, lead: Lead, record: ContactRecord | None, other: Lead) -> Chosen | None:
    """Where both leads have one contact, who has it by the other lead keeps it: the prospect hears one voice."""
    lock = record.state.lock if record else None
    if lock is None or lock.is_team or lead.contact != other.contact or not present(lock.owner, world.directory, world.at):
        return None
    saw = f"{lock.owner} has this contact by lead {other.lead_id}"
    return Chosen("contact_owner", [Tried("contact_owner", saw, True)], lock.owner)


def _say(
    world: World,
    event: OwnershipCommand,
    kind: str,
    lead: Lead,
    original: Lead,
    owner: Owner,
    told: list[tuple[str, str, bool]],
    place: int | None = None,
) -> None:
    fields = {
        "owner": owner.name,
        "owner_is_team": owner.is_team,
        "original_lead_id": original.lead_id,
        "what": original.lead_id,
        "note": event.note or "",
        "by": event.by,
        "notify": told,
        "history_of": [f"lead:{original.lead_id}"],
    }
    said = Said(kind, kind, world.at, world.cause, f"lead:{lead.lead_id}", fields)
    world.out.insert(len(world.out) if place is None else place, said)
