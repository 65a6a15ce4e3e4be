"""`dead-letters`: the names of the headers that say where a record came from and why it could not be read.

Names as Kafka Connect gives them (KIP-298), so that tools made for its dead letters work; the record's own headers, key and value stay as
they were, and a header that is there already is never overwritten: it tells where the record first failed.
"""

from __future__ import annotations

PREFIX = "__connect.errors."
TOPIC = f"{PREFIX}topic"
PARTITION = f"{PREFIX}partition"
OFFSET = f"{PREFIX}offset"
EXCEPTION_CLASS = f"{PREFIX}exception.class.name"
EXCEPTION_MESSAGE = f"{PREFIX}exception.message"
TIMESTAMP = f"{PREFIX}timestamp"
"""The record's arrival, RFC 3339. Connect has no such header; its own say only when a task failed."""

VALUE_OMITTED = f"{PREFIX}value.omitted"
"""How many bytes the value has, where it is left out because no topic takes it: a record that only its publisher's compression made fit.
The other headers name the place where it still lies. Connect has no such header."""

HEADERS = (TOPIC, PARTITION, OFFSET, EXCEPTION_CLASS, EXCEPTION_MESSAGE, TIMESTAMP)
