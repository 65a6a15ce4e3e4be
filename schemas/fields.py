"""The kinds of fields that the contract's models are made of. Everything on the way of `email-sent` is checked by pydantic-core itself;
only what is unusual reaches a function in Python."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, StringConstraints, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from schemas.addresses import PLAIN, PLAIN_LENGTH, domain_inside, normalise, normalise_domain
from schemas.errors import nearest
from schemas.times import EARLIEST, LATEST

TIME_PATTERN = "^[0-9]{4}-"
COUNTRY_PATTERN = "^[A-Za-z]{2}$"


class Part(BaseModel):
    """Base of what is read: types are never converted silently, unknown fields are ignored."""

    model_config = ConfigDict(
        strict=True,
        extra="ignore",
        allow_inf_nan=False,
        populate_by_name=True,
        # Caching values too costs more than it saves where nearly every value is new.
        cache_strings="keys",
        # Inputs hold personal data, which no traceback may show.
        hide_input_in_errors=True,
    )


def present(*names: str) -> list[Any]:
    """For `anyOf` or `oneOf` of a JSON Schema: one alternative a field, which must be there and not null."""
    return [{"required": [name], "properties": {name: {"not": {"type": "null"}}}} for name in names]


class _Rfc3339:
    """Text first, then a time: pydantic alone also takes a number in quotes for a time, in seconds since the epoch."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def when(strict: bool) -> CoreSchema:
            return core_schema.datetime_schema(strict=strict, tz_constraint="aware", ge=EARLIEST, lt=LATEST)

        text = core_schema.chain_schema([core_schema.str_schema(strict=True, pattern=TIME_PATTERN), when(strict=False)])
        python = core_schema.union_schema([when(strict=True), text], mode="left_to_right")
        return core_schema.json_or_python_schema(json_schema=text, python_schema=python)


class NullMeans:
    """An optional field for which null means the same as leaving it out: `default()`."""

    def __init__(self, default: Callable[[], Any]) -> None:
        self._default = default

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def fill(value: Any) -> Any:
            return self._default() if value is None else value

        return core_schema.no_info_after_validator_function(fill, core_schema.nullable_schema(handler(source)))


@cache
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


_SAID_ZONES = {
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "PT": "America/Los_Angeles",
    "CST": "America/Chicago",
    "CDT": "America/Chicago",
    "CT": "America/Chicago",
    "EDT": "America/New_York",
    "ET": "America/New_York",
    "MDT": "America/Denver",
    "BST": "Europe/London",
    "CEST": "Europe/Berlin",
    "EEST": "Europe/Helsinki",
    "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo",
    "SGT": "Asia/Singapore",
    "AEST": "Australia/Sydney",
}
"""What people say that is no name of the database, and who mostly says so."""


def known_zone(name: str) -> str:
    """The name of an IANA time zone (the machine's tz database). Raises PydanticCustomError naming the nearest one."""
    zone = _zones().get(name.casefold())
    if zone is None:
        near = _SAID_ZONES.get(name.strip().upper()) or nearest(name, _zones().values()) or ""
        raise PydanticCustomError("unknown_word", "is no time zone of the IANA database", {"nearest": near})
    return zone


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError as error:
        raise ValueError("is not a network in CIDR notation, such as 203.0.113.0/24") from error


Text = Annotated[str, StringConstraints(min_length=1)]
"""Text that is not empty: an id, a name."""

Note = Annotated[str | None, AfterValidator(lambda text: text.strip() or None if text else None)]
"""What somebody noted. One of blanks tells nobody anything, and is none."""

EventId = Annotated[str, StringConstraints(min_length=1, max_length=200)]

# pydantic-core matches before it lowers. Without `-u` its engine would also take letters that only fold to ASCII ones, such as ſ.
_PlainAddress = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=PLAIN_LENGTH, pattern=f"(?i-u){PLAIN}")]
Address = Annotated[
    _PlainAddress | Annotated[str, AfterValidator(normalise)],
    Field(union_mode="left_to_right"),
    WithJsonSchema({"type": "string", "format": "idn-email", "pattern": "@", "examples": ["ops@northwind-logistics.com"]}),
]
"""An e-mail address, normalised. Nearly all of them never leave pydantic-core; the others go to `schemas.addresses.normalise`."""


def _domain(text: str) -> str:
    try:
        return normalise_domain(text)
    except ValueError as error:
        inside = domain_inside(text)
        if not inside:
            raise
        raise PydanticCustomError("unknown_word", "is not a bare domain", {"nearest": inside}) from error


Domain = Annotated[
    str,
    AfterValidator(_domain),
    WithJsonSchema({"type": "string", "format": "idn-hostname", "pattern": "\\.", "examples": ["northwind-logistics.com"]}),
]
"""A domain, normalised by `schemas.addresses.normalise_domain`."""

Time = Annotated[
    datetime,
    _Rfc3339(),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": "([Zz]|[+-][0-9]{2}:?[0-9]{2})$"}),
]
"""RFC 3339 with an offset, from 1970 on and before 2200."""

Country = Annotated[
    str,
    StringConstraints(to_upper=True, pattern=COUNTRY_PATTERN),
    WithJsonSchema({"type": "string", "pattern": COUNTRY_PATTERN, "description": "ISO 3166-1 alpha-2"}),
]
Zone = Annotated[str, AfterValidator(known_zone), WithJsonSchema({"type": "string", "description": "An IANA time zone", "minLength": 1})]
Network = Annotated[str, AfterValidator(_network), WithJsonSchema({"type": "string", "description": "CIDR notation", "minLength": 2})]

Token = Annotated[int, Field(ge=0, lt=2**53)]
"""A fencing token: it only rises. JSON's readers and Redis's scripts keep integers exactly below 2^53 only."""

Count = Annotated[int, Field(ge=0, lt=2**31)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Score = Annotated[float, Field(ge=0, le=100)]

Segment = Literal["smb", "mid_market", "enterprise"]
Seniority = Literal["c_level", "vp", "director", "manager", "individual"]
Flag = Literal["do_not_contact", "unsubscribed", "complaint", "bounced", "not_interested", "legal", "existing_customer"]
Stage = Literal["import", "launch"]

Texts = Annotated[list[Text], NullMeans(list)]
Domains = Annotated[list[Domain], NullMeans(list)]
Networks = Annotated[list[Network], NullMeans(list)]
Yes = Annotated[bool, NullMeans(bool)]
"""A flag that is false when it is left out."""
