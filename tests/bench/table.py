"""From the runs' samples to the rows that are printed."""

from __future__ import annotations

import argparse
import statistics
from collections import defaultdict
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from tests.bench.http import EVENTS_S, LIST, RATE, Answers
from tests.bench.latency import Spread
from tests.bench.leads import Looked, Routed
from tests.bench.lists import Worked
from tests.bench.memory import Held

PACED = 0.97
"""Of the rate that was wanted: a run of seconds begins and ends within a batch."""


class Samples:
    """What each run of each contender gave. `asked`: how it was run."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self.asked = asked
        self._of: defaultdict[str, list[Any]] = defaultdict(list)

    def add(self, name: str, value: Any) -> None:
        """One run's result."""
        self._of[name].append(value)

    def of(self, name: str) -> list[Any]:
        """All runs' results, in their order."""
        return self._of[name]


class Row(NamedTuple):
    """One line: `wanted` and `met` are empty and None where no aim was set."""

    row: str
    what: str
    measured: str
    wanted: str = ""
    met: bool | None = None


def rows(samples: Samples) -> list[Row]:
    """The table's rows, medians over the runs."""
    mail = [*_throughput(samples), *_latency(samples), *_memory(samples), *map(_list, samples.of("lists")), *_http(samples)]
    return [*mail, *_leads(samples), *_directory(samples)]


def print_rows(found: list[Row]) -> None:
    """The table, on standard output."""
    table = Table("", "what", "measured", "wanted", "met")
    for row in found:
        table.add_row(row.row, row.what, row.measured, row.wanted, "" if row.met is None else "yes" if row.met else "NO")
    Console(width=150).print(table)


def _throughput(samples: Samples) -> list[Row]:
    runs, events = samples.asked.runs, samples.asked.events
    rate = {name: statistics.median(samples.of(name)) for name in ("worker", "watched", "bare", "plain", "minimal")}
    over = {name: _ratio(samples, name) for name in ("watched", "bare", "plain", "minimal")}
    rates = {name: f"{value:,.0f} events/s" for name, value in rate.items()}
    return [
        Row("", f"the worker: {events:,} email-sent, median of {runs}", f"{rates['worker']} ({_spread(samples.of('worker'))})"),
        Row("", "the same with metrics on", f"{rates['watched']}; takes {over['watched'] - 1:+.1%}", "< 2%", over["watched"] < 1.02),
        Row("a", "the same loop without Faust", f"{rates['bare']}; worker {over['bare']:.2f} of it", ">= 0.90", over["bare"] >= 0.9),
        Row("b", "plain Faust agent, take()", f"{rates['plain']}; worker {over['plain']:.1f} times it", ">= 5", over["plain"] >= 5),
        Row("c", "hand-written lock, no rules", f"{rates['minimal']}; worker {over['minimal']:.2f} of it", ">= 1", over["minimal"] >= 1),
    ]


def _ratio(samples: Samples, name: str) -> float:
    """Worker over contender: each turn's own ratio, then their median."""
    found: list[float] = [mine / other for mine, other in zip(samples.of("worker"), samples.of(name), strict=True)]
    return statistics.median(found)


def _latency(samples: Samples) -> list[Row]:
    ask, process = _middle(samples.of("ask")), _middle(samples.of("process"))
    return [
        Row("d", "event to decision at 2,000 events/s", _shown(_middle(samples.of("end to end")))),
        Row("e", "pre-send check at 500/s, asked", _shown(ask), "p99 < 5 ms", ask.p99 < 5),
        Row("e", "pre-send check at 500/s, claimed", _shown(process), "p99 < 5 ms", process.p99 < 5),
    ]


def _memory(samples: Samples) -> list[Row]:
    found = []
    for one in samples.of("memory"):
        held: Held = one
        total = held.bytes_each * 1_000_000 / 1e9
        measured = f"{held.bytes_each:,.0f} bytes each; 1,000,000 would take {total:.2f} GB (extrapolated)"
        what = f"Redis, {held.contacts:,} locked contacts, 5 events each"
        found.append(Row("f", what, measured, "< 1,024 bytes", held.bytes_each < 1024))
    return found


def _list(one: Worked) -> Row:
    what = f"list {one.name}: {one.events:,} events"
    return Row("g", what, f"{one.rate:,.0f} events/s; {one.wrong} of {one.targets:,} targets unlike the model", "0 unlike", one.wrong == 0)


def _http(samples: Samples) -> list[Row]:
    runs: list[Answers] = samples.of("http")
    asked, claimed = _middle([one.asked for one in runs]), _middle([one.claimed for one in runs])
    stream, listed = statistics.median(one.stream for one in runs), statistics.median(one.listed for one in runs)
    reached = statistics.median(one.reached for one in runs)
    shares = {name: statistics.median(one.shares[name] for one in runs) for name in runs[0].shares}
    at = f"check over HTTP, {reached:,.0f}/s asked beside {stream:,.0f} events/s"
    paced = min(reached / RATE, stream / EVENTS_S) > PACED
    wanted = f"p99 < 20 ms at {RATE:,}/s beside {EVENTS_S:,} events/s"
    return [
        Row("h", at, _shown(asked), wanted, asked.p99 < 20 and paced),
        Row("h", "processors that each took meanwhile", ", ".join(f"{name} {share:.2f}" for name, share in shares.items())),
        Row("h", "check over HTTP at 200/s, claimed, beside as much", _shown(claimed)),
        Row("h", f"list of {LIST:,} addresses over HTTP, beside as much", f"{listed:.1f} s", "< 5 s", listed < 5),
    ]


def _leads(samples: Samples) -> list[Row]:
    runs: list[Routed] = samples.of("leads")
    found = []
    for one in runs:
        what = f"leads, {one.accounts:,} accounts: half by domain, a tenth by name"
        each = f"{one.pace.rate:,.0f} leads/s; {one.pace.cpu_us:.0f} us of the worker's CPU each"
        known = "a lead of a known domain, tables in memory"
        found.append(Row("i", what, each, ">= 20,000/s", one.pace.rate >= 20_000))
        found.append(Row("i", known, f"{one.known_us:.0f} us of CPU", "< 50 us", one.known_us < 50))
    return found


def _directory(samples: Samples) -> list[Row]:
    looked: list[Looked] = samples.of("directory")
    found = []
    for one in looked:
        aim = 1 if one.loaded.accounts <= 100_000 else 5
        measured = f"median {one.lookup_ms:.2f} ms of CPU, 95% within {one.slow_ms:.1f} ms"
        found.append(Row("j", f"a misspelt name among {one.loaded.accounts:,} accounts", measured, f"< {aim} ms", one.lookup_ms < aim))
    held = looked[-1].loaded
    measured = f"{held.whole_s:.1f} s of CPU ({held.domains_s:.1f} s before names); the process {held.process_mib:,.0f} MiB"
    met = held.whole_s < 30 and held.process_mib < 1024 if held.accounts >= 1_000_000 else None
    return [*found, Row("k", f"a directory of {held.accounts:,} accounts", measured, "1,000,000: < 30 s, < 1 GiB", met)]


def _middle(found: list[Spread]) -> Spread:
    return Spread(*(statistics.median(values) for values in zip(*found, strict=True)))


def _shown(one: Spread) -> str:
    return f"p50 {one.p50:.1f} ms, p99 {one.p99:.1f} ms, longest {one.longest:.1f} ms"


def _spread(values: list[float]) -> str:
    return f"{min(values):,.0f} to {max(values):,.0f}"
