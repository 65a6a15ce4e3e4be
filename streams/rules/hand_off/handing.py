"""Handing a lock on to another rep, by whatever decides so (rules 8, 18)."""

from __future__ import annotations

from streams.rules.company import accounts, at_work, whole
from streams.rules.contact import fold, locks
from streams.rules.world import World
from streams.state import PENDING, Company, ContactRecord, Lock


def contact(world: World, record: ContactRecord, target: str, to: str, rule: str, at: int, cause: str, note: str, by: str) -> None:
    """A contact's lock moves with its live conversation; sequence and mailbox do not (rule 5). A command begins a new checkpoint (rule 26);
    the next deadline and the company's summaries are the caller's to bring up to date."""
    state, windows, old = record.state, world.policy.windows, record.state.lock
    assert old is not None, "only a held contact can be handed on"
    new = Lock(to, old.reason, rule, old.claimed_at, old.first, old.first_id, old.phase, old.ends, at, old.heard, old.hold)
    new.note, new.former = note, [*old.former, old.owner]
    if old.phase == PENDING:
        new.ends = at + windows.activation
    if state.talker == old.owner:
        state.talker = to
    locks.transfer(state, new, target, at, cause, windows, world.out, note, by)
    fold.checkpoint(record)


def company(
    world: World, record: Company, target: str, scope: str, to: str, rule: str, at: int, cause: str, note: str, by: str
) -> None:
    """The lock of an account (`scope` is `account`) or a domain."""
    kind, windows = ("account" if scope == "account" else "domain"), world.policy.windows
    old = record.lock if kind == "account" else record.domains.get(scope)
    assert old is not None, "only what is held can be handed on"
    new = Lock(to, old.reason, "transfer", old.claimed_at, old.first, old.first_id, old.phase, old.ends, at, at)
    new.note, new.former = note, [*old.former, old.owner]
    if old.reason == "live_conversation":
        # Handed on by a person, it no longer follows whoever talks: it is the new captain's own claim from here on.
        new.reason = "prospecting"
    if old.phase == PENDING:
        new.ends = at + windows.activation
    outbound = at_work.latest(record)
    replace(record, scope, old, new)
    whole.checkpoint(record, at)
    world.out.append(locks.moved(old, accounts.view(record, kind, new, windows), rule, target, at, cause, outbound, note, by))


def replace(record: Company, scope: str, old: Lock, new: Lock) -> None:
    """Put another lock in the place of an account's or a domain's. Permits, and who works along, end with the lock they came from."""
    if scope == "account":
        record.lock, record.via, record.collaborators = new, "", []
    else:
        record.domains[scope] = new
    accounts.drop_permits(record, old)
