"""The feed against real Kafka: when it commits, where it reads again, and what it does when partitions go."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import pytest

from streams.errors import StoreUnavailable
from streams.feed.feed import Feed
from streams.path import Batch
from tests.path.fakes import committed, fill, wait_until
from tests.servers import Kafka

TOPIC = "touch-logged"
pytestmark = pytest.mark.kafka


class Tables:
    """What the feed asks the tables."""

    def __init__(self) -> None:
        self.offsets: dict[str, int] = {}
        self.away = 0

    def ask(self) -> Future[dict[str, int]]:
        answer: Future[dict[str, int]] = Future()
        if self.away:
            self.away -= 1
            answer.set_exception(StoreUnavailable(operation="offsets", error="away"))
        else:
            answer.set_result(dict(self.offsets))
        return answer


class Desk:
    """Feeds of one test on a topic of its own, and what they handed on."""

    def __init__(self, kafka: Kafka, prefix: str) -> None:
        self.bootstrap, self.prefix, self.group = kafka.bootstrap, prefix, prefix + "group"
        self.topic = prefix + TOPIC
        kafka.create_topics(self.topic, partitions=2, config={"message.timestamp.type": "CreateTime"})
        self.failures: list[BaseException] = []
        self.feeds: list[Feed] = []

    def feed(self, tables: Tables, emit: Callable[[Batch], None], **options: object) -> Feed:
        known: dict[str, object] = {
            "bootstrap.servers": self.bootstrap, "group.id": self.group, "auto.offset.reset": "earliest", "enable.auto.commit": False,
            "enable.auto.offset.store": False, "enable.partition.eof": True, "partition.assignment.strategy": "range",
            "heartbeat.interval.ms": 100,
        }  # fmt: skip
        feed = Feed(known | options, [TOPIC], tables.ask, self.failures.append, prefix=self.prefix, batch_size=10)
        self.feeds.append(feed)
        feed.start(emit)
        return feed

    def committed(self) -> dict[int, int]:
        return committed(self.bootstrap, self.group, self.topic, 2)


@pytest.fixture
def desk(kafka: Kafka, topic_prefix: str) -> Iterator[Desk]:
    found = Desk(kafka, topic_prefix)
    yield found
    for feed in found.feeds:
        feed.stop(0)
    assert found.failures == []


def test_offsets_are_committed_after_delivery_in_order(desk: Desk) -> None:
    fill(desk.bootstrap, desk.topic, range(40), 2)
    batches: queue.Queue[Batch] = queue.Queue()
    feed = desk.feed(Tables(), batches.put)
    first = batches.get(timeout=20)
    feed.processed(first)
    second = batches.get(timeout=20)
    feed.processed(second)
    feed.done(second)
    time.sleep(0.5)
    assert desk.committed() == {}, "the first batch is not delivered"
    feed.done(first)
    wait_until(lambda: sum(desk.committed().values()) == len(first.records) + len(second.records), "both are committed")
    assert feed.progress == 2


def test_records_come_in_the_order_of_their_times_across_partitions(desk: Desk) -> None:
    fill(desk.bootstrap, desk.topic, range(100), 2)
    seen: list[int] = []

    def emit(batch: Batch) -> None:
        seen.extend(each.timestamp for each in batch.records)
        feed.processed(batch)
        feed.done(batch)

    feed = desk.feed(Tables(), emit)
    wait_until(lambda: len(seen) == 100, "all records")
    assert seen == sorted(seen)
    wait_until(lambda: feed.watermark(1 << 60) == 1 << 60, "everything is processed")
    wait_until(lambda: sum(feed.lag().values()) == 0 and len(feed.lag()) == 2, "no lag")


def test_tables_that_came_back_older_are_read_for_from_there(desk: Desk) -> None:
    fill(desk.bootstrap, desk.topic, range(20), 2)
    tables, batches = Tables(), queue.Queue[Batch]()
    feed = desk.feed(tables, batches.put)
    first = batches.get(timeout=20)
    assert feed.current(first)
    tables.offsets = {f"{TOPIC}:0": 3}
    feed.rewind(first)
    assert not feed.current(first)
    assert feed.watermark(1 << 60) < 0, "nothing can be said now"
    again: list[Batch] = []
    while sum(len(batch.records) for batch in again if batch.epoch == feed.epoch) < 17:
        again.append(batches.get(timeout=20))
        feed.processed(again[-1])
        feed.done(again[-1])
    places = [(record.partition, record.offset) for batch in again for record in batch.records if batch.epoch == feed.epoch]
    assert sorted(places) == [(0, number) for number in range(3, 10)] + [(1, number) for number in range(10)]
    starts = {place: moved.expected for batch in reversed(again) for place, moved in batch.positions.items() if batch.epoch == feed.epoch}
    assert starts == {f"{TOPIC}:0": 3, f"{TOPIC}:1": None}


def test_a_store_that_is_away_at_the_start_is_waited_for(desk: Desk) -> None:
    fill(desk.bootstrap, desk.topic, range(4), 2)
    tables, batches = Tables(), queue.Queue[Batch]()
    tables.away = 2
    desk.feed(tables, batches.put)
    assert batches.get(timeout=20).records
    assert tables.away == 0


def test_an_offset_that_is_not_there_is_reset(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    fill(desk.bootstrap, desk.topic, range(4), 2)
    tables, batches = Tables(), queue.Queue[Batch]()
    tables.offsets = {f"{TOPIC}:0": 900, f"{TOPIC}:1": 0}

    def emit(batch: Batch) -> None:
        batches.put(batch)
        feed.processed(batch)
        feed.done(batch)

    feed = desk.feed(tables, emit)
    found = [batches.get(timeout=20)]
    while not any(batch.positions[f"{TOPIC}:0"].next != 900 for batch in found):  # until then it is only checked
        found.append(batches.get(timeout=20))
    assert found[-1].positions[f"{TOPIC}:0"].expected == 900
    assert "offset 900 is not there" in caplog.text


def test_what_is_revoked_is_delivered_and_committed_first(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "streams.feed.feed")
    fill(desk.bootstrap, desk.topic, range(4), 2)
    tables, first, second = Tables(), queue.Queue[Batch](), queue.Queue[Batch]()
    old = desk.feed(tables, first.put)
    batches = [first.get(timeout=20)]
    new = desk.feed(tables, second.put)
    wait_until(lambda: "letting go of 2" in caplog.text, "the group is about to share")
    fill(desk.bootstrap, desk.topic, range(4, 8), 2)
    while not first.empty():
        batches.append(first.get())
    time.sleep(0.5)
    assert desk.committed() == {} and second.empty(), "the old one still has something in flight"
    for batch in batches:
        old.processed(batch)
        tables.offsets |= {place: moved.next for place, moved in batch.positions.items()}
        old.done(batch)
    handed_over = second.get(timeout=20)
    assert new.current(handed_over) and not old.current(batches[0])
    assert all(moved.expected == tables.offsets.get(place) for place, moved in handed_over.positions.items())
    assert {f"{TOPIC}:{number}": offset for number, offset in desk.committed().items()} == tables.offsets


def test_what_was_lost_is_not_committed(desk: Desk) -> None:
    fill(desk.bootstrap, desk.topic, range(5), 2)
    batches: queue.Queue[Batch] = queue.Queue()

    def emit(batch: Batch) -> None:
        batches.put(batch)
        if batches.qsize() == 1 and batch.epoch == 1:
            time.sleep(8)  # longer than max.poll.interval: the group gives this member up

    feed = desk.feed(Tables(), emit, **{"max.poll.interval.ms": 6000, "session.timeout.ms": 6000})
    wait_until(lambda: not batches.empty(), "the first batch")
    first = batches.queue[0]
    wait_until(lambda: not feed.current(first), "the partitions are lost")
    feed.processed(first)
    feed.done(first)
    time.sleep(0.5)
    assert desk.committed() == {}
    again = first
    while not feed.current(again):
        again = batches.get(timeout=30)
    assert again.records[0].offset == 0
