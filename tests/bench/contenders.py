"""The contenders, each a process: `python -m tests.bench.contenders NAME SETTINGS-AS-JSON`. They run until they are terminated, and all
of them keep in Redis, under one name, how far they are."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Any

import orjson
from confluent_kafka import Consumer, Producer, TopicPartition

from schemas.policy import Policy
from schemas.reading import read
from streams.agents.reading import arrived
from streams.collector import Collector, spare
from streams.engine import Engine
from streams.feed.tuning import CONSUMER, PRODUCER
from streams.path import Record, place
from streams.settings.settings import Settings
from streams.tables.connect import connect
from streams.tables.contract import Moved
from streams.tables.redis import RedisTables
from streams.topics import full_name, short_name
from streams.watching.observed import Observed
from streams.worker import run

BATCH = 2000
HELD_S = 21 * 86_400
LOCK = """
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return owner and 1 or 2
"""
"""The hand-written lock: whoever comes first has it for 21 days, each mail of theirs prolongs it. 0: another's, 1: prolonged, 2: new."""


def worker(settings: Settings) -> None:
    """The whole path: feed, agents, engine, publisher."""
    sys.exit(run(settings, _engine(settings)))


def watched(settings: Settings) -> None:
    """The whole path with metrics, as `leadlock worker` runs it; `worker` is without."""
    observed = Observed(RedisTables(connect(**settings.redis_options()), settings.redis.prefix), Policy())
    sys.exit(run(settings, observed.engine, observed))


def bare(settings: Settings) -> None:
    """The same without Faust: consume, parse, process, produce, commit, in one thread."""
    spare()
    engine = _engine(settings)
    consumer, producer = _consumer(settings), Producer({**PRODUCER, **settings.kafka_options("producer")})
    stored = engine.stored_offsets()
    sent: list[str] = []
    collector = Collector()
    while True:
        messages = [one for one in consumer.consume(BATCH, 0.1) if one.error() is None]
        if not messages:
            continue
        records, ends = _records(settings, messages)
        done = engine.process(arrived(records), {name: Moved(stored.get(name), end) for name, end in ends.items()})
        stored |= ends
        for topic, key, value, headers in done.outgoing:
            producer.produce(settings.kafka.topic_prefix + topic, value, key, headers=list(headers), on_delivery=_must_arrive)
        producer.poll(0)
        sent += done.outbox_ids
        if len(sent) >= 10:
            producer.flush()
            engine.published(sent)
            sent.clear()
        collector.after_batch()
        consumer.commit(offsets=[TopicPartition(*_where(settings, name), end) for name, end in ends.items()], asynchronous=True)


def minimal(settings: Settings) -> None:
    """What one writes in an afternoon: consume, parse, one pipelined script call an event that locks the contact. No rules, no memory of
    events, no decisions."""
    spare()
    client: Any = connect(**settings.redis_options())
    consumer = _consumer(settings)
    lock = client.register_script(LOCK)
    client.script_load(LOCK)
    offsets = f"{{{settings.redis.prefix}}}offsets"
    while True:
        messages: list[Any] = [one for one in consumer.consume(BATCH, 0.1) if one.error() is None]
        if not messages:
            continue
        ends: dict[str, int] = {}
        pipe = client.pipeline(transaction=False)
        for message in messages:
            ends[place(short_name(settings, message.topic()), message.partition())] = message.offset() + 1
            event = orjson.loads(message.value())
            if "contact" in event:
                pipe.evalsha(lock.sha, 1, f"lock:{event['contact']}", event["rep"], HELD_S)
        pipe.hset(offsets, mapping=ends)
        pipe.execute()
        consumer.commit(offsets=[TopicPartition(*_where(settings, name), end) for name, end in ends.items()], asynchronous=True)


def plain(settings: Settings) -> None:
    """A Faust agent as its manual shows it: Faust's own consumer, `take()`, one Redis call an event, the decision sent through Faust."""
    import faust
    from redis.asyncio import Redis

    spare()
    app = faust.App(
        settings.kafka.group_id,
        broker=f"kafka://{settings.kafka.bootstrap_servers}",
        store="memory://",
        web_enabled=False,
        autodiscover=False,
        topic_disable_leader=True,
        broker_commit_every=10_000,
        consumer_auto_offset_reset="earliest",
        stream_wait_empty=False,
    )
    events = app.topic(full_name(settings, "email-sent"), value_type=bytes, value_serializer="raw", key_type=bytes, key_serializer="raw")
    decisions = app.topic(full_name(settings, "routing-decisions"), value_type=bytes, value_serializer="raw", partitions=4)
    client = Redis.from_url(settings.redis.url)
    lock = client.register_script(LOCK)
    offsets = f"{{{settings.redis.prefix}}}offsets"

    @app.agent(events)
    async def decide(stream: Any) -> None:
        count = 0
        async for values in stream.take(BATCH, within=0.1):
            for value in values:
                event: Any = read("email-sent", value)
                won = await lock(keys=[f"lock:{event.contact}"], args=[event.rep, HELD_S])
                if won != 1:
                    kind = "claim_granted" if won else "overlap_detected"
                    await decisions.send(key=event.contact, value=orjson.dumps({"kind": kind, "contact": event.contact, "rep": event.rep}))
            count += len(values)
            await client.hset(offsets, "email-sent:all", str(count))

    faust.Worker(app, loglevel="WARNING", loop=asyncio.new_event_loop()).execute_from_commandline()


CONTENDERS: dict[str, Callable[[Settings], None]] = {"worker": worker, "watched": watched, "bare": bare, "minimal": minimal, "plain": plain}


def _engine(settings: Settings) -> Engine:
    return Engine(RedisTables(connect(**settings.redis_options()), settings.redis.prefix), Policy())


def _consumer(settings: Settings) -> Consumer:
    consumer = Consumer({**CONSUMER, **settings.kafka_options("consumer"), "enable.partition.eof": False})
    consumer.subscribe([full_name(settings, "rep-updated"), full_name(settings, "email-sent")])
    return consumer


def _records(settings: Settings, messages: list[Any]) -> tuple[list[Record], dict[str, int]]:
    records, ends = [], {}
    for message in messages:
        topic, partition, offset = short_name(settings, message.topic()), message.partition(), message.offset()
        records.append(Record(topic, partition, offset, message.timestamp()[1] * 1000, message.key(), message.value()))
        ends[place(topic, partition)] = offset + 1
    return records, ends


def _where(settings: Settings, name: str) -> tuple[str, int]:
    topic, _, partition = name.rpartition(":")
    return full_name(settings, topic), int(partition)


def _must_arrive(error: Any, message: Any) -> None:
    if error is not None:
        raise RuntimeError(f"a record of {message.topic()} did not arrive: {error}")


if __name__ == "__main__":
    CONTENDERS[sys.argv[1]](Settings.given(**json.loads(sys.argv[2])))
