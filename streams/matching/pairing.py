"""Which words of two names are each other: equal, written together or apart, initials of several, or misspelt."""

from __future__ import annotations

import re
from typing import NamedTuple

from rapidfuzz.distance import OSA

from streams.matching.normal import TELLING, kind

PLURAL, SPELT_APART, INITIALS = 0.97, 0.99, 0.96
"""How alike words are that differ by that alone."""
_UMLAUT = re.compile("([aou])e")


class Aligned(NamedTuple):
    """`pairs`: (lead's word, account's word, how alike); `lead`, `account`: the words left over on each side."""

    pairs: list[tuple[str, str, float]]
    lead: list[str]
    account: list[str]


def alike_word(one: str, other: str) -> float:
    """How alike two words are, 0 to 1, or 0 for words that differ by more than a slip: short words must be equal."""
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < 4:
        return 0.0
    if longer == shorter + "s":
        return PLURAL
    if len(longer) - len(shorter) > 3:
        return _glued(one, other)
    if longer != shorter and "e" in longer and _UMLAUT.sub(r"\1", longer) == _UMLAUT.sub(r"\1", shorter):
        return PLURAL
    if (kind(one) == TELLING) != (kind(other) == TELLING) and len(shorter) < 7:
        return 0.0
    edits = OSA.distance(one, other, score_cutoff=3)
    if edits > (1 if len(longer) < 8 else 2 if len(longer) < 12 else 3):
        return _glued(one, other)
    sure = 1 - edits / (len(longer) + 1)
    return sure if one[0] == other[0] else sure - 0.05


def _glued(longer: str, shorter: str) -> float:
    # `inriaparis`, `panasonicctr`: a blank was forgotten before a word that tells little, or before initials.
    if len(shorter) < 5 or not longer.startswith(shorter) or kind(shorter) != TELLING:
        return 0.0
    rest = longer[len(shorter) :]
    return 0.95 if len(rest) > 1 and kind(rest) != TELLING else 0.88 if len(rest) <= 3 and len(shorter) > 5 else 0.0


def align(lead: list[str], account: list[str]) -> Aligned:
    """Pair the words of two names: equal ones, ones written together or apart, initials of several, then misspelt ones."""
    left, right = list(lead), list(account)
    pairs = []
    for word in lead:
        if word in right:
            right.remove(word)
            left.remove(word)
            pairs.append((word, word, 1.0))
    if not left or not right:
        return Aligned(pairs, left, right)
    for these, those in ((left, right), (right, left)):
        at = 0
        while at + 1 < len(these):
            run = these[at] + these[at + 1]
            if run in those:
                those.remove(run)
                del these[at : at + 2]
                pairs.append((run, run, SPELT_APART))
            else:
                at += 1
    for these, those in ((left, right), (right, left)):
        if len(those) > 1 and pairs:
            initials = "".join(word[0] for word in those)
            for word in these:
                if 2 <= len(word) <= 6 and (at := initials.find(word)) >= 0:
                    run = " ".join(those[at : at + len(word)])
                    del those[at : at + len(word)]
                    these.remove(word)
                    pairs.append((word, run, INITIALS) if these is left else (run, word, INITIALS))
                    break
    scored = sorted(((alike_word(one, other), one, other) for one in left for other in right), reverse=True)
    for sure, one, other in scored:
        if sure > 0 and one in left and other in right:
            left.remove(one)
            right.remove(other)
            pairs.append((one, other, sure))
    return Aligned(pairs, left, right)
