"""How the worker's Kafka clients are tuned: options of librdkafka (its CONFIGURATION.md) that an installation may override."""

from __future__ import annotations

from collections.abc import Mapping

# The clients' own log goes to standard error, says what their errors say already, and cannot be told to be brief: only what is critical.
LOG: Mapping[str, int] = {"log_level": 2}

# How often the clients tell of their brokers. A report is some tens of kilobytes, read in about a millisecond.
STATISTICS: Mapping[str, object] = {"statistics.interval.ms": 5_000}

# Small fetches and local queues: partitions come in turns, none runs far ahead, and a pause, which throws away what is queued, is rare.
# Short waits: a full queue is looked at again before it is empty (librdkafka's second is a second's standstill: 8,000 records/s instead of
# 48,000 were measured with it), and an end is noticed by an empty fetch.
CONSUMER: Mapping[str, object] = {
    **LOG,
    "max.partition.fetch.bytes": 262_144,
    "queued.min.messages": 4000,
    "fetch.queue.backoff.ms": 10,
    "fetch.wait.max.ms": 100,
    "fetch.error.backoff.ms": 100,
    "topic.metadata.refresh.interval.ms": 30_000,
}

# Room for some seconds at the peak's rate while a leader moves; memory is bounded by kbytes, not by the count.
PRODUCER: Mapping[str, object] = {
    **LOG,
    "queue.buffering.max.messages": 500_000,
    "queue.buffering.max.kbytes": 262_144,
    "compression.type": "lz4",
}
