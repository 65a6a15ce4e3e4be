"""What the commands share: consoles, the policy, the tables, and how times and owners are written for people."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any, TextIO

import click
import orjson
from pydantic_core import PydanticCustomError
from rich.console import Console
from rich.table import Table

from schemas.durations import parse_positive
from schemas.errors import BadPolicy
from schemas.policy import Policy
from schemas.times import instant, moment
from streams.errors import LeadlockError
from streams.settings.settings import Settings
from streams.tables.connect import connect
from streams.tables.redis import RedisTables

PIPED_WIDTH = 120  # where there is no terminal to ask: wide enough for an address, a name and a reason side by side

policy_option = click.option(
    "--policy",
    "policy_file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Rules of engagement; without it the settings', else rules-of-engagement.toml here, else every default.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="JSON on standard output, for programs.")


def since_option(default: str, told: str) -> Callable[[Any], Any]:
    """`--since`: microseconds of a duration such as `7d`."""
    return click.option("--since", metavar="DURATION", default=default, show_default=True, callback=_duration, help=told)


def _duration(_: click.Context, parameter: click.Parameter, text: str) -> int:
    try:
        return parse_positive(text)
    except PydanticCustomError as error:
        raise click.BadParameter(f"{text!r} {error.message()}", param=parameter) from error


def instant_option(name: str, told: str) -> Callable[[Any], Any]:
    """`--until`, `--at`: microseconds since the epoch of an RFC 3339 instant; 0 without it."""
    return click.option(name, metavar="TIME", callback=_instant, help=told)


def _instant(_: click.Context, parameter: click.Parameter, text: str | None) -> int:
    if text is None:
        return 0
    try:
        return instant(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} {error}", param=parameter) from error


def out() -> Console:
    """Standard output, for data. Colours and redraws only on a terminal; NO_COLOR and COLUMNS are respected."""
    return _console(sys.stdout)


def err() -> Console:
    """Standard error, for talk and progress."""
    return _console(sys.stderr)


def _console(file: TextIO) -> Console:
    width = None if file.isatty() or os.environ.get("COLUMNS") else PIPED_WIDTH
    # Neither markup nor highlighting: what is shown comes from others, brackets and all.
    return Console(file=file, width=width, markup=False, highlight=False, emoji=False, soft_wrap=False)


def put_json(value: Any) -> None:
    """One line of JSON on standard output."""
    click.echo(orjson.dumps(value, option=orjson.OPT_UTC_Z).decode())


def table(*columns: str, title: str | None = None) -> Table:
    """A table without boxes, that also reads well in a file."""
    made = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def policy_of(file: Path | None, settings: Settings) -> Policy:
    """The policy of `file`, else the settings', else every default. Raises BadPolicy, and LeadlockError for a file that cannot be read."""
    path = file or settings.policy_file()
    return Policy() if path is None else policy_at(path)


def policy_at(path: Path) -> Policy:
    """The policy of a file. Raises click.ClickException naming the file with every fault, LeadlockError where it cannot be read."""
    try:
        return Policy.read(path)
    except BadPolicy as error:
        raise click.ClickException(f"{path}: {error}") from error
    except OSError as error:
        raise LeadlockError(problem=f"policy: {str(path)!r} cannot be read: {error.strerror}") from error


@contextmanager
def reading(settings: Settings) -> Iterator[RedisTables]:
    """The tables of the configured Redis. Raises StoreUnavailable when it does not answer."""
    with connect(**settings.redis_options()) as client:
        yield RedisTables(client, settings.redis.prefix)


def when(at: int, zone: tzinfo = UTC) -> str:
    """A time for people, to the minute: `2026-03-02 15:05 UTC`; `never` for 0."""
    if not at:
        return "never"
    return moment(at).astimezone(zone).strftime("%Y-%m-%d %H:%M") + (" UTC" if zone is UTC else "")


def whose(owner: str, team: str) -> str:
    """`sam (inbound)`; a team alone is `team inbound`."""
    if not owner or owner == team:
        return f"team {team}" if team else "nobody"
    return f"{owner} ({team})" if team else owner
