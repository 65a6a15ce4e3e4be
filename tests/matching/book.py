"""A small invented address book that the tests of matching share."""

from __future__ import annotations

from schemas.policy import Policy
from streams.matching.accounts import AccountFacts, Index
from streams.matching.resolve import Found, LeadFacts, resolve

DEFAULTS = Policy().matching


def book(*accounts: str | AccountFacts) -> Index:
    """An index of accounts; a bare name is an account whose id is its name."""
    return Index(one if isinstance(one, AccountFacts) else AccountFacts(one, one) for one in accounts)


def find(accounts: Index, company: str = "", policy: str = "", **facts: str) -> Found:
    """What a lead resolves to. `policy`: the lines of `[matching]`."""
    matching = Policy.parse(f"[matching]\n{policy}").matching if policy else DEFAULTS
    return resolve(LeadFacts(company, **facts), accounts, matching)


def linked(accounts: Index, company: str, **facts: str) -> str | None:
    """The account that a company is linked to without asking anyone, or None."""
    found = find(accounts, company, **facts)
    return found.account_id if found.verdict == "auto" else None
