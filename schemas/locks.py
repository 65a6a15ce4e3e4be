"""`lock-changes`: every lock as it now stands. Compacted: who reads it from its beginning has the table."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.decision_parts import Account, LockDetails, Owner
from schemas.fields import Text, Time, Token


class LockChange(LockDetails):
    """A lock as it now stands; a record without a value (a tombstone) says that there is none under its key any more.

    `key`: the record's key, `contact:<address>`, `lead:<id>` (a lead without an address), `account:<id>` or `domain:<name>`.
    `fencing_token`: rises with each grant; what came under a smaller one is stale. `changed_at`: when it was decided. `active_sender`:
    who alone may send while it is under review.
    """

    key: Annotated[str, Field(pattern="^(contact|lead|account|domain):.+$")]
    kind: Literal["contact", "lead", "account", "domain"]
    status: Literal["open", "locked", "under_review"]
    owner: Owner | None = None
    reason: Text | None = None  # type: ignore[assignment]  # an open lock has none
    account: Account | None = None
    fencing_token: Token | None = None
    changed_at: Time
    active_sender: Text | None = None
