"""A contact: its state as its events leave it, the window of the younger ones, the document of both (rule 26)."""

from __future__ import annotations

from msgspec import Struct, field

from streams.state.locks import Change, Flag, Lock, Outbound, Place, Release, Sequence
from streams.state.reviews import Dispute


class Heard(Struct, array_like=True, gc=False):
    """What came back from a prospect or a whole company, as a review asks for it. `at`, `rep`, `kind`: the newest positive signal that
    answers one of our reps. `replied`: the newest reply, bounces apart. `meetings`, `replies`: how many are on record. `intents`: intent
    signal -> its newest time."""

    at: int = 0
    rep: str = ""
    kind: str = ""
    replied: int = 0
    meetings: int = 0
    replies: int = 0
    intents: dict[str, int] = field(default_factory=dict)


class Contact(Struct, array_like=True, gc=False):
    """A contact as its events, folded in time order, leave it. `due`: when time alone changes it next. `positive`, `talker`,
    `talking_since`: the
    live conversation: its last positive signal, whose it is, since when. `sent`: rep -> last outbound. `answered`: newest reply
    of any class.
    `inbound`, `thread`: the prospect's newest message. `overlaps`: `rep|sequence` that were told to stop. `lifted`: flag -> when
    a person lifted it.
    `stamp`: the time up to which it is folded. `openers`: mailbox -> its first e-mail here."""

    lock: Lock | None = None
    sequence: Sequence | None = None
    mailbox: str = ""
    due: int = 0
    positive: int = 0
    talker: str = ""
    talking_since: int = 0
    flags: dict[str, Flag] = field(default_factory=dict)
    paused_until: int = 0
    soft_bounces: int = 0
    answered: int = 0
    inbound: int = 0
    thread: str = ""
    sent: dict[str, Outbound] = field(default_factory=dict)
    released: Release | None = None
    overlaps: list[str] = field(default_factory=list)
    lifted: dict[str, int] = field(default_factory=dict)
    replies: int = 0
    stamp: int = 0
    heard: Heard | None = None
    openers: dict[str, int] = field(default_factory=dict)


class Entry(Struct, array_like=True, gc=False, omit_defaults=True):
    """One touch, reply, claim or launch grant in a contact's window. `when` is its place in the fold: its own time when it arrived no
    later than `late_touch`, else its arrival. `what`: touch kind, reply class or claim reason. `number`: hours of a claim in
    microseconds, or when an absent contact returns. `barred`: the suppression of its whole domain or account that stood in the way
    at arrival; a touch then has its beginning in `number`. `captain`: who had the whole account then and stood in the way (rule 7).
    `opener`: an e-mail that is the first from its mailbox. `sender`: who alone might write then, by a review (rule 17)."""

    when: int
    id: str
    kind: str
    what: str
    rep: str
    occurred: int
    late: bool = False
    team: str = ""
    sequence: str = ""
    tool: str = ""
    campaign: str = ""
    mailbox: str = ""
    thread: str = ""
    note: str = ""
    number: int = 0
    final: bool = False
    stale: bool = False
    soft: bool = False
    barred: str = ""
    captain: str = ""
    opener: bool = False
    sender: str = ""


class Awaited(Struct, array_like=True, gc=False):
    """A lead that waits for its owner's touch on this contact (rule 21). `since`: what a touch may not be before. `first`: rep -> their
    first touch since, of whichever rep, as the owner may change meanwhile. `missed`: the response time is over, and that was said."""

    lead_id: str
    since: int
    first: dict[str, int] = field(default_factory=dict)
    missed: bool = False


class Unlike(Struct, array_like=True, gc=False):
    """How an owner's step differs from what is usual. None: as the sequence and the contact's mailbox have it."""

    tool: str | None = None
    campaign: str | None = None
    mailbox: str | None = None


class Step(Struct, array_like=True, gc=False):
    """An owner's e-mail in the running sequence, as a window keeps it as long as nothing else comes after it (`rules/contact/steps.py`):
    what the state says anyway is left out. `when`: 0 for the newest event of the contact. `unlike`: None when it is a usual one."""

    when: int
    id: str
    team: str = ""
    unlike: Unlike | None = None


class Odd(Struct, array_like=True, gc=False):
    """What of a checkpoint is not as it usually is. Left out: times that are the same as the lock's `last` (0), what is as an e-mail of the
    contact's mailbox and of the newest thread is (None); `none`: there was no outbound."""

    stamp: int = 0
    stepped: int = 0
    sent: int = 0
    thread: str | None = None
    kind: str | None = None
    mailbox: str | None = None
    none: bool = False


class Undo(Struct, array_like=True, gc=False):
    """A checkpoint told by what the owner's steps have moved since: the lock's `last`, and the owner's last outbound. `odd`: None when that
    was an e-mail like theirs."""

    last: int
    odd: Odd | None = None


class ContactRecord(Struct, array_like=True, gc=False):
    """A contact's document: the folded `state`; the checkpoint `base` before the `window` of its younger events (each encoded; an empty
    base: blank, or what `undo` says) and before the owner's `steps`, which come after those; the events that are remembered (see
    `streams.rules.remembered`), the highest fencing token, the decisions counted, the armed deadline, the newest history, the leads that
    wait for a touch. `left`: what is left out of it for now (`streams.state.brief`); then `thread` is the one of the last outbound."""

    state: Contact
    base: bytes = b""
    window: list[bytes] = field(default_factory=list)
    seen: bytes = b""
    tokens: int = 0
    sequence: int = 0
    armed: int = 0
    history: list[Change] = field(default_factory=list)
    place: Place | None = None
    dispute: Dispute | None = None
    awaited: list[Awaited] = field(default_factory=list)
    undo: Undo | None = None
    steps: list[Step] = field(default_factory=list)
    left: int = 0
    thread: str = ""
