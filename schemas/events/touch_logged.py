"""`touch-logged`: a touch that no platform reports by itself, or a prospect's intent signal."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from schemas.events.base import Event
from schemas.fields import Address, Text, present

BY_A_REP = ("call", "meeting", "meeting_note", "email", "no_show")
SIGNALS = ("demo_request", "pricing_page", "contact_form")
NEEDS: dict[str, Any] = {
    "anyOf": present("contact", "lead_id", "account_id"),
    "if": {"properties": {"kind": {"enum": list(BY_A_REP)}}},
    "then": present("rep")[0],
}
"""What the model's validator asks, as JSON Schema."""


class TouchLogged(Event):
    """At least one of `contact`, `lead_id`, `account_id` is required, and `rep` for all that a rep does; an intent signal needs none."""

    kind: Literal["call", "meeting", "meeting_note", "email", "no_show", "demo_request", "pricing_page", "contact_form"]
    contact: Address | None = None
    lead_id: Text | None = None
    account_id: Text | None = None
    rep: Text | None = None
    note: str | None = None

    model_config = ConfigDict(json_schema_extra=NEEDS)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.contact is None and self.lead_id is None and self.account_id is None:
            raise PydanticCustomError("needed", "is required where there is neither `lead_id` nor `account_id`", {"field": "contact"})
        if self.rep is None and self.kind in BY_A_REP:
            raise PydanticCustomError("needed", "is required for a {kind}", {"field": "rep", "kind": self.kind})
        return self
