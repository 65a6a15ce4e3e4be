"""How long a directory takes to load, what it takes in memory, and what a lead costs: the table "Directory and leads" of docs/matching.md.

    python -m tests.bench.directory [ACCOUNTS ...]
"""

from __future__ import annotations

import argparse
import gc
import random
import time
from collections.abc import Iterator, Sequence
from itertools import count as count_from
from statistics import median
from typing import NamedTuple

import orjson

from schemas.policy import Policy
from streams.agents.reading import arrived
from streams.collector import Collector, spare
from streams.directory.directory import Directory
from streams.directory.records import Account, Rep, write
from streams.engine import Engine
from streams.matching.resolve import LeadFacts, resolve
from streams.path import Record
from streams.tables.contract import Fact, Group
from streams.tables.memory import MemoryTables
from tests.bench.matching import POLICY, invented, resident, slipped, yardstick

START = 1_772_442_000_000_000  # 2 March 2026, 09:00 UTC, microseconds
BATCH = 500
LEADS = 20_000


def facts(count: int) -> Iterator[Fact]:
    """Accounts as the change log tells them: a name, a domain of its own, a status and an owner each."""
    for number, name in enumerate(invented(count)):
        status = "customer" if number % 3 == 0 else "prospect"
        account = Account(f"account-{number}", name, START, [f"company-{number}.com"], status=status, owner=f"rep-{number % 50}")
        yield Fact("account", account.account_id, write(account))


def reps() -> list[Fact]:
    """Fifty account executives and ten SDRs."""
    known = [Rep(f"rep-{number}", START, team="sales", role="ae") for number in range(50)]
    known += [Rep(f"sdr-{number}", START, team="inbound", role="sdr") for number in range(10)]
    return [Fact("rep", one.rep, write(one)) for one in known]


class Loaded(NamedTuple):
    """What a directory took. `domains_s`: CPU seconds until domains are looked up, `whole_s` until names are too. `held_mib`: memory beside
    the records as they were read. `process_mib`: of the whole process."""

    accounts: int
    domains_s: float
    whole_s: float
    held_mib: float
    process_mib: float

    def __str__(self) -> str:
        took = f"{self.domains_s:.1f} s of CPU for domains, {self.whole_s:.1f} s with names"
        return f"{self.accounts:,} accounts: {took}; {self.held_mib:.0f} MiB more than the records, the process {self.process_mib:.0f} MiB"


def load(count: int) -> tuple[Directory, Loaded]:
    """A directory of so many accounts, names included, and what it took."""
    told = list(facts(count))
    gc.collect()
    before, began = resident(), time.process_time()
    directory = Directory()
    while told:  # each is forgotten as it is learnt, as what comes from Redis is
        directory.learn(told.pop())
    domains = time.process_time() - began
    assert len(directory.accounts.names.names) >= count
    whole = time.process_time() - began
    return directory, Loaded(count, domains, whole, resident() - before, resident())


def lookups(directory: Directory, count: int) -> list[float]:
    """Milliseconds of CPU that each of 400 misspelt names takes to be found among so many accounts, ascending."""
    chance, names = random.Random(11), invented(count)
    took = []
    for _ in range(400):
        asked = LeadFacts(slipped(chance.choice(names), chance))
        began = time.process_time()
        resolve(asked, directory.accounts.names, POLICY)
        took.append((time.process_time() - began) * 1e3)
    return sorted(took)


def leads(count: int, seed: int, number_of: int = LEADS) -> list[tuple[str, bytes]]:
    """Leads of half known domains, a tenth by a slip of the name, the rest unknown; (what it is, record)."""
    chance, names, made = random.Random(seed), invented(count), []
    for number in range(number_of):
        which = chance.randrange(count)
        kind = ("domain", "domain", "domain", "domain", "domain", "name", "new", "new", "new", "new")[number % 10]
        value = {"event_id": f"e{seed}-{number}", "occurred_at": "2026-03-02T09:00:00Z", "lead_id": f"l{seed}-{number}", "country": "US"}
        hosts = {"domain": f"mail.company-{which}.com", "name": "gmail.com", "new": f"unknown-{seed}-{number}.net"}
        value["email"] = f"p{seed}-{number}@{hosts[kind]}"
        if kind == "name":
            value["company"] = slipped(names[which], chance)
        made.append((kind, orjson.dumps(value)))
    return made


def known(count: int) -> Engine:
    """An engine over tables in memory that know so many accounts."""
    tables = MemoryTables()
    tables.commit([Group(facts=[*facts(count), *reps()])])
    engine = Engine(tables, Policy())
    engine.catch_up()
    assert engine.directory.accounts.names.names
    return engine


def cost(engine: Engine, count: int, kind: str, number_of: int = LEADS) -> float:
    """CPU microseconds of one lead, from its bytes to its packed decision; the median of three runs of so many leads, of which only those
    of a `kind` (see `leads`), or `all`."""
    took: list[float] = []
    for _ in range(3):
        seed = next(_seeds)
        records = [record for sort, record in leads(count, seed, number_of) if kind in (sort, "all")]
        collector, began = Collector(), time.process_time()
        for start in range(0, len(records), BATCH):
            batch = records[start : start + BATCH]
            read = arrived(Record("lead-created", 0, start + number, START, None, one) for number, one in enumerate(batch))
            engine.published(engine.process(read).outbox_ids)
            collector.after_batch()
        took.append((time.process_time() - began) / len(records) * 1e6)
    return median(took)


_seeds = count_from(1)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("accounts", type=int, nargs="*", help="100000 without any")
    parser.add_argument("--load-only", action="store_true")
    asked = parser.parse_args(arguments)
    spare()  # as the worker does
    for count in asked.accounts or [100_000]:
        directory, loaded = load(count)
        print(loaded, f"(a turn of a plain loop: {yardstick():.0f} ns)", flush=True)
        del directory
        if asked.load_only:
            continue
        engine = known(count)
        for kind in ("domain", "name", "new", "all"):
            each = cost(engine, count, kind)
            said = f"leads ({kind}): {each:.0f} us of CPU each, {1e6 / each:,.0f} a second on one core"
            print(said, f"(a turn of a plain loop: {yardstick():.0f} ns)", flush=True)


if __name__ == "__main__":
    main()
