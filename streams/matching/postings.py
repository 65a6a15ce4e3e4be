"""What an index keeps of names and how it is read: postings of slots, trigrams, the slots that are seen most often."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection

Postings = dict[str, "int | array[int]"]
"""Sorted slots by feature; a lone one is a plain int."""
MOST_ALIKE = 12
"""Slots kept of those that share most words, and of those that share most trigrams."""


def trigrams(joined: str) -> set[str]:
    """The trigrams of a name without blanks, its edges marked."""
    edged = f"^{joined}$"
    return {edged[at : at + 3] for at in range(len(edged) - 2)}


def every_other_trigram(joined: str) -> set[str]:
    """Those of a name that are indexed: half of them, and the last. A query asks for all of its own, so that a letter more or less does
    not put the halves out of step."""
    edged = f"^{joined}$"
    found = {edged[at : at + 3] for at in range(0, len(edged) - 2, 2)}
    found.add(edged[-3:])
    return found


def commonest(seen: Counter[int]) -> set[int]:
    """The slots seen most often; ties of the last one are all in, or all out when they are too many to tell anything."""
    if len(seen) <= MOST_ALIKE:
        return set(seen)
    again = [(slot, times) for slot, times in seen.items() if times > 1]  # most are seen once, and hardly ever wanted
    having = Counter(times for _, times in again)
    having[1] = len(seen) - len(again)
    least, kept = 0, 0
    for times in sorted(having, reverse=True):
        if kept and kept + having[times] > 4 * MOST_ALIKE:
            break
        least, kept = times, kept + having[times]
        if kept >= MOST_ALIKE:
            break
    if kept > 4 * MOST_ALIKE:
        return set()
    return {slot for slot, times in again if times >= least} if least > 1 else set(seen)


def size(held: int | array[int] | None) -> int:
    """How many slots a posting has."""
    return 0 if held is None else 1 if isinstance(held, int) else len(held)


def slots_of(held: int | array[int] | None) -> Collection[int]:
    """A posting's slots."""
    return () if held is None else (held,) if isinstance(held, int) else held
