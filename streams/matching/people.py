"""By what two leads are found to be one person: their mailbox, their telephone number, and, as a hint only, their name."""

from __future__ import annotations

import re
from functools import lru_cache

from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    ValidationResult,
    format_number,
    is_possible_number_with_reason,
    is_valid_number,
    parse,
)
from rapidfuzz import fuzz

from schemas.addresses import mailbox_of
from streams.matching.normal import fold

REMEMBERED = 20_000
"""Numbers whose one form is remembered, some 4 MB: reading one takes 15 µs."""

SHORTEST, LONGEST = 7, 20
"""Digits of what is compared although it is no number of a known country: fewer are an extension or a service's, more are no number
(E.164 has at most 15; some write prefixes before it)."""

LIKE = 88
"""rapidfuzz's ratio (0-100) from which two words are spelt alike: a letter too many or too few in a word of five."""

_SAID = {"UK": "GB", "EL": "GR"}
"""What people say instead of the code of ISO 3166-1."""

_WORDS = re.compile(r"[a-z]+")
_TITLES = frozenset(("mr", "mrs", "ms", "miss", "dr", "prof", "sr", "sra", "herr", "frau", "mme", "jr", "phd", "ing", "dipl"))


def mailbox(address: str) -> str:
    """What the addresses of one mailbox have in common (`schemas.addresses.mailbox_of`), of a normalised address; empty for none."""
    return mailbox_of(address) if address else ""


@lru_cache(maxsize=REMEMBERED)
def telephone(number: str, country: str) -> str:
    """A telephone number in the one form in which it is compared: E.164, as libphonenumber reads it in the lead's `country` (ISO 3166-1
    alpha-2, or empty), with `;ext=12` where it has an extension. What that cannot read is compared as its digits, with the country unless
    the number says its own. Empty for what is no number: too short, or a placeholder such as 000000000 or 123456789."""
    region = _SAID.get(country.upper(), country.upper())
    text = number.strip()
    read = _read(text, region)
    if text.startswith("00"):  # how most of the world dials abroad
        text = "+" + text[2:]
        read = read or _read(text, "")
    if read is not None:
        if _placeholder(str(read.national_number)) and not is_valid_number(read):
            return ""
        extension = f";ext={read.extension}" if read.extension else ""
        return format_number(read, PhoneNumberFormat.E164) + extension
    digits = "".join(str(int(one)) for one in text[: 4 * LONGEST] if one.isdecimal())
    if not SHORTEST <= len(digits) <= LONGEST or _placeholder(digits):
        return ""
    return f"{'' if text.startswith('+') else region}:{digits}"


def _read(text: str, region: str) -> PhoneNumber | None:
    try:
        read = parse(text, region or None)
    except NumberParseException:
        return None
    return read if is_possible_number_with_reason(read) == ValidationResult.IS_POSSIBLE else None


def _placeholder(digits: str) -> bool:
    """What people type where a form wants a number: one digit all along, or digits in the order of the keys."""
    return len(set(digits)) == 1 or digits in "01234567890123456789" or digits in "9876543210"


@lru_cache(maxsize=4096)
def name_of(first: str, last: str, address: str) -> str:
    """A person's name as it is compared: folded words without titles, of the local part of their address where they gave none.
    Cached: a lead's is asked for when it is compared and when it is remembered."""
    said = f"{first} {last}".strip() or address.partition("@")[0].partition("+")[0]
    return " ".join(word for word in _WORDS.findall(fold(said[:200])) if word not in _TITLES)


def alike(one: str, other: str) -> bool:
    """Whether two names of `name_of` may be one person's: each word of the shorter one is in the other, in any order, a slip apart at most,
    or as an initial. A single word, or initials alone, tell too little."""
    some, more = sorted((one.split(), other.split()), key=len)
    if len(some) < 2:
        return False
    left = list(more)
    whole = 0
    for word in some:
        found = next((each for each in left if _same(word, each)), None)
        if found is None:
            return False
        left.remove(found)
        whole += min(len(word), len(found)) > 1
    return whole > 0


def _same(word: str, other: str) -> bool:
    if min(len(word), len(other)) == 1:
        return word[0] == other[0]
    return word == other or (min(len(word), len(other)) > 3 and fuzz.ratio(word, other) >= LIKE)
