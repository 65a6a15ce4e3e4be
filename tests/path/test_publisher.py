"""Delivery reports: one word a batch, after the last record's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from confluent_kafka import KafkaException

from streams.outbox import Outgoing
from streams.publisher import Publisher
from tests.path.fakes import Broker, drained, wait_until


@pytest.fixture(scope="module")
def broker() -> Broker:
    return Broker()


@pytest.fixture
def failures() -> list[BaseException]:
    return []


@pytest.fixture
def publisher(broker: Broker, failures: list[BaseException]) -> Iterator[Publisher]:
    options = {"bootstrap.servers": broker.bootstrap, "enable.idempotence": True, "message.timeout.ms": 0}
    found = Publisher({**options, "queue.buffering.max.messages": 10, "message.max.bytes": 2000}, failures.append, "pre.")
    yield found
    found.stop(5)


def test_a_batch_larger_than_the_queue_is_delivered_in_order_and_told_once(broker: Broker, publisher: Publisher) -> None:
    told: list[BaseException | None] = []
    publisher.send([Outgoing("many", b"k", str(number).encode(), (("h", b"v"),)) for number in range(500)], told.append)
    wait_until(lambda: bool(told), "the delivery reports")
    assert told == [None]
    assert drained(broker.bootstrap, "pre.many", 500) == [str(number).encode() for number in range(500)]


def test_nothing_to_send_is_delivered_at_once(publisher: Publisher) -> None:
    told: list[BaseException | None] = []
    publisher.send([], told.append)
    assert told == [None]


def test_a_record_that_is_refused_is_told_with_the_batch(publisher: Publisher, failures: list[BaseException]) -> None:
    told: list[BaseException | None] = []
    publisher.send([Outgoing("large", b"k", b"x" * 5000), Outgoing("large", b"k", b"x")], told.append)
    wait_until(lambda: bool(told), "the delivery reports")
    assert isinstance(told[0], KafkaException) and len(told) == 1
    assert failures == []
