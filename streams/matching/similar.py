"""Accounts that may be the same company twice: their names are equal but for what tells little, or sound alike."""

from __future__ import annotations

from streams.matching.accounts import Index
from streams.matching.likeness import likeness
from streams.matching.normal import telling
from streams.matching.readings import account_readings

MOST = 5
"""Similar accounts that are kept of one: a person looks at them."""


def similar(account_id: str, name: str, accounts: Index, least: float) -> list[str]:
    """Ids of at most `MOST` other accounts whose names are like `name` by at least `least` points, the likest first. Only what shares its
    whole or the sound of its telling words is compared, so that telling a million accounts stays cheap."""
    best: dict[str, float] = {}
    for reading in account_readings(name)[:1]:
        words = reading.core.split(" ")
        named = telling(words) or "".join(words)
        slots = {*accounts.names.whole("".join(words)), *accounts.names.whole(named), *accounts.names.sounding(named)}
        for number in slots:
            other = accounts.slot(number).account_id
            if other != account_id:
                score = likeness(reading.core, accounts.names.names[number], accounts.names.frequency).score
                if score >= least and score > best.get(other, 0):
                    best[other] = score
    return sorted(best, key=lambda one: (-best[one], one))[:MOST]
