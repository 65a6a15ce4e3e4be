"""Who else may contact people at a company: permits and exceptions (rule 7)."""

from __future__ import annotations

from schemas.events import OwnershipCommand
from streams.matching.domains import domain_of
from streams.rules.command import authority
from streams.rules.command.company_targets import company_of, lock_of
from streams.rules.company import levels
from streams.rules.said import About
from streams.rules.world import World
from streams.state import Permit

Refusal = tuple[str, str] | None


def permit(world: World, event: OwnershipCommand) -> Refusal:
    """Rule 7: the owner lets another rep contact people there; it ends with the lock that it came from."""
    return _permit(world, event, "permit", "")


def exception(world: World, event: OwnershipCommand) -> Refusal:
    """A recorded exception, approved by a team lead, a VP or RevOps."""
    refused = authority.approver(world.directory, event.approved_by or "")
    return ("not_allowed", refused) if refused else _permit(world, event, "exception", event.approved_by or "")


def _permit(world: World, event: OwnershipCommand, rule: str, approved_by: str) -> Refusal:
    company, kind, name = company_of(world, event)
    lock, within, cover = lock_of(company, kind, name) or company.lock, "", levels.cover(world)
    if lock is None and cover is not company and cover.lock is not None:
        # It comes from the parent's lock, so it lies there and ends with that.
        company, lock, within = cover, cover.lock, event.account_id or (world.account.account_id if world.account else "")
    lack = _stranger(world, event, kind, name)
    if lack is not None:
        return "not_possible", lack
    owners = [lock.owner] if lock else []
    owners += [world.account.owner] if world.account and world.account.owner else []
    if rule == "permit":
        refusals = [authority.over(world.directory, event.by, owner, kind) for owner in owners or [""]]
        if all(refusals):
            return "not_allowed", refusals[0] or ""
    domain = name if kind == "domain" else ""
    given = Permit(
        event.to or "", event.by, world.at, event.contact or "", approved_by, event.note or "", domain, lock.token if lock else 0
    )
    given.account = within
    same = (given.to, given.contact, given.domain, given.account)
    company.permits = [one for one in company.permits if (one.to, one.contact, one.domain, one.account) != same] + [given]
    what = f"{given.to} contact {given.contact or 'people here'}" + (f", as {approved_by} approved" if approved_by else "")
    owner, about = next(iter(owners), ""), About(world.account, given.contact, "", world.company_key)
    fields = {"to": given.to, "approved_by": approved_by or None, "note": given.note, "what": what, "by": event.by, "owner": owner}
    told = [(given.to, rule)] + ([(owner, rule)] if owner not in ("", event.by, given.to) else [])
    world.say("permit_granted", rule, f"{kind}:{name}", notify=told, about=about, **fields)
    return None


def _stranger(world: World, event: OwnershipCommand, kind: str, name: str) -> str | None:
    """What to say of a person whom a permit names and who is not there. Whose a free mailbox is, its address does not tell."""
    if not event.contact:
        return None
    home, account = world.directory.company(event.contact)
    if kind == "domain":
        there = domain_of(event.contact) == name
    else:
        there = home in ("", world.company_key) or (account is not None and levels.is_covered(world, account))
    if there:
        return None
    return f"contact: {event.contact!r} is not at the {kind} {name!r}" + (f" but at the account {account.account_id!r}" if account else "")
