"""Which words of two names are each other: equal, written together or apart, initials of several, or misspelt."""

from __future__ import annotations

import re
from typing import NamedTuple

from rapidfuzz.distance import OSA

from streams.matching.normal import KIND, TELLING, kind

PLURAL, SPELT_APART, INITIALS, SHORT_FOR, SAME_SORT = 0.97, 0.99, 0.96, 0.96, 0.95
"""How alike words are that differ by that alone; `sec` for `security`; two words for one sort of university."""
SLIP = 0.5
"""What a letter doubled, or two that changed places, count of another slip: hardly two names differ by that alone."""
_UMLAUT = re.compile("([aou])e")
_ONCE = re.compile(r"(.)\1+")
_SAME_SORT = {"polytechnic", "technology"}


class Aligned(NamedTuple):
    """`pairs`: (lead's word, account's word, how alike); `lead`, `account`: the words left over on each side."""

    pairs: list[tuple[str, str, float]]
    lead: list[str]
    account: list[str]


def alike_word(one: str, other: str) -> float:
    """How alike two words are, 0 to 1, or 0 for words that differ by more than a slip: short words must be equal."""
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if len(longer) < 8 and longer[0] != shorter[0] and longer[-1] != shorter[-1]:
        return 0.0  # one slip, which is all that such words may have, leaves one of the ends as it was
    if len(shorter) > 2 and longer.startswith(shorter):
        if len(longer) > len(shorter) + 1 and kind(longer) == KIND != kind(shorter):
            return SHORT_FOR
        if len(shorter) > 3 and longer == shorter + "s":
            return PLURAL
    if len(shorter) < 4:
        return 0.0
    if one in _SAME_SORT and other in _SAME_SORT:
        return SAME_SORT
    if len(longer) - len(shorter) > 3:
        return _glued(one, other)
    if longer[0] == shorter[0] and longer != shorter and "e" in longer and _UMLAUT.sub(r"\1", longer) == _UMLAUT.sub(r"\1", shorter):
        return PLURAL
    edits: float = OSA.distance(one, other, score_cutoff=3)
    if edits > (1 if len(longer) < 8 else 2 if len(longer) < 12 else 3):
        return _glued(one, other)
    if len(shorter) < 7 and (kind(one) == TELLING) != (kind(other) == TELLING):
        return 0.0
    if edits == 1 and len(longer) > 4 and (sorted(one) == sorted(other) or _ONCE.sub(r"\1", one) == _ONCE.sub(r"\1", other)):
        edits = SLIP
    sure = 1 - edits / (len(longer) + 1)
    return sure if one[0] == other[0] else sure - 0.05


def _glued(longer: str, shorter: str) -> float:
    # `inriaparis`, `panasonicctr`: a blank was forgotten before a word that tells little, or before initials.
    if len(shorter) < 5 or not longer.startswith(shorter) or kind(shorter) != TELLING:
        return 0.0
    rest = longer[len(shorter) :]
    return 0.95 if len(rest) > 1 and kind(rest) != TELLING else 0.88 if len(rest) <= 3 and len(shorter) > 5 else 0.0


def _shortened(word: str, following: str, those: list[str]) -> str:
    """The one of `those` that is a word with the beginning of the everyday word that follows it: `quilltech` for `quill technology`."""
    for one in those:
        if one.startswith(word) and len(one) > len(word) + 2 and following.startswith(one[len(word) :]):
            return one if len(word) > 2 and kind(following) == KIND else ""
    return ""


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
            elif short := _shortened(these[at], these[at + 1], those):
                those.remove(short)
                del these[at : at + 2]
                pairs.append((run, short, SHORT_FOR) if these is left else (short, run, SHORT_FOR))
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
    scored = [(sure, one, other) for one in left for other in right if (sure := alike_word(one, other)) > 0]
    for sure, one, other in sorted(scored, reverse=True):
        if one in left and other in right:
            left.remove(one)
            right.remove(other)
            pairs.append((one, other, sure))
    return Aligned(pairs, left, right)
