"""Reading the lock tables for people: who holds what, why, until when, and how it came to that. Nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec import msgpack

from schemas.policy import Windows
from streams import state
from streams.directory.directory import Account, Directory
from streams.on_record.next_steps import Step, next_step
from streams.rules.company import accounts, at_work
from streams.rules.contact import locks
from streams.rules.review import disputes
from streams.rules.said import LockView
from streams.state import Change, Company, ContactRecord, Flag, Lead, Outbound, Permit
from streams.state import Sequence as Running
from streams.tables.contract import Tables

PHASES = {state.PENDING: "pending", state.SHORT: "short", state.ORDINARY: "ordinary"}
AT_ONCE = 500
PREFIXES = ("contact:", "account:", "domain:", "lead:")

_changes = msgpack.Decoder(Change)


class Held(NamedTuple):
    """One lock. `target`: its key as in `lock-changes`. `until`: microseconds, 0 where no time ends it. `status`: `locked` or
    `under_review`."""

    target: str
    team: str
    account: Account | None
    view: LockView
    status: str = "locked"

    @property
    def owner(self) -> str:
        return self.view.lock.owner

    @property
    def phase(self) -> str:
        return PHASES[self.view.lock.phase]

    @property
    def until(self) -> int:
        return self.view.until


class Suppressed(NamedTuple):
    """`scope`: the key of what is suppressed, which may be the contact's whole domain or account."""

    scope: str
    flag: str
    since: int
    until: int


class Known(NamedTuple):
    """All that is on record of one target. Times in microseconds, 0: never. `history`: oldest first. `status`: `open`, `locked` or
    `under_review`, then `sender` is who alone may send. `backup`: who stands in for the owner. `outbound`: (when, rep, kind) of the last
    one. `step`: what comes next. `lead`: of a lead, its record."""

    target: str
    held: Held | None
    account: Account | None
    suppressed: list[Suppressed]
    paused_until: int
    sequence: Running | None
    mailbox: str
    sent: dict[str, Outbound]
    permits: list[Permit]
    history: list[Change]
    status: str
    sender: str
    backup: str
    outbound: tuple[int, str, str] | None
    step: Step | None
    collaborators: list[str]
    lead: Lead | None = None


def directory_of(tables: Tables, free: Sequence[str] = (), personal: Sequence[str] = ()) -> Directory:
    """Everything that the tables know of accounts and reps. Raises StoreUnavailable."""
    found = Directory(free, personal)
    for fact in tables.directory()[1]:
        found.learn(fact)
    return found


def all_held(tables: Tables, directory: Directory, windows: Windows) -> Iterator[Held]:
    """Every lock there is, in no particular order. One that changes meanwhile comes as it was or as it is. Raises StoreUnavailable."""
    for prefix in PREFIXES:
        for key, document in tables.scan(prefix):
            yield from _held(key, state.decode(key, document.body), directory, windows)


def held_by(tables: Tables, directory: Directory, windows: Windows, rep: str) -> Iterator[Held]:
    """The locks that one rep holds, in the order of their keys, without looking at any other. Raises StoreUnavailable."""
    after = ""
    while listed := tables.held(rep, after, AT_ONCE):
        after = listed[-1]
        homes = [directory.company_of_domain(key[7:])[0] or key if key.startswith("domain:") else key for key in listed]
        bodies = {home: document.body for home, document in zip(homes, tables.load(homes), strict=True)}
        for key, home in zip(listed, homes, strict=True):
            held = _held(home, state.decode(home, bodies[home]), directory, windows)
            yield from (one for one in held if one.target == key and one.owner == rep)


def known(tables: Tables, directory: Directory, windows: Windows, target: str) -> Known:
    """What is on record of `contact:…`, `account:…`, `domain:…` or `lead:…`. Raises StoreUnavailable."""
    kind, _, name = target.partition(":")
    key, account = target, None
    if kind == "domain":
        company_key, account = directory.company_of_domain(name)
        key = company_key or target
    elif kind == "account":
        account = directory.accounts.get(name)
    company_key, owning = directory.company(name) if kind == "contact" else ("", None)
    account = account or owning
    bodies = tables.load([key, company_key] if company_key else [key])
    record = state.decode(key, bodies[0].body)
    if isinstance(record, Lead):
        account = directory.accounts.get(record.account)
    company = state.decode(company_key, bodies[1].body) if company_key else record
    held = next((one for one in _held(key, record, directory, windows) if one.target == target), None)
    history = [*(_changes.decode(entry) for entry in tables.history(key)), *record.history]
    contact = record.state if isinstance(record, ContactRecord) else state.Contact()
    sender = disputes.senders(key, record).get(target, "")
    rep = directory.reps.get(held.owner) if held else None
    outbound = _outbound(record)
    return Known(
        target,
        held,
        account,
        [*_flags(target, contact.flags), *(_barred(company, company_key or key, kind, name) if isinstance(company, Company) else ())],
        contact.paused_until,
        contact.sequence,
        contact.mailbox,
        contact.sent,
        company.permits if isinstance(company, Company) else [],
        history,
        "under_review" if sender else "locked" if held else "open",
        sender,
        (account.backup_owner if account else "") or (rep.backup if rep else ""),
        outbound,
        next_step(key, target, record, windows, _awaited(tables, record)),
        company.collaborators if isinstance(company, Company) else [],
        record if isinstance(record, Lead) and (record.rule or record.status) else None,
    )


def _held(key: str, record: state.Record, directory: Directory, windows: Windows) -> Iterator[Held]:
    kind, _, name = key.partition(":")
    found: list[tuple[str, LockView]] = []
    account: Account | None = None
    if isinstance(record, ContactRecord):
        account = directory.company(name)[1]
        if record.state.lock is not None:
            found.append((key, locks.view(record.state, record.state.lock, windows)))
    elif isinstance(record, Lead):
        account = directory.accounts.get(record.account)
        if record.lock is not None:
            found.append((key, LockView("lead", record.lock, record.lock.ends)))
    elif isinstance(record, Company):
        account = directory.accounts.get(name) if kind == "account" else None
        if record.lock is not None:
            found.append((key, accounts.view(record, "account", record.lock, windows)))
        found += [(f"domain:{domain}", accounts.view(record, "domain", lock, windows)) for domain, lock in record.domains.items()]
    disputed = disputes.senders(key, record) if found else {}
    for target, view in found:
        team = view.lock.owner if view.lock.is_team else directory.team(view.lock.owner)
        yield Held(target, team, account, view, "under_review" if target in disputed else "locked")


def _outbound(record: state.Record) -> tuple[int, str, str] | None:
    """The newest outbound to a contact, or to anybody at a company."""
    if isinstance(record, ContactRecord):
        return locks.last_outbound(record.state)
    return at_work.latest(record) if isinstance(record, Company) else None


def _awaited(tables: Tables, record: state.Record) -> int:
    """By when the first of the leads that wait for a touch is to have it; 0 where none waits."""
    if isinstance(record, Lead):
        leads = [record]
    else:
        keys = [f"lead:{one.lead_id}" for one in record.awaited if not one.missed] if isinstance(record, ContactRecord) else []
        found = (state.decode(key, document.body) for key, document in zip(keys, tables.load(keys), strict=True))
        leads = [one for one in found if isinstance(one, Lead)]
    return min((one.waits for one in leads if one.waits), default=0)


def _flags(scope: str, flags: dict[str, Flag]) -> list[Suppressed]:
    return [Suppressed(scope, name, flag.since, flag.until) for name, flag in sorted(flags.items())]


def _barred(company: Company, company_key: str, kind: str, name: str) -> list[Suppressed]:
    """Suppressions of the whole company that hold for the target too."""
    wanted = {"contact": ("account", name.rpartition("@")[2]), "domain": ("account", name)}.get(kind, tuple(company.flags))
    scopes = ((company_key if scope == "account" else f"domain:{scope}", scope) for scope in wanted if scope in company.flags)
    return [one for label, scope in scopes for one in _flags(label, company.flags[scope])]
