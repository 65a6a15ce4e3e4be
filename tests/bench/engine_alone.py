"""The engine without Kafka and Faust: events a second of processor time, parsing included, and where the time goes.

    python -m tests.bench.engine_alone [--events N] [--tables memory|redis] [--profile]
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from schemas.policy import Policy
from streams.agents.reading import arrived
from streams.collector import Collector, spare
from streams.engine import Engine
from streams.path import Record
from streams.tables.connect import connect
from streams.tables.contract import Moved, Tables
from streams.tables.memory import MemoryTables
from streams.tables.redis import RedisTables
from tests.bench.workload import Scale, mails, records, rep_updates
from tests.servers import Redis

BATCH = 2000
BEGIN = 1_772_442_000_000_000
"""A Monday in March 2026, 09:00 UTC: the engine asks no clock, so any time does."""


class Alone(NamedTuple):
    """`events` in `cpu` seconds of this process and `wall` seconds."""

    events: int
    cpu: float
    wall: float

    @property
    def rate(self) -> float:
        """Events a second of processor time."""
        return self.events / self.cpu


def introduce(engine: Engine) -> None:
    """Make the reps known."""
    facts = [Record("rep-updated", 0, n, BEGIN - 1_000_000, None, value) for n, (_, value) in enumerate(rep_updates(BEGIN - 1_000_000))]
    engine.process(arrived(facts))


def play(engine: Engine, traffic: list[Record], batch: int = BATCH) -> Alone:
    """Parse and process everything in batches, each with its offset, and forget its outbox as the worker does."""
    introduce(engine)
    wall, cpu = time.perf_counter(), time.process_time()
    held: int | None = None
    collector = Collector()
    for start in range(0, len(traffic), batch):
        part = traffic[start : start + batch]
        done = engine.process(arrived(part), {"email-sent:0": Moved(held, start + len(part))})
        held = start + len(part)
        engine.published(done.outbox_ids)
        collector.after_batch()
    return Alone(len(traffic), time.process_time() - cpu, time.perf_counter() - wall)


def with_redis(work: Callable[[Tables], Alone]) -> Alone:
    """`work` over a Redis of its own."""
    with tempfile.TemporaryDirectory() as folder:
        server = Redis(Path(folder))
        server.start()
        try:
            return work(RedisTables(connect(server.url)))
        finally:
            server.stop()


def yardstick() -> float:
    """Nanoseconds that one turn of a plain loop takes here and now: machines, and hours of one, are compared by it."""
    began, total = time.process_time(), 0
    for number in range(1_000_000):
        total += number
    return (time.process_time() - began) * 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--tables", choices=("memory", "redis"), default="memory")
    parser.add_argument("--profile", action="store_true", help="print where the time goes")
    asked = parser.parse_args()
    traffic = records(list(mails(Scale().shrunk(asked.events), BEGIN)))
    profile = cProfile.Profile()
    spare()

    def work(tables: Tables) -> Alone:
        engine = Engine(tables, Policy())
        return profile.runcall(play, engine, traffic) if asked.profile else play(engine, traffic)

    for _ in range(1 if asked.profile else asked.runs):
        found = work(MemoryTables()) if asked.tables == "memory" else with_redis(work)
        loop = yardstick()
        print(
            f"{asked.tables}: {found.rate:,.0f} events/s of CPU, {found.events / found.wall:,.0f} by the clock;"
            f" an event costs {1e9 / found.rate / loop:,.0f} turns of a plain loop ({loop:.0f} ns)"
        )
    if asked.profile:
        pstats.Stats(profile, stream=sys.stdout).sort_stats("tottime").print_stats(45)


if __name__ == "__main__":
    main()
