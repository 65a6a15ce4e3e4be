"""What every backend refuses in the same words, before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from streams.tables.contract import Group

KINDS: Final = ("account", "rep", "matter", "link")
# A sorted set's score is a double: integers are exact below 2^53, in microseconds the year 2255.
LATEST: Final = 2**53 - 1


def check(groups: Sequence[Group]) -> None:
    """Raises ValueError for a fact of an unknown kind, or a deadline that a sorted set would round."""
    for group in groups:
        for fact in group.facts:
            if fact.kind not in KINDS:
                nearest = get_close_matches(fact.kind, KINDS, n=1, cutoff=0)
                raise ValueError(f"fact.kind is {fact.kind!r}, valid are {', '.join(KINDS)}; the nearest is {(nearest or KINDS)[0]!r}")
        for at in group.due.values():
            if at is not None and not 0 <= at <= LATEST:
                raise ValueError(f"due is {at} microseconds, valid are 0 to {LATEST}; the nearest is {max(0, min(at, LATEST))}")
