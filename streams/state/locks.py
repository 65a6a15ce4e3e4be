"""Who holds a target, and what goes with it: sequence, suppressions, the last outbound, the history's lines."""

from __future__ import annotations

from msgspec import Struct, field

PENDING, SHORT, ORDINARY = 1, 2, 0
"""Phases of a lock: claimed and waiting for its owner's touch; a short lock that simply ends; an ordinary one (rules 1-3)."""


class Lock(Struct, array_like=True, gc=False):
    """Who holds a target. `first`, `first_id`: the first touch or claim and its event, which rule 4 compares. `ends`: when a
    pending or short lock
    ends. `last`: last touch or reply. `heard`: from when `without_reply` counts. `hold`: lives at least until then (rule 11).
    `former`: owners it was handed on from, whose answers belong to the present one (rule 8). `token` only rises. `told`: the end
    that was last published, in seconds: whether it has moved by an hour is all that is asked of it."""

    owner: str
    reason: str
    rule: str
    claimed_at: int
    first: int
    first_id: str
    phase: int = ORDINARY
    ends: int = 0
    last: int = 0
    heard: int = 0
    hold: int = 0
    note: str = ""
    token: int = 0
    is_team: bool = False
    former: list[str] = field(default_factory=list)
    told: int = 0


class Sequence(Struct, array_like=True, gc=False):
    """The one sequence that a contact is in. `stepped`: its last step."""

    id: str
    rep: str
    stepped: int
    tool: str = ""
    campaign: str = ""


class Flag(Struct, array_like=True, gc=False):
    """One suppression: since when, until when (0: for good), and the event that set it. `again`: when it was last asked for besides."""

    since: int
    until: int = 0
    event: str = ""
    again: int = 0


class Outbound(Struct, array_like=True, gc=False):
    """A rep's last act toward a contact, and the thread and mailbox it went by."""

    at: int
    kind: str
    thread: str = ""
    mailbox: str = ""


class Release(Struct, array_like=True, gc=False):
    """The last end of ownership."""

    at: int
    rule: str
    owner: str


class Change(Struct, array_like=True, gc=False):
    """One line of a target's history: what was decided, when, by which rule and event, for whom."""

    at: int
    kind: str
    rule: str
    event: str
    owner: str = ""
    by: str = ""
    note: str = ""


class Place(Struct, array_like=True, gc=False):
    """Where a lead said it is from, as a territory names it. Each may be empty."""

    country: str = ""
    region: str = ""
    segment: str = ""
