"""The turn beside its hot path: the outbox, the watch over progress, what Kafka complains of."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException

from streams.app import STUCK_S, end_if_stuck
from streams.feed.complaints import AGAIN_AFTER_S, Complaints
from streams.outbox import Outgoing
from streams.publisher import Done
from streams.turn import Turn
from streams.watching.health import Health
from streams.watching.kafka_statistics import Brokers
from tests.path.fakes import FakeEngine


class Slow:
    """A publisher that delivers when it is told to."""

    def __init__(self) -> None:
        self.sent: list[Sequence[Outgoing]] = []
        self.reports: list[Done] = []

    def send(self, outgoing: Sequence[Outgoing], done: Done) -> None:
        self.sent.append(outgoing)
        self.reports.append(done)


class Leftovers(FakeEngine):
    def sweep(self, older_than_s: float) -> list[tuple[str, list[Outgoing]]]:
        return list(self.outbox.items())


def test_what_was_left_in_the_outbox_is_published_once_and_then_forgotten() -> None:
    engine, sender, failures = Leftovers(), Slow(), list[BaseException]()
    engine.outbox = {"1-0": [Outgoing("routing-decisions", b"k", b"v")]}

    async def play() -> None:
        turn = Turn(engine, sender, failures.append)
        await turn.sweep(10)
        await turn.sweep(10)
        turn.stop()
        assert sender.sent == [[Outgoing("routing-decisions", b"k", b"v")]], "while it is under way nobody sends it again"

    asyncio.run(play())

    async def deliver() -> None:
        turn = Turn(engine, sender, failures.append)
        await turn.sweep(10)
        await asyncio.to_thread(turn._sending.submit(len, ()).result)  # the sending thread has come by
        sender.reports[-1](None)
        assert engine.outbox
        await turn.forget()
        turn.stop()

    asyncio.run(deliver())
    assert engine.outbox == {} and failures == []


def test_a_worker_that_hangs_is_ended_unless_the_store_or_the_broker_is_away() -> None:
    now, failures, lag = [0.0], list[BaseException](), {"lead-created:0": 3}
    feed, turn = SimpleNamespace(lag=lambda: lag, progress=5), SimpleNamespace(store_away=False)
    brokers: dict[str, Brokers] = {}
    health = Health(feed, turn, None, brokers, lambda: now[0])

    def look(at: float) -> None:
        now[0] = at
        asyncio.run(health.beat())
        asyncio.run(end_if_stuck(health, failures.append))

    look(1)
    look(STUCK_S)
    feed.progress += 1
    look(STUCK_S + 2)
    turn.store_away = True
    look(3 * STUCK_S)
    turn.store_away = False
    look(4 * STUCK_S)
    brokers["consumer"] = Brokers(3, 0, 4, 0.0)
    look(5 * STUCK_S)
    brokers["consumer"] = Brokers(3, 3, 7, 0.001)
    look(6 * STUCK_S)
    assert failures == []
    look(6 * STUCK_S + 1)
    assert "although 3 records wait" in str(failures[0])


def test_a_complaint_is_logged_once_in_a_while_and_a_fatal_one_raised(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    complain = Complaints(lambda: now[0])
    away: Any = KafkaError(KafkaError._ALL_BROKERS_DOWN)
    for moment in (0, 1, AGAIN_AFTER_S):
        now[0] = moment
        complain(away)
    assert len(caplog.records) == 2
    with pytest.raises(KafkaException):
        complain(KafkaError(KafkaError._FATAL, "broken", True))
