"""The routing rules in their order, each a small pure function: first match wins (rule 20).

At this point a lead goes to whoever already has the relationship, by this very contact, the open deal, the customer's owner, or the
account's holder; what no rule names goes to RevOps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from streams.directory import Account, Directory
from streams.state import Company, Lock


class Asked(NamedTuple):
    """What routing looks at: the contact's lock, the account and its record."""

    lock: Lock | None
    account: Account | None
    company: Company
    directory: Directory


class Chosen(NamedTuple):
    """The rule that won and the rep it named; no rep means RevOps' queue."""

    rule: str
    rep: str


def contact_owner(asked: Asked) -> str:
    """The holder of this very contact's lock, unless routing a lead gave it and nobody has touched since."""
    lock = asked.lock
    return "" if lock is None or lock.is_team or (lock.phase and lock.rule in STEPS) else lock.owner


def open_opportunity_owner(asked: Asked) -> str:
    """Whoever has the open deal."""
    return next(iter(asked.account.dealing()), "") if asked.account else ""


def customer_owner(asked: Asked) -> str:
    """Whoever owns the customer."""
    return asked.account.owner if asked.account and asked.account.status == "customer" else ""


def profile_owner(asked: Asked) -> str:
    """The holder of the account's lock."""
    return asked.company.lock.owner if asked.account and asked.company.lock else ""


STEPS: dict[str, Callable[[Asked], str]] = {
    "contact_owner": contact_owner,
    "customer_owner": customer_owner,
    "open_opportunity_owner": open_opportunity_owner,
    "profile_owner": profile_owner,
}
"""Rule name -> step. A step answers with a rep or an empty string."""


def choose(asked: Asked, order: Sequence[str]) -> Chosen:
    """The first rule of the policy's order that names an active rep."""
    for rule in order:
        step = STEPS.get(rule)
        rep = step(asked) if step else ""
        known = asked.directory.reps.get(rep)
        if rep and (known is None or known.active):
            return Chosen(rule, rep)
    return Chosen("unassigned", "")
