"""A lead whose address has changed: the claim that routing gave goes from the old contact to the new one (rule 20)."""

from __future__ import annotations

from copy import copy
from typing import NamedTuple

from streams.rules.command import contact_commands
from streams.rules.company import levels, standings, whole
from streams.rules.contact import fold, locks
from streams.rules.lead import response
from streams.rules.said import About, LockView, Out
from streams.rules.world import World
from streams.state import Company, ContactRecord, Lead, Lock


class Old(NamedTuple):
    """The contact that a lead was about, and the company that it belongs to."""

    record: ContactRecord
    company: Company
    about: About


def old(world: World, lead: Lead, address: str) -> Old | None:
    """What is on record of the lead's contact, if that is another than `address`. Changes nothing."""
    if not lead.contact or lead.contact == address:
        return None
    key, account = world.directory.company(lead.contact)
    if key:
        world.join(key)
    record = world.contact_to_change(lead.contact)
    return Old(record, world.company(key) if key else Company(), About(account, lead.contact, lead.lead_id, key))


def leave(world: World, lead: Lead, old: Old) -> Lock | None:
    """The lead no longer is about this contact: nobody waits for an answer there, and a claim that only routing gave ends. What somebody
    took by their own work stays. The lock that has ended is the answer."""
    record, address, windows = old.record, old.about.address, world.policy.windows
    record.awaited = [one for one in record.awaited if one.lead_id != lead.lead_id]
    lock = record.state.lock
    if lock is None or not locks.is_routings(lock):
        return None
    before, said = standings.standing(record.state, windows), Out()
    locks.release(record.state, "ownership_released", "routed_anew", f"contact:{address}", world.at, world.at, world.cause, windows, said)
    if old.company.lock is not None:
        key = old.about.company_key
        levels.let_go(old.company, key, lock.owner, address, windows, world.at, world.cause, said)
        whole.checkpoint(old.company, world.at)
    for one in said:
        one.fields["about"] = old.about
    world.out += said
    fold.checkpoint(record)
    record.state.due = locks.next_due(record.state, windows)
    standings.follow(old.company, address, before, standings.standing(record.state, windows))
    return lock


def move(world: World, lead: Lead, old: Old | None, address: str) -> None:
    """The same company's lead has another address, its first one, or none any more: its claim and its response time go along."""
    lock = leave(world, lead, old) if old is not None else lead.lock
    waits, windows, target = lead.waits, world.policy.windows, f"contact:{address}" if address else f"lead:{lead.lead_id}"
    new = copy(lock) if lock is not None else None
    if new is not None:
        new.token = new.told = 0
    lead.contact, lead.lock = address, None if address else new
    if not address:
        return
    record = world.contact(address)
    if new is not None and record.state.lock is None and not record.state.flags:
        before = standings.standing(record.state, windows)
        locks.grant(record.state, new, target, world.at, world.cause, windows, world.out)
        fold.checkpoint(record)
        contact_commands.settled(world, address, before)
    elif lock is not None and old is None:  # somebody else has the contact, or nobody may: what was held of the lead alone is over
        fields = {"previous": lock.owner, "previous_is_team": lock.is_team, "lock": LockView("lead", lock, lock.ends)}
        fields["notify"] = [] if lock.is_team else [(lock.owner, "routed_anew")]
        fields["about"] = About(world.account, "", lead.lead_id, world.company_key)
        world.say("ownership_released", "routed_anew", f"lead:{lead.lead_id}", **fields)
    if waits:
        response.wait(lead, record, lead.since)
