"""How sure it is that two normalised names are one organisation: 0 to 100, from which words agree, which are missing, and how rare they are.

The points are penalties from 100 by kind of difference. They were chosen by what a difference means, and checked against the five public
collections that `tests/bench/matching.py` measures; `docs/matching.md` has the figures.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log
from typing import NamedTuple

from rapidfuzz.distance import JaroWinkler, OSA

from streams.matching.normal import kind

Frequency = Callable[[str], int]


class Likeness(NamedTuple):
    """`score` 0-100; `why` a clause for people."""

    score: float
    why: str


NOTHING = Likeness(0.0, "nothing in common")


def alike_word(one: str, other: str) -> float:
    """How alike two words are, 0 to 1, or 0 for words that differ by more than a slip: short words must be equal."""
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < 4 or len(longer) - len(shorter) > 3:
        return 0.0
    edits = OSA.distance(one, other)
    if edits > (1 if len(longer) < 8 else 2 if len(longer) < 12 else 3):
        return 0.0
    if longer == shorter + "s":
        return 0.97
    sure = 1 - edits / (len(longer) + 1)
    return sure if one[0] == other[0] else sure - 0.05


class Aligned(NamedTuple):
    """`pairs`: (lead's word, account's word, how alike); `lead`, `account`: the words left over on each side."""

    pairs: list[tuple[str, str, float]]
    lead: list[str]
    account: list[str]


def align(lead: list[str], account: list[str]) -> Aligned:
    """Pair the words of two names: equal ones, ones written together or apart, then misspelt ones."""
    left, right = list(lead), list(account)
    pairs = []
    for word in lead:
        if word in right:
            right.remove(word)
            left.remove(word)
            pairs.append((word, word, 1.0))
    for these, those, swap in ((left, right, False), (right, left, True)):
        at = 0
        while at + 1 < len(these):
            run = these[at] + these[at + 1]
            if run in those:
                those.remove(run)
                del these[at : at + 2]
                pairs.append((run, run, 0.99))
            else:
                at += 1
    scored = sorted(((alike_word(one, other), one, other) for one in left for other in right), reverse=True)
    for sure, one, other in scored:
        if sure > 0 and one in left and other in right:
            left.remove(one)
            right.remove(other)
            pairs.append((one, other, sure))
    return Aligned(pairs, left, right)


def rarity(word: str, frequency: Frequency, names: int) -> float:
    """What a word is worth in telling organisations apart: 1 for one that a single account has, little for a common one."""
    if kind(word) != 2:
        return 0.25
    held = frequency(word)
    return 1.0 if held < 2 else max(0.25, 1 / (1 + 0.35 * log(held)))


def likeness(lead: str, account: str, frequency: Frequency, names: int) -> Likeness:
    """How sure it is that a lead's normalised name means the account's. `frequency`: how many accounts' names have a word."""
    mine, theirs = lead.split(" "), account.split(" ")
    if "".join(mine) == "".join(theirs):
        telling = any(kind(word) == 2 for word in theirs) or len(theirs) > 1
        return Likeness(100.0 if telling else 90.0, "the same name")
    found = align(mine, theirs)
    if not found.pairs:
        return NOTHING
    telling = [(one, other, sure) for one, other, sure in found.pairs if kind(other) == 2 or kind(one) == 2]
    if not telling:
        return _common_words(found)
    score = 100.0
    why = []
    for one, other, sure in found.pairs:
        if sure < 0.98:
            score -= (1 - sure) * (120 if kind(other) == 2 else 60)
            why.append(f"{one} for {other}")
    mine_x = _by_kind(found.lead)
    theirs_x = _by_kind(found.account)
    # both sides have a telling word that the other lacks
    if mine_x[2] and theirs_x[2]:
        score -= 45
    elif theirs_x[2]:
        head = theirs[0] in [other for _, other, _ in telling]
        score -= (16 if head else 24) + 6 * (len(theirs_x[2]) - 1)
    elif mine_x[2]:
        head = mine[0] in [one for one, _, _ in telling]
        score -= (16 if len(telling) == 1 else 10) + 3 * (len(mine_x[2]) - 1) + (0 if head else 10)
    if mine_x[0] and theirs_x[0]:
        score -= 22
    else:
        count = len(mine_x[0]) + len(theirs_x[0])
        score -= 0 if not count else min(10, 3 + 2 * (count - 1))
    if mine_x[1] and theirs_x[1]:
        score -= 25
    elif mine_x[1]:
        score -= 4
    elif theirs_x[1]:
        score -= 6
    weight = sum(rarity(other, frequency, names) * sure for _, other, sure in telling)
    if weight < 0.6:
        score -= 12
    if found.lead:
        why.append("beside it " + " ".join(found.lead))
    if found.account:
        why.append("without " + " ".join(found.account))
    return Likeness(max(0.0, score), "; ".join(why) or "the same words")


def _by_kind(words: list[str]) -> tuple[list[str], list[str], list[str]]:
    sorted_: tuple[list[str], list[str], list[str]] = ([], [], [])
    for word in words:
        sorted_[kind(word)].append(word)
    return sorted_


def _common_words(found: Aligned) -> Likeness:
    """Names of everyday words alone: `University of Oslo`. Each word is then what tells them apart."""
    left = _by_kind(found.lead), _by_kind(found.account)
    score = 97.0 - sum((1 - sure) * 150 for _, _, sure in found.pairs)
    for side in left:
        score -= 14 * len(side[0]) + 25 * len(side[1]) + 40 * len(side[2])
    if len(found.pairs) < 2:
        score -= 30
    return Likeness(max(0.0, score), "only everyday words agree")
