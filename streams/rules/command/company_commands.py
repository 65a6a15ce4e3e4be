"""What a command does to an account or a domain. Each returns None, or (rule, sentence) when it is refused."""

from __future__ import annotations

from schemas.events import OwnershipCommand
from streams.rules import suppression
from streams.rules.command import authority, contact_commands
from streams.rules.command.company_targets import company_of, lock_of
from streams.rules.company import accounts, at_work, levels
from streams.rules.contact import claims, locks
from streams.rules.hand_off import handing
from streams.rules.review import disputes, reviewing, reviews
from streams.rules.world import World
from streams.state import ORDINARY, Company, Flag, Lock

Refusal = tuple[str, str] | None


def claim(world: World, event: OwnershipCommand) -> Refusal:
    """Rules 1, 4, 5, 6: an account or a domain is claimed as a contact is."""
    company, kind, name = company_of(world, event)
    target, windows = f"{kind}:{name}", world.policy.windows
    scopes = ("account",) if kind == "account" else (name, "account")
    named = next((found for scope in scopes if (found := suppression.strongest(company.flags.get(scope, {})))), None)
    new, own, cover = _claimed(world, event), lock_of(company, kind, name), levels.cover(world)
    lock = own
    if lock is None and kind == "account" and cover.lock is not None and cover.lock.owner != event.by:
        lock = cover.lock  # the parent's lock covers it (rule 7)
    stopped = reviewing.stops_whole(world, company, cover, _subject(world, event).scope, event.by)
    if stopped is not None:
        reviewing.deny(world, target, stopped, event.by)
    elif named is not None:
        fields = {"what": named[0], "until": named[1].until}
        world.say("claim_denied", "suppressed", target, held_by=None, rep=event.by, notify=[(event.by, "suppressed")], **fields)
    elif lock is not None and lock.owner == event.by:
        lock.note = event.note or lock.note
        shown = accounts.view(company, kind, lock, windows)
        world.say("claim_granted", "own_lock", target, owner=lock.owner, until=shown.until, lock=shown)
    elif own is not None and _comes_before(new, own):
        new.rule = "first_touch"
        handing.replace(company, "account" if kind == "account" else name, own, new)
        outbound = at_work.latest(company)
        world.out.append(locks.moved(own, accounts.view(company, kind, new, windows), new.rule, target, world.at, world.cause, outbound))
    elif lock is not None:
        shown = accounts.view(cover if lock is cover.lock else company, kind, lock, windows)
        rule = "account_owned" if kind == "account" else "domain_locked"
        fields = {"held_by": lock.owner, "owner": lock.owner, "until": shown.until, "what": lock.reason, "lock": shown}
        world.say("claim_denied", rule, target, rep=event.by, notify=[(event.by, rule)], **fields)
    else:
        _put(company, kind, name, new)
        world.say("claim_granted", new.rule, target, owner=new.owner, until=new.ends, lock=accounts.view(company, kind, new, windows))
    return None


def _claimed(world: World, event: OwnershipCommand) -> Lock:
    """What the claim would give: from its own time on, or from its arrival where it is too late for that (rule 4)."""
    windows, span = world.policy.windows, round((event.hours or 0) * contact_commands.HOUR)
    at = world.when if world.at - world.when <= windows.late_touch else world.at
    return claims.pending(event.by, event.reason or "prospecting", at, world.cause, span, event.note or "", windows)


def _comes_before(new: Lock, lock: Lock) -> bool:
    """Rule 4: the earlier claim has it, whichever comes first. A deal is its owner's all the same (rule 6)."""
    return lock.reason != "open_opportunity" and (new.first, new.first_id) < (lock.first, lock.first_id)


def renew(world: World, event: OwnershipCommand) -> Refusal:
    """Rule 3: another review window for a claim; what derives from a deal or a conversation lasts as long as that."""
    company, kind, name = company_of(world, event)
    refused, lock = _over(world, event, company, kind, name)
    if refused is not None or lock is None:
        return refused
    if lock.reason in locks.DERIVED:
        return "not_possible", f"{kind}: its lock lasts as long as its {lock.reason.replace('_', ' ')} and needs no renewal"
    lock.phase, lock.ends, lock.last, lock.heard = ORDINARY, 0, world.at, world.at
    shown = accounts.view(company, kind, lock, world.policy.windows)
    proved = contact_commands.proved(event)
    world.say("claim_renewed", "renewed_with_proof", f"{kind}:{name}", owner=lock.owner, until=shown.until, lock=shown, **proved)
    return None


def release(world: World, event: OwnershipCommand) -> Refusal:
    """Give it back; a conversation that still lives may take the account anew."""
    company, kind, name = company_of(world, event)
    refused, lock = _over(world, event, company, kind, name)
    if refused is not None or lock is None:
        return refused
    if lock.reason in locks.DERIVED:
        return "not_possible", f"{kind}: its lock lasts as long as its {lock.reason.replace('_', ' ')}; transfer it instead"
    key, windows = world.company_key, world.policy.windows
    accounts.end(company, key, kind, lock, "ownership_released", "released", world.at, world.cause, windows, world.out)
    world.out[-1].fields.update(by=event.by, note=event.note or "")
    accounts.settle(company, key, world.account, world.at, world.cause, world.policy, world.out)
    return None


def transfer(world: World, event: OwnershipCommand) -> Refusal:
    """Rule 8."""
    company, kind, name = company_of(world, event)
    refused, lock = _over(world, event, company, kind, name)
    to = event.to or ""
    if refused is not None or lock is None:
        return refused
    if lock.owner == to:
        return "not_possible", f"to: {to!r} is its owner already"
    at, cause = world.at, world.cause
    scope = name if kind == "domain" else "account"
    handing.company(world, company, f"{kind}:{name}", scope, to, "transfer", at, cause, event.note or "", event.by)
    return None


def request_review(world: World, event: OwnershipCommand) -> Refusal:
    """Rule 17."""
    return reviews.request(world, event, _subject(world, event))


def decide_review(world: World, event: OwnershipCommand) -> Refusal:
    """Rule 18."""
    return reviews.decide(world, event, _subject(world, event))


def _subject(world: World, event: OwnershipCommand) -> disputes.Subject:
    company, kind, name = company_of(world, event)
    return disputes.Subject(f"{kind}:{name}", company, name if kind == "domain" else disputes.ACCOUNT)


def suppress(world: World, event: OwnershipCommand) -> Refusal:
    """Rule 27: a whole domain or account, by a team lead or RevOps."""
    refused = authority.revops_or_lead(world.directory, event.by)
    if refused is not None:
        return "not_allowed", refused
    company, kind, name = company_of(world, event)
    scope, flag = "account" if kind == "account" else name, event.flag or ""
    until = world.at + world.policy.windows.not_interested if flag == "not_interested" else 0
    standing = company.flags.setdefault(scope, {}).setdefault(flag, Flag(world.at, until, world.cause))
    standing.again, standing.until = world.at, until
    lock = lock_of(company, kind, name)
    told = [(lock.owner, "suppressed", lock.is_team)] if lock is not None and lock.owner != event.by else []
    fields = {"flag": flag, "scope": kind, "until": until, "rep": event.by, "note": event.note or "", "what": flag, "notify": told}
    world.say("contact_suppressed", suppression.RELEASES.get(flag, "suppressed_by_command"), f"{kind}:{name}", **fields)
    return None


def unsuppress(world: World, event: OwnershipCommand) -> Refusal:
    """By a team lead or RevOps."""
    refused = authority.revops_or_lead(world.directory, event.by)
    if refused is not None:
        return "not_allowed", refused
    company, kind, name = company_of(world, event)
    scope, flag = "account" if kind == "account" else name, event.flag or ""
    flags = company.flags.get(scope, {})
    if flag not in flags:
        return "not_possible", contact_commands.not_set(flag, flags)
    if max(flags[flag].since, flags[flag].again) > world.when:
        return "not_possible", contact_commands.set_since(flag)
    del flags[flag]
    fields = {"flag": flag, "scope": kind, "rep": event.by, "note": event.note or "", "what": flag}
    world.say("suppression_lifted", "lifted_by_command", f"{kind}:{name}", **fields)
    return None


def _put(company: Company, kind: str, name: str, lock: Lock) -> None:
    if kind == "account":
        company.lock = lock
    else:
        company.domains[name] = lock


def _over(world: World, event: OwnershipCommand, company: Company, kind: str, name: str) -> tuple[Refusal, Lock | None]:
    lock = lock_of(company, kind, name)
    if lock is None:
        return ("not_possible", f"{kind}: nobody holds it"), None
    refused = authority.over(world.directory, event.by, lock.owner, kind)
    return (("not_allowed", refused) if refused else None), lock
