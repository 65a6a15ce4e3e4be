"""A company: running summaries of an account, or of a domain without one."""

from __future__ import annotations

from msgspec import Struct, field

from streams.state.contacts import Heard
from streams.state.locks import Change, Flag, Lock, Place
from streams.state.reviews import Dispute


class Permit(Struct, array_like=True, gc=False):
    """Leave for another rep to contact people of a company. `token`: the lock it came from (0: of no lock), with which it ends. `account`:
    the one subsidiary it is about, where it lies with the parent whose lock covers it."""

    to: str
    by: str
    at: int
    contact: str = ""
    approved_by: str = ""
    note: str = ""
    domain: str = ""
    token: int = 0
    account: str = ""


class Conversation(Struct, array_like=True, gc=False):
    """A live conversation as its company sees it: with whom, since when, until when it ages out."""

    holder: str
    since: int
    until: int


class Touched(Struct, array_like=True, gc=False):
    """A rep's newest outbound at a company, and the newest to a contact other than that. `kind`, `other_kind`: of which kind they were,
    empty for an e-mail."""

    at: int
    contact: str
    other_at: int = 0
    other: str = ""
    kind: str = ""
    other_kind: str = ""


class Point(Struct, array_like=True, gc=False):
    """Where an account's lock changed: when, by which event (empty: by time), and what it was before, with the contact it came by."""

    at: int
    id: str
    lock: Lock | None = None
    via: str = ""


class Whole(Struct, array_like=True, gc=False):
    """Where an account that is owned as a whole stands in time: its newest event, what is settled by a command, the contacts that had
    events lately with the newest of each, and how the lock changed meanwhile."""

    latest: int = 0
    latest_id: str = ""
    settled: int = 0
    recent: dict[str, int] = field(default_factory=dict)
    points: list[Point] = field(default_factory=list)


class Company(Struct, array_like=True, gc=False):
    """Running summaries of an account, or of a domain without one: its lock, domain locks, live conversations by contact, who
    touched whom lately, how many contacts each rep holds, permits, suppressions by scope (`account` or a domain), the open
    opportunity's owner last seen, collaborators, where its latest lead is from, reviews by scope, what came back from there, and since
    when which of its contacts are held. `gone`: a deal's owner who left, to whom the deal gives the account no more. `via`: the contact
    with whom the lock came along (rule 7). `whole`: only where it is owned as a whole."""

    lock: Lock | None = None
    domains: dict[str, Lock] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    touched: dict[str, Touched] = field(default_factory=dict)
    holders: dict[str, int] = field(default_factory=dict)
    permits: list[Permit] = field(default_factory=list)
    flags: dict[str, dict[str, Flag]] = field(default_factory=dict)
    opportunity: str = ""
    seen: bytes = b""
    tokens: int = 0
    sequence: int = 0
    armed: int = 0
    history: list[Change] = field(default_factory=list)
    collaborators: list[str] = field(default_factory=list)
    place: Place | None = None
    gone: str = ""
    disputes: dict[str, Dispute] = field(default_factory=dict)
    heard: Heard | None = None
    held: dict[str, int] = field(default_factory=dict)
    via: str = ""
    whole: Whole | None = None
