"""Putting dead letters back on the topics that they came from."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from schemas.errors import nearest
from streams.cli.done_letters import Done
from streams.dead_letters import original
from streams.errors import BrokerUnavailable
from streams.outbox import Outgoing
from streams.path import TOPICS as INBOUND
from streams.settings.settings import Settings
from streams.topics import DEAD_LETTERS, full_name

TIMEOUT = 20.0
NOT_YET = (
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.NOT_COORDINATOR,
    KafkaError._WAIT_COORD,
)
# librdkafka tells of each retry on standard error; what ends the command is raised.
QUIET = {"log_level": 2}
AT_ONCE = 500  # delivered and noted together: what is replayed twice after a kill, and known then by its event id


class Left(NamedTuple):
    """A letter that stays: where it is, and why."""

    partition: int
    offset: int
    why: str


class Letter(NamedTuple):
    """One dead letter and what it was made of."""

    partition: int
    offset: int
    original: Outgoing


class Replay:
    """One run. `replayed`: topic -> how many; `left`: what names no topic; `skipped`: letters of other topics. Raises BrokerUnavailable."""

    def __init__(self, settings: Settings, again: bool) -> None:
        self.replayed: dict[str, int] = {}
        self.left: list[Left] = []
        self.skipped = 0
        self._settings = settings
        self._name = full_name(settings, DEAD_LETTERS)
        self._consumer = Consumer(
            QUIET
            | settings.kafka_options("consumer")
            | {"group.id": f"{settings.kafka.group_id}-dead-letters", "enable.partition.eof": False}
        )
        self._producer = Producer(QUIET | settings.kafka_options("producer") | {"message.timeout.ms": int(TIMEOUT * 1000)})
        self._again = again
        self._done, self._ends = self._places()

    @property
    def waiting(self) -> int:
        """How many letters there are to look at, at most."""
        return sum(end - (0 if self._again else min(self._done[number].offset, end)) for number, end in self._ends.items())

    def run(self, topic: str | None, limit: int | None, dry: bool, step: Callable[[int], None]) -> None:
        """Replay letters of `topic` (None: all), at most `limit` of them; `dry` only counts. `step` hears of letters looked at."""
        batch: list[Letter] = []
        try:
            for letter in self._letters(topic, step):
                if limit is not None and sum(self.replayed.values()) + len(batch) >= limit:
                    break
                batch.append(letter)
                if len(batch) == AT_ONCE:
                    self._put_back(batch, dry)
                    batch = []
            self._put_back(batch, dry)
        except KafkaException as error:
            raise BrokerUnavailable(operation="while letters were replayed", error=error.args[0].str()) from error
        finally:
            self._consumer.close()

    def _places(self) -> tuple[dict[int, Done], dict[int, int]]:
        try:
            cluster = self._consumer.list_topics(self._name, timeout=TIMEOUT)
            numbers = sorted(cluster.topics[self._name].partitions)
            noted = self._committed([TopicPartition(self._name, number) for number in numbers]) if numbers else []
            done, ends = {}, {}
            for each in noted:
                low, high = self._consumer.get_watermark_offsets(TopicPartition(self._name, each.partition), timeout=TIMEOUT)
                found = done[each.partition] = Done(each.offset, each.metadata or "")
                found.forget_below(low)
                ends[each.partition] = high
        except KafkaException as error:
            raise BrokerUnavailable(operation=f"for the topic {self._name}", error=error.args[0].str()) from error
        return done, ends

    def _committed(self, places: list[TopicPartition]) -> list[TopicPartition]:
        """What the group has committed. A broker that has just started, or never had a group, first has to find itself a coordinator."""
        until = time.monotonic() + TIMEOUT
        while True:
            try:
                noted = self._consumer.committed(places, timeout=TIMEOUT)
                faults = [each.error for each in noted if each.error is not None]
                if faults:
                    raise KafkaException(faults[0])
                return noted
            except KafkaException as error:
                if error.args[0].code() not in NOT_YET or time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def _letters(self, topic: str | None, step: Callable[[int], None]) -> Iterator[Letter]:
        for number, end in self._ends.items():
            low = self._consumer.get_watermark_offsets(TopicPartition(self._name, number), timeout=TIMEOUT)[0]
            at = low if self._again else self._done[number].offset
            if at >= end:
                continue
            self._consumer.assign([TopicPartition(self._name, number, at)])
            while at < end:
                message = self._consumer.poll(TIMEOUT)
                if message is None:
                    raise BrokerUnavailable(operation=f"for {self._name}:{number} at offset {at}", error=f"nothing came in {TIMEOUT:g} s")
                if message.error() is not None:
                    raise KafkaException(message.error())
                offset = int(message.offset() or 0)
                at = offset + 1
                if offset >= end:
                    break
                step(1)
                if self._again or offset not in self._done[number]:
                    yield from self._letter(message, topic)

    def _letter(self, message: Any, topic: str | None) -> Iterator[Letter]:
        partition, offset = message.partition(), message.offset()
        headers = [(name, value or b"") for name, value in message.headers() or ()]
        try:
            made = original(message.key(), message.value(), headers)
        except UnicodeDecodeError:
            self.left.append(Left(partition, offset, "its topic header is not UTF-8"))
            return
        if made is None:
            self.left.append(Left(partition, offset, "its headers name no topic"))
        elif made.topic not in INBOUND:
            near = nearest(made.topic, INBOUND)
            hint = f"; the nearest is {near!r}" if near else ""
            self.left.append(Left(partition, offset, f"its headers name {made.topic!r}, no inbound topic{hint}"))
        elif topic is not None and made.topic != topic:
            self.skipped += 1
        else:
            yield Letter(partition, offset, made)

    def _put_back(self, batch: list[Letter], dry: bool) -> None:
        """Deliver, then note: a letter that is noted has reached its topic."""
        faults: list[str] = []
        for letter in [] if dry else batch:
            topic, key, value, headers = letter.original
            self._producer.produce(
                full_name(self._settings, topic),
                value,
                key,
                headers=list(headers),
                on_delivery=lambda error, _: faults.append(error.str()) if error is not None else None,
            )
        late = self._producer.flush(TIMEOUT * 2)
        if late or faults:
            why = faults[0] if faults else "not delivered in time"
            raise BrokerUnavailable(
                operation=f"for {late + len(faults)} of {len(batch)} letters", error=f"{why}; none of them is noted as replayed"
            )
        for letter in batch:
            self.replayed[letter.original.topic] = self.replayed.get(letter.original.topic, 0) + 1
            self._done[letter.partition].add(letter.offset)
        if not dry and batch:
            noted = {number: self._done[number] for number in sorted({one.partition for one in batch})}
            places = [TopicPartition(self._name, number, done.offset, done.metadata()) for number, done in noted.items()]
            self._consumer.commit(offsets=places, asynchronous=False)
