"""`leadlock import`: a CRM's accounts or reps from a file into the stream."""

from __future__ import annotations

import csv
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from schemas.times import rfc3339
from streams.cli.common import err, json_option, put_json
from streams.clock import now_us
from streams.importing import Publishing
from streams.lists import Item, Reader
from streams.settings.settings import Settings

SHOWN = 20
"""Bad lines that are shown; `--errors` writes all of them."""


@click.command("import")
@click.argument("kind", type=click.Choice(["accounts", "reps"]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Only say what is wrong; publish nothing.")
@click.option("--errors", "errors", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write bad lines to a CSV file.")
@json_option
def import_lists(kind: str, file: Path, only_check: bool, errors: Path | None, as_json: bool) -> None:
    """Publish the accounts or reps of FILE (CSV, or JSON Lines as .jsonl) to account-updated or rep-updated.

    Columns are the contract's fields. In CSV lists are separated by | (domains and networks by blanks too), what has parts is JSON in its
    cell or a column a part, as closed_lost.owner. Good lines are published, bad ones reported by line. Exit status 1 when there are bad
    ones.

    \b
    Examples:
      leadlock import reps reps.csv
      leadlock import accounts accounts.csv --check
      leadlock import accounts accounts.jsonl --errors rejected.csv
    """
    reader = Reader(kind, rfc3339(now_us()), f"{time.time_ns():x}-{os.getpid():x}")
    bad: list[Item] = []
    good = 0
    with _progress(f"{'Checking' if only_check else 'Publishing'} {kind}", file) as (read, delivered):
        publishing = nullcontext(None) if only_check else Publishing(Settings(), reader.topic, delivered)
        with publishing as topic:
            for item in reader.items(file):
                read(item.line)
                if item.event is None:
                    bad.append(item)
                    continue
                good += 1
                if topic is not None:
                    topic.send(item.key, item.record)
    _report(kind, file, good, bad, reader.unknown, only_check, errors, as_json)
    if bad:
        sys.exit(1)


def _report(
    kind: str, file: Path, good: int, bad: list[Item], unknown: dict[str, str], only_check: bool, errors: Path | None, as_json: bool
) -> None:
    talk = err()
    for name, near in unknown.items():
        talk.print(f"{name!r} is no field of {kind} and is ignored" + (f"; the nearest is {near!r}" if near else ""))
    for item in bad[:SHOWN]:
        talk.print(f"{file.name} line {item.line}: {item.problem}", style="red")
    if len(bad) > SHOWN:
        talk.print(f"and {len(bad) - SHOWN:,} more lines" + ("" if errors else "; --errors FILE writes all of them"))
    if errors is not None:
        with errors.open("w", encoding="utf-8", newline="") as out:
            rows = csv.writer(out, lineterminator="\n")
            rows.writerow(("line", "problem"))
            rows.writerows((item.line, item.problem) for item in bad)
    if as_json:
        told = [{"line": item.line, "problem": item.problem} for item in bad]
        put_json({"kind": kind, "published": 0 if only_check else good, "good": good, "bad": told, "ignored": sorted(unknown)})
    else:
        done = "would be published" if only_check else "published"
        click.echo(f"{good:,} {kind} {done}" + (f", {len(bad):,} lines not" if bad else ""))


@contextmanager
def _progress(title: str, file: Path) -> Iterator[tuple[Callable[[int], None], Callable[[int], None]]]:
    """Two functions, for lines read and for records delivered. A bar only on a terminal."""
    console = err()
    if not console.is_terminal:
        yield (lambda line: None), (lambda count: None)
        return
    with file.open("rb") as lines:
        total = sum(1 for _ in lines)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield (lambda line: progress.update(task, completed=line)), (lambda count: None)
