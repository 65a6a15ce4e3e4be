"""The locks that a record holds: which they are, when they end, how they are shown, and whether they changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from schemas.policy import Windows
from streams.rules.company import accounts
from streams.rules.contact import locks
from streams.rules.review import disputes
from streams.rules.said import LockView
from streams.state import Company, ContactRecord, Lead, Lock, Record

Signature = tuple[object, ...]
"""What of a lock is worth publishing at once."""

_NONE: dict[str, Lock] = {}
_UNHELD: dict[str, Signature] = {}


def locks_in(key: str, record: Record) -> dict[str, Lock]:
    """Lock key -> lock: a contact's or lead's own, or those of an account and of its domains."""
    if not isinstance(record, Company):
        lock = record.state.lock if isinstance(record, ContactRecord) else record.lock if isinstance(record, Lead) else None
        return _NONE if lock is None else {key: lock}
    if record.lock is None and not record.domains:
        return _NONE
    held = {f"domain:{name}": lock for name, lock in record.domains.items()}
    if record.lock is not None and key[:8] == "account:":
        held[key] = record.lock
    return held


def is_free(record: Record) -> bool:
    """Whether there is neither a lock nor a review in it: most records, so that this is asked first."""
    of = record.__class__
    if of is ContactRecord:
        return record.state.lock is None and record.dispute is None  # type: ignore[union-attr]
    if of is Company:
        return record.lock is None and not record.domains and not record.disputes  # type: ignore[union-attr]
    return of is not Lead or record.lock is None  # type: ignore[union-attr]


def end_of(record: Record, lock: Lock, windows: Windows) -> int:
    """When a lock of the record ends if nothing more happens, microseconds; 0: not by the clock."""
    if isinstance(record, ContactRecord):
        return locks.expiry(lock, windows)[0]
    return accounts.until(record, lock, windows) if isinstance(record, Company) else lock.ends


def view_of(target: str, record: Record, lock: Lock, until: int) -> LockView:
    """The lock as decisions and `lock-changes` show it."""
    if isinstance(record, ContactRecord):
        return LockView("contact", lock, until, record.state.sequence, record.state.mailbox)
    return LockView(target[: target.index(":")], lock, until)


def signatures(key: str, record: Record) -> Mapping[str, Signature]:
    """Lock key -> what is worth telling of it, reviews of what nobody holds included."""
    if is_free(record):
        return _UNHELD
    held, senders = locks_in(key, record), disputes.senders(key, record)
    if not held and not senders:
        return _UNHELD
    known = {target: signature(record, lock, senders.get(target, "")) for target, lock in held.items()}
    return known | {target: unheld(sender) for target, sender in senders.items() if target not in held}


def unheld(sender: str) -> Signature:
    """What is under review though nobody holds it."""
    return "", False, sender


def holder_of(signature: Signature) -> str:
    """The rep who had the lock; empty for a team's."""
    return "" if signature[1] else str(signature[0])


def taken(held: Mapping[str, Lock], was: Mapping[str, Signature]) -> Iterator[tuple[str, str, bool]]:
    """How the lists of what each rep holds change with the locks of a record; those that have gone are seen by `finish`."""
    for target, lock in held.items():
        owner = "" if lock.is_team else lock.owner
        before = holder_of(was[target]) if target in was else ""
        if owner != before:
            if before:
                yield before, target, False
            if owner:
                yield owner, target, True


def signature(record: Record, lock: Lock, sender: str) -> Signature:
    """What of one lock is worth telling at once. `sender`: who alone may send while it is under review."""
    running = mailbox = ""
    if isinstance(record, ContactRecord):
        now = record.state
        running, mailbox = now.sequence.id if now.sequence is not None else "", now.mailbox
    return lock.owner, lock.is_team, lock.reason, lock.note, lock.claimed_at, lock.token, lock.phase, running, mailbox, sender
