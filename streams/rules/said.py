"""What a rule says: decisions in the core's own units, before they are rendered as contract records."""

from __future__ import annotations

from typing import Any, NamedTuple

from streams.directory.directory import Account
from streams.state import Lock, Sequence


class Said(NamedTuple):
    """One decision. `at`: when decided, microseconds. `cause`: the event's id, or `deadline:<what>:<key>`. `target`: key of the lock or
    record it is about. `fields`: what the kind carries; `owner`, `previous`, `until`, `rep`, `by`, `note` and `what` also feed its
    sentence. `about` (an `About`): where it is of another lead than the event. `history_of`: keys whose history has it too."""

    kind: str
    rule: str
    at: int
    cause: str
    target: str
    fields: dict[str, Any]


class LockView(NamedTuple):
    """A lock as it was when something was said of it, with the contact's sequence and mailbox beside it."""

    kind: str
    lock: Lock
    until: int
    sequence: Sequence | None = None
    mailbox: str = ""


class About(NamedTuple):
    """Whom a decision is about, as `World.about` sets it for all of an event's."""

    account: Account | None
    address: str
    lead_id: str
    company_key: str


Out = list[Said]
"""Decisions are appended to one of these, in the order in which they follow from one another."""
