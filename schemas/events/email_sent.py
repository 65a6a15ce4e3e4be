"""`email-sent`: an outreach platform sent an e-mail. The busiest topic by far, so every check here is pydantic-core's own."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.events.base import Event
from schemas.fields import Address, Text, Token


class EmailSent(Event):
    """`contact`: the recipient's address. `mailbox`: the sending one. `step`: 1 is a sequence's first e-mail. `fencing_token`: from the
    grant that the send was made under."""

    message_id: Text
    contact: Address
    rep: Text
    mailbox: Address | None = None
    tool: str | None = None
    sequence_id: str | None = None
    campaign: str | None = None
    step: Annotated[int, Field(ge=1, lt=2**31)] | None = None
    final_step: bool | None = None
    thread_id: str | None = None
    fencing_token: Token | None = None
