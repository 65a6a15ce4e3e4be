"""The accounts that leads are matched with: their names and domains, taken in, changed and removed one by one.

What is kept beside the index of names is one pointer a name and a few bytes: the account's id and its own name are the caller's strings.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from streams.matching.domains import registrable
from streams.matching.index import NameIndex
from streams.matching.readings import POINTS, Reading, account_readings


class AccountFacts(NamedTuple):
    """What matching knows of an account. `domains`, `shared_domains`: hosts, compared as registrable domains. `country`: ISO 3166-1
    alpha-2, or empty."""

    account_id: str
    name: str
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    shared_domains: tuple[str, ...] = ()
    country: str = ""


class Slot(NamedTuple):
    """One indexed name of an account. `points`: what its kind of reading takes from a score."""

    account_id: str
    country: str
    has_domain: bool
    points: int


HAS_DOMAIN = 0x80


class Domains:
    """Accounts by the registrable domains that they list as their own, and by those that they say they share."""

    def __init__(self) -> None:
        self._own: dict[str, str | tuple[str, ...]] = {}
        self._shared: dict[str, str | tuple[str, ...]] = {}

    def clear(self) -> None:
        """Forget all of them."""
        self._own.clear()
        self._shared.clear()

    def add(self, account_id: str, own: Iterable[str], shared: Iterable[str]) -> None:
        """Take in an account's domains, registrable ones."""
        for held, domains in ((self._own, own), (self._shared, shared)):
            for domain in domains:
                _take(held, domain, account_id)

    def remove(self, account_id: str, own: Iterable[str], shared: Iterable[str]) -> None:
        """Forget an account's domains."""
        for held, domains in ((self._own, own), (self._shared, shared)):
            for domain in domains:
                _let_go(held, domain, account_id)

    def of(self, domain: str) -> tuple[str, ...]:
        """Ids of the accounts that list a registrable domain as their own, sorted."""
        held = self._own.get(domain)
        return () if held is None else _many(held)

    def sharing(self, domain: str) -> tuple[str, ...]:
        """Ids of the accounts that say they share a registrable domain with other companies, sorted."""
        held = self._shared.get(domain)
        return () if held is None else _many(held)


class Index:
    """Accounts by name and domain. Facts are not kept: `remove` and `change` are given the same facts that `add` was. `domains`,
    `title_of`: the caller's own, where it keeps domains and accounts' names anyway and adds names alone."""

    def __init__(
        self, accounts: Iterable[AccountFacts] = (), domains: Domains | None = None, title_of: Callable[[str], str] | None = None
    ) -> None:
        self.names = NameIndex()
        self.domains = Domains() if domains is None else domains
        self._titles: dict[str, str] = {}
        self.title_of = self._titles.__getitem__ if title_of is None else title_of
        self._ids: list[str] = []
        self._countries = array("H")
        self._flags = bytearray()
        for one in accounts:
            self.add(one)

    def add(self, account: AccountFacts) -> None:
        """Take in an account that is not known yet."""
        self._titles[account.account_id] = account.name
        self.domains.add(account.account_id, _registrable(account.domains), _registrable(account.shared_domains))
        self.add_names(account)

    def add_names(self, account: AccountFacts) -> None:
        """Take in the names of an account that is not known yet."""
        country, has_domain = _packed(account.country), bool(account.domains)
        for reading in _indexed(account):
            slot = self.names.add(reading.core)
            flags = POINTS[reading.how] | (HAS_DOMAIN if has_domain else 0)
            if slot == len(self._ids):
                self._ids.append(account.account_id)
                self._countries.append(country)
                self._flags.append(flags)
            else:
                self._ids[slot] = account.account_id
                self._countries[slot], self._flags[slot] = country, flags

    def remove(self, account: AccountFacts) -> None:
        """Forget an account. Raises KeyError naming it when it was not added with these facts."""
        self.remove_names(account)
        self._titles.pop(account.account_id, None)
        self.domains.remove(account.account_id, _registrable(account.domains), _registrable(account.shared_domains))

    def remove_names(self, account: AccountFacts) -> None:
        """Forget an account's names. Raises KeyError naming it when they were not added with these facts."""
        for reading in _indexed(account):
            slots = self.names.whole(reading.core.replace(" ", ""))
            mine = [one for one in slots if self._ids[one] == account.account_id and self.names.names[one] == reading.core]
            if not mine:
                raise KeyError(f"account {account.account_id!r} was not added with the name {account.name!r}")
            self.names.remove(mine[0])
            self._ids[mine[0]] = ""

    def change(self, was: AccountFacts, now: AccountFacts) -> None:
        """An account as it is now in place of as it was."""
        if was != now:
            self.remove(was)
            self.add(now)

    def of_domain(self, domain: str) -> tuple[str, ...]:
        """Ids of the accounts that list a registrable domain as their own, sorted."""
        return self.domains.of(domain)

    def sharing(self, domain: str) -> tuple[str, ...]:
        """Ids of the accounts that say they share a registrable domain with other companies, sorted."""
        return self.domains.sharing(domain)

    def slot(self, number: int) -> Slot:
        """Whose name is in a slot of `names`."""
        flags = self._flags[number]
        country = self._countries[number]
        two = chr(country >> 8) + chr(country & 0xFF) if country else ""
        return Slot(self._ids[number], two, flags >= HAS_DOMAIN, flags & ~HAS_DOMAIN)

    def slot_of(self, account_id: str) -> Slot:
        """Whose names an account's are: of the first one that it has, its country too."""
        core = next((one.core for one in account_readings(self.title_of(account_id))), "")
        for number in self.names.whole(core.replace(" ", "")):
            if self._ids[number] == account_id:
                return self.slot(number)
        return Slot(account_id, "", True, 0)


def _registrable(hosts: Iterable[str]) -> set[str]:
    return {registrable(one) for one in hosts if one}


def _indexed(account: AccountFacts) -> list[Reading]:
    named = account_readings(account.name)
    if not account.aliases:
        return named
    found = {reading.core: reading for reading in named}
    for alias in account.aliases:
        for reading in account_readings(alias)[:1]:
            found[reading.core] = Reading(reading.core, "alias")
    return list(found.values())


@lru_cache(maxsize=2_000)
def _packed(country: str) -> int:
    plain = country.strip().upper()
    return ord(plain[0]) << 8 | ord(plain[1]) if len(plain) == 2 and plain.isascii() else 0


def _take(held: dict[str, str | tuple[str, ...]], domain: str, account_id: str) -> None:
    known = _many(held.get(domain, ()))
    held[domain] = tuple(sorted((*known, account_id))) if known else account_id


def _let_go(held: dict[str, str | tuple[str, ...]], domain: str, account_id: str) -> None:
    left = tuple(one for one in _many(held.get(domain, ())) if one != account_id)
    if left:
        held[domain] = left if len(left) > 1 else left[0]
    else:
        held.pop(domain, None)


def _many(held: str | tuple[str, ...]) -> tuple[str, ...]:
    return (held,) if isinstance(held, str) else held
