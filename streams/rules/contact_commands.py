"""What a command does to one contact. Each returns None, or (rule, sentence) when it is refused."""

from __future__ import annotations

from schemas.events import OwnershipCommand
from streams.rules import accounts, authority, contacts, fold, locks, suppression
from streams.rules.world import World
from streams.state import ORDINARY, PENDING, ContactRecord, Entry, Lock

HOUR = 3_600_000_000
Refusal = tuple[str, str] | None


def claim(world: World, event: OwnershipCommand) -> Refusal:
    """Rules 1 and 4: a claim takes its place in the contact's fold, which settles it."""
    late = world.at - world.when > world.policy.windows.late_touch
    place = world.at if late else world.when
    entry = Entry(place, world.cause, "claim", event.reason or "prospecting", event.by, world.when, late, world.directory.team(event.by))
    entry.note, entry.number = event.note or "", round((event.hours or 0) * HOUR)
    contacts.take_in(world, event.contact or "", entry)
    return None


def settled(world: World, address: str, before: accounts.Standing) -> None:
    """After a command other than a claim: a new checkpoint (rule 26), the next deadline, the company's summaries."""
    record = world.contact(address)
    record.state.due = locks.next_due(record.state, world.policy.windows)
    if world.company_key:
        contacts.caught_up(world, world.company(), address, before, record.state)


def renew(world: World, event: OwnershipCommand) -> Refusal:
    """Rule 3: proof gives another review window."""
    record = world.contact(event.contact or "")
    refused = _over(world, record, event)
    lock = record.state.lock
    if refused is not None or lock is None:
        return refused
    lock.phase, lock.ends, lock.last, lock.heard = ORDINARY, 0, world.at, world.at
    fold.checkpoint(record)
    shown = locks.view(record.state, lock, world.policy.windows)
    world.say("claim_renewed", "renewed_with_proof", f"contact:{event.contact}", owner=lock.owner, until=shown.until, lock=shown)
    return None


def release(world: World, event: OwnershipCommand) -> Refusal:
    """Give it back."""
    record = world.contact(event.contact or "")
    refused = _over(world, record, event)
    if refused is not None:
        return refused
    target, windows = f"contact:{event.contact}", world.policy.windows
    locks.release(record.state, "ownership_released", "released", target, world.at, world.at, world.cause, windows, world.out)
    fold.checkpoint(record)
    return None


def transfer(world: World, event: OwnershipCommand) -> Refusal:
    """Rule 8: the lock moves with its live conversation; sequence and mailbox do not (rule 5)."""
    record = world.contact(event.contact or "")
    refused = _over(world, record, event)
    lock, to = record.state.lock, event.to or ""
    if refused is not None or lock is None:
        return refused
    if lock.owner == to:
        return "not_possible", f"to: {to!r} is its owner already"
    windows = world.policy.windows
    new = Lock(
        to, lock.reason, "transfer", lock.claimed_at, lock.first, lock.first_id, lock.phase, lock.ends, world.at, lock.heard, lock.hold
    )
    new.note, new.former = event.note or "", [*lock.former, lock.owner]
    if lock.phase == PENDING:
        new.ends = world.at + windows.activation
    if record.state.talker == lock.owner:
        record.state.talker = to
    locks.transfer(record.state, new, f"contact:{event.contact}", world.at, world.cause, windows, world.out, event.note or "", event.by)
    fold.checkpoint(record)
    return None


def suppress(world: World, event: OwnershipCommand) -> Refusal:
    """Any active rep may say that a person must not be written to."""
    record, flag = world.contact(event.contact or ""), event.flag or ""
    rule = suppression.RELEASES.get(flag, "suppressed_by_command")
    target, note = f"contact:{event.contact}", event.note or ""
    suppression.suppress(record.state, flag, rule, world.at, target, world.at, world.cause, world.policy, world.out, event.by, note)
    fold.checkpoint(record)
    return None


def unsuppress(world: World, event: OwnershipCommand) -> Refusal:
    """Only a team lead or RevOps (rules 13, 27)."""
    refused = authority.revops_or_lead(world.directory, event.by)
    if refused is not None:
        return "not_allowed", refused
    record, flag = world.contact(event.contact or ""), event.flag or ""
    if flag not in record.state.flags:
        return "not_possible", not_set(flag, record.state.flags)
    suppression.lift(
        record.state, flag, "lifted_by_command", f"contact:{event.contact}", world.at, world.cause, world.out, event.by, event.note or ""
    )
    record.state.lifted[flag] = world.at
    fold.checkpoint(record)
    return None


def not_set(flag: str, flags: object) -> str:
    """What to say when there is nothing to lift."""
    standing = ", ".join(sorted(flags)) if isinstance(flags, dict) else ""
    return f"flag: {flag!r} is not set here" + (f"; set are: {standing}" if standing else "; nothing is suppressed")


def _over(world: World, record: ContactRecord, event: OwnershipCommand) -> Refusal:
    lock = record.state.lock
    if lock is None:
        return "not_possible", "contact: nobody holds it"
    refused = authority.over(world.directory, event.by, lock.owner, "contact")
    return ("not_allowed", refused) if refused is not None else None
