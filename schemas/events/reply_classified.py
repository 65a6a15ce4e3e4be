"""`reply-classified`: a prospect's answer, and what it says."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.events.base import Event
from schemas.fields import Address, Fraction, NullMeans, Text, Time

ReplyClass = Literal["interested", "not_interested", "out_of_office", "bounce", "unsubscribe", "complaint", "replied", "meeting_booked"]


def _hard() -> Literal["hard"]:
    return "hard"


class ReplyClassified(Event):
    """`rep`: whose message was answered. `returns_at`: when who is out of office is back. `confidence`: of the classification, 0 to 1."""

    contact: Address
    class_: ReplyClass = Field(alias="class")
    rep: Text | None = None
    mailbox: Address | None = None
    thread_id: str | None = None
    message_id: str | None = None
    bounce_kind: Annotated[Literal["hard", "soft"], NullMeans(_hard)] = "hard"
    diagnostic_code: str | None = None
    returns_at: Time | None = None
    confidence: Fraction | None = None
