"""Business time against an independent count of minutes: a closed one never counts, an open one always does, in any zone and over any
change of its clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.durations import format_clock
from schemas.policy import BusinessHours, Policy
from schemas.public_holidays import countries, public_holidays
from schemas.times import micros
from streams.business_time import Hours, offset

SECOND, MINUTE, HOUR, DAY = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
# Half and quarter hours, changes at midnight (Santiago, Beirut), of half an hour (Lord Howe), twice in a month (Casablanca), a day left
# out (Apia, 30 December 2011), southern summers.
ZONES = [
    "UTC",
    "America/New_York",
    "Europe/Madrid",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Beirut",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "America/St_Johns",
    "Asia/Kolkata",
]
CHANGES = [
    (2026, 3, 8),
    (2026, 3, 29),
    (2026, 4, 4),
    (2026, 9, 5),
    (2026, 10, 25),
    (2026, 11, 1),
    (2026, 2, 15),
    (2026, 3, 22),
    (2011, 12, 29),
    (2026, 12, 24),
    (2026, 7, 3),
]

YEAR = micros(datetime(2026, 1, 1, tzinfo=UTC))

zones = st.sampled_from(ZONES)


def business(days: list[str], start: int, end: int, holidays: str = "") -> BusinessHours:
    """`start`, `end`: quarters of an hour since midnight."""
    clocks = {"start": format_clock(start * 15 * MINUTE), "end": format_clock(min(96, end) * 15 * MINUTE)}
    return BusinessHours.model_validate({"days": days, "holidays": holidays, **clocks})


policies = st.builds(
    lambda days, start, length, holidays: business(days, start, start + length, holidays),
    st.lists(st.sampled_from(WEEK), min_size=1, unique=True),
    st.integers(0, 92),
    st.integers(1, 96),
    st.sampled_from(["", "US", "DE", "IN"]),
)
moments = st.one_of(
    st.builds(
        lambda day, minutes: utc(*day) + minutes * MINUTE,
        st.sampled_from(CHANGES),
        st.integers(-2 * 1440, 3 * 1440),
    ),
    st.integers(YEAR, YEAR + 365 * DAY).map(lambda at: at // MINUTE * MINUTE),
)


def utc(*parts: int) -> int:
    return micros(datetime(*parts, tzinfo=UTC))  # type: ignore[arg-type,misc]


def open_minute(policy: BusinessHours, zone: str, at: int) -> bool:
    """The rule, read off the wall clock."""
    local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).astimezone(ZoneInfo(zone))
    if WEEK[local.weekday()] not in policy.days:
        return False
    if policy.holidays and local.date() in country_holidays(policy.holidays, years=local.year):
        return False
    return policy.start <= (local.hour * 60 + local.minute) * MINUTE < policy.end


@settings(max_examples=120, deadline=None)
@given(policies, zones, moments, st.integers(0, 3 * 1440))
@example(business(["sun"], 0, 96), "America/Santiago", utc(2026, 9, 5, 20), 2 * 1440)
@example(business(["sun"], 6, 10), "America/New_York", utc(2026, 11, 1, 0), 1440)
def test_between_counts_each_open_minute_and_no_closed_one(policy: BusinessHours, zone: str, start: int, minutes: int) -> None:
    counted = sum(open_minute(policy, zone, start + number * MINUTE) for number in range(minutes))
    assert Hours.of(policy, zone).between(start, start + minutes * MINUTE) == counted * MINUTE


@settings(max_examples=120, deadline=None)
@given(policies, zones, moments, st.integers(1, 600))
def test_after_is_the_first_moment_at_which_so_much_has_passed(policy: BusinessHours, zone: str, start: int, minutes: int) -> None:
    hours = Hours.of(policy, zone)
    end = hours.after(start, minutes * MINUTE)
    assert hours.between(start, end) == minutes * MINUTE
    # The last minute before it was business time, by the wall clock itself.
    assert open_minute(policy, zone, end - MINUTE)
    assert hours.between(start, end - 1) == minutes * MINUTE - 1


@settings(max_examples=150, deadline=None)
@given(policies, zones, moments)
def test_is_open_is_what_the_wall_clock_says(policy: BusinessHours, zone: str, at: int) -> None:
    hours = Hours.of(policy, zone)
    for each in range(at, at + 6 * HOUR, 15 * MINUTE):
        assert hours.is_open(each) == open_minute(policy, zone, each)


@settings(max_examples=150, deadline=None)
@given(policies, zones, moments)
def test_the_day_ends_when_its_last_open_minute_does(policy: BusinessHours, zone: str, at: int) -> None:
    hours = Hours.of(policy, zone)
    end = hours.day_end(at)
    assert end > at and open_minute(policy, zone, end - MINUTE)
    local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=end - MINUTE)).astimezone(ZoneInfo(zone)).date()
    rest = range(end, end + 24 * HOUR, 15 * MINUTE)
    same_day = [each for each in rest if day_of(each, zone) == local]
    assert not any(open_minute(policy, zone, each) for each in same_day)
    # Nothing opens between the moment and that day: it is the first business day with something left.
    assert hours.left_today(at) == (hours.between(at, end) if day_of(at, zone) == local else 0)


def day_of(at: int, zone: str) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).astimezone(ZoneInfo(zone)).date()


@settings(max_examples=100, deadline=None)
@given(policies, zones, moments)
def test_the_next_day_is_a_later_business_day_and_none_is_between(policy: BusinessHours, zone: str, at: int) -> None:
    hours = Hours.of(policy, zone)
    then, today = hours.next_day_at(at, 12, 0), day_of(at, zone)
    that = day_of(then, zone)
    assert that > today
    between = range(at, then, 15 * MINUTE)
    assert not any(open_minute(policy, zone, each) for each in between if today < day_of(each, zone) < that)


def test_a_touch_before_the_weekend_is_answered_after_it() -> None:
    hours = Hours.of(Policy().business_hours, "America/New_York")
    friday = utc(2026, 3, 6, 22, 30)  # 17:30 in New York; on Sunday its clocks go forward
    assert hours.after(friday, 2 * HOUR) == utc(2026, 3, 9, 14, 30)  # Monday 10:30, an hour nearer to UTC
    assert hours.day_end(friday) == utc(2026, 3, 6, 23)
    assert hours.left_today(friday) == 30 * MINUTE
    assert hours.next_day_at(friday, 10, 0) == utc(2026, 3, 9, 14)
    assert hours.day_end(utc(2026, 3, 7, 12)) == utc(2026, 3, 9, 22)
    assert hours.left_today(utc(2026, 3, 7, 12)) == 0


def test_a_public_holiday_is_no_business_day() -> None:
    hours = Hours.of(BusinessHours(holidays="US"), "America/Chicago")
    assert hours.after(utc(2026, 12, 24, 23, 30), HOUR) == utc(2026, 12, 28, 15, 30)  # Thursday 17:30, Christmas is a Friday


def test_whoever_has_no_zone_has_the_policys() -> None:
    policy = BusinessHours(timezone="Asia/Tokyo")
    assert Hours.of(policy) is Hours.of(policy, "")
    assert Hours.of(policy).zone == Hours.of(policy, "No/Such_Zone").zone == "Asia/Tokyo"
    assert Hours.of(policy, "Europe/Rome") is Hours.of(policy, "Europe/Rome")


def test_offsets_follow_daylight_saving() -> None:
    assert offset("America/New_York", utc(2026, 3, 8, 6, 59)) == -5 * HOUR
    assert offset("America/New_York", utc(2026, 3, 8, 7)) == -4 * HOUR
    assert offset("Asia/Kathmandu", 0) == 5 * HOUR + 30 * MINUTE


@pytest.mark.parametrize("year", [2024, 2026, 2031])
def test_no_country_celebrates_all_of_a_weekday(year: int) -> None:
    """What `Hours` relies on: every weekday of a policy comes up as a business day."""
    for country in sorted(countries()):
        taken = [0] * 7
        for day in public_holidays(country, year):
            taken[day.weekday()] += day.year == year
        assert max(taken) < 50, country
