"""What is known of each target, as it lies in the lock tables: contacts, companies, leads.

Plain data, no behaviour: `streams.rules` changes it, `streams.tables` stores it. Structs are arrays on the wire, so a field may
only be added at the end of its struct, with a default. They are trees, never cycles, so Python's collector need not look at them
(`gc=False`). All times are integer microseconds since the epoch, UTC; 0 means never.
"""

from __future__ import annotations

from msgspec import Struct, field, msgpack

PENDING, SHORT, ORDINARY = 1, 2, 0
"""Phases of a lock: claimed and waiting for its owner's touch; a short lock that simply ends; an ordinary one (rules 1-3)."""


class Lock(Struct, array_like=True, gc=False):
    """Who holds a target. `first`, `first_id`: the first touch or claim and its event, which rule 4 compares. `ends`: when a
    pending or short lock
    ends. `last`: last touch or reply. `heard`: from when `without_reply` counts. `hold`: lives at least until then (rule 11).
    `former`: owners it was handed on from, whose answers belong to the present one (rule 8). `token` only rises. `told`: the end
    that was last published."""

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
    """One suppression: since when, until when (0: for good), and the event that set it."""

    since: int
    until: int = 0
    event: str = ""


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
    `opener`: an e-mail that is the first from its mailbox."""

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


class Awaited(Struct, array_like=True, gc=False):
    """A lead that waits for its owner's touch on this contact (rule 21). `since`: what a touch may not be before. `first`: rep -> their
    first touch since, of whichever rep, as the owner may change meanwhile. `missed`: the response time is over, and that was said."""

    lead_id: str
    since: int
    first: dict[str, int] = field(default_factory=dict)
    missed: bool = False


class Step(Struct, array_like=True, gc=False, omit_defaults=True):
    """An owner's e-mail in the running sequence, as a window keeps it as long as nothing else comes after it (`streams.rules.steps`):
    what the state says anyway is left out. None: as the sequence and the contact's mailbox have it."""

    when: int
    id: str
    team: str = ""
    tool: str | None = None
    campaign: str | None = None
    mailbox: str | None = None


class Undo(Struct, array_like=True, gc=False, omit_defaults=True):
    """A checkpoint told by what the owner's steps have moved since: the lock's `last` and `told`, and the owner's last outbound. Left out:
    times that are the same as `last` (0), what is as an e-mail of the contact's mailbox and of the newest thread is (None); `none`: there
    was no outbound."""

    last: int
    told: int
    stamp: int = 0
    stepped: int = 0
    sent: int = 0
    thread: str | None = None
    kind: str | None = None
    mailbox: str | None = None
    none: bool = False


class ContactRecord(Struct, array_like=True, gc=False):
    """A contact's document: the folded `state`; the checkpoint `base` before the `window` of its younger events (each encoded; an empty
    base: blank, or what `undo` says) and before the owner's `steps`, which come after those; the events that are remembered (see
    `streams.rules.remembered`), the highest fencing token, the decisions counted, the armed deadline, the newest history, the leads that
    wait for a touch."""

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
    """A rep's newest outbound at a company, and the newest to a contact other than that."""

    at: int
    contact: str
    other_at: int = 0
    other: str = ""


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


class Enquiry(Struct, array_like=True, gc=False, omit_defaults=True):
    """What a lead last said of itself: the fields of `lead-created`, empty where it did not say. Not its network address (rule 19)."""

    email: str = ""
    phone: str = ""
    company: str = ""
    website: str = ""
    first_name: str = ""
    last_name: str = ""
    title: str = ""
    seniority: str = ""
    department: str = ""
    buying_role: str = ""
    country: str = ""
    region: str = ""
    segment: str = ""
    product: str = ""
    origin: str = ""
    partner_id: str = ""
    campaign: str = ""
    intent: str = ""
    rep: str = ""


class Suspect(Struct, array_like=True, gc=False):
    """An earlier lead that another may be a duplicate of. `same`: `email`, `phone`."""

    lead_id: str
    same: list[str]
    product_differs: bool = False


class Prior(Struct, array_like=True, gc=False):
    """What a lead was before it was merged, for whoever separates it again. `lock`: the pending one that the merge took or moved."""

    status: str
    owner: str
    rule: str
    respond_by: int
    waits: int
    suspects: list[Suspect]
    lock: Lock | None = None


class Lead(Struct, array_like=True, gc=False):
    """A lead's document: whom it is about, where it was routed, and its lock when it has no address. `home`: the company by which it was
    routed, `account:<id>`, `domain:<name>` or `name:<normalised>`; only another one routes it again. `method`, `score`: how its account
    was found. `asked`: accounts that a person was asked about. `status`: empty in circulation, `held` until somebody has verified whether
    it is a duplicate, `merged` into its `original`. `suspects`: earlier leads it may be a duplicate of. `separate`: leads it is known not
    to be one of. `merged`: leads merged into this one. `prior`: what it was before it was merged. `identities`: keys of what it is
    recognised by. `since`, `waits`: when its response time began, and when that is over while nobody has answered. `answered`: when its
    owner did, where it has no address. `missed`: reps who let it wait too long. `linked`: the account that somebody linked it to, and
    `linked_by` who; `rejected`: accounts that somebody said it is not."""

    lead_id: str
    contact: str = ""
    company: str = ""
    account: str = ""
    owner: str = ""
    rule: str = ""
    at: int = 0
    lock: Lock | None = None
    seen: bytes = b""
    tokens: int = 0
    sequence: int = 0
    armed: int = 0
    history: list[Change] = field(default_factory=list)
    enquiry: Enquiry = field(default_factory=Enquiry)
    home: str = ""
    method: str = ""
    score: float = 0
    asked: list[str] = field(default_factory=list)
    priority: str = ""
    respond_by: int = 0
    status: str = ""
    original: str = ""
    suspects: list[Suspect] = field(default_factory=list)
    separate: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    prior: Prior | None = None
    identities: list[str] = field(default_factory=list)
    since: int = 0
    waits: int = 0
    answered: int = 0
    missed: list[str] = field(default_factory=list)
    linked: str = ""
    linked_by: str = ""
    rejected: list[str] = field(default_factory=list)


class Bearer(Struct, array_like=True, gc=False):
    """A lead that has an e-mail or telephone number: since when, and the product it asks about."""

    lead_id: str
    at: int
    product: str = ""


class Identity(Struct, array_like=True, gc=False):
    """One mailbox or telephone number, and the leads that ever had it, in the order in which they came (rule 23)."""

    leads: list[Bearer] = field(default_factory=list)
    seen: bytes = b""
    tokens: int = 0
    sequence: int = 0
    armed: int = 0
    history: list[Change] = field(default_factory=list)


class Person(Struct, array_like=True, gc=False):
    """A lead and the name it gave, as `streams.matching.people.name_of` folds it."""

    lead_id: str
    name: str


class Inflow(Struct, array_like=True, gc=False):
    """What came in of one company lately. `today`: leads of its newest day (`day`: of the policy's date, since the epoch). `captain`: the
    rep who has them all since they were many (rule 21). `unmatched`: leads of a domain without an account (rule 22). `people`: the newest
    ones by name."""

    day: int = 0
    today: list[str] = field(default_factory=list)
    captain: str = ""
    unmatched: list[str] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    seen: bytes = b""
    tokens: int = 0
    sequence: int = 0
    armed: int = 0
    history: list[Change] = field(default_factory=list)


class Turns(Struct, array_like=True, gc=False):
    """Whose turn it is among reps who take leads in turns: rep -> what has been saved up for a turn (see `streams.routing.turns`)."""

    saved: dict[str, float] = field(default_factory=dict)
    seen: bytes = b""
    tokens: int = 0
    sequence: int = 0
    armed: int = 0
    history: list[Change] = field(default_factory=list)


class HandOff(Struct, array_like=True, gc=False):
    """One hand-off that is under way (rule 8). `event`, `topic`: its cause; `at`: when that arrived, and when each of its decisions was
    made. `to`: empty for a rep who left. `contact`, `account`: all that is handed off, if not everything; `countries`, `regions`,
    `segments`: the territory; `named`: the territory by one of these. `after`: the last lock looked at. `moved`: how many have moved."""

    event: str
    topic: str
    at: int
    to: str = ""
    by: str = ""
    note: str = ""
    contact: str = ""
    account: str = ""
    countries: list[str] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)
    named: str = ""
    after: str = ""
    moved: int = 0


class HandOffs(Struct, array_like=True, gc=False):
    """What a rep still has to hand off, earliest first; one that is to come has its time in the future."""

    waiting: list[HandOff] = field(default_factory=list)
    seen: bytes = b""
    tokens: int = 0
    sequence: int = 0
    armed: int = 0
    history: list[Change] = field(default_factory=list)


Record = ContactRecord | Company | Lead | Turns | HandOffs | Identity | Inflow

_encoder = msgpack.Encoder()
_contact_record = msgpack.Decoder(ContactRecord)
_company = msgpack.Decoder(Company)
_lead = msgpack.Decoder(Lead)
_turns = msgpack.Decoder(Turns)
_hand_offs = msgpack.Decoder(HandOffs)
_identity = msgpack.Decoder(Identity)
_inflow = msgpack.Decoder(Inflow)

encode = _encoder.encode


def decode(key: str, body: bytes) -> Record:
    """The record under `key` (`contact:…`, `lead:…`, `turns:…`, `hand_off:…`, `email:…`, `phone:…`, `leads:<company>`, and the companies'
    `account:…` and `domain:…`); an empty body is a target that nothing is known of yet."""
    kind = key[:5]
    if kind == "conta":
        return _contact_record.decode(body) if body else ContactRecord(Contact())
    if kind == "lead:":
        return _lead.decode(body) if body else Lead(key[5:])
    if kind == "turns":
        return _turns.decode(body) if body else Turns()
    if kind == "hand_":
        return _hand_offs.decode(body) if body else HandOffs()
    if kind == "email" or kind == "phone":
        return _identity.decode(body) if body else Identity()
    if kind == "leads":
        return _inflow.decode(body) if body else Inflow()
    return _company.decode(body) if body else Company()


def freeze(contact: Contact) -> bytes:
    """A contact's folded state as bytes, for a checkpoint."""
    return _encoder.encode(contact)


def thaw(base: bytes) -> Contact:
    """The state that `freeze` kept, as an object of its own; blank for empty bytes."""
    return _contact.decode(base) if base else Contact()


def kept(entry: Entry) -> bytes:
    """An entry as a window holds it: most are never looked at again, and bytes cost nothing to store with the record."""
    return _encoder.encode(entry)


def entry(held: bytes) -> Entry:
    """The entry that `kept` made bytes of."""
    return _entry.decode(held)


_contact = msgpack.Decoder(Contact)
_entry = msgpack.Decoder(Entry)
