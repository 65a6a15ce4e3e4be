"""Which country a domain or a telephone number tells, as evidence beside a name (policy `second_signal`), and which endings are its."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers

_SOLD = "ac ai am as bz cc co dj fm gg io is la ly me nu sc sh st to tv vc ws"
_ANYBODYS = frozenset(_SOLD.split())
"""Country endings that are sold as words to companies everywhere."""
_OTHER_CODES = {"uk": "GB", "eu": ""}
_OTHER_ENDINGS = {code: ending for ending, code in _OTHER_CODES.items() if code}


@lru_cache(maxsize=20_000)
def country_of(domain: str) -> str:
    """The country whose ending a registrable domain has, ISO 3166-1 alpha-2; empty where it tells none."""
    ending = domain.rpartition(".")[2]
    if len(ending) != 2 or ending in _ANYBODYS:
        return ""
    return _OTHER_CODES.get(ending, ending.upper())


def endings_of(country: str) -> tuple[str, ...]:
    """The endings under which companies of a country (ISO 3166-1 alpha-2) register; none where it is empty."""
    own = _OTHER_ENDINGS.get(country, country.lower())
    return (own, f"co.{own}", f"com.{own}") if own else ()


@lru_cache(maxsize=20_000)
def countries_of(phone: str, country: str) -> tuple[str, ...]:
    """The country that a telephone number is of, read as it is dialled in `country`; none for what is no number."""
    if not phone:
        return ()
    try:
        parsed = phonenumbers.parse(phone, country or None)
    except phonenumbers.NumberParseException:
        return ()
    region = phonenumbers.region_code_for_number(parsed)
    return (region,) if region else ()
