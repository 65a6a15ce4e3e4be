"""`rep-updated`: a rep and their place; compacted, keyed by `rep`. Each record replaces the one before it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.events.base import Event
from schemas.fields import Address, Country, NullMeans, Part, Segment, Text, Texts, Time, Zone

Role = Literal["sdr", "ae", "account_manager", "csm", "partner_manager", "vp", "team_lead", "revops"]


class Territory(Part):
    """What a rep answers for: leads of one of the countries, and regions, and segments; an empty list means any."""

    countries: Annotated[list[Country], NullMeans(list)] = Field(default_factory=list)
    regions: Texts = Field(default_factory=list)
    segments: Annotated[list[Segment], NullMeans(list)] = Field(default_factory=list)


def _active() -> bool:
    return True


def _one() -> float:
    return 1


class RepUpdated(Event):
    """`weight`: the rep's share where leads are given out by weights. `specialties`: departments. `partner_id`: set for a partner's rep.
    A rep is active unless it is said otherwise."""

    rep: Text
    name: str | None = None
    email: Address | None = None
    team: Text | None = None
    role: Role | None = None
    manager: Text | None = None
    backup: Text | None = None
    timezone: Zone | None = None
    active: Annotated[bool, NullMeans(_active)] = True
    left_at: Time | None = None
    successor: Text | None = None
    territories: Annotated[list[Territory], NullMeans(list)] = Field(default_factory=list)
    weight: Annotated[float, Field(ge=0, le=1_000_000), NullMeans(_one)] = 1
    specialties: Texts = Field(default_factory=list)
    partner_id: Text | None = None
