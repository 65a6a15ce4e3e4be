"""Public holidays, as the `holidays` library knows them."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache

from holidays import country_holidays, list_supported_countries


@cache
def countries() -> frozenset[str]:
    """The countries (ISO 3166-1 alpha-2) whose holidays are known."""
    return frozenset(list_supported_countries(include_aliases=False))


@lru_cache(maxsize=512)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """A country's public holidays of a year, days off in lieu included; none for an empty country. Raises NotImplementedError for one that
    is not among `countries`."""
    return frozenset(country_holidays(country, years=year)) if country else frozenset()
