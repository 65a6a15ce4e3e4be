"""A record that cannot be taken in, as it goes to `dead-letters`: the original bytes, key and headers, and where and why it failed.

Header names follow Kafka Connect; one that the record has already is left as it is, so that a record which fails again after a
replay still tells where it first came from.
"""

from __future__ import annotations

from datetime import UTC, datetime

from schemas import dead_letters as names
from streams.outbox import Outgoing
from streams.path import Record

TOPIC = "dead-letters"


def dead_letter(record: Record, error: Exception) -> Outgoing:
    """The dead letter of a record."""
    facts = {
        names.TOPIC: record.topic,
        names.PARTITION: str(record.partition),
        names.OFFSET: str(record.offset),
        names.EXCEPTION_CLASS: type(error).__name__,
        names.EXCEPTION_MESSAGE: str(error),
        names.TIMESTAMP: datetime.fromtimestamp(record.timestamp / 1_000_000, UTC).isoformat(),
    }
    present = {name for name, _ in record.headers}
    added = [(name, text.encode()) for name, text in facts.items() if name not in present]
    return Outgoing(TOPIC, record.key, record.value, (*record.headers, *added))


def without_value(letter: Outgoing) -> Outgoing:
    """The letter of a record that is too large for any topic: all but its value, which stays where the headers say."""
    size = str(len(letter.value or b"")).encode()
    return letter._replace(value=None, headers=(*letter.headers, (names.VALUE_OMITTED, size)))


def original(key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]]) -> Outgoing | None:
    """The record that a dead letter was made of, byte for byte, for its own topic; None when the letter does not name it, or was too
    large to hold it."""
    named = dict(headers).get(names.TOPIC)
    if named is None or names.VALUE_OMITTED in dict(headers):
        return None
    return Outgoing(named.decode(), key, value, tuple((name, text) for name, text in headers if not name.startswith(names.PREFIX)))
