"""`leadlock demo`: a day of outreach, played through an embedded Kafka and Redis."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from schemas.policy import Policy
from schemas.times import micros, moment
from streams.cli.common import err, json_option, out, policy_at, put_json
from streams.cli.demo_view import ZONE, Stage, close
from streams.cli.logs import configure
from streams.cli.opening import opened
from streams.day import lists, traffic
from streams.day.csv_lists import read_accounts, read_leads
from streams.day.planned import Planned
from streams.day.playing import Outcome, Player
from streams.day.summary import summary
from streams.embedded import EmbeddedStack
from streams.engine import Engine
from streams.errors import LeadlockError
from streams.on_record.view import all_held, directory_of
from streams.settings.settings import LogSettings
from streams.tables.connect import connect
from streams.web.running import Bound
from streams.worker import WorkerThread

START = 1_772_427_600_000_000
"""Midnight of Monday 2026-03-02 in New York, UTC-5."""

EVENTS = 5_000
MOST = 200_000  # some minutes; beyond it a benchmark tells more than a demo
SHOWN = 5

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--events", "count", type=click.IntRange(traffic.LEAST, MOST), help=f"How many events the day has; {EVENTS:,} without it.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another day; the same seed, the same day.")
@click.option("--accounts", metavar="FILE", type=_file, help="Play your own accounts: CSV with account_id,name,domains,country.")
@click.option("--leads", metavar="FILE", type=_file, help="Play your own leads: CSV with lead_id,company,email,country.")
@click.option("--policy", "policy_file", metavar="FILE", type=_file, help="Rules of engagement; every default without it.")
@click.option("--open", "stay", is_flag=True, help="Play yesterday, and leave it running with the console until Ctrl-C.")
@json_option
def demo(
    count: int | None, seed: int, accounts: Path | None, leads: Path | None, policy_file: Path | None, stay: bool, as_json: bool
) -> None:
    """Play a day of outreach through an embedded Kafka and Redis, and show the decisions as they come.

    Sam and Priya meet at Northwind Logistics, among thousands of other events; or two teams work your own lists. Everything is in memory
    and gone afterwards. The decisions are held against what the same rules decide without any server: exit status 1 when one is missing or
    an event could not be read. While it plays, and afterwards with --open, the console shows it. With --json the decisions are JSON Lines
    in the order of their times, the last line is {"summary": ...}.

    \b
    Examples:
      leadlock demo
      leadlock demo --open
      leadlock demo --accounts accounts.csv --leads leads.csv --seed 7
    """
    if (accounts is None) != (leads is None):
        raise click.UsageError(f"--{'leads' if leads is None else 'accounts'} is missing: --accounts and --leads go together")
    if accounts is not None and count is not None:
        raise click.UsageError("--events has no meaning with --accounts and --leads: the lists say how many events there are")
    if stay and as_json:
        raise click.UsageError("--open is for people and --json for programs: leave one out")
    configure(LogSettings(level="WARNING"))
    policy = policy_at(policy_file) if policy_file else Policy()
    console, talk = out(), err()
    # What is left open is looked at today: locks of a day long past would have run out.
    start = yesterday() if stay else START
    planned = _planned(accounts, leads, count, seed, talk, start)
    if not as_json:
        _announce(console, accounts, leads, len(planned), seed, policy, policy_file, start)
    with EmbeddedStack() as stack:
        player = Player(stack, policy)
        shown = None if as_json else _opened(player, policy, console)
        # With --json standard output belongs to the decisions: only the bar is shown, on standard error.
        with Stage(Console(quiet=True, force_terminal=False) if as_json else console, talk, len(planned)) as stage:
            outcome = player.play(planned, stage.progress, stage.decided)
        directory = directory_of(player.tables, policy.matching.free_domains, policy.matching.personal_domains)
        held = list(all_held(player.tables, directory, policy.windows))
        if stay and shown is not None:
            close(console, summary(len(planned), outcome.decisions, held))
            _stay(player, policy, shown.url, talk)
        if shown is not None:
            shown.stop()
        del player, shown
        gc.collect()  # Kafka's clients must be gone before their broker is, or they would complain of it
    day = summary(len(planned), outcome.decisions, held)
    if as_json:
        for decision in outcome.decisions:
            put_json(decision)
        put_json({"summary": day.as_json()})
    elif not stay:
        close(console, day)
    _judge(outcome, talk)


def yesterday() -> int:
    """Midnight at yesterday's beginning in the demo's time zone, microseconds."""
    now = datetime.now(ZONE)
    return micros(now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1))


def _opened(player: Player, policy: Policy, console: Console) -> Bound:
    """The console beside the day, serving."""
    bound = opened(player.settings, policy, connect(**player.settings.redis_options()))
    bound.start()
    console.print(f"Console {bound.url}\n", style="bold")
    return bound


def _stay(player: Player, policy: Policy, url: str, talk: Console) -> None:
    """Go on with a worker that follows the wall clock, until Ctrl-C."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    worker = WorkerThread(player.settings.model_copy(update={"clock": "wall"}), Engine(player.tables, policy))
    worker.start()
    talk.print(f"Open at {url}: log in as sam, priya, mia, noor or rita. Ctrl-C ends it.", style="bold", soft_wrap=True)
    # A wait without a limit would not let Python's signal handlers run.
    while not stop.wait(0.2) and worker.code is None:
        pass
    worker.stop()


def _planned(accounts: Path | None, leads: Path | None, count: int | None, seed: int, talk: Console, start: int) -> list[Planned]:
    if accounts is None or leads is None:
        return traffic.events(count or EVENTS, seed, start)
    (known, odd), (people, odd_people) = read_accounts(accounts), read_leads(leads)
    if not people:
        raise LeadlockError(problem=f"{leads} has no leads")
    notes = [*odd, *odd_people]
    for note in notes[:SHOWN]:
        talk.print(f"note: {note}", style="yellow", soft_wrap=True)
    if len(notes) > SHOWN:
        talk.print(f"note: and {len(notes) - SHOWN} more like these", style="yellow")
    return list(lists.events(known, people, seed, start))


def _announce(
    console: Console,
    accounts: Path | None,
    leads: Path | None,
    count: int,
    seed: int,
    policy: Policy,
    policy_file: Path | None,
    start: int,
) -> None:
    told = f"policy {policy.hash} ({policy_file or 'every default'}), seed {seed}, New York time"
    if accounts is None:
        console.print(f"{moment(start):%A} at Northwind Logistics, among {count:,} events", style="bold")
        console.print("Sam of the inbound team and Priya of outbound sell to the same companies with tools that do not know of each other.")
    else:
        console.print(f"Two teams work {leads} against {accounts}: {count:,} events", style="bold")
    console.print(f"{told}\n", style="dim")


def _judge(outcome: Outcome, talk: Console) -> None:
    """Exit 1 with what is wrong, or say that nothing is."""
    if outcome.good:
        told = f"Every decision that the rules make without a server came through Kafka, under the same id, in {outcome.seconds:.0f} s."
        talk.print(told, style="green", soft_wrap=True)
        return
    faults: dict[str, list[Any]] = {
        "decisions are missing": outcome.missing,
        "decisions are there that nobody should have made": outcome.surplus,
        "dead letters": outcome.dead,
    }
    for name, found in faults.items():
        if found:
            more = " ..." if len(found) > SHOWN else ""
            talk.print(f"{len(found)} {name}: {'; '.join(found[:SHOWN])}{more}", style="red", soft_wrap=True)
    sys.exit(1)
