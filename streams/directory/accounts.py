"""The accounts of the directory, so kept that a million of them fit: as the bytes they were read as, decoded when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from streams.directory.records import Account, read_account
from streams.known import Known
from streams.matching.accounts import AccountFacts, Domains, Index
from streams.matching.networks import Networks
from streams.matching.resolve import Found

DECODED = 20_000
"""Accounts that are kept decoded too: some 30 MB, and more than a batch is about."""


class Accounts(Mapping[str, Account]):
    """Accounts by id, with their domains, families and names. `names` takes in what has changed when it is next asked for: whoever only
    looks up domains never pays for it. `memo`: what was found by name; another one whenever an account changes."""

    def __init__(self) -> None:
        self.domains = Domains()
        self.networks = Networks()
        self.memo: dict[object, Found] = {}
        self._bodies: dict[str, bytes] = {}
        self._decoded = Known[str, Account](lambda account_id: read_account(self._bodies[account_id]), DECODED)
        self._children: dict[str, set[str]] = {}
        self._likened: dict[str, set[str]] = {}
        self._index = self._new_index()
        self._unnamed: dict[str, AccountFacts] = {}

    def _new_index(self) -> Index:
        return Index(domains=self.domains, title_of=lambda account_id: self[account_id].name)

    def __getitem__(self, account_id: str) -> Account:
        return self._decoded[account_id]

    def get(self, account_id: str, default: Any = None) -> Any:
        return self[account_id] if account_id in self._bodies else default

    def __contains__(self, account_id: object) -> bool:
        return account_id in self._bodies

    def __iter__(self) -> Iterator[str]:
        return iter(self._bodies)

    def __len__(self) -> int:
        return len(self._bodies)

    def clear(self) -> None:
        """Forget all of them."""
        for kept in (self._bodies, self._decoded, self._children, self._likened, self._unnamed, self.domains, self.networks):
            kept.clear()
        self.memo = {}
        self._index = self._new_index()

    def set(self, account: Account, body: bytes) -> None:
        """Know an account as it is now. `body`: the record that it was read from."""
        account_id = account.account_id
        if account_id in self._bodies:
            self.drop(account_id)
        self.memo = {}
        self._bodies[account_id] = body
        self.domains.add(account_id, account.domains, account.shared_domains)
        if account.networks:
            self.networks.add(account_id, account.networks)
        if account.parent_id:
            self._children.setdefault(account.parent_id, set()).add(account_id)
        for other in account.similar:
            self._likened.setdefault(other, set()).add(account_id)
        self._unnamed[account_id] = facts_of(account)

    def drop(self, account_id: str) -> None:
        """Forget an account, known or not."""
        if account_id not in self._bodies:
            return
        self.memo = {}
        old = self[account_id]
        self.domains.remove(account_id, old.domains, old.shared_domains)
        self.networks.remove(account_id, old.networks)
        _discard(self._children, old.parent_id, account_id)
        for other in old.similar:
            _discard(self._likened, other, account_id)
        if account_id in self._unnamed:
            del self._unnamed[account_id]
        else:
            self._index.remove_names(facts_of(old))
        del self._bodies[account_id]
        self._decoded.pop(account_id, None)

    def body(self, account_id: str) -> bytes | None:
        """The record as it was read; None for an account that is not known."""
        return self._bodies.get(account_id)

    @property
    def names(self) -> Index:
        """The index of names, up to date."""
        self.take_in(len(self._unnamed))
        return self._index

    def take_in(self, most: int) -> int:
        """Index up to `most` accounts whose names have changed, at 20 microseconds each; how many are left."""
        for _ in range(min(most, len(self._unnamed))):
            self._index.add_names(self._unnamed.popitem()[1])
        return len(self._unnamed)

    @property
    def named(self) -> Index:
        """The index of names as far as it has been taken in: `names` for whoever rather misses some than waits."""
        return self._index

    def related(self, account: Account) -> list[Account]:
        """Accounts of the same parent, the parent and the children included, by id."""
        family = set(self._children.get(account.account_id, ()))
        if account.parent_id:
            family |= self._children.get(account.parent_id, set()) | {account.parent_id}
        family.discard(account.account_id)
        return [self[one] for one in sorted(family) if one in self._bodies]

    def similar(self, account: Account) -> list[Account]:
        """Accounts whose names were found to be like this one's, when either was told, by id."""
        found = {*account.similar, *self._likened.get(account.account_id, ())} - {account.account_id}
        return [self[one] for one in sorted(found) if one in self._bodies]

    def likening(self, account_id: str) -> list[str]:
        """Ids of the accounts whose records say that this one's name is like theirs, sorted."""
        return sorted(self._likened.get(account_id, ()))


def facts_of(account: Account) -> AccountFacts:
    """What matching knows of an account."""
    return AccountFacts(account.account_id, account.name, tuple(account.aliases), tuple(account.domains), tuple(account.shared_domains))


def _discard(held: dict[str, set[str]], key: str, value: str) -> None:
    known = held.get(key)
    if known is not None:
        known.discard(value)
        if not known:
            del held[key]
