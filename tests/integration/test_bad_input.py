"""Guarantee 7: a record that cannot be read costs one dead letter with everything it had, and nothing else; replayed it is what it was."""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

import orjson
import pytest
from confluent_kafka import Producer

from schemas import dead_letters as names
from schemas.times import rfc3339
from streams.day.planned import MILLISECOND, SECOND, Planned
from streams.dead_letters import original
from streams.topics import DEAD_LETTERS
from tests.integration.conftest import Make
from tests.integration.mix import mix
from tests.integration.model import expected
from tests.integration.same import alike
from tests.integration.stack import Found, Installation

pytestmark = [pytest.mark.kafka, pytest.mark.redis]

DAY = 86_400 * SECOND
LARGEST = 1_048_588 - 200
"""Bytes of the value of a record that just fits a topic as leadlock makes it (max.message.bytes, a batch's header, key and headers)."""
SOUND = {"event_id": "x", "occurred_at": "2026-01-01T00:00:00Z", "contact": "ann@example.com", "rep": "ana"}


class Bad(NamedTuple):
    """A record that must become a dead letter, told apart by its key."""

    topic: str
    key: bytes
    value: bytes
    at: int


def bad_ones(at: int) -> list[Bad]:
    """One of each kind, at a time and the milliseconds after it."""
    touch = orjson.dumps({**SOUND, "kind": "call"})
    future = orjson.dumps({**SOUND, "kind": "call", "occurred_at": rfc3339(at + 2 * DAY)})
    values = [
        ("touch-logged", b"\x00\xff\xfe no JSON, no UTF-8"),
        ("touch-logged", touch[: len(touch) // 2]),
        ("email-sent", orjson.dumps({**SOUND, "message_id": "m", "step": "first"})),
        ("reply-classified", orjson.dumps({**SOUND, "class": "delighted"})),
        ("reply-classified", b"x" * LARGEST),
        ("touch-logged", future),
        ("lead-created", b"[1, 2, 3]"),
        ("ownership-commands", b""),
    ]
    return [Bad(topic, b"bad %d at %d" % (number, at), value, at + number * MILLISECOND) for number, (topic, value) in enumerate(values)]


@pytest.mark.parametrize("batch_size", [7, 2000])
def test_bad_records_cost_one_dead_letter_each(installation: Make, lately: int, batch_size: int) -> None:
    events = mix(41, 150, lately)
    middle = events[len(events) // 2].at + 100 * MILLISECOND
    bad = [one for at in (lately - SECOND, middle, events[-1].at + SECOND) for one in bad_ones(at)]
    subject = installation(batch_size=batch_size)
    _publish(subject, events, bad)
    worker = subject.worker()
    subject.settle()

    want = expected(events)
    alike(subject.documents(), want.documents, "documents")
    alike(subject.decisions(), want.decisions, "decisions")
    letters = subject.read(DEAD_LETTERS)
    assert sorted(_key(one) for one in letters) == sorted(one.key for one in bad)
    found = {_key(one): one for one in letters}
    for one in bad:
        _as_it_was(subject, one, found[one.key])
    assert worker.stop() == 0, worker.tail()


def test_a_dead_letter_that_fails_again_still_tells_where_it_first_came_from(installation: Make, lately: int) -> None:
    subject = installation()
    events, bad = mix(42, 20, lately), bad_ones(lately + SECOND // 2)[:1]
    _publish(subject, events, bad)
    subject.worker()
    subject.settle()
    (letter,) = subject.read(DEAD_LETTERS)
    # Put back with its headers on, as tools do that know nothing of them.
    subject.put(producer := subject.producer(), bad[0].topic, letter.key, letter.value, bad[0].at + SECOND, list(letter.headers))
    assert producer.flush(20) == 0
    subject.settle()
    assert subject.read(DEAD_LETTERS) == [letter, letter]


@pytest.mark.parametrize("squeezable", [True, False])
def test_what_only_its_publishers_compression_made_fit(installation: Make, lately: int, squeezable: bool) -> None:
    """A record may be larger than any topic takes, once it is unpacked. Where our own compression does not make it fit again the letter
    goes without its value, and the worker goes on."""
    subject = installation()
    value = b"\x00" * 20_000_000 if squeezable else Random(43).randbytes(900_000).hex().encode()
    small = bad_ones(lately)[0]
    producer = _producer(subject, **{"compression.type": "gzip"})
    subject.put(producer, "touch-logged", b"large", value, lately)
    subject.put(producer, small.topic, small.key, small.value, lately + MILLISECOND)
    assert producer.flush(30) == 0
    worker = subject.worker()
    subject.settle()
    letters = {_key(one): one for one in subject.read(DEAD_LETTERS)}
    assert letters.keys() == {b"large", small.key}
    assert letters[small.key].value == small.value
    large = letters[b"large"]
    if squeezable:
        assert large.value == value
    else:
        assert large.value is None
        assert dict(large.headers)[names.VALUE_OMITTED] == b"%d" % len(value)
        assert original(large.key, large.value, list(large.headers)) is None, "a replay must not put back less than there was"
    assert worker.stop() == 0, worker.tail()


def _publish(subject: Installation, events: list[Planned], bad: list[Bad]) -> None:
    producer = _producer(subject)
    stream: list[tuple[int, str, bytes, bytes, Any]] = [(one.at, one.topic, one.key, one.body, None) for one in events]
    stream += [(one.at, one.topic, one.key, one.value, [("trace", one.key), ("empty", b"")]) for one in bad]
    for at, topic, key, value, headers in sorted(stream, key=lambda one: one[0]):
        subject.put(producer, topic, key, value, at, headers)
    assert producer.flush(30) == 0


def _producer(subject: Installation, **options: str) -> Producer:
    bootstrap = {"bootstrap.servers": subject.settings.kafka.bootstrap_servers}
    return Producer({**bootstrap, "message.max.bytes": 100 * LARGEST, "enable.idempotence": True, **options})


def _as_it_was(subject: Installation, sent: Bad, letter: Found) -> None:
    headers = dict(letter.headers)
    assert letter.value == sent.value
    assert letter.headers[:2] == (("trace", sent.key), ("empty", b""))
    assert set(headers) == {"trace", "empty", *names.HEADERS}
    assert headers[names.TOPIC].decode() == sent.topic
    where = f"{sent.topic}:{headers[names.PARTITION].decode()}"
    assert 0 <= int(headers[names.OFFSET]) < subject.ends[where]
    assert headers[names.EXCEPTION_CLASS] and headers[names.EXCEPTION_MESSAGE]
    back = original(letter.key, letter.value, list(letter.headers))
    assert back == (sent.topic, sent.key, sent.value, (("trace", sent.key), ("empty", b"")))


def _key(found: Found) -> bytes:
    assert found.key is not None
    return found.key
