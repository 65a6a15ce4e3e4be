"""`lead-created`: a person who may buy came in, or what is known of them changed."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from schemas.events.base import Event
from schemas.fields import Address, Country, Segment, Seniority, Text, present


class LeadCreated(Event):
    """One of `email` and `phone` is required. `seniority` is read from the title when absent. `rep`: who imported or created the lead, if
    a person did. `phone`: as it was typed. `ip`: as it was logged; it is a hint only, so that a broken one does not hold the lead up."""

    lead_id: Text
    email: Address | None = None
    phone: Text | None = None
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    website: str | None = None
    title: str | None = None
    seniority: Seniority | None = None
    department: str | None = None
    buying_role: Literal["economic_buyer", "champion", "user", "gatekeeper"] | None = None
    country: Country | None = None
    region: str | None = None
    segment: Segment | None = None
    product: str | None = None
    origin: Literal["inbound", "list_import", "partner", "event"] | None = None
    partner_id: Text | None = None
    campaign: str | None = None
    intent: Literal["demo_request", "pricing_page", "content_download", "contact_form"] | None = None
    ip: str | None = None
    rep: Text | None = None

    model_config = ConfigDict(json_schema_extra={"anyOf": present("email", "phone")})

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.email is None and self.phone is None:
            raise PydanticCustomError("needed", "is required where there is no `phone`", {"field": "email"})
        return self
