"""What is recorded in Kafka: the inbound topics from some time on, in the order of arrival, read beside whoever else reads them.

Nothing is committed, no group is joined. Accounts and reps are compacted topics, of which Kafka keeps the newest record of each key: the
first one that is still there counts as known from the beginning, or events would find nobody before the last change of a rep.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from heapq import merge
from typing import Any

from confluent_kafka import OFFSET_END, TIMESTAMP_NOT_AVAILABLE, Consumer, KafkaError, KafkaException, TopicPartition

from streams.errors import BrokerUnavailable
from streams.feed.alignment import Alignment
from streams.path import TOPICS, Record
from streams.settings.settings import Settings
from streams.topics import COMPACTED, full_name

TIMEOUT = 20.0
AT_ONCE = 1000
AHEAD = 20_000
"""Records held of one partition while others are behind: some 20 MB; then it is paused."""

QUIET = {"log_level": 2}
"""librdkafka tells of each retry on standard error; what ends the reading is raised."""


def recorded(settings: Settings, since: int) -> Iterator[Record]:
    """The records that arrived at or after `since` (microseconds) and are there now. Raises BrokerUnavailable."""
    options = {"group.id": f"{settings.kafka.group_id}-trial", "enable.auto.commit": False, "enable.partition.eof": True}
    consumer = Consumer(QUIET | settings.kafka_options("consumer") | options)
    try:
        changes: list[Record] = []
        known: set[tuple[str, bytes | None]] = set()
        for record in _read(settings, consumer, [topic for topic in TOPICS if topic in COMPACTED], None):
            if (record.topic, record.key) in known:
                changes.append(record._replace(timestamp=max(record.timestamp, since)))
            else:
                known.add((record.topic, record.key))
                yield record._replace(timestamp=since)
        events = _read(settings, consumer, [topic for topic in TOPICS if topic not in COMPACTED], since)
        yield from merge(changes, events, key=lambda record: record.timestamp)
    except KafkaException as error:
        raise BrokerUnavailable(operation="while the record was read", error=error.args[0].str()) from error
    finally:
        consumer.close()


def _read(settings: Settings, consumer: Consumer, topics: list[str], since: int | None) -> Iterator[Record]:
    """The topics' records in the order of arrival up to their present ends; from their beginnings where `since` is None."""
    ends = _places(settings, consumer, topics, since)
    lanes = {where: (topic, start, end) for where, (topic, start, end) in ends.items() if start < end}
    if not lanes:
        return
    consumer.assign([TopicPartition(name, number, start) for (name, number), (_, start, _) in lanes.items()])
    alignment = Alignment([(topic, number) for (_, number), (topic, _, _) in lanes.items()], int(TIMEOUT * 2_000_000), 0)
    open_, paused, heard = dict(lanes), set[tuple[str, int]](), time.monotonic()
    while open_ or len(alignment):
        if open_:
            messages = consumer.consume(AT_ONCE, 1.0)
            heard = time.monotonic() if messages else heard
            if time.monotonic() - heard > TIMEOUT:
                name, number = next(iter(open_))
                raise BrokerUnavailable(operation=f"for {name}:{number}", error=f"nothing came in {TIMEOUT:g} s")
            for message in messages:
                _take(message, lanes, open_, alignment)
        alignment.release(0)
        for entry in alignment.take(alignment.ready):
            yield entry[3]
        for where in open_.keys() | paused:
            held = len(alignment.lanes[lanes[where][0], where[1]].records)
            if held > AHEAD and where not in paused:
                consumer.pause([TopicPartition(*where)])
                paused.add(where)
            elif held < AHEAD // 2 and where in paused:
                consumer.resume([TopicPartition(*where)])
                paused.discard(where)
    consumer.unassign()


def _take(
    message: Any, lanes: dict[tuple[str, int], tuple[str, int, int]], open_: dict[tuple[str, int], Any], alignment: Alignment
) -> None:
    where, offset = (message.topic(), message.partition()), message.offset()
    error = message.error()
    if error is not None and error.code() != KafkaError._PARTITION_EOF:
        raise KafkaException(error)
    topic, _, end = lanes[where]
    lane = alignment.lanes[topic, where[1]]
    if error is None and offset < end:
        kind, milliseconds = message.timestamp()
        at = 0 if kind == TIMESTAMP_NOT_AVAILABLE else milliseconds * 1000
        headers = tuple((name, value or b"") for name, value in message.headers() or ())
        lane.add([Record(topic, where[1], offset, at, message.key(), message.value(), headers)], 0)
    if error is not None or offset + 1 >= end:
        lane.at_end = True
        open_.pop(where, None)


def _places(
    settings: Settings, consumer: Consumer, topics: list[str], since: int | None
) -> dict[tuple[str, int], tuple[str, int, int]]:
    """(broker's topic name, partition) -> topic, first offset, end."""
    found: dict[tuple[str, int], tuple[str, int, int]] = {}
    for topic in topics:
        name = full_name(settings, topic)
        described = consumer.list_topics(name, timeout=TIMEOUT).topics[name]
        if described.error is not None:
            continue  # a topic that nobody has made yet holds nothing
        for number in sorted(described.partitions):
            low, high = consumer.get_watermark_offsets(TopicPartition(name, number), timeout=TIMEOUT)
            start = low
            if since is not None and low < high:
                (place,) = consumer.offsets_for_times([TopicPartition(name, number, since // 1000)], timeout=TIMEOUT)
                start = high if place.offset in (OFFSET_END, -1) else max(low, place.offset)
            found[name, number] = (topic, start, high)
    return found
