"""Deletions on the compacted topics: a record without a value says that its key is no more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from schemas.errors import Unreadable
from schemas.events.base import Event
from schemas.fields import Text


class AccountGone(Event):
    """The CRM deleted the account, or merged it into another."""

    account_id: Text


class RepGone(Event):
    """The rep's record was deleted: they have left."""

    rep: Text
    active: ClassVar[bool] = False
    left_at: ClassVar[datetime | None] = None


OF_TOPIC: dict[str, tuple[type[AccountGone] | type[RepGone], str]] = {
    "account-updated": (AccountGone, "account_id"),
    "rep-updated": (RepGone, "rep"),
}
"""Topic -> what a record without a value says there, and the field that its key is."""


def tombstone(topic: str, key: bytes, event_id: str, at: int) -> AccountGone | RepGone:
    """What a record without a value says. `event_id`: the same whenever that very record is read. `at`: the record's time, microseconds.
    Raises Unreadable where the key is no id."""
    model, field = OF_TOPIC[topic]
    try:
        name = key.decode().strip()
    except UnicodeDecodeError as error:
        raise Unreadable("its key is not UTF-8", "key") from error
    if not name:
        raise Unreadable("it is empty, and so is its key")
    return model.model_validate({"event_id": event_id, "occurred_at": datetime.fromtimestamp(at / 1e6, UTC), field: name})
