"""The rules of engagement that a company sets itself: `rules-of-engagement.toml`."""

from __future__ import annotations

import tomllib
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Self

import orjson
from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from schemas.durations import DAY, LONGEST, MINUTE, format_duration
from schemas.errors import BadPolicy, Fault
from schemas.policy_faults import faults
from schemas.policy_tables import (
    BusinessHours,
    Duplicates,
    Escalation,
    Matching,
    NamedAccount,
    Ownership,
    Routing,
    Sends,
    Sla,
    Table,
    Windows,
    together,
)

__all__ = [
    "BusinessHours",
    "Duplicates",
    "Escalation",
    "Matching",
    "NamedAccount",
    "Ownership",
    "Policy",
    "Routing",
    "Sends",
    "Sla",
    "Windows",
]


def _one_owner_each(named: list[NamedAccount]) -> list[NamedAccount]:
    seen: set[str] = set()
    for each in named:
        if each.company.casefold() in seen:
            raise PydanticCustomError("twice", "names `{word}` twice", {"word": each.company})
        seen.add(each.company.casefold())
    return named


class Policy(Table):
    """Every value of the policy; those that a file leaves out are the defaults. Durations are integer microseconds."""

    ownership: Ownership = Field(default_factory=Ownership)
    windows: Windows = Field(default_factory=Windows)
    sends: Sends = Field(default_factory=Sends)
    escalation: Escalation = Field(default_factory=Escalation)
    business_hours: BusinessHours = Field(default_factory=BusinessHours)
    sla: Sla = Field(default_factory=Sla)
    matching: Matching = Field(default_factory=Matching)
    routing: Routing = Field(default_factory=Routing)
    named_accounts: Annotated[list[NamedAccount], AfterValidator(_one_owner_each)] = Field(default_factory=list)
    duplicates: Duplicates = Field(default_factory=Duplicates)

    @model_validator(mode="after")
    def _over_in_ten_years(self) -> Self:
        """Spans of business time must end within the time that can be written down, however few the business hours are."""
        hours, escalation = self.business_hours, self.escalation
        week = len(hours.days) * (hours.end - hours.start)
        spans = {"escalation.rep_to_rep": escalation.rep_to_rep, "escalation.team_lead": escalation.team_lead}
        if isinstance(escalation.revops, int):
            spans["escalation.revops"] = escalation.revops
        if self.sla.clock == "business":
            spans |= {"sla.hot": self.sla.hot, "sla.normal": self.sla.normal}
        for field, span in spans.items():
            if span > week * (LONGEST // (7 * DAY)):
                most = format_duration(week * (LONGEST // (7 * DAY)) // MINUTE * MINUTE)
                raise together("takes more than ten years in these business hours", field, format_duration(span), most)
        return self

    @classmethod
    def parse(cls, text: str) -> Self:
        """The policy that TOML text describes. Raises BadPolicy naming every fault."""
        try:
            # Editors of some systems put a byte order mark first, which TOML does not know.
            values = tomllib.loads(text.removeprefix("\ufeff"))
        except tomllib.TOMLDecodeError as error:
            raise BadPolicy([Fault("the file", f"is not TOML: {error}")]) from error
        except RecursionError as error:
            raise BadPolicy([Fault("the file", "is nested too deeply")]) from error
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise BadPolicy(faults(error, cls)) from error

    @classmethod
    def read(cls, path: Path | str) -> Self:
        """The policy of a file. Raises BadPolicy naming every fault, OSError when the file cannot be read at all."""
        try:
            text = Path(path).read_bytes().decode()
        except UnicodeDecodeError as error:
            raise BadPolicy([Fault("the file", f"is not UTF-8 at byte {error.start}")]) from error
        return cls.parse(text)

    @cached_property
    def hash(self) -> str:
        """12 hex digits of the effective values: the same for any order of keys, any comments, and equal durations (48h, 2d)."""
        return sha256(orjson.dumps(self.effective(), option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]

    def effective(self) -> dict[str, Any]:
        """Every value as TOML has it: table -> key -> value, in the file's order, defaults included."""
        return self.model_dump(mode="json")
