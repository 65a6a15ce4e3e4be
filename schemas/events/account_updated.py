"""`account-updated`: the CRM's view of an account; compacted, keyed by `account_id`. Each record replaces the one before it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.events.base import Event
from schemas.fields import Count, Domains, Networks, NullMeans, Part, Score, Segment, Text, Texts, Time, Yes


class Opportunity(Part):
    """An open opportunity and the rep whose it is."""

    id: Text
    owner: Text | None = None
    product: str | None = None


class ClosedLost(Part):
    """The newest opportunity that was lost: whose it was, and when."""

    owner: Text
    at: Time | None = None


class AccountUpdated(Event):
    """`shared_domains`: used by several companies, never matched alone. `contract_value`: USD a year. `health`: 0-100. `team`: the account
    team's reps. `specialists`: department -> rep. `partner_manager`: set where the company is a partner. `networks`: CIDR."""

    account_id: Text
    name: Text
    domains: Domains = Field(default_factory=list)
    aliases: Texts = Field(default_factory=list)
    shared_domains: Domains = Field(default_factory=list)
    parent_id: Text | None = None
    status: Literal["prospect", "customer", "churned"] | None = None
    owner: Text | None = None
    backup_owner: Text | None = None
    segment: Segment | None = None
    strategic: Yes = False
    open_opportunities: Annotated[list[Opportunity], NullMeans(list)] = Field(default_factory=list)
    closed_lost: ClosedLost | None = None
    churned_at: Time | None = None
    contract_value: Annotated[float, Field(ge=0)] | None = None
    products: Texts = Field(default_factory=list)
    account_manager: Text | None = None
    csm: Text | None = None
    open_tickets: Count | None = None
    health: Score | None = None
    competitor: Yes = False
    partner_manager: Text | None = None
    sourced_by_partner: Text | None = None
    partner_involved: Text | None = None
    team: Texts = Field(default_factory=list)
    dedicated_sdr: Text | None = None
    specialists: Annotated[dict[str, Text], NullMeans(dict)] = Field(default_factory=dict)
    networks: Networks = Field(default_factory=list)
