"""Business time: how much of it passes between two moments for somebody, by the policy's `[business_hours]` and their own time zone.

A moment is business time when the wall clock where the person is shows an hour between `start` and `end`, on one of the policy's `days`
that is no public holiday of its country. An hour that a change of daylight saving leaves out does not count, and one that it repeats
counts twice: what counts is time that really passes. All moments and spans are integer microseconds, UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import count, pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schemas.policy import BusinessHours
from schemas.public_holidays import public_holidays
from schemas.times import EPOCH
from streams.known import Known

MICROSECOND = timedelta(microseconds=1)
SECOND, HOUR, DAY = 1_000_000, 3_600_000_000, 86_400_000_000

NEVER = 1 << 62
"""Later than any deadline: 2^62 microseconds is the year 148,000."""
EPOCH_DAY = EPOCH.toordinal()
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

REACH = 16 * HOUR
"""No zone was ever farther from UTC (the largest of the tz database is Manila's -15:56:08, before 1844), so all moments of a local day
are within this of the same day of UTC."""

STEP = 4 * HOUR
"""How closely a day is looked at for changes of its zone's offset: two changes within four hours have never been."""

DAYS_KEPT = 4096
"""Days remembered a zone: a few hundred are in use at a time, some 200 bytes each."""

Opening = tuple[int, int]
"""From when (included) until when (excluded)."""


class Hours:
    """The business hours of everybody in one time zone. Immutable but for what it remembers; get it from `Hours.of`, which keeps one a
    zone."""

    __slots__ = ("_days", "_end", "_holidays", "_latest", "_openings", "_start", "_zone", "zone")

    def __init__(self, days: frozenset[str], start: int, end: int, holidays: str, zone: str) -> None:
        self.zone = zone
        self._days = frozenset(number for number, name in enumerate(WEEK) if name in days)
        self._start, self._end, self._holidays = start, end, holidays
        self._zone = ZoneInfo(zone)
        self._openings = Known(self._work_out, DAYS_KEPT)
        self._latest: Opening = (0, 0)

    @staticmethod
    def of(policy: BusinessHours, zone: str = "") -> Hours:
        """The hours of whoever lives in `zone` (an IANA name). Without one, and for one that this machine's tz database lacks, those of
        the policy's own zone."""
        return _hours(tuple(policy.days), policy.start, policy.end, policy.holidays, policy.timezone, zone)

    def after(self, start: int, span: int) -> int:
        """The moment at which `span` of business time has passed since `start`. Of no time at all that is `start` itself."""
        if span <= 0:
            return start
        begins, ends = self._latest
        if begins <= start and start + span <= ends:
            return start + span
        left = span
        for begins, ends in self._from(start):
            if begins <= start:
                self._latest = begins, ends
            begins = max(begins, start)
            if left <= ends - begins:
                return begins + left
            left -= ends - begins
        raise AssertionError("openings never end")

    def between(self, start: int, end: int) -> int:
        """How much business time is between the two; none when `end` is not after `start`."""
        passed = 0
        if start >= end:
            return passed
        for begins, ends in self._from(start):
            if begins >= end:
                break
            passed += min(ends, end) - max(begins, start)
        return passed

    def is_open(self, at: int) -> bool:
        """Whether `at` is business time."""
        return any(begins <= at < ends for begins, ends in self._openings[self._day(at)])

    def day_end(self, start: int) -> int:
        """The end of the business day that `start` lies in or before the hours of, or of the next business day when there is none or its
        hours are over."""
        for day in self._business_days(self._day(start)):
            ends = self._openings[day][-1][1]
            if ends > start:
                return ends
        raise AssertionError("business days never end")

    def left_today(self, start: int) -> int:
        """How much business time is left of the local day that `start` lies in."""
        return sum(ends - max(begins, start) for begins, ends in self._openings[self._day(start)] if ends > start)

    def next_day_at(self, start: int, hour: int, minute: int) -> int:
        """That local time on the first business day after the local day of `start`; where daylight saving skips it, as much later as is
        skipped."""
        day = next(self._business_days(self._day(start) + 1))
        local = datetime.combine(date.fromordinal(day), time(hour, minute), self._zone)
        return (local - EPOCH) // MICROSECOND

    def _day(self, at: int) -> int:
        """The local day that a moment lies in, as a proleptic Gregorian ordinal."""
        return (EPOCH + timedelta(microseconds=at)).astimezone(self._zone).toordinal()

    def _from(self, start: int) -> Iterator[Opening]:
        """Openings that are not over at `start`, without end."""
        for day in self._business_days(self._day(start)):
            for opening in self._openings[day]:
                if opening[1] > start:
                    yield opening

    def _business_days(self, first: int) -> Iterator[int]:
        """Days with an opening, from `first` on, without end: no country's holidays take all of a weekday's days."""
        return (day for day in count(first) if self._openings[day])

    def _work_out(self, day: int) -> tuple[Opening, ...]:
        that = date.fromordinal(day)
        if that.weekday() not in self._days or that in public_holidays(self._holidays, that.year):
            return ()
        midnight = (day - EPOCH_DAY) * DAY
        opening: list[Opening] = []
        for begins, ends, shift in self._shifts(midnight - REACH, midnight + DAY + REACH):
            begins, ends = max(begins, midnight + self._start - shift), min(ends, midnight + self._end - shift)
            if begins >= ends:
                continue
            if opening and opening[-1][1] == begins:
                opening[-1] = opening[-1][0], ends
            else:
                opening.append((begins, ends))
        return tuple(opening)

    def _shifts(self, first: int, last: int) -> Iterator[tuple[int, int, int]]:
        """(from, until, offset) of each stretch between the two in which the zone's offset stays the same."""
        begins, shift = first, _offset(self._zone, first)
        for before, after in pairwise([*range(first, last, STEP), last]):
            now = _offset(self._zone, after)
            if now != shift:
                changed = self._changed(before, after, shift)
                yield begins, changed, shift
                begins, shift = changed, now
        yield begins, last, shift

    def _changed(self, before: int, after: int, shift: int) -> int:
        """The moment, a whole second, at which the offset is no longer `shift`."""
        low, high = before // SECOND, after // SECOND
        while high - low > 1:
            middle = (low + high) // 2
            if _offset(self._zone, middle * SECOND) == shift:
                low = middle
            else:
                high = middle
        return high * SECOND


def offset(zone: str, at: int) -> int:
    """How far the zone's clocks are ahead of UTC at a moment. Raises ZoneInfoNotFoundError for a zone that there is not."""
    return _offset(_zone(zone), at)


def _offset(zone: ZoneInfo, at: int) -> int:
    shift = (EPOCH + timedelta(microseconds=at)).astimezone(zone).utcoffset()
    assert shift is not None, "every zone has an offset"
    return shift // MICROSECOND


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=4096)
def _hours(days: tuple[str, ...], start: int, end: int, holidays: str, default: str, zone: str) -> Hours:
    try:
        return Hours(frozenset(days), start, end, holidays, zone or default)
    except (ZoneInfoNotFoundError, ValueError):
        return Hours(frozenset(days), start, end, holidays, default)
