"""Every account that a lead's company may be, best first: each reading compared with each candidate, country and domain weighed in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from math import inf
from typing import NamedTuple

from rapidfuzz import fuzz, process

from streams.matching.accounts import Index, Slot
from streams.matching.countries import endings_of
from streams.matching.domains import OWN_ENDINGS
from streams.matching.kana import has_kana, one_spelling
from streams.matching.likeness import Likeness, likeness
from streams.matching.normal import TELLING, initials, is_foreign, is_latin, kind, normalise, telling
from streams.matching.readings import POINTS, Reading, readings
from streams.matching.sounds import same_sound, sound
from streams.matching.words import one_trade

SAME_COUNTRY, OTHER_COUNTRY = 2.0, -18.0
"""Points where both countries are known. Another country leaves an equal name a link, and makes a person look at anything less sure."""
SAME_SORT, OTHER_SORT, SOUND_MOST = 6.0, -12.0, 94.0
"""Points where the everyday words beside a name's sound agree, or differ, and the most that a sound alone can score."""
SPELT_ALIKE, SHORTEST_READ = 90.0, 4
"""Points of a name that is read in Japanese as another one is spelt, and the letters that it needs: many ideographs are read alike."""
OWN_LABEL, LABEL_WORDS = 4, 3
"""What the label of an account's own domain takes as its name, and the words that such a label may be of."""
FULLY_COMPARED = 16
"""Candidates of a reading that are compared word by word; of more, those first that rapidfuzz finds likest."""


class Candidate(NamedTuple):
    """An account that a lead may belong to. `score`: 0-100. `why`: a clause for people. `reading`: the lead's words that were compared."""

    account_id: str
    name: str
    score: float
    why: str
    reading: str
    same_country: bool


@lru_cache(maxsize=64)
def normal_aliases(aliases: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Normalised name -> the normalised name that the policy says is the same, in both directions."""
    pairs = [(normalise(one), normalise(other)) for one, other in aliases]
    return {one: other for one, other in (*((b, a) for a, b in pairs), *pairs) if one and other and one != other}


def with_aliases(found: list[Reading], aliases: dict[str, str]) -> list[Reading]:
    """The readings, and for each that begins with a name of the aliases the one with the other name in its place."""
    more = []
    for reading in found:
        for one, other in aliases.items():
            if reading.core == one or reading.core.startswith(f"{one} "):
                more.append(Reading(other + reading.core[len(one) :], reading.how if reading.how != "whole" else "alias"))
    return found + more


def ranked(company: str, country: str, accounts: Index, aliases: dict[str, str]) -> list[Candidate]:
    """The accounts that a company's name may mean, best first, equal scores by id; without any score above 0 left out."""
    best: dict[str, Candidate] = {}
    foreign, latin, kana = is_foreign(company), is_latin(company), has_kana(company)
    for reading in with_aliases(readings(company), aliases):
        compared = _compared(reading.core, accounts, foreign, latin, kana)
        if kana or reading.how == "read":  # a syllable more or less is another name there, and no slip of the pen
            compared = chain((one for one in compared if not one[1].slipped), _read_alike(reading.core, accounts))
        for number, found in compared:
            _keep(best, _weighed(accounts, accounts.slot(number), found, reading, country))
        for slot, found in _by_own_domain(reading.core, country, accounts):
            _keep(best, _weighed(accounts, slot, found, reading, country))
    return sorted(best.values(), key=lambda one: (-one.score, one.account_id))


def _keep(best: dict[str, Candidate], one: Candidate) -> None:
    held = best.get(one.account_id)
    if one.score > 0 and (held is None or (one.score, held.reading, held.why) > (held.score, one.reading, one.why)):
        best[one.account_id] = one


def _by_own_domain(core: str, country: str, accounts: Index) -> Iterable[tuple[Slot, Likeness]]:
    """Accounts whose own domain's label the name begins with: what a company calls its site it is called."""
    run = ""
    ends, of_domain = (*OWN_ENDINGS, *endings_of(country)), accounts.domains.of
    for word in core.split(" ")[:LABEL_WORDS]:
        run += word
        if len(run) > 1 and kind(run) == TELLING:
            for end in ends:
                owners = of_domain(f"{run}.{end}")
                if len(owners) == 1 and not accounts.sharing(f"{run}.{end}"):
                    found = likeness(core, run, accounts.names.frequency)
                    yield accounts.slot_of(owners[0])._replace(points=OWN_LABEL), found._replace(why=f"{run} in its domain; {found.why}")


def _weighed(accounts: Index, slot: Slot, found: Likeness, reading: Reading, country: str) -> Candidate:
    score, same = found.score - POINTS[reading.how] - slot.points, False
    if country and slot.country:
        same = country == slot.country
        score += SAME_COUNTRY if same else OTHER_COUNTRY
    why = found.why if same or not country or not slot.country else f"{found.why}, in another country"
    return Candidate(slot.account_id, accounts.title_of(slot.account_id), max(0.0, min(100.0, score)), why, reading.core, same)


def _compared(core: str, accounts: Index, foreign: bool, latin: bool, kana: bool) -> Iterable[tuple[int, Likeness]]:
    index = accounts.names
    names = len(index) if latin else inf  # what was transliterated has other initials than its owner gives it
    slots_of: dict[str, list[int]] = {}
    for number in index.candidates(core):
        slots_of.setdefault(index.names[number], []).append(number)
    for name in _likest(core, list(slots_of)):
        found = likeness(core, name, index.frequency, names, latin or foreign)
        if found.score > 0:
            for number in slots_of[name]:
                yield number, found
    if foreign:
        yield from _sounding(core, accounts, kana)


def _likest(core: str, names: list[str]) -> list[str]:
    if len(names) <= FULLY_COMPARED:
        return names
    names.sort()  # of equally like ones the same are kept, whatever order accounts came in
    kept = [name for name, _, _ in process.extract(core, names, scorer=fuzz.token_set_ratio, limit=FULLY_COMPARED // 2)]
    words = core.split(" ")
    mine = telling(words)  # common words would outvote a misspelt one that tells
    named = {name: telling(name.split(" ")) for name in names} if mine else {name: name for name in names}
    kept += [name for _, _, name in process.extract(mine or core, named, scorer=fuzz.ratio, limit=FULLY_COMPARED // 2)]
    shorter = initials(words)
    kept += [name for name in names if name in shorter or (len(words) == 1 and core in initials(name.split(" ")))]
    return list(dict.fromkeys(kept))


def _sounding(core: str, accounts: Index, kana: bool) -> Iterable[tuple[int, Likeness]]:
    mine = core.split(" ")
    named = telling(mine) or "".join(mine)
    heard, sorts = sound(named, True), [word for word in mine if kind(word) != TELLING]
    for number in accounts.names.sounding(named):
        name = accounts.names.names[number]
        theirs = name.split(" ")
        whole = _alike(heard, "".join(theirs), kana) if not sorts else 0.0
        part = _alike(heard, telling(theirs), kana)
        if part:
            part += _sorts_agree(sorts, [word for word in theirs if kind(word) != TELLING])
        score = min(SOUND_MOST, max(whole, part))
        if score > 0:
            yield number, Likeness(score, f"sounds like {name}")


def _alike(heard: str, theirs: str, kana: bool) -> float:
    spoken = same_sound(heard, sound(theirs), kana)
    return max(spoken, same_sound(heard, sound(theirs, rolled=True), kana)) if kana and "r" in theirs else spoken


def _read_alike(core: str, accounts: Index) -> Iterable[tuple[int, Likeness]]:
    """Names that are the same in Japanese, in ideographs or in kana, however each spells it in Latin letters."""
    mine = core.split(" ")
    named, sorts = telling(mine), [word for word in mine if kind(word) != TELLING]
    wanted = one_spelling(named)
    if len(wanted) < SHORTEST_READ:
        return
    for number in accounts.names.sounding(named):
        name = accounts.names.names[number]
        theirs = name.split(" ")
        if one_spelling(telling(theirs)) == wanted:
            score = min(SOUND_MOST, SPELT_ALIKE + _sorts_agree(sorts, [word for word in theirs if kind(word) != TELLING]))
            yield number, Likeness(score, f"read like {name}")


def _sorts_agree(mine: list[str], theirs: list[str]) -> float:
    if not mine or not theirs:
        return 0.0
    return SAME_SORT if set(mine) & set(theirs) else 0.0 if one_trade({*mine, *theirs}) else OTHER_SORT
