"""Durations and times of day as people write them in a policy, and as the core counts them: integer microseconds."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
UNITS = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND}
LONGEST = 3650 * DAY
"""Ten years: longer is a slip of the pen, and a time plus it can still be written down."""

PATTERN = "^[0-9]+[smhd]$"
CLOCK_PATTERN = "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"


def parse_duration(text: object) -> int:
    """Microseconds of `30m`, `48h`, `21d` or `90s`. Raises PydanticCustomError naming the nearest valid text."""
    if not isinstance(text, str) or not re.fullmatch(PATTERN.strip("^$"), text):
        raise _refused('must be a duration: a number and s, m, h or d, such as "48h"', _meant(text))
    micros = int(text[:-1]) * UNITS[text[-1]] if len(text) <= 12 else LONGEST + 1
    if micros > LONGEST:
        raise _refused("must be at most ten years", format_duration(LONGEST))
    return micros


def parse_positive(text: object) -> int:
    """As `parse_duration`, but zero is refused too."""
    micros = parse_duration(text)
    if not micros:
        raise _refused("must be longer than nothing", "1s")
    return micros


def format_duration(micros: int) -> str:
    """Microseconds as a duration, equal ones alike: in the largest unit that fits, but up to two days in hours, as people say."""
    for unit, size in UNITS.items():
        if micros % size == 0 and micros >= size and not (unit == "d" and micros <= 2 * DAY):
            return f"{micros // size}{unit}"
    return f"{micros // SECOND}s"


def parse_clock(text: object) -> int:
    """Microseconds since midnight of `09:00`; `24:00` is the day's end. Raises PydanticCustomError."""
    if not isinstance(text, str) or not re.fullmatch(CLOCK_PATTERN, text):
        raise _refused('must be a time of day, such as "09:00"', _clock_meant(text))
    hours, _, minutes = text.partition(":")
    return int(hours) * HOUR + int(minutes) * MINUTE


def _clock_meant(text: object) -> str:
    """`9` and `9am` mean 09:00, `5:30 pm` 17:30, what is later than a day ends with it."""
    loose = re.fullmatch(r"\s*(\d{1,2})[:.h]?(\d{2})?(?::\d{2})?\s*([ap])?\.?m?\.?\s*", str(text).lower())
    if loose is None or int(loose[2] or 0) > 59:
        return ""
    hour = int(loose[1]) % 12 + (12 if loose[3] == "p" else 0) if loose[3] else int(loose[1])
    return f"{hour:02}:{loose[2] or '00'}" if hour < 24 else "24:00"


def format_clock(micros: int) -> str:
    """Microseconds since midnight as a time of day."""
    return f"{micros // HOUR:02}:{micros % HOUR // MINUTE:02}"


def _end_of_day(value: object) -> object:
    if value == "end_of_day":
        return value
    try:
        return parse_positive(value)
    except PydanticCustomError as error:
        near = (error.context or {}).get("nearest") or "end_of_day"
        raise _refused('must be "end_of_day" or a duration, such as "4h"', near) from error


def _show_end_of_day(value: object) -> object:
    return format_duration(value) if isinstance(value, int) else value


_SAID = re.compile(r"([0-9]{1,9}(?:[.,][0-9]{1,6})?)\s*-?\s*([a-z]*)")
_WORDS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY, "mo": 30 * DAY, "q": 91 * DAY, "y": 365 * DAY}
"""What people write that begin so: `min` and `minutes`, but `mo` and `months`. A month and a year are as long as they mostly are."""


def _meant(text: object) -> str:
    """`21 days` means 21d, `3 months` 90d, `1d12h` 36h, `["21d"]` 21d."""
    if isinstance(text, list) and len(text) == 1:
        return _meant(text[0])
    if not isinstance(text, str):
        return ""
    total = 0.0
    for number, word in _SAID.findall(text.lower()):
        unit = _WORDS.get(word[:2]) or _WORDS.get(word[:1])
        if unit is None:
            return ""
        total += float(number.replace(",", ".")) * unit
    micros = round(total)
    return format_duration(micros) if 0 < micros <= LONGEST and micros % SECOND == 0 else ""


def _refused(reason: str, nearest: str) -> PydanticCustomError:
    # The reason is no template of pydantic's: it must not look for fields in it.
    return PydanticCustomError("unknown_word", "{reason}", {"reason": reason, "nearest": nearest})


_TEXT = WithJsonSchema({"type": "string", "pattern": PATTERN, "examples": ["48h", "21d", "30m"]})

Duration = Annotated[int, BeforeValidator(parse_positive), PlainSerializer(format_duration), _TEXT]
"""A duration longer than nothing, in microseconds; written and read as `48h`."""

DurationOrNone = Annotated[int, BeforeValidator(parse_duration), PlainSerializer(format_duration), _TEXT]
"""As `Duration`, but `0s` is one."""

EndOfDayOr = Annotated[
    int | Literal["end_of_day"],
    BeforeValidator(_end_of_day),
    PlainSerializer(_show_end_of_day),
    WithJsonSchema({"type": "string", "pattern": f"{PATTERN}|^end_of_day$"}),
]

_CLOCK = WithJsonSchema({"type": "string", "pattern": CLOCK_PATTERN, "examples": ["09:00"]})

ClockTime = Annotated[int, BeforeValidator(parse_clock), PlainSerializer(format_clock), _CLOCK]
"""A time of day in microseconds since midnight; written and read as `09:00`."""
