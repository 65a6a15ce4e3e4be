"""Accounts as a person looks for them: by a part of a name or alias, by one that is only like it, or by the name in a domain.

A lead's company is a name that somebody wrote out; what somebody types to find one is often its beginning, and they choose from a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, islice
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process

from streams.matching.accounts import Index
from streams.matching.domains import label_of
from streams.matching.labels import by_label
from streams.matching.normal import normalise, words
from streams.matching.ranking import normal_aliases, ranked

SHOWN: Final = 20
GATHERED: Final = 200
"""Names that hold what is asked and are ranked; with more of them a person writes on."""
NEAREST: Final = 5
UNLIKE: Final = 65.0
"""Below so much of rapidfuzz's weighted ratio two names are not even near."""


class Hit(NamedTuple):
    """An account that may be meant. `holds`: its name has what was asked in it. `sure`: it has, or is as like it as what a lead would be
    asked about; else it is only the nearest. `why`: a clause for people, empty where its name shows it."""

    account_id: str
    name: str
    score: float
    sure: bool
    holds: bool
    why: str = ""


class Hits(NamedTuple):
    """At most `SHOWN` accounts: those that hold it, then those that are like it, or the nearest where there is none of either, each
    likeliest first. `more`: whether others hold it too."""

    found: list[Hit]
    more: bool = False

    @property
    def sure(self) -> bool:
        return bool(self.found) and self.found[0].sure


def search(asked: str, accounts: Index, aliases: Mapping[str, str], confirm: float) -> Hits:
    """The accounts that `asked` may mean. `aliases`, `confirm`: the policy's `[matching]`. What it looks at is bounded however many
    accounts there are."""
    core = normalise(asked)
    if not core:
        return Hits([])
    # As written too: a beginning may look like an everyday word, `tech` for `technology`.
    ways = dict.fromkeys((core, " ".join(words(asked))))
    found = [accounts.names.holding(way.split(" "), GATHERED) for way in ways]
    held = list(dict.fromkeys(chain(islice(accounts.names.whole(core.replace(" ", "")), SHOWN), *found)))
    holding = [_holding(core, slot, accounts) for slot in held]
    alike = ranked(asked, "", accounts, normal_aliases(tuple(aliases.items())))
    like = [Hit(one.account_id, one.name, one.score, one.score >= confirm, False, "" if one.score == 100 else one.why) for one in alike]
    return _best(holding + like, len(held) >= GATHERED) or Hits(_nearest(core, accounts))


def in_domain(domain: str, accounts: Index, aliases: Mapping[str, str], confirm: float) -> list[Hit]:
    """The accounts whose names are in a registrable domain, or are the nearest to what is in it."""
    named = [Hit(one.account_id, one.name, one.score, True, False, one.why) for one in by_label(domain, "", accounts)]
    return named[:NEAREST] or search(label_of(domain).replace("-", " "), accounts, aliases, confirm).found[:NEAREST]


def _holding(core: str, slot: int, accounts: Index) -> Hit:
    name, account_id = accounts.names.names[slot], accounts.slot(slot).account_id
    title = accounts.title_of(account_id)
    why = "" if normalise(title) == name or core.replace(" ", "") in normalise(title).replace(" ", "") else f"also known as {name}"
    return Hit(account_id, title, 100.0 if name == core else 99.0 if name.startswith(core) else 95.0, True, True, why)


def _best(hits: list[Hit], full: bool) -> Hits | None:
    best: dict[str, Hit] = {}
    for one in hits:
        if one.account_id not in best or _rank(one) < _rank(best[one.account_id]):
            best[one.account_id] = one
    order = sorted(best.values(), key=lambda one: (*_rank(one), one.name.casefold(), one.account_id))
    sure = [one for one in order if one.sure]
    if sure:
        return Hits(sure[:SHOWN], full or len(sure) > SHOWN)
    return Hits(order[:NEAREST]) if order else None


def _rank(one: Hit) -> tuple[bool, float]:
    return not one.holds, -one.score


def _nearest(core: str, accounts: Index) -> list[Hit]:
    """Those that share letters with what was asked, where no name is like it by its words."""
    names: dict[str, int] = {}
    for slot in sorted(accounts.names.candidates(core)):
        names.setdefault(accounts.names.names[slot], slot)
    close = process.extract(core, sorted(names), scorer=fuzz.WRatio, limit=NEAREST, score_cutoff=UNLIKE)
    ids = [(accounts.slot(names[name]).account_id, score) for name, score, _ in close]
    return [Hit(account_id, accounts.title_of(account_id), score, False, False) for account_id, score in dict(ids).items()]
