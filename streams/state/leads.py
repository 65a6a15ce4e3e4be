"""Leads, what they said of themselves, and what is kept to find the same person or a rush again (rules 19-23)."""

from __future__ import annotations

from msgspec import Struct, field

from streams.state.locks import Change, Lock


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
    `linked_by` who; `rejected`: accounts that somebody said it is not. `told`: when it last said something of itself."""

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
    told: int = 0


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
