"""What every inbound event has."""

from __future__ import annotations

from schemas.fields import EventId, Part, Time
from schemas.times import micros


class Event(Part):
    """`event_id`: unique for the fact that it tells. `occurred_at`: when that happened. `source`: the publishing system."""

    event_id: EventId
    occurred_at: Time
    source: str | None = None

    @property
    def occurred(self) -> int:
        """`occurred_at` in microseconds since the epoch."""
        return micros(self.occurred_at)
