"""How long a directory takes to load, what it takes in memory, and what a lead costs: the table "Directory and leads" of docs/matching.md.

    python -m tests.bench.directory [ACCOUNTS ...]
"""

from __future__ import annotations

import argparse
import gc
import random
import time
from collections.abc import Iterator, Sequence
from statistics import median

import orjson

from schemas.events import LeadCreated
from schemas.policy import Policy
from schemas.reading import read
from streams.collector import spare
from streams.directory.directory import Directory
from streams.directory.records import Account, Rep, write
from streams.engine import Engine
from streams.path import Arrived, Record
from streams.tables.contract import Fact, Group
from streams.tables.memory import MemoryTables
from tests.bench.matching import invented, resident, slipped, yardstick

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


def load(count: int) -> tuple[Directory, str]:
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
    held = resident() - before
    took = f"{domains:.1f} s of CPU for domains, {whole:.1f} s with names"
    return directory, f"{count:,} accounts: {took}; {held:.0f} MiB more than the records, the process {resident():.0f} MiB"


def leads(count: int, seed: int) -> list[tuple[str, bytes]]:
    """Leads of half known domains, a tenth by a slip of the name, the rest unknown; (what it is, record)."""
    chance, names, made = random.Random(seed), invented(count), []
    for number in range(LEADS):
        which = chance.randrange(count)
        kind = ("domain", "domain", "domain", "domain", "domain", "name", "new", "new", "new", "new")[number % 10]
        value = {"event_id": f"e{number}", "occurred_at": "2026-03-02T09:00:00Z", "lead_id": f"l{seed}-{number}", "country": "US"}
        hosts = {"domain": f"mail.company-{which}.com", "name": "gmail.com", "new": f"unknown-{seed}-{number}.net"}
        value["email"] = f"p{number}@{hosts[kind]}"
        if kind == "name":
            value["company"] = slipped(names[which], chance)
        made.append((kind, orjson.dumps(value)))
    return made


def cost(count: int) -> list[str]:
    """CPU microseconds of one lead, from its bytes to its packed decision, over tables in memory."""
    tables = MemoryTables()
    tables.commit([Group(facts=[*facts(count), *reps()])])
    engine = Engine(tables, Policy())
    engine.catch_up()
    assert engine.directory.accounts.names.names
    shown = []
    for kind in ("domain", "name", "new", "all"):
        took: list[float] = []
        for seed in range(3):
            records = [record for sort, record in leads(count, seed * 10 + len(shown)) if kind in (sort, "all")]
            began = time.process_time()
            for start in range(0, len(records), BATCH):
                arrived = []
                for number, record in enumerate(records[start : start + BATCH]):
                    event = read("lead-created", record)
                    assert isinstance(event, LeadCreated)
                    arrived.append(Arrived(Record("lead-created", 0, start + number, START, None, record), event, None))
                engine.published(engine.process(arrived).outbox_ids)
            took.append((time.process_time() - began) / len(records) * 1e6)
        shown.append(f"leads ({kind}): {median(took):.0f} us of CPU each, {1e6 / median(took):,.0f} a second on one core")
    return shown


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("accounts", type=int, nargs="*", help="100000 without any")
    parser.add_argument("--load-only", action="store_true")
    asked = parser.parse_args(arguments)
    spare()  # as the worker does
    for count in asked.accounts or [100_000]:
        directory, said = load(count)
        print(said, f"(a turn of a plain loop: {yardstick():.0f} ns)", flush=True)
        del directory
        for line in [] if asked.load_only else cost(count):
            print(line, f"(a turn of a plain loop: {yardstick():.0f} ns)", flush=True)


if __name__ == "__main__":
    main()
