"""The name in a domain: `hitachi.co.in` says Hitachi even where the account lists another domain, or none."""

from __future__ import annotations

from collections.abc import Callable, Collection

from streams.matching.accounts import Index
from streams.matching.domains import OWN_ENDINGS, label_of
from streams.matching.normal import PLACE, TELLING, kind, normalise
from streams.matching.ranking import OTHER_COUNTRY, SAME_COUNTRY, Candidate
from streams.matching.words import CANONICAL

SURE = {3: 77.0, 4: 82.0}
"""Points of a label that is a whole name, by its letters; short labels are taken by whoever came first."""
LONG = 86.0
OWN_DOMAIN = -2.0
"""Points where the account lists domains and this is none of them."""
OWN_LABEL = 88.0
"""Points where the account's own domain has the same label and one of `OWN_ENDINGS`: `nec.co.jp` beside `nec.com`."""
LONGER = -4.0
"""Points where an everyday word follows: `nectechnologies.in`."""


def by_label(domain: str, country: str, accounts: Index) -> list[Candidate]:
    """The accounts whose whole name is the label of a registrable domain, or its beginning with an everyday word after it, best first."""
    label = label_of(domain)
    plain = normalise(label.replace("-", " ")).replace(" ", "") or label
    found: dict[str, Candidate] = {}
    whole = accounts.names.whole
    for joined, points in _names(label.replace("-", ""), plain, whole):
        for number in whole(joined):
            slot = accounts.slot(number)
            score = points - slot.points + (OWN_DOMAIN if slot.has_domain else 0.0)
            if slot.has_domain and joined == label and any(slot.account_id in accounts.of_domain(f"{label}.{end}") for end in OWN_ENDINGS):
                score = OWN_LABEL
            if country and slot.country:
                score += SAME_COUNTRY if country == slot.country else OTHER_COUNTRY
            if slot.account_id not in found or found[slot.account_id].score < score:
                same = bool(country) and country == slot.country
                found[slot.account_id] = Candidate(
                    slot.account_id, accounts.title_of(slot.account_id), score, f"{label} in its domain", label, same
                )
    return sorted(found.values(), key=lambda one: (-one.score, one.account_id))


def _names(label: str, plain: str, whole: Callable[[str], Collection[int]]) -> list[tuple[str, float]]:
    bare = label.removeprefix("the") if len(label) > 6 else label
    names = {one: SURE.get(len(one), LONG) for one in (label, plain, bare) if len(one) > 2 and kind(one) == TELLING}
    for end in range(3, len(label)):
        head, rest = label[:end], label[end:]
        if whole(head) and len(rest) > 1 and kind(head) == TELLING and kind(CANONICAL.get(rest, rest)) != TELLING:
            points = SURE.get(end, LONG) + LONGER - (2 if kind(rest) == PLACE else 0)
            names.setdefault(head, points)
    return list(names.items())
