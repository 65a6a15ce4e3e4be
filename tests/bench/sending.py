"""A process that sends the stream's events at a pace: `python -m tests.bench.sending BOOTSTRAP TOPIC RATE SECONDS`.

The events are made before the first is sent, so that this process takes little of the processor while others are measured."""

from __future__ import annotations

import sys
import time

from confluent_kafka import Producer

from tests.bench.workload import Scale, mails

TICK_S = 0.005
LINGER_MS = 20
"""So that the broker takes the events of some publishers in few requests: what is measured is the worker and the server."""


def main(bootstrap: str, topic: str, rate: int, seconds: float) -> None:
    """Says `ready` on standard output when the events are made, then sends until all are sent, or it is terminated."""
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": LINGER_MS})
    scale = Scale().shrunk(100_000)
    count = int(rate * seconds)
    made = list(mails(Scale(count, scale.contacts, scale.domains), time.time_ns() // 1000, spacing=1_000_000 // rate))
    print("ready", flush=True)
    began, sent = time.perf_counter(), 0
    while sent < count:
        due = min(count, int((time.perf_counter() - began) * rate))
        for one in made[sent:due]:
            producer.produce(topic, one.value, one.key)
        sent = due
        producer.poll(0)
        time.sleep(TICK_S)
    producer.flush(10)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
