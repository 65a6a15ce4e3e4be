"""`make bench`: throughput, latency and memory on this machine, with a real Kafka and a real Redis beside it.

Rows are medians of runs that take turns (a, b, c, a, b, c, …), since a shared machine is faster in one minute than in the next: the ratios
are of runs of the same turn.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import orjson

from streams.collector import spare
from tests.bench import http, latency, leads, lists, memory
from tests.bench.stack import Stack
from tests.bench.table import Samples, print_rows, rows
from tests.bench.workload import SPACING, Scale, mails, rep_updates
from tests.servers import why_no_kafka, why_no_redis

PREFIX = "mix"
PLAIN_SHARE = 10
"""Faust's own consumer gets a tenth of the events: it is that much slower, and as steady over a shorter run."""


def main() -> int:
    """The exit code: 0, or 1 when a server that the rows need cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short run, to see that it works")
    parser.add_argument("--json", action="store_true", help="the rows as JSON on standard output")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--events", type=int, default=80_000, help="events of a run of rows a to c (default: %(default)s)")
    parser.add_argument("--contacts", type=int, default=100_000, help="contacts of row f (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of a run of rows d, e and h (default: %(default)s)")
    parser.add_argument("--leads", type=int, default=1_000, help="leads of each list of row g (default: %(default)s)")
    parser.add_argument("--accounts", type=int, default=100_000, help="accounts of rows i and j (default: %(default)s)")
    parser.add_argument("--directory", type=int, default=1_000_000, help="accounts of row k, and of j again (default: %(default)s)")
    parser.add_argument("--routed", type=int, default=40_000, help="leads of row i (default: %(default)s)")
    asked = parser.parse_args()
    if asked.quick:
        asked.runs, asked.events, asked.contacts, asked.seconds, asked.leads = 1, 20_000, 5_000, 2.0, 200
        asked.accounts, asked.directory, asked.routed = 10_000, 10_000, 6_000
    if asked.runs < 1 or asked.events < 20_000:
        parser.error(f"--runs is {asked.runs}, --events {asked.events}: at least 1 and 20000")
    if reason := why_no_kafka() or why_no_redis():
        print(reason, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        try:
            stack.start()
            found = rows(_measured(stack, asked))
        finally:
            stack.stop()
    if asked.json:
        print(orjson.dumps([row._asdict() for row in found], option=orjson.OPT_INDENT_2).decode())
    else:
        print_rows(found)
    return 0


def _measured(stack: Stack, asked: argparse.Namespace) -> Samples:
    spare()
    samples = Samples(asked)
    scale = Scale().shrunk(asked.events)
    few = Scale().shrunk(asked.events // PLAIN_SHARE)
    whole = _preload(stack, PREFIX, scale)
    part = _preload(stack, f"{PREFIX}-few", few) - len(rep_updates(0))
    for run in range(asked.runs):
        for contender in ("worker", "watched", "bare", "minimal"):
            samples.add(contender, stack.timed(contender, stack.given(PREFIX), whole))
        samples.add("plain", stack.timed("plain", stack.given(f"{PREFIX}-few"), part))
        samples.add("end to end", latency.end_to_end(stack, run, 2000, asked.seconds))
        checked = latency.checks(stack, 500, asked.seconds)
        samples.add("ask", checked.ask)
        samples.add("process", checked.process)
        samples.add("http", http.answers(stack, run, http.RATE, 200, asked.seconds))
        _say(f"turn {run + 1} of {asked.runs} done")
    samples.add("memory", memory.held(stack, asked.contacts))
    if lists.folder().is_dir():
        for name in lists.SETS:
            samples.add("lists", lists.worked(stack, name, asked.leads))
    else:
        _say(f"no folder {lists.folder()}: real lists are left out; set LEADLOCK_SHARED")
    samples.add("leads", leads.routed(stack, asked.accounts, asked.routed))
    for accounts in sorted({asked.accounts, asked.directory}):
        samples.add("directory", leads.looked(accounts))
    return samples


def _preload(stack: Stack, prefix: str, scale: Scale) -> int:
    stack.make_topics(stack.given(prefix))
    now = time.time_ns() // 1000
    reps = stack.preload(f"{prefix}.rep-updated", rep_updates(now))
    traffic = mails(scale, now - scale.events * SPACING)
    return reps + stack.preload(f"{prefix}.email-sent", ((one.key, one.value) for one in traffic))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
