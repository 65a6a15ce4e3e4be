"""Leads: how many a second go through Kafka, Faust and Redis, what one costs, and what the directory of accounts costs in which they are
looked up (rows i to k)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from statistics import median
from typing import NamedTuple

import orjson

from streams.collector import spare
from streams.tables.connect import connect
from streams.tables.contract import Fact, Group
from streams.tables.redis import RedisTables
from tests.bench import directory
from tests.bench.stack import PREFIX, Pace, Stack
from tests.servers import ROOT

TOPICS = "leads"
AT_ONCE = 2_000
"""Facts of one commit."""


class Routed(NamedTuple):
    """`pace`: leads a second, end to end, with so many `accounts`, and what each takes of the worker's processor time, all its threads
    together. `known_us`: of a lead of a known domain, from its bytes to its packed decision, tables in memory."""

    accounts: int
    pace: Pace
    known_us: float


class Looked(NamedTuple):
    """`lookup_ms`: median CPU of a misspelt name's lookup, and `slow_ms`, within which 95 of 100 are."""

    loaded: directory.Loaded
    lookup_ms: float
    slow_ms: float


def routed(stack: Stack, accounts: int, leads: int) -> Routed:
    """So many leads, half of known domains, a tenth by a misspelt name, the rest of new companies, through a worker whose directory has so
    many accounts."""
    stack.make_topics(stack.given(TOPICS))
    wanted = stack.preload(f"{TOPICS}.lead-created", ((None, value) for _, value in directory.leads(accounts, 0, leads)))
    pace = stack.paced("worker", stack.given(TOPICS), wanted, prepare=lambda: _tell(stack, accounts))
    engine = directory.known(accounts)
    return Routed(accounts, pace, directory.cost(engine, accounts, "domain", leads // 4))


def _tell(stack: Stack, accounts: int) -> None:
    """Put the directory into Redis, as a worker that was told of each account would have."""
    tables = RedisTables(connect(stack.redis.url), PREFIX)
    part: list[Fact] = []
    for fact in _facts(accounts):
        part.append(fact)
        if len(part) == AT_ONCE:
            tables.commit([Group(facts=part)])
            part = []
    tables.commit([Group(facts=part)])


def _facts(accounts: int) -> Iterator[Fact]:
    yield from directory.facts(accounts)
    yield from directory.reps()


def looked(accounts: int) -> Looked:
    """Load a directory of so many accounts, in a process of its own, so that its memory is its own, and look misspelt names up there."""
    ended = subprocess.run([sys.executable, "-m", "tests.bench.leads", str(accounts)], cwd=ROOT, capture_output=True, check=False)
    if ended.returncode:
        raise RuntimeError(f"loading {accounts:,} accounts failed:\n{ended.stderr.decode(errors='replace')[-3000:]}")
    said = orjson.loads(ended.stdout)
    return Looked(directory.Loaded(**said["loaded"]), said["lookup_ms"], said["slow_ms"])


def main() -> None:
    """What `looked` asks of its process."""
    spare()
    accounts = int(sys.argv[1])
    found, loaded = directory.load(accounts)
    took = directory.lookups(found, accounts)
    said = {"loaded": loaded._asdict(), "lookup_ms": median(took), "slow_ms": took[len(took) * 95 // 100]}
    sys.stdout.write(orjson.dumps(said).decode())


if __name__ == "__main__":
    main()
