"""The tables of `rules-of-engagement.toml`: every key with its default. What each is for stands in the file itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from schemas.durations import DAY, HOUR, MINUTE, ClockTime, Duration, DurationOrNone, EndOfDayOr, format_clock, format_duration
from schemas.errors import nearest
from schemas.fields import Domain, Segment, Text, Zone
from schemas.public_holidays import countries

Level = Literal["contact", "account"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
RuleName = Literal[
    "contact_owner",
    "competitor",
    "partner_company",
    "partner_sourced",
    "strategic_customer",
    "named_account",
    "customer_owner",
    "open_opportunity_owner",
    "closed_lost_owner",
    "churned_owner",
    "profile_owner",
    "territory",
]
RULES: tuple[RuleName, ...] = get_args(RuleName)
WORKDAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri")
Step = Literal["territory", "round_robin", "weighted"]


def _each_once(words: Sequence[str]) -> Sequence[str]:
    again = next((word for index, word in enumerate(words) if word in words[:index]), None)
    if again is not None:
        raise PydanticCustomError("twice", "names `{word}` twice", {"word": again})
    return words


def _one_meaning(aliases: dict[str, str]) -> dict[str, str]:
    """What people write is compared whatever its case: two spellings of one alias must not mean two companies."""
    seen: dict[str, str] = {}
    for alias, company in aliases.items():
        if seen.setdefault(alias.strip().casefold(), company) != company:
            raise PydanticCustomError("twice", "names `{word}` twice", {"word": alias})
    return aliases


def _in_week(days: Iterable[str]) -> list[str]:
    return [day for day in get_args(Day) if day in set(days)]


def _in_order(words: Iterable[str]) -> list[str]:
    return sorted(set(words))


def _steps(value: object) -> object:
    """One word alone: `territory` goes on with turns for whoever no territory covers."""
    if value == "territory":
        return ["territory", "round_robin"]
    return [value] if isinstance(value, str) else value


def _whole(number: float) -> float | int:
    """80.0 is 80: equal values are written alike."""
    return int(number) if number == int(number) else number


_SAID = {"UK": "GB", "EL": "GR"}
"""What people and the European Union say instead of the code of ISO 3166-1."""


def _celebrates(country: str) -> str:
    if country and country not in countries():
        near = _SAID.get(country) or nearest(country, sorted(countries())) or ""
        raise PydanticCustomError("unknown_word", "is no country whose public holidays are known", {"nearest": near})
    return country


def together(reason: str, field: str, found: str, nearest: str) -> PydanticCustomError:
    """Two keys that do not fit together; `found` may be a default, which the file does not show."""
    return PydanticCustomError("together", "{reason}", {"reason": reason, "field": field, "found": found, "nearest": nearest})


Percent = Annotated[float, Field(ge=0, le=100), PlainSerializer(_whole)]
Dollars = Annotated[float, Field(ge=0), PlainSerializer(_whole)]
Several = Annotated[int, Field(ge=1, lt=1_000_000)]
DomainSet = Annotated[list[Domain], AfterValidator(_in_order)]
Holidays = Annotated[str, Field(pattern="^([A-Z]{2})?$"), AfterValidator(_celebrates)]


class Table(BaseModel):
    """Base of the policy's tables: nothing unknown, nothing converted, nothing changed later."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False, validate_default=False)


class Ownership(Table):
    level: Level = "contact"
    family: Literal["account", "parent"] = "account"
    by_segment: dict[Segment, Level] = Field(default_factory=dict)


class Windows(Table):
    """Microseconds each, but `soft_bounces`, a number."""

    activation: Duration = 48 * HOUR
    review: Duration = 21 * DAY
    replied_recently: Duration = 30 * DAY
    not_interested: Duration = 90 * DAY
    soft_bounces: Several = 3
    late_touch: DurationOrNone = 10 * MINUTE
    out_of_office: Duration = 7 * DAY
    research: Duration = 24 * HOUR
    without_reply: Duration = 60 * DAY
    sequence_idle: Duration = 14 * DAY
    remember_events: Duration = 7 * DAY

    @model_validator(mode="after")
    def _remembered_while_late(self) -> Self:
        if self.remember_events < self.late_touch:
            reason = "must not be shorter than `late_touch`: what may come late may come twice"
            raise together(reason, "remember_events", format_duration(self.remember_events), format_duration(self.late_touch))
        return self


class Sends(Table):
    account_overlap: Literal["warn", "block"] = "warn"
    missing_owner: Literal["block", "warn"] = "block"
    other_mailbox: Literal["block", "warn"] = "block"
    when_unavailable: Literal["block", "warn", "allow"] = "block"


class Escalation(Table):
    """`rep_to_rep`, `team_lead`: microseconds of business time. `revops`: the same, or `end_of_day`."""

    rep_to_rep: Duration = 30 * MINUTE
    team_lead: Duration = 2 * HOUR
    revops: EndOfDayOr = "end_of_day"
    default: Literal["most_recent_positive_signal", "owner_keeps"] = "most_recent_positive_signal"


class BusinessHours(Table):
    """`start`, `end`: microseconds since midnight. `holidays`: a country's two letters, or empty for none."""

    days: Annotated[list[Day], Field(min_length=1), AfterValidator(_each_once), AfterValidator(_in_week)] = list(WORKDAYS)
    start: ClockTime = 9 * HOUR
    end: ClockTime = 18 * HOUR
    timezone: Zone = "UTC"
    holidays: Holidays = ""

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.start >= self.end:
            raise together("must be later than `start`", "end", format_clock(self.end), "24:00")
        return self


class Sla(Table):
    hot: Duration = 5 * MINUTE
    normal: Duration = 2 * HOUR
    clock: Literal["business", "always"] = "business"
    on_miss: Literal["notify", "reassign"] = "notify"


class Matching(Table):
    """`free_domains`, `personal_domains`: beside those that are known anyway. `aliases`: what people write -> the company's name."""

    auto: Percent = 80
    confirm: Percent = 70
    second_signal: bool = False
    free_domains: DomainSet = Field(default_factory=list)
    personal_domains: DomainSet = Field(default_factory=list)
    use_ip: bool = False
    aliases: Annotated[dict[Text, Text], AfterValidator(_one_meaning)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _asks_below_what_it_links(self) -> Self:
        if self.confirm > self.auto:
            raise together("must not be above `auto`", "confirm", f"{self.confirm:g}", f"{self.auto:g}")
        return self


class Routing(Table):
    """`default`: the steps taken when no rule of `order` names a rep. `winback`: a rep or a team, or empty for none."""

    order: Annotated[list[RuleName], AfterValidator(_each_once)] = list(RULES)
    default: Annotated[
        list[Step],
        BeforeValidator(_steps),
        Field(min_length=1),
        AfterValidator(_each_once),
        WithJsonSchema(
            {"anyOf": [{"enum": list(get_args(Step))}, {"type": "array", "minItems": 1, "items": {"enum": list(get_args(Step))}}]}
        ),
    ] = ["territory", "round_robin"]
    auto_account: Several = 3
    competitor: Literal["queue", "disqualify"] = "queue"
    competitor_queue: Text = "competitive-intelligence"
    customer_contract_threshold: Dollars = 50_000
    churn_recent: Duration = 180 * DAY
    winback: str = ""
    high_activity: Several = 3


class NamedAccount(Table):
    company: Text
    owner: Text
    note: str = ""


class Duplicates(Table):
    while_unverified: Literal["hold", "route_to_original_owner"] = "hold"
    flag_different_product: bool = True
