"""What one event is decided in: the records it may read and change, the directory, the policy, the time, and what is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, cast

from schemas.policy import Policy
from streams.directory.directory import Account, Directory
from streams.rules.said import Out, Said
from streams.state import Company, ContactRecord, Identity, Inflow, Lead, Record, Turns
from streams.tables.contract import Fact


class Missing(Exception):
    """A rule asked for a record that is not at hand. `joins`: it is one of those that the event changes. `more`: others of the same kind,
    so that the rule is begun anew once and not for each."""

    def __init__(self, key: str, joins: bool = False, more: Sequence[str] = ()) -> None:
        self.key, self.joins, self.more = key, joins, more


class Listed(NamedTuple):
    """Some of the locks that a rep holds. `last`: up to which key they were looked through; `ended`: there are no more."""

    keys: list[str]
    last: str
    ended: bool


class World:
    """`at`: the event's arrival. `when`: what happened at, never after `at`. Both microseconds. `cause`: the event's id. `get`
    gives a target's
    record and raises when it is not at hand yet, so a rule asks for all it needs before it changes anything. The decisions in
    `out` are of the company, account, address and lead set by `about`. `closes`: matters (`streams.matters`) that the event answers
    without a decision; `noted`: what is counted and of which nobody is told. With `listed`, which `held` gives, the event is about many
    targets: the first key is the event's own, and each decision is of its own target."""

    __slots__ = (
        "account",
        "address",
        "at",
        "cause",
        "cleared",
        "closes",
        "company_key",
        "contact_key",
        "directory",
        "facts",
        "get",
        "held",
        "keys",
        "lead_id",
        "listed",
        "noted",
        "out",
        "policy",
        "topic",
        "when",
    )

    def __init__(
        self,
        get: Callable[[str], Record],
        directory: Directory,
        policy: Policy,
        topic: str,
        cause: str,
        at: int,
        when: int,
        held: Callable[[str, str, int], list[str]] | None = None,
    ) -> None:
        self.get, self.directory, self.policy, self.held = get, directory, policy, held
        self.listed: Listed | None = None
        self.topic, self.cause, self.at, self.when = topic, cause, at, when
        self.out: Out = []
        self.facts: list[Fact] = []
        self.cleared: list[str] = []
        self.closes: list[str] = []
        self.noted: list[str] = []
        self.keys: list[str] = []
        self.company_key = self.contact_key = self.address = self.lead_id = ""
        self.account: Account | None = None

    def about(self, address: str = "", domain: str = "", account_id: str = "", lead_id: str = "") -> None:
        """Set whom the decisions are about, and with them the company and account."""
        self.address, self.lead_id = address, lead_id
        self.contact_key = f"contact:{address}" if address else ""
        if account_id:
            self.account = self.directory.accounts.get(account_id)
            self.company_key = f"account:{account_id}"
        elif domain:
            self.company_key, self.account = self.directory.company_of_domain(domain)
        elif address:
            self.company_key, self.account = self.directory.company(address)

    def join(self, key: str) -> Record:
        """The record under `key`, which the event may change although it was not known to need it. Raises Missing the first time, before
        which nothing may have been changed."""
        if key not in self.keys:
            raise Missing(key, joins=True)
        return self.get(key)

    def join_all(self, keys: Iterable[str]) -> None:
        """Bring all of these records to hand, as `join` does. Raises Missing."""
        missing = [key for key in keys if key not in self.keys]
        if missing:
            raise Missing(missing[0], joins=True, more=missing[1:])

    def joined(self, address: str) -> ContactRecord:
        """As `join`, for a contact's record."""
        return cast(ContactRecord, self.join(f"contact:{address}"))

    def of(self, key: str) -> World:
        """The same event as it concerns one of its targets: what is said there is said here."""
        kind, _, name = key.partition(":")
        other = World(self.get, self.directory, self.policy, self.topic, self.cause, self.at, self.when)
        other.out, other.facts, other.cleared, other.noted = self.out, self.facts, self.cleared, self.noted
        other.keys = self.keys
        if kind == "contact":
            other.about(address=name)
        elif kind == "account":
            other.about(account_id=name)
        elif kind == "domain":
            other.about(domain=name)
        else:
            other.about(lead_id=name)
        return other

    def contact(self, address: str) -> ContactRecord:
        """The contact's record."""
        return cast(ContactRecord, self.get(self.contact_key if address == self.address else f"contact:{address}"))

    def company(self, key: str = "") -> Company:
        """The record of a company; without `key` the one that the event is about."""
        return cast(Company, self.get(key or self.company_key))

    def lead(self, lead_id: str) -> Lead:
        """The lead's record."""
        return cast(Lead, self.get(f"lead:{lead_id}"))

    def turns(self, key: str) -> Turns:
        """The record of whose turn it is. It has neither locks nor deadlines, so that asking is enough to change it."""
        return cast(Turns, self.get(key))

    def lead_to_change(self, lead_id: str) -> Lead:
        """The record of a lead that the event is not about and may change (see `join`)."""
        return cast(Lead, self.join(f"lead:{lead_id}"))

    def contact_to_change(self, address: str) -> ContactRecord:
        """The record of a contact that the event is not about and may change (see `join`)."""
        return cast(ContactRecord, self.join(f"contact:{address}"))

    def identity(self, key: str) -> Identity:
        """The record of a mailbox or telephone number."""
        return cast(Identity, self.get(key))

    def inflow(self, home: str) -> Inflow:
        """The record of what came in of a company, by the lead's `home`."""
        return cast(Inflow, self.get(f"leads:{home}"))

    def clear(self, key: str) -> None:
        """Empty a record whose content has gone elsewhere."""
        self.cleared.append(key)

    def say(self, kind: str, rule: str, target: str, **fields: object) -> None:
        """Add a decision made at the event's arrival."""
        self.out.append(Said(kind, rule, self.at, self.cause, target, fields))
