"""A lead: whose it is, and the pending claim that comes with it (rules 19, 20)."""

from __future__ import annotations

from schemas.events import LeadCreated
from streams.matching.domains import domain_of
from streams.routing.order import Asked, choose
from streams.rules import accounts, contact_commands, contacts, fold, locks, suppression
from streams.rules.said import LockView, Said
from streams.rules.world import World
from streams.state import PENDING, Company, Lock


def lead_created(world: World, event: LeadCreated) -> None:
    """Route a lead. The same lead again updates it, and routes again only if its company changed."""
    lead = world.lead(event.lead_id)
    address = event.email or ""
    record = world.contact(address) if address else None
    company = world.company() if world.company_key else Company()
    again = bool(lead.rule) and (lead.contact, lead.account) == (address, world.account.account_id if world.account else "")
    lead.contact, lead.company = address, event.company or ""
    lead.account, lead.at = world.account.account_id if world.account else "", world.at
    if again:
        return
    held = record.state.lock if record else lead.lock
    chosen = choose(Asked(held, world.account, company, world.directory), world.policy.routing.order)
    lead.owner, lead.rule = chosen.rep, chosen.rule
    target = f"contact:{address}" if address else f"lead:{event.lead_id}"
    flag = suppression.strongest(record.state.flags) if record else None
    shown: LockView | None = None
    windows = world.policy.windows
    if chosen.rep and chosen.rule != "contact_owner" and flag is None:
        lock = Lock(chosen.rep, "prospecting", chosen.rule, world.at, world.at, world.cause, PENDING, world.at + windows.activation)
        lock.last = lock.heard = world.at
        if record is None:
            lead.lock = lock
            shown = LockView("lead", lock, lock.ends)
        elif record.state.lock is None or (record.state.lock.phase == PENDING and record.state.lock.rule == lead.rule):
            before = accounts.standing(record.state, windows)
            record.state.lock = lock
            shown = locks.view(record.state, lock, windows)
            fold.checkpoint(record)
            contact_commands.settled(world, address, before)
    elif record is not None and record.state.lock is not None:
        shown = locks.view(record.state, record.state.lock, windows)
    fields = {
        "owner": chosen.rep,
        "lock": shown,
        "until": shown.until if shown else 0,
        "match": {"method": "domain" if world.account else "none", "score": 100 if world.account else None},
        "suppressed": flag[0] if flag else contacts.barred(company, domain_of(address))[0] if address else "",
        "notify": [(chosen.rep, chosen.rule)] if chosen.rep else [],
        "unassigned": not chosen.rep,
    }
    world.out.insert(0, Said("lead_routed", chosen.rule, world.at, world.cause, target, fields))


def tick(world: World, lead_id: str, now: int) -> None:
    """The pending claim on a lead without an address comes to its end."""
    lead = world.lead(lead_id)
    lock = lead.lock
    if lock is None or lock.ends > now:
        return
    lead.lock = None
    target = f"lead:{lead_id}"
    fields = {"previous": lock.owner, "lock": LockView("lead", lock, lock.ends), "notify": [(lock.owner, "activation_window")]}
    cause = f"deadline:activation_window:{target}"
    world.out.append(Said("ownership_expired", "activation_window", lock.ends, cause, target, fields))
