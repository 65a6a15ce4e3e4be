"""`send-requested`: the pre-send check through Kafka."""

from __future__ import annotations

from schemas.events.base import Event
from schemas.fields import Address, Stage, Text


class SendRequested(Event):
    """`claim`: whether an allowed launch takes the lock, which it does when this is left out; an import never does."""

    contact: Address
    rep: Text
    stage: Stage
    mailbox: Address | None = None
    tool: str | None = None
    sequence_id: str | None = None
    campaign: str | None = None
    company: str | None = None
    claim: bool | None = None
