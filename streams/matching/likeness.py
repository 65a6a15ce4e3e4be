"""How sure it is that two normalised names are one organisation: 0 to 100, from which words agree, which are missing, and how rare they are.

The points are penalties from 100 by kind of difference. They were chosen by what a difference means, and checked against the five public
collections that `tests/bench/matching.py` measures; `docs/matching.md` has the figures.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import log
from typing import NamedTuple

from rapidfuzz.distance import OSA

from streams.matching.normal import kind

Frequency = Callable[[str], int]


class Likeness(NamedTuple):
    """`score` 0-100; `why` a clause for people."""

    score: float
    why: str


class Aligned(NamedTuple):
    """`pairs`: (lead's word, account's word, how alike); `lead`, `account`: the words left over on each side."""

    pairs: list[tuple[str, str, float]]
    lead: list[str]
    account: list[str]


_UMLAUT = re.compile("([aou])e")
NOTHING = Likeness(0.0, "nothing in common")
ACADEMIC = frozenset(("university", "institute", "college", "school", "polytechnic", "academy"))


def alike_word(one: str, other: str) -> float:
    """How alike two words are, 0 to 1, or 0 for words that differ by more than a slip: short words must be equal."""
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < 4:
        return 0.0
    if longer == shorter + "s" or _UMLAUT.sub(r"\1", one) == _UMLAUT.sub(r"\1", other):
        return 0.97
    if (kind(one) == 2) != (kind(other) == 2) and len(shorter) < 7:
        return 0.0
    edits = OSA.distance(one, other, score_cutoff=3)
    if edits > (1 if len(longer) < 8 else 2 if len(longer) < 12 else 3):
        return _glued(one, other)
    sure = 1 - edits / (len(longer) + 1)
    return sure if one[0] == other[0] else sure - 0.05


def _glued(longer: str, shorter: str) -> float:
    # `inriaparis`, `panasonicctr`: a blank was forgotten before a word that tells little, or before initials.
    if len(shorter) < 5 or not longer.startswith(shorter) or kind(shorter) != 2:
        return 0.0
    rest = longer[len(shorter) :]
    return 0.95 if len(rest) > 1 and kind(rest) != 2 else 0.88 if len(rest) <= 3 and len(shorter) > 5 else 0.0


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
                pairs.append((run, run, 0.99))
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
                    pairs.append((word, run, 0.96) if these is left else (run, word, 0.96))
                    break
    scored = sorted(((alike_word(one, other), one, other) for one in left for other in right), reverse=True)
    for sure, one, other in scored:
        if sure > 0 and one in left and other in right:
            left.remove(one)
            right.remove(other)
            pairs.append((one, other, sure))
    return Aligned(pairs, left, right)


def rarity(word: str, frequency: Frequency) -> float:
    """What a word is worth in telling organisations apart: 1 for one that a single account has, little for a common one."""
    if kind(word) != 2:
        return 0.25
    held = frequency(word)
    return 1.0 if held < 2 else max(0.25, 1 / (1 + 0.35 * log(held)))


def likeness(lead: str, account: str, frequency: Frequency) -> Likeness:
    """How sure it is that a lead's normalised name means the account's. `frequency`: how many accounts' names have a word."""
    mine, theirs = lead.split(" "), account.split(" ")
    if lead == account or "".join(mine) == "".join(theirs):
        telling = any(kind(word) == 2 for word in theirs) or len(theirs) > 1
        return Likeness(100.0 if telling else 90.0, "the same name")
    if len(mine) == 1 and len(theirs) > 2:
        return _initials(lead, theirs) or _words(mine, theirs, frequency)
    if len(theirs) == 1 and len(mine) > 2:
        return _initials(account, mine) or _words(mine, theirs, frequency)
    return _words(mine, theirs, frequency)


def _initials(letters: str, words: list[str]) -> Likeness | None:
    if not 3 <= len(letters) <= 7 or letters != "".join(word[0] for word in words):
        return None
    return Likeness({3: 74.0, 4: 85.0}.get(len(letters), 90.0), f"the initials of {' '.join(words)}")


def _words(mine: list[str], theirs: list[str], frequency: Frequency) -> Likeness:
    found = align(mine, theirs)
    telling = [pair for pair in found.pairs if kind(pair[1]) == 2 and kind(pair[0]) == 2]
    if not found.pairs:
        return NOTHING
    why = [f"{one} for {other}" for one, other, sure in found.pairs if sure < 0.98]
    if found.lead:
        why.append("beside it " + " ".join(found.lead))
    if found.account:
        why.append("without " + " ".join(found.account))
    score = _by_telling(mine, theirs, found, telling, frequency) if telling else _by_common(found)
    return Likeness(max(0.0, score), "; ".join(why) or "the same words")


def _by_telling(
    mine: list[str], theirs: list[str], found: Aligned, telling: list[tuple[str, str, float]], frequency: Frequency
) -> float:
    score = 100.0
    for _, other, sure in found.pairs:
        if sure < 0.98:
            score -= (1 - sure) * (120 if kind(other) == 2 else 60)
    if len(telling) == 1 and telling[0][2] < 0.96 and len(found.pairs) == 1:
        # One misspelt word is all there is: `Artel` is as likely somebody else as `Airtel`.
        score -= 10 if len(telling[0][1]) < 8 else 0
    kinds, places, names = _by_kind(found.lead)
    kinds_, places_, names_ = _by_kind(found.account)
    if names and names_:
        score -= 45
    elif names_:
        head = any(other == theirs[0] for _, other, _ in telling)
        score -= (16 if head else 24) + 6 * (len(names_) - 1)
    elif names:
        head = any(one == mine[0] for one, _, _ in telling)
        whole = len(theirs) > 1 and f" {' '.join(theirs)} " in f" {' '.join(mine)} "
        score -= 10 if whole else (16 if len(telling) == 1 else 10) + 3 * (len(names) - 1) + (0 if head else 10)
    if kinds and kinds_:
        score -= 22
    elif kinds or kinds_:
        score -= min(10, 1 + 2 * (len(kinds) + len(kinds_)))
    if (kinds and places_) or (places and kinds_):
        score -= 8
    if any(other in ACADEMIC for _, other, _ in found.pairs) and any(word != "national" for word in (*kinds, *kinds_)):
        score -= 12
    if places and places_:
        score -= 25
    elif places or places_:
        score -= 4 if places else 6
    if sum(rarity(other, frequency) * sure for _, other, sure in telling) < 0.6:
        score -= 12
    return score


def _by_kind(words: list[str]) -> tuple[list[str], list[str], list[str]]:
    parted: tuple[list[str], list[str], list[str]] = ([], [], [])
    for word in words:
        parted[kind(word)].append(word)
    return parted


def _by_common(found: Aligned) -> float:
    """Names of everyday words alone: `University of Oslo`. Each word is then what tells them apart."""
    score = 97.0 - sum((1 - sure) * 150 for _, _, sure in found.pairs)
    for side in (_by_kind(found.lead), _by_kind(found.account)):
        score -= 14 * len(side[0]) + 25 * len(side[1]) + 40 * len(side[2])
    return score - 30 if len(found.pairs) < 2 else score
