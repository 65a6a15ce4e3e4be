"""What links names, domains, patterns and contacts to accounts: what people said, and what linked leads have taught (rule 19)."""

from __future__ import annotations

from collections.abc import Container
from fnmatch import fnmatchcase

from streams.directory.records import CONFIRMED, MANUAL, Link
from streams.matching.normal import normalise

FARTHEST = 50
"""Accounts that took one another over, one after the other, that are followed; a circle ends."""


class Links:
    """Links by key. `accounts`: those there are; a link to one that is gone counts only if another has taken it over."""

    def __init__(self, accounts: Container[str]) -> None:
        self._accounts = accounts
        self._by_key: dict[str, Link] = {}
        self._contacts: dict[str, str] = {}
        self._domains: dict[str, set[str]] = {}
        self._patterns: list[tuple[str, str]] = []

    def __len__(self) -> int:
        return len(self._by_key)

    def clear(self) -> None:
        """Forget all of them."""
        self._by_key.clear()
        self._contacts.clear()
        self._domains.clear()
        self._patterns.clear()

    def get(self, key: str) -> Link | None:
        """The link under a key."""
        return self._by_key.get(key)

    def set(self, key: str, link: Link | None) -> None:
        """Know a link; None forgets it."""
        kind, _, name = key.partition(":")
        if kind == "domain":
            if (old := self._by_key.get(key)) is not None:
                self._domains.get(old.account_id, set()).discard(name)
            if link is not None and link.account_id:
                self._domains.setdefault(link.account_id, set()).add(name)
        if link is None:
            self._by_key.pop(key, None)
            self._contacts.pop(name, None) if kind == "contact" else None
        else:
            self._by_key[key] = link
            if kind == "contact":
                self._contacts[name] = link.account_id
        if kind == "pattern":
            self._patterns = [one for one in self._patterns if one[0] != name]
            if link is not None:
                self._patterns.append((name, link.account_id))
            # The one that says most first, so that an exception to a wider pattern is found.
            self._patterns.sort(key=lambda one: (-len(one[0].strip("*?")), one[0]))

    def of_contact(self, address: str) -> str:
        """The account that a person belongs to whatever their domain says; empty for most."""
        linked = self._contacts.get(address)
        return self.standing(linked) if linked else ""

    def of_domain(self, domain: str, *hows: str) -> str:
        """The account that a domain is linked to, in one of these ways; empty where it is not."""
        link = self._by_key.get(f"domain:{domain}")
        return self.standing(link.account_id) if link is not None and link.how in hows else ""

    def domains_of(self, account_id: str) -> list[str]:
        """The domains that are linked to an account in whatever way, whether it is there or not."""
        return sorted(self._domains.get(account_id, ()))

    def of_pattern(self, company: str) -> tuple[str, str]:
        """(account, pattern) that a company's name, as it was written or normalised, is linked by; two empty strings where none is."""
        if not self._patterns or not company:
            return "", ""
        written = (company.casefold(), normalise(company))
        for pattern, account_id in self._patterns:
            if any(fnmatchcase(one, pattern) for one in written) and (standing := self.standing(account_id)):
                return standing, pattern
        return "", ""

    def standing(self, account_id: str) -> str:
        """The account, or the one that has taken it over; empty when it is gone."""
        for _ in range(FARTHEST):
            if not account_id or account_id in self._accounts:
                return account_id
            link = self._by_key.get(f"account:{account_id}")
            account_id = link.account_id if link is not None else ""
        return ""

    def linked_by_hand(self, domain: str) -> str:
        """The account that somebody linked the whole domain to."""
        return self.of_domain(domain, MANUAL)

    def linked_by_word(self, domain: str) -> str:
        """The account that somebody said a lead of the domain belongs to."""
        return self.of_domain(domain, CONFIRMED)
