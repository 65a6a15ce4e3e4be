"""Public holidays, as the `holidays` library knows them."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache

from holidays import country_holidays, list_supported_countries
from holidays.registry import COUNTRIES

from schemas.errors import nearest


@cache
def countries() -> frozenset[str]:
    """The countries (ISO 3166-1 alpha-2) whose holidays are known."""
    return frozenset(list_supported_countries(include_aliases=False))


def country_named(text: str) -> str | None:
    """The two letters of a country whose holidays are known, by its name in English or its three letters; None where it is none of them."""
    word = "".join(text.casefold().split()).replace("_", "")
    if len(word) == 2:
        return word.upper()
    known = {name.casefold(): codes[1] for codes in COUNTRIES.values() for name in codes[:3]}
    return known.get(word) or (known[near] if (near := nearest(word, known)) else None)


@lru_cache(maxsize=512)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """A country's public holidays of a year, days off in lieu included; none for an empty country. Raises NotImplementedError for one that
    is not among `countries`."""
    return frozenset(country_holidays(country, years=year)) if country else frozenset()
