"""What a command does to one contact. Each returns None, or (rule, sentence) when it is refused."""

from __future__ import annotations

from schemas.events import OwnershipCommand
from streams.matching.domains import domain_of
from streams.rules import suppression
from streams.rules.command import authority
from streams.rules.company import levels, standings
from streams.rules.contact import contacts, fold, locks
from streams.rules.hand_off import handing
from streams.rules.review import disputes, reviewing, reviews
from streams.rules.world import World
from streams.state import ORDINARY, Company, ContactRecord, Entry

HOUR = 3_600_000_000
Refusal = tuple[str, str] | None


def claim(world: World, event: OwnershipCommand) -> Refusal:
    """Rules 1 and 4: a claim takes its place in the contact's fold, which settles it."""
    address = event.contact or ""
    record, company = world.contact(address), world.company() if world.company_key else Company()
    lock = record.state.lock
    holds = lock is not None and lock.owner == (world.directory.team(event.by) if lock.is_team else event.by)
    found = reviewing.in_the_way(world, record, company, levels.cover(world), address, event.by, holds)
    if found is not None:
        reviewing.deny(world, f"contact:{address}", found, event.by)
        return None
    late = world.at - world.when > world.policy.windows.late_touch
    place = world.at if late else world.when
    entry = Entry(place, world.cause, "claim", event.reason or "prospecting", event.by, world.when, late, world.directory.team(event.by))
    entry.note, entry.number = event.note or "", round((event.hours or 0) * HOUR)
    contacts.take_in(world, address, entry)
    return None


def settled(world: World, address: str, before: standings.Standing) -> None:
    """After a command other than a claim: a new checkpoint (rule 26), the next deadline, the company's summaries."""
    contacts.settle(world, f"contact:{address}", world.contact(address), before, world.at, world.cause)


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
    fields = {"owner": lock.owner, "owner_is_team": lock.is_team, "until": shown.until, "lock": shown, **proved(event)}
    world.say("claim_renewed", "renewed_with_proof", f"contact:{event.contact}", **fields)
    return None


def proved(event: OwnershipCommand) -> dict[str, str]:
    """Who showed which proof, for the history."""
    proof = event.proof
    return {"by": event.by, "note": f"{proof.kind} {proof.ref}" if proof is not None else ""}


def release(world: World, event: OwnershipCommand) -> Refusal:
    """Give it back."""
    record = world.contact(event.contact or "")
    refused = _over(world, record, event)
    if refused is not None:
        return refused
    target, windows = f"contact:{event.contact}", world.policy.windows
    locks.release(record.state, "ownership_released", "released", target, world.at, world.at, world.cause, windows, world.out)
    world.out[-1].fields.update(by=event.by, note=event.note or "")
    fold.checkpoint(record)
    return None


def released(world: World, owner: str) -> None:
    """Rule 7: the account that came along with a contact goes with the last one that its captain gives back."""
    if world.company_key and levels.is_whole(world.policy, world.account):
        levels.give_back(world, owner, world.at, world.cause)


def transfer(world: World, event: OwnershipCommand) -> Refusal:
    """Rule 8: the lock moves with its live conversation; sequence and mailbox do not (rule 5)."""
    record = world.contact(event.contact or "")
    refused = _over(world, record, event)
    lock, to = record.state.lock, event.to or ""
    if refused is not None or lock is None:
        return refused
    if lock.owner == to:
        return "not_possible", f"to: {to!r} is its owner already"
    handing.contact(world, record, f"contact:{event.contact}", to, "transfer", world.at, world.cause, event.note or "", event.by)
    return None


def request_review(world: World, event: OwnershipCommand) -> Refusal:
    """Rule 17."""
    return reviews.request(world, event, _subject(world, event))


def decide_review(world: World, event: OwnershipCommand) -> Refusal:
    """Rule 18."""
    return reviews.decide(world, event, _subject(world, event))


def _subject(world: World, event: OwnershipCommand) -> disputes.Subject:
    return disputes.Subject(f"contact:{event.contact}", world.contact(event.contact or ""))


def suppress(world: World, event: OwnershipCommand) -> Refusal:
    """Any active rep may say that a person must not be written to."""
    record, flag = world.contact(event.contact or ""), event.flag or ""
    rule = suppression.RELEASES.get(flag, "suppressed_by_command")
    target, note, place = f"contact:{event.contact}", event.note or "", len(world.out)
    suppression.suppress(record.state, flag, rule, world.at, target, world.at, world.cause, world.policy, world.out, event.by, note)
    if len(world.out) == place:  # it stands already: whoever says it again is answered all the same
        fields = {"flag": flag, "scope": "contact", "until": record.state.flags[flag].until, "rep": event.by, "note": note, "what": flag}
        world.say("contact_suppressed", rule, target, **fields)
    fold.checkpoint(record)
    return None


def unsuppress(world: World, event: OwnershipCommand) -> Refusal:
    """Only a team lead or RevOps (rules 13, 27)."""
    refused = authority.revops_or_lead(world.directory, event.by)
    if refused is not None:
        return "not_allowed", refused
    record, flag = world.contact(event.contact or ""), event.flag or ""
    if flag not in record.state.flags:
        company = world.company() if world.company_key else Company()
        wider = next((scope for scope in (domain_of(world.address), "account") if flag in company.flags.get(scope, {})), "")
        where = "its account" if wider == "account" else f"its domain {wider!r}" if wider else ""
        return "not_possible", f"flag: {flag!r} is not set here but for {where}" if where else not_set(flag, record.state.flags)
    standing = record.state.flags[flag]
    if max(standing.since, standing.again) > world.when:
        return "not_possible", set_since(flag)
    suppression.lift(
        record.state, flag, "lifted_by_command", f"contact:{event.contact}", world.at, world.cause, world.out, event.by, event.note or ""
    )
    record.state.lifted[flag] = world.when
    fold.checkpoint(record)
    return None


def set_since(flag: str) -> str:
    """What to say when it was set after the command was given, which cannot have meant it (rule 13)."""
    return f"flag: {flag!r} was set after this was said; say it again if it is meant"


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
