"""`leadlock replay-dead-letters`, and how it notes what it has done."""

from __future__ import annotations

import json

import pytest
from confluent_kafka import Consumer, Producer

from schemas.dead_letters import TOPIC
from streams.cli.done_letters import Done
from streams.errors import LeadlockError
from tests.cli.conftest import Run
from tests.servers import Kafka


@pytest.fixture
def letters(kafka: Kafka, topic_prefix: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A broker with five dead letters in one partition: two of `email-sent`, two of `touch-logged`, one that names no topic."""
    monkeypatch.setenv("LEADLOCK_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap)
    monkeypatch.setenv("LEADLOCK_KAFKA_TOPIC_PREFIX", topic_prefix)
    monkeypatch.setenv("LEADLOCK_KAFKA_GROUP_ID", f"{topic_prefix}g")
    kafka.create_topics(*(topic_prefix + name for name in ("dead-letters", "email-sent", "touch-logged")), partitions=1)
    producer = Producer({"bootstrap.servers": kafka.bootstrap})
    for number, topic in enumerate(("email-sent", "touch-logged", "", "email-sent", "touch-logged")):
        headers: list[tuple[str, str | bytes | None]] = [("own", b"\x00\xff")]
        headers += [(TOPIC, topic.encode()), ("__connect.errors.offset", b"7")] if topic else []
        producer.produce(f"{topic_prefix}dead-letters", b"\xfftorn %d" % number, b"k%d" % number, headers=headers)
    assert producer.flush(20) == 0
    return topic_prefix


def read(kafka: Kafka, topic: str, count: int) -> list[tuple[object, object, object]]:
    """Exactly what a topic holds, which is `count` records."""
    consumer = Consumer(
        {"bootstrap.servers": kafka.bootstrap, "group.id": f"{topic}-r", "auto.offset.reset": "earliest", "enable.partition.eof": True}
    )
    consumer.subscribe([topic])
    found: list[tuple[object, object, object]] = []
    while (message := consumer.poll(20)) is not None and message.error() is None:
        found.append((message.key(), message.value(), message.headers()))
    consumer.close()
    assert len(found) == count
    return found


@pytest.mark.kafka
def test_each_letter_goes_back_once_byte_for_byte(run: Run, kafka: Kafka, letters: str) -> None:
    first = run("replay-dead-letters", "--dry-run", "--json")
    assert first.exit_code == 0, first.output
    dry = json.loads(first.stdout)
    assert (dry["replayed"], len(dry["left"])) == (4, 1)
    done = run("replay-dead-letters", "--json")
    assert json.loads(done.stdout)["by_topic"] == {"email-sent": 2, "touch-logged": 2}
    assert "name no topic" in done.stderr
    again = json.loads(run("replay-dead-letters", "--json").stdout)
    assert (again["replayed"], len(again["left"])) == (0, 1)
    assert read(kafka, f"{letters}email-sent", 2) == [
        (b"k0", b"\xfftorn 0", [("own", b"\x00\xff")]),
        (b"k3", b"\xfftorn 3", [("own", b"\x00\xff")]),
    ]


@pytest.mark.kafka
def test_one_topic_first_leaves_the_others_for_later(run: Run, kafka: Kafka, letters: str) -> None:
    first = json.loads(run("replay-dead-letters", "--topic", "touch-logged", "--json").stdout)
    assert (first["by_topic"], first["skipped"]) == ({"touch-logged": 2}, 2)
    assert json.loads(run("replay-dead-letters", "--limit", 1, "--json").stdout)["by_topic"] == {"email-sent": 1}
    assert json.loads(run("replay-dead-letters", "--json").stdout)["by_topic"] == {"email-sent": 1}
    assert "0 replayed, 1 left" in run("replay-dead-letters").stdout
    assert json.loads(run("replay-dead-letters", "--all", "--json").stdout)["replayed"] == 4


def test_what_is_done_is_noted_as_an_offset_and_ranges_beyond_it() -> None:
    done = Done(3, "5-6,9")
    assert [offset for offset in range(12) if offset in done] == [0, 1, 2, 5, 6, 9]
    done.add(7)
    assert (done.offset, done.metadata()) == (3, "5-7,9")
    done.add(3)
    assert (done.offset, done.metadata()) == (4, "5-7,9")
    done.add(4)
    assert (done.offset, done.metadata()) == (8, "9")
    done.add(9)
    assert (done.offset, done.metadata()) == (8, "9")
    done.forget_below(9)
    assert (done.offset, done.metadata()) == (10, "")
    assert 0 in Done(-1001, "0")


def test_metadata_of_another_program_is_refused() -> None:
    with pytest.raises(LeadlockError, match="'leader-7'"):
        Done(0, "leader-7")


def test_more_places_than_kafka_can_note_are_refused() -> None:
    done = Done(0, ",".join(str(number) for number in range(1, 4000, 2)))
    with pytest.raises(LeadlockError, match="without --topic"):
        done.metadata()
