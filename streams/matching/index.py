"""Which names a name may mean: an inverted index of normalised names that takes them one by one.

Postings are sorted arrays of 32-bit slots (a lone one is a plain int). A name is found by its whole without blanks, by every run of
the query's words, by rare words, initials, sound, and by the trigrams of its telling words, rarest first, so that a
slip of the pen costs little.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Collection, Iterable
from itertools import chain
from operator import itemgetter
from typing import Any

from streams.matching.normal import TELLING, initials, kind, telling
from streams.matching.postings import Postings, commonest, every_other_trigram, size, slots_of, trigrams
from streams.matching.sounds import sound_key

READ, READ_OF = 400, 1_000
"""Postings of words, and of one whole name, initials or sound, that a lookup reads: so many, and one more for each `READ_OF` names.
What more names share tells too little."""
TRIGRAMS_READ, TRIGRAMS_READ_OF = 600, 200
"""The same of trigrams, rarest first: 1,100 of 100,000 names and 5,600 of a million, at about 50 ns each."""
LONGEST_RUN = 8
"""Words of the longest run that is looked up as a whole name."""
SEARCHED = 20_000
"""Names that a search for a part of one looks at, of those that have its rarest letters: 3 ms."""
class NameIndex:
    """Slots by what their names hold. Names are normalised (`normal.normalise`); several slots may have the same one."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._free: list[int] = []
        self._by_name: Postings = {}
        self._by_word: Postings = {}
        self._by_trigram: Postings = {}
        self._by_initials: Postings = {}
        self._by_sound: Postings = {}

    def __len__(self) -> int:
        return len(self.names) - len(self._free)

    def frequency(self, word: str) -> int:
        """How many names have the word."""
        return size(self._by_word.get(word))

    def add(self, name: str) -> int:
        """Take in a normalised name, not empty; its slot."""
        if self._free:
            slot = self._free.pop()
            self.names[slot] = name
        else:
            slot = len(self.names)
            self.names.append(name)
        if slot == len(self.names) - 1:
            self._append(slot, name)  # the largest: appending keeps postings sorted
        else:
            self._insert(slot, name)
        return slot

    def _append(self, slot: int, name: str) -> None:
        # Written out for speed: this is most of what loading a directory takes.
        found = name.split(" ")
        joined = "".join(found)
        named = telling(found) or joined
        held: int | array[int] | None
        for postings, features in (
            (self._by_name, (joined,)),
            (self._by_sound, (sound_key(named),)),
            (self._by_word, set(found) if len(found) > 1 else found),
            *(((self._by_initials, initials(found)),) if len(found) > 1 else ()),
        ):
            for feature in features:
                held = postings.get(feature)
                if held is None:
                    postings[feature] = slot
                elif isinstance(held, int):
                    postings[feature] = array("I", (held, slot))
                else:
                    held.append(slot)
        by_trigram: dict[str, Any] = self._by_trigram
        for feature in every_other_trigram(named):
            try:  # nearly all are there, as arrays: to ask first takes half as long again
                by_trigram[feature].append(slot)
            except KeyError:
                by_trigram[feature] = slot
            except AttributeError:
                by_trigram[feature] = array("I", (by_trigram[feature], slot))

    def _insert(self, slot: int, name: str) -> None:
        for postings, features in self._features(name):
            for feature in features:
                held = postings.get(feature)
                if held is None:
                    postings[feature] = slot
                elif isinstance(held, array):
                    insort(held, slot)
                else:
                    postings[feature] = array("I", (held, slot) if held < slot else (slot, held))

    def remove(self, slot: int) -> None:
        """Forget the name in a slot, which is free then."""
        for postings, features in self._features(self.names[slot]):
            for feature in features:
                held = postings[feature]
                if isinstance(held, int):
                    del postings[feature]
                    continue
                del held[bisect_left(held, slot)]
                if len(held) == 1:
                    postings[feature] = held[0]
        self.names[slot] = ""
        self._free.append(slot)

    def _features(self, name: str) -> list[tuple[Postings, Iterable[str]]]:
        found = name.split(" ")
        joined = "".join(found)
        named = telling(found) or joined
        return [
            (self._by_name, (joined,)),
            (self._by_sound, (sound_key(named),)),
            (self._by_word, set(found)),
            (self._by_initials, initials(found)),
            (self._by_trigram, every_other_trigram(named)),
        ]

    def whole(self, joined: str) -> Collection[int]:
        """Slots whose name without blanks is this."""
        return slots_of(self._by_name.get(joined))

    def sounding(self, joined: str) -> Iterable[int]:
        """Slots whose names may sound like this one, which is folded and without blanks; none when they are too many."""
        return self._few(self._by_sound.get(sound_key(joined)))

    def candidates(self, name: str) -> set[int]:
        """Slots worth comparing with a normalised name: those that are it or a run of its words, share its rare words or its initials,
        or share most trigrams. The same whatever order names were added in."""
        found = name.split(" ")
        joined = "".join(found)
        slots: set[int] = set()
        for start in range(len(found)):
            run = ""
            for word in found[start : start + LONGEST_RUN]:
                run += word
                slots.update(self._few(self._by_name.get(run)))
        slots.update(self._few(self._by_initials.get(joined)))
        for short in initials(found):
            slots.update(self._few(self._by_name.get(short)))
        slots |= commonest(self._seen(self._by_word, set(found), self._words_read()))
        return slots | commonest(
            self._seen(self._by_trigram, trigrams(telling(found) or joined), TRIGRAMS_READ + len(self) // TRIGRAMS_READ_OF)
        )

    def holding(self, parts: list[str], most: int) -> list[int]:
        """At most `most` slots whose names hold all of these normalised words or parts of words, for a person who searches: first those
        that begin with the first one. It looks at `SEARCHED` names at most, those that have the rarest letters of what is asked."""
        found: dict[int, None] = {}
        looked = 0
        for posting in self._where(parts):
            for slot in slots_of(posting):
                looked += 1
                if len(found) == most or looked > SEARCHED:
                    return list(found)
                joined = self.names[slot].replace(" ", "")
                if slot not in found and all(part in joined for part in parts):
                    found[slot] = None
        return list(found)

    def _where(self, parts: list[str]) -> list[int | array[int]]:
        """Postings that between them have every name that holds the parts, as far as it can be known."""
        words = [held for part in parts if (held := self._by_word.get(part)) is not None]
        whole = [min(words, key=size)] if words else []
        wanted = [one for one in parts if kind(one) == TELLING and len(one) > 1]
        if not wanted:  # `tea` is a word, and begins Teaxon
            begun = [self._by_trigram.get(f"^{one}"[:3], array("I")) for one in parts[:1] if len(one) > 1]
            return [*whole, *begun]
        longest = max(wanted, key=len)
        # Every other trigram of a name is indexed: what begins it is known, and what is inside it lies one way or the other.
        ways = [f"^{wanted[0]}", longest, longest[1:]]
        each = [[way[at : at + 3] for at in range(0, len(way) - 2, 2)] for way in ways]
        rarest = [min((self._by_trigram.get(one, array("I")) for one in trigram), key=size) for trigram in each if trigram]
        return [*rarest[:1], *whole, *rarest[1:]]

    def _words_read(self) -> int:
        return READ + len(self) // READ_OF

    def _few(self, held: int | array[int] | None) -> Iterable[int]:
        return slots_of(held) if size(held) <= self._words_read() else ()

    @staticmethod
    def _seen(postings: Postings, features: Iterable[str], limit: int) -> Counter[int]:
        held = [(size(one), feature, one) for feature in features if (one := postings.get(feature)) is not None]
        held.sort(key=itemgetter(0, 1))
        few = []
        read = 0
        for count, _, one in held:
            read += count
            if read > limit:
                break
            few.append(slots_of(one))
        return Counter(chain.from_iterable(few))  # one count of all is half of what one for each posting takes
