"""A user's own lists as a day of traffic: every account published, every lead created, worked by two teams, and answered as it comes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from random import Random
from typing import Any

from streams.day.lives import Mix, life
from streams.day.people import CLOSERS, TEAM_OF, Account, Lead, reps
from streams.day.planned import HOUR, MILLISECOND, Act, Life, Planned, in_order

MIX = Mix(second_team=1.0)
OPENS, CLOSES = 8 * HOUR, 16 * HOUR
"""Leads come in between these times after `start`; the last answers some hours later."""


def events(accounts: Iterable[Account], leads: Sequence[Lead], seed: int, start: int) -> Iterator[Planned]:
    """The day that begins at `start` (microseconds since the epoch, UTC), in the order of arrival and one event a millisecond at most.
    The same lists and seed give the same events. With more than some 28,000,000 leads the day grows longer than a day."""
    rng = Random(seed)
    pace = max((CLOSES - OPENS) // max(len(leads), 1), MILLISECOND)
    return in_order(chain([who_is_who(start)], account_facts(rng, accounts, start + HOUR), _lives(rng, leads, start + OPENS, pace)))


def who_is_who(begin: int) -> Life:
    """The reps, as the CRM tells of them."""
    return Life("reps", begin, [Act(0, "rep-updated", facts) for facts in reps()])


def account_facts(rng: Random, accounts: Iterable[Account], begin: int) -> Iterator[Life]:
    """The accounts, most of them prospects; some are customers, some have an open deal."""
    for account in accounts:
        value: dict[str, Any] = {"account_id": account.account_id, "name": account.name, "domains": list(account.domains)}
        draw = rng.random()
        if draw < 0.06:
            manager = rng.choice(CLOSERS)
            value |= {"status": "customer", "owner": manager, "account_manager": manager, "team": rng.sample(list(TEAM_OF), 1)}
        elif draw < 0.1:
            value |= {"status": "prospect", "open_opportunities": [{"id": f"deal-{account.account_id}", "owner": rng.choice(CLOSERS)}]}
        else:
            value["status"] = "prospect"
        yield Life(account.account_id, begin, [Act(0, "account-updated", value)])


def _lives(rng: Random, leads: Iterable[Lead], begin: int, pace: int) -> Iterator[Life]:
    for number, lead in enumerate(leads):
        yield life(rng, lead, begin + number * pace, MIX)
