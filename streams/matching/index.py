"""Which accounts a name may mean: an inverted index of normalised names that takes accounts one by one.

Postings are sorted arrays of 32-bit slots (a lone one is a plain int); a slot is one name of one account. What is looked up: the name
without blanks and every run of the query's words, rare words, initials, and the name's trigrams of letters, rarest first.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Iterator
from heapq import nlargest

Postings = dict[str, "int | array[int]"]

WORDS_READ = 600
"""Postings of words that a lookup reads at most: a word that more accounts share tells too little alone."""
TRIGRAMS_READ = 1500
"""Postings of trigrams that a lookup reads at most, rarest first; about 40 ns each."""
LONGEST_RUN = 8
"""Words of the longest run that is looked up as a whole name."""


def trigrams(joined: str) -> set[str]:
    """The trigrams of a name without blanks, its edges marked."""
    edged = f"^{joined}$"
    return {edged[at : at + 3] for at in range(len(edged) - 2)}


class NameIndex:
    """Slots by what their names hold. Names are normalised (`normal.normalise`)."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._free: list[int] = []
        self._by_name: Postings = {}
        self._by_word: Postings = {}
        self._by_trigram: Postings = {}
        self._by_initials: Postings = {}

    def __len__(self) -> int:
        return len(self._names) - len(self._free)

    def name(self, slot: int) -> str:
        """The normalised name in a slot."""
        return self._names[slot]

    def frequency(self, word: str) -> int:
        """How many names have the word."""
        return _count(self._by_word.get(word))

    def add(self, name: str) -> int:
        """Take in a normalised name, not empty; its slot."""
        if self._free:
            slot = self._free.pop()
            self._names[slot] = name
        else:
            slot = len(self._names)
            self._names.append(name)
        for postings, feature in self._features(name):
            _put(postings, feature, slot)
        return slot

    def remove(self, slot: int) -> None:
        """Forget the name in the slot, which is free then."""
        for postings, feature in self._features(self._names[slot]):
            _drop(postings, feature, slot)
        self._names[slot] = ""
        self._free.append(slot)

    def _features(self, name: str) -> Iterator[tuple[Postings, str]]:
        found = name.split(" ")
        joined = "".join(found)
        yield self._by_name, joined
        for word in set(found):
            yield self._by_word, word
        if len(found) > 2:
            yield self._by_initials, "".join([word[0] for word in found])
        for trigram in trigrams(joined):
            yield self._by_trigram, trigram

    def whole(self, joined: str) -> Iterable[int]:
        """Slots whose name without blanks is this."""
        return _read(self._by_name.get(joined))

    def initials(self, letters: str) -> Iterable[int]:
        """Slots whose words begin with these letters."""
        return _read(self._by_initials.get(letters))

    def candidates(self, name: str, limit: int) -> set[int]:
        """Slots worth comparing with a normalised name: all that hold it, or are a run of its words; those of its rare words and initials
        and about `limit` that share most trigrams. The same whatever order names were added in."""
        found = name.split(" ")
        slots: set[int] = set()
        for start in range(len(found)):
            run = ""
            for word in found[start : start + LONGEST_RUN]:
                run += word
                slots.update(_few(self._by_name.get(run)))
        joined = "".join(found)
        slots.update(_few(self._by_initials.get(joined)))
        if len(found) > 2:
            slots.update(_few(self._by_name.get("".join([word[0] for word in found]))))
        seen: Counter[int] = Counter()
        read = 0
        for count, word in sorted((_count(self._by_word.get(word)), word) for word in set(found)):
            read += count
            if read > WORDS_READ:
                break
            seen.update(_read(self._by_word.get(word)))
        slots.update(_most(seen, limit))
        return slots | self._alike(joined, limit)

    def _alike(self, joined: str, limit: int) -> set[int]:
        seen: Counter[int] = Counter()
        read = 0
        asked = trigrams(joined)
        for count, trigram in sorted((_count(self._by_trigram.get(one)), one) for one in asked):
            read += count
            if read > TRIGRAMS_READ:
                break
            seen.update(_read(self._by_trigram.get(trigram)))
        return _most(seen, limit)


def _most(seen: Counter[int], limit: int) -> set[int]:
    """The slots that were seen most; all that were seen as often as the last of them, unless they are too many to tell anything."""
    if len(seen) <= limit:
        return set(seen)
    least = nlargest(limit, seen.values())[-1]
    kept = {slot for slot, times in seen.items() if times >= least}
    return kept if len(kept) <= 3 * limit else {slot for slot, times in seen.items() if times > least}


def _count(held: int | array[int] | None) -> int:
    return 0 if held is None else 1 if isinstance(held, int) else len(held)


def _read(held: int | array[int] | None) -> Iterable[int]:
    return () if held is None else (held,) if isinstance(held, int) else held


def _few(held: int | array[int] | None) -> Iterable[int]:
    # Hundreds of accounts of one name are no help to anyone; a person is asked from the first few.
    return _read(held) if _count(held) <= WORDS_READ else ()


def _put(postings: Postings, feature: str, slot: int) -> None:
    held = postings.get(feature)
    if held is None:
        postings[feature] = slot
    elif isinstance(held, int):
        postings[feature] = array("I", sorted((held, slot)))
    elif slot > held[-1]:
        held.append(slot)
    else:
        insort(held, slot)


def _drop(postings: Postings, feature: str, slot: int) -> None:
    held = postings[feature]
    if isinstance(held, int):
        del postings[feature]
        return
    del held[bisect_left(held, slot)]
    if len(held) == 1:
        postings[feature] = held[0]
