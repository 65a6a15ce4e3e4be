"""`leadlock audit`: what has gone wrong lately in who talks to whom, from what is on record."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from streams import state
from streams.audit import CHECKS, Report, Section
from streams.audit import audit as ask
from streams.audit.finding import Base, Finding
from streams.cli.audit_page import page
from streams.cli.common import err, out, policy_of, policy_option, put_json, reading, since_option, table, when
from streams.clock import now_us
from streams.on_record.as_json import stamp
from streams.on_record.view import directory_of
from streams.settings.settings import Settings
from streams.state import Record
from streams.tables.contract import Tables

FORMATS = ("table", "json", "html")


@click.command()
@since_option("7d", "What counts as new: how far back, such as 7d.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="For a person, a program, a page.")
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Look at N records only, drawn at random, of a large base.")
@click.option("--limit", type=click.IntRange(min=0), default=10, show_default=True, help="Rows of each part of the table; 0 for all.")
@policy_option
def audit(since: int, form: str, sample: int | None, limit: int, policy_file: Path | None) -> None:
    """Ask the eight questions of a weekly audit: who, what, since when, and the command that mends it.

    Accounts with several reps at work, contacts with several first e-mails, reviews that nobody decided, unusual unsubscribes and
    complaints, customers and lost deals in sequences, idle owners, suppressed people still mailed, unclear next steps. It reads the lock
    tables beside the stream, a thousand records at a time, and changes nothing. The commands go to `ownership-commands`, with a `by`.

    \b
    Examples:
      leadlock audit
      leadlock audit --since 30d --format html > audit.html
      leadlock audit --format json | jq '.sections[] | {name, found: (.findings | length)}'
      leadlock audit --sample 50000
    """
    settings = Settings()
    policy = policy_of(policy_file, settings)
    now = now_us()
    with reading(settings) as tables:
        directory = directory_of(tables, policy.matching.free_domains, policy.matching.personal_domains)
        report = ask(_records(tables, sample), Base(now, now - since, policy.windows, directory))
    if form == "json":
        put_json(as_json(report, sample))
    elif form == "html":
        click.echo(page(report, _scope(report, sample)))
    else:
        _show(report, limit, sample)


def _records(tables: Tables, sample: int | None) -> Iterator[tuple[str, Record]]:
    """Every record that a question is about, or `sample` of them: tables give them in the order of a hash, which is none of theirs. Some
    come twice when the tables grow meanwhile."""
    seen: set[int] = set()
    kinds = ("contact:", "account:", "domain:")
    of_kinds = chain.from_iterable(tables.scan(kind) for kind in kinds)
    of_all = ((key, document) for key, document in tables.scan("") if key.startswith(kinds))
    for key, document in of_kinds if sample is None else islice(of_all, sample):
        if (mark := hash(key)) not in seen:
            seen.add(mark)
            yield key, state.decode(key, document.body)


def _scope(report: Report, sample: int | None) -> str:
    looked = f"{report.looked_at:,} records looked at" + (", a sample" if sample is not None else "")
    return f"{when(report.now)}, since {when(report.since)}; {looked}"


def as_json(report: Report, sample: int | None) -> dict[str, Any]:
    """A report as one JSON object."""
    return {
        "at": stamp(report.now),
        "since": stamp(report.since),
        "looked_at": report.looked_at,
        "sample": sample,
        "sections": [
            {"name": section.name, "title": section.title, "findings": [_finding(one) for one in section.findings]}
            for section in report.sections
        ],
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "who": list(one.who),
        "what": one.what,
        "since": stamp(one.since),
        "count": one.number,
        "examples": list(one.examples),
        "mend": {"command": one.mend.command, "text": str(one.mend)},
    }


def _show(report: Report, limit: int, sample: int | None) -> None:
    console = out()
    console.print(f"Audit of {_scope(report, sample)}.")
    for section in report.sections:
        if section.findings:
            console.print()
            console.print(_table(section, limit))
    clean = [section.title.lower() for section in report.sections if not section.findings]
    if len(clean) == len(CHECKS):
        console.print("Nothing was found.")
    elif clean:
        console.print(f"\nNothing was found of: {'; '.join(clean)}.")
    cut = sum(max(0, len(section.findings) - limit) for section in report.sections) if limit else 0
    if cut:
        err().print(f"... and {cut:,} more: --limit 0 shows all, --format json and html have all.")


def _table(section: Section, limit: int) -> Any:
    shown = table("who", "what", "since", "mend", title=f"{section.title} ({len(section.findings):,})")
    for one in section.findings[: limit or None]:
        more = "" if one.number == 1 or not one.examples else f": {', '.join(name.partition(':')[2] for name in one.examples[:2])}" + (
            ", ..." if one.number > 2 else ""
        )
        shown.add_row(Text(", ".join(one.who)), Text(one.what + more), when(one.since)[:10], Text(str(one.mend)))
    return shown
