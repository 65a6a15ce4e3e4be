"""The companies that the policy names an owner for (`[[named_accounts]]`)."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz import fuzz

from schemas.policy import NamedAccount, Policy
from streams.directory.directory import Account
from streams.matching.accounts import AccountFacts, Index
from streams.matching.domains import label_of, registrable
from streams.matching.normal import normalise
from streams.matching.resolve import SECOND_SIGNAL_BELOW, Found, LeadFacts, MatchingPolicy, domains_of, resolve
from streams.state import Enquiry

REMEMBERED = 20_000
"""Companies whose answer is remembered: some 5 MB; the same accounts come again and again."""

SPELT_ALIKE = 90
"""rapidfuzz's ratio (0-100) from which two normalised names are one, spelt otherwise: a slip in ten letters. A name with another word is
far below it."""


class Book:
    """The named companies of one policy, found as accounts are: by domain (a `company` with a dot and no blank may be one) or by name."""

    def __init__(self, named: list[NamedAccount], matching: MatchingPolicy) -> None:
        self._named, self._matching = named, matching
        self._index = Index(AccountFacts(str(number), one.company, domains=_domains(one)) for number, one in enumerate(named))
        self.find = lru_cache(maxsize=REMEMBERED)(self._find)

    def _find(self, company: str, email: str, website: str, country: str) -> NamedAccount | None:
        lead = LeadFacts(company, email, website, country)
        found = resolve(lead, self._index, self._matching)
        if found.tied:
            return self._of_several(company, found)
        if found.account_id is None or found.verdict != "auto":
            return None
        named = self._named[int(found.account_id)]
        if company and found.score <= SECOND_SIGNAL_BELOW and not _meant(named.company, lead):
            return None  # a name that is only alike is another company: the policy means the one it names
        return named

    def _of_several(self, company: str, found: Found) -> NamedAccount | None:
        """Of named companies that read alike, as `Acme` and `Acme Inc`, the one of the very name, else the first."""
        alike = {one.account_id for one in found.candidates if one.score > SECOND_SIGNAL_BELOW or found.method == "domain"}
        several = [self._named[int(one)] for one in sorted(alike & set(found.tied), key=int)]
        return next((one for one in several if one.company.casefold() == company.casefold()), several[0] if several else None)


def _meant(named: str, lead: LeadFacts) -> bool:
    """Whether a name that is alike is the named one: spelt otherwise, or told by the initials and by the domain too."""
    core, said = (normalise(name).replace(" ", "") for name in (named, lead.company))
    if fuzz.ratio(core, said) >= SPELT_ALIKE:
        return True
    return any(label_of(domain).replace("-", "") == core for domain in domains_of(lead))


def _domains(one: NamedAccount) -> tuple[str, ...]:
    return (registrable(one.company.lower()),) if "." in one.company.strip(".") and " " not in one.company else ()


_books: dict[str, Book] = {}
"""By the policy's hash; a process knows one or two (a second one is on trial)."""


def _book(policy: Policy) -> Book:
    book = _books.get(policy.hash)
    if book is None:
        while len(_books) >= 8:
            del _books[next(iter(_books))]
        book = _books[policy.hash] = Book(policy.named_accounts, policy.matching)
    return book


def named_owner(policy: Policy, account: Account | None, lead: Enquiry) -> NamedAccount | None:
    """Who is named for the account, or, where the lead has none, for the company that it says it is from."""
    if not policy.named_accounts:
        return None
    book = _book(policy)
    if account is None:
        # Of the address only the domain: it is what is remembered by.
        return book.find(lead.company, lead.email[lead.email.rfind("@") :] if lead.email else "", lead.website, lead.country)
    for name in (account.name, *account.aliases):
        if (found := book.find(name, "", "", "")) is not None:
            return found
    for name in ("", account.name):
        for domain in account.domains:
            if (found := book.find(name, f"@{domain}", "", "")) is not None:
                return found
    return None
