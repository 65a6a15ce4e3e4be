"""How sure it is that two normalised names are one organisation, 0 to 100: which words agree, which are missing, and how rare they are.

A score is 100 less the points below, by what a difference means. They are the same for every list of accounts, and were checked against
the five public collections that `tests/bench/matching.py` measures; `docs/matching.md` has the figures.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, log
from typing import NamedTuple

from streams.matching.normal import TELLING, initials, kind
from streams.matching.pairing import INITIALS, SAME_SORT, SPELT_APART, Aligned, align
from streams.matching.words import one_trade

Frequency = Callable[[str], int]

MISSPELT, MISSPELT_COMMON, ONLY_MISSPELT = 120.0, 60.0, 10.0
"""For a misspelt telling word and a misspelt everyday one, times how unlike it is; and when one short such word is all there is."""
SHORT = 8
"""Letters below which a misspelt word that stands alone is as likely another one: `Artel` and `Airtel`."""
BOTH_TELLING = 45.0
"""Each name has a telling word that the other lacks."""
SHORTENED, SHORTENED_TAIL, SHORTENED_MORE = 16.0, 20.0, 6.0
"""The account's name has a telling word more: after its first one, before it; and for each further one."""
LONGER, LONGER_WHOLE, LONGER_MORE, NOT_FIRST = 16.0, 10.0, 1.0, 10.0
"""The lead's has one more; the account's whole name of several words is in it; each further one; it does not begin with the account's."""
BOTH_SORTS, ONE_TRADE, NAMED_AND_SORT, PLACE_AND_SORT, ACADEMIC_SORT = 25.0, 20.0, 10.0, 8.0, 12.0
"""Different everyday words on both sides; where all are of one trade, or one of the two only fills (`LIGHT`); on one side while the other
has a telling word, or a place; and one more beside `university`."""
SORT, SORT_MORE, SORT_MOST = 3.0, 2.0, 10.0
"""Everyday words on one side only: a branch, or the name in full."""
BOTH_PLACES, LEADS_PLACE, ACCOUNTS_PLACE = 25.0, 4.0, 6.0
COMMON, COMMON_ENOUGH = 18.0, 0.6
"""For a telling word that many accounts have; what the words that agree are worth together below which it is."""
ACADEMIC = frozenset(("university", "institute", "college", "school", "polytechnic", "academy"))
LIGHT = frozenset(("group", "international", "global", "worldwide", "company", "corporation", "enterprise", "holding", "world"))
EVERYDAY, EVERYDAY_MISSPELT, EVERYDAY_ONE = 97.0, 150.0, 30.0
"""Where everyday words alone agree: the most it scores, less for misspelt ones, and less where only one agrees."""
LEFT, LEFT_GOES_ON = (14.0, 25.0, 40.0), (7.0, 16.0, 20.0)
"""There, for each word left over by kind; and when it only goes on after the account's whole name."""
INITIALS_SURE, INITIALS_MOST, INITIALS_CHANCE = {3: 81.0, 4: 85.0}, 90.0, 74.0
"""Scores of initials by their number; and of those that meet by chance."""
INITIALS_OF = 8
"""Initials tell enough in a directory with at most one name for so many ways to choose their letters (2,197 names for three letters,
57,122 for four): names of as many words are a third of all, so that one in 25 leads of a stranger meets one by chance."""


class Likeness(NamedTuple):
    """`score` 0-100; `why` a clause for people. `slipped`: words that tell are one only by a slip of the pen."""

    score: float
    why: str
    slipped: bool = False


NOTHING = Likeness(0.0, "nothing in common")


def rarity(word: str, frequency: Frequency) -> float:
    """What a word is worth in telling organisations apart: 1 for one that a single account has, a quarter for a common one."""
    if kind(word) != TELLING:
        return 0.25
    held = frequency(word)
    return 1.0 if held < 2 else max(0.25, 1 / (1 + 0.35 * log(held)))


def likeness(lead: str, account: str, frequency: Frequency, names: float = inf, spelt: bool = True) -> Likeness:
    """How sure it is that a lead's normalised name means the account's. `frequency`: how many accounts' names have a word. `names`: how
    many names could have its initials by chance. `spelt`: by letters, not by
    ideographs, whose sounds have other initials than their owner's."""
    mine, theirs = lead.split(" "), account.split(" ")
    if lead == account or "".join(mine) == "".join(theirs):
        return Likeness(100.0 if len(theirs) > 1 or kind(account) == TELLING else 90.0, "the same name")
    if len(mine) == 1 and len(theirs) > 1:
        return _initials(lead, theirs, names) or _compared(mine, theirs, frequency)
    if len(theirs) == 1 and len(mine) > 1 and spelt:
        return _initials(account, mine, names) or _compared(mine, theirs, frequency)
    return _compared(mine, theirs, frequency)


def _initials(letters: str, words: list[str], names: float) -> Likeness | None:
    if not 3 <= len(letters) <= 7 or letters not in initials(words):
        return None
    by_chance = names * INITIALS_OF > 26 ** len(letters)
    score = INITIALS_CHANCE if by_chance else INITIALS_SURE.get(len(letters), INITIALS_MOST)
    return Likeness(score, f"the initials of {' '.join(words)}")


def _compared(mine: list[str], theirs: list[str], frequency: Frequency) -> Likeness:
    found = align(mine, theirs)
    if not found.pairs:
        return NOTHING
    telling = [pair for pair in found.pairs if kind(pair[0]) == TELLING and kind(pair[1]) == TELLING]
    why = [f"{one} for {other}" for one, other, sure in found.pairs if sure < SPELT_APART]
    if found.lead:
        why.append("beside it " + " ".join(found.lead))
    if found.account:
        why.append("without " + " ".join(found.account))
    if telling:
        score = 100.0 - _misspelt(found, telling) - _left_over(mine, theirs, found, telling)
        worth = sum(rarity(other, frequency) * sure for _, other, sure in telling)
        score -= COMMON if worth < COMMON_ENOUGH else 0
    else:
        score = _everyday(mine, theirs, found)
    slipped = any(sure < SAME_SORT for _, _, sure in telling)
    return Likeness(max(0.0, score), "; ".join(why) or "the same words", slipped)


def _misspelt(found: Aligned, telling: list[tuple[str, str, float]]) -> float:
    points = 0.0
    for _, other, sure in found.pairs:
        if sure < SPELT_APART:
            points += (1 - sure) * (MISSPELT if kind(other) == TELLING else MISSPELT_COMMON)
    alone = len(found.pairs) == 1 and telling[0][2] < INITIALS and len(telling[0][1]) < SHORT
    return points + (ONLY_MISSPELT if alone else 0)


def _left_over(mine: list[str], theirs: list[str], found: Aligned, telling: list[tuple[str, str, float]]) -> float:
    sorts, places, names = _by_kind(found.lead)
    sorts_, places_, names_ = _by_kind(found.account)
    whole = len(theirs) > 1 and f" {' '.join(theirs)} " in f" {' '.join(mine)} "
    points = 0.0
    if names and names_:
        points += BOTH_TELLING
    elif names_:
        first = any(other == theirs[0] for _, other, _ in telling)
        points += (SHORTENED if first else SHORTENED_TAIL) + SHORTENED_MORE * (len(names_) - 1)
    elif names and whole:
        points += LONGER_WHOLE
    elif names:
        first = any(one == mine[0] for one, _, _ in telling)
        points += (LONGER if len(telling) == 1 else LONGER_WHOLE) + LONGER_MORE * (len(names) - 1) + (0 if first else NOT_FIRST)
    if sorts and sorts_:
        both = {*sorts, *sorts_}
        points += ONE_TRADE if one_trade(both) or (len(both) == 2 and not LIGHT.isdisjoint(both)) else BOTH_SORTS
    elif names and not LIGHT.issuperset(sorts_):
        points += NAMED_AND_SORT
    elif sorts or sorts_:
        points += SORT if names or names_ else min(SORT_MOST, SORT + SORT_MORE * (len(sorts) + len(sorts_) - 1))
    if (sorts and places_) or (places and sorts_):
        points += PLACE_AND_SORT
    if not whole and any(other in ACADEMIC for _, other, _ in found.pairs) and any(word != "national" for word in (*sorts, *sorts_)):
        points += ACADEMIC_SORT
    if places and places_:
        return points + BOTH_PLACES
    return points + (LEADS_PLACE if places else ACCOUNTS_PLACE if places_ else 0)


def _everyday(mine: list[str], theirs: list[str], found: Aligned) -> float:
    # `University of Oslo`: each word tells them apart, unless it only goes on after the account's whole name: `Texas Instruments Software`.
    end = len(theirs)
    while end > 2 and theirs[end - 1] in LIGHT:
        end -= 1
    goes_on = end > 1 and mine[:end] == theirs[:end] and not ACADEMIC.intersection(theirs)
    score = EVERYDAY - sum((1 - sure) * EVERYDAY_MISSPELT for _, _, sure in found.pairs)
    for side in (found.lead, [word for word in found.account if not goes_on or word not in LIGHT]):
        score -= sum((LEFT_GOES_ON if goes_on else LEFT)[kind(word)] for word in side)
    return score - EVERYDAY_ONE if len(found.pairs) < 2 else score


def _by_kind(words: list[str]) -> tuple[list[str], list[str], list[str]]:
    parted: tuple[list[str], list[str], list[str]] = ([], [], [])
    for word in words:
        parted[kind(word)].append(word)
    return parted
