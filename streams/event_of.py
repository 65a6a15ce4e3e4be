"""The event that a record holds, deletions included."""

from __future__ import annotations

from schemas.errors import Unreadable
from schemas.events import Event
from schemas.events.tombstones import OF_TOPIC, tombstone
from schemas.reading import misread, read
from streams.path import Record


def event_of(record: Record) -> Event:
    """What the record says. On a compacted topic one without a value deletes what its key names; a command that is wrong in what it says
    is one to be refused. Raises Unreadable."""
    if not record.value and record.key and record.topic in OF_TOPIC:
        return tombstone(record.topic, record.key, f"deleted:{record.partition}:{record.offset}", record.timestamp)
    try:
        return read(record.topic, record.value, record.headers)
    except Unreadable as fault:
        told = misread(record.value, record.headers, fault) if record.topic == "ownership-commands" else None
        if told is None:
            raise
        return told
