"""Ownership reviews as their target keeps them (rules 17, 18)."""

from __future__ import annotations

from msgspec import Struct, field


class Review(Struct, array_like=True, gc=False):
    """An ownership review that is open (rule 17). `level`: 1 rep to rep, 2 team lead, 3 RevOps. `due`: when this level's time is over.
    `sender`: who alone may send while nobody holds the target. `requester` asked for it, with a `note` and `stated` evidence."""

    level: int
    opened: int
    due: int
    sender: str
    requester: str
    note: str
    stated: list[str] = field(default_factory=list)


class Ruling(Struct, array_like=True, gc=False):
    """What the last review came to (rule 18). `until`: when its pause ends. `alarm`: when that is to be told, 0 for never or told
    already. `hand_to`, `hand_at`: to whom the lock goes, and when (0: to nobody, or done). `owner`: who had it before."""

    at: int
    by: str
    sender: str
    requester: str
    until: int
    note: str = ""
    paused: list[str] = field(default_factory=list)
    collaborators: list[str] = field(default_factory=list)
    thread: str = ""
    recheck: int = 0
    alarm: int = 0
    hand_to: str = ""
    hand_at: int = 0
    owner: str = ""


class Dispute(Struct, array_like=True, gc=False):
    """The review of one target that is open, and what the one before came to."""

    review: Review | None = None
    ruling: Ruling | None = None
