"""How the demo looks: a story, the last decisions under a progress bar, and what the day came to."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from types import TracebackType
from typing import Any, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from streams.cli.common import table, whose
from streams.day import northwind
from streams.day.summary import Summary
from streams.on_record.history import words
from streams.rules.reasons import SENTENCES

LINES = 12
EVERY = 100
"""Where nothing can be redrawn, one decision in so many stands for the rest."""

STYLES = {
    "block": "red",
    "warn": "yellow",
    "allow": "green",
    "overlap_detected": "magenta",
    "ownership_released": "cyan",
    "contact_suppressed": "red",
}
ZONE = timezone(timedelta(hours=-5))


def cells(decision: dict[str, Any]) -> tuple[str, str, str, str, str]:
    """Time of the day, what, whom, who, by which rule."""
    verdict = decision.get("verdict")
    account = decision["account"]
    whom = decision["contact"] or (account["name"] if account else None) or decision["lead_id"] or "-"
    holder = decision.get("held_by") or decision["owner"] or decision.get("previous_owner")
    who = whose(holder["rep"] or "", holder["team"] or "") if holder else "-"
    at = datetime.fromisoformat(decision["decided_at"]).astimezone(ZONE)
    return at.strftime("%H:%M"), f"send verdict: {verdict}" if verdict else words(decision["kind"]), whom, who, words(decision["rule"])


def grid(decisions: Iterable[dict[str, Any]], width: int) -> Table:
    """Decisions in columns that stand below each other from one grid to the next."""
    rule_width = 0 if width < 98 else 18 if width < 112 else 30
    made = Table.grid(padding=(0, 2, 0, 0))
    made.add_column(width=5, no_wrap=True)
    made.add_column(width=21, no_wrap=True)
    made.add_column(width=max(20, width - 50 - (rule_width + 2 if rule_width else 0)), no_wrap=True, overflow="ellipsis")
    made.add_column(width=16, no_wrap=True, overflow="ellipsis")
    if rule_width:
        made.add_column(width=rule_width, no_wrap=True, overflow="ellipsis")
    for one in decisions:
        at, what, whom, who, rule = cells(one)
        style = STYLES.get(str(one.get("verdict") or one["kind"]), "")
        made.add_row(at, Text(what, style=style), Text(whom), Text(who), *([Text(rule, style="dim")] if rule_width else []))
    return made


class Stage:
    """Shows a day as it passes. On a terminal the last decisions and a bar are redrawn; elsewhere it is lines only."""

    def __init__(self, console: Console, talk: Console, total: int) -> None:
        self._console, self._count, self._next, self._latest = console, 0, EVERY, ""
        self._last: deque[dict[str, Any]] = deque(maxlen=LINES)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("events"), TimeElapsedColumn())
        self._bar = Progress(*columns, console=console if console.is_terminal else talk)
        self._task = self._bar.add_task("starting", total=total)
        shown = Live(get_renderable=self._screen, console=console, refresh_per_second=8, transient=True)
        # Two live displays on one terminal would overwrite each other: the bar alone is shown only where standard output goes elsewhere.
        self._live: Live | Progress | None = shown if console.is_terminal else self._bar if talk.is_terminal else None

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()

    def progress(self, done: int) -> None:
        """So many events are decided."""
        self._bar.update(self._task, completed=done, description="the day passes" if done else "starting")

    def decided(self, decision: dict[str, Any]) -> None:
        """One decision has reached its topic."""
        self._count += 1
        self._last.append(decision)
        told = northwind.line(decision)
        if told is not None:
            self._console.print(grid([decision], self._console.width))
            self._console.print(Padding(Text(told, style="bold"), (0, 0, 0, 7)))
        elif not self._console.is_terminal and self._count >= self._next and decision["decided_at"] >= self._latest:
            self._console.print(grid([decision], self._console.width), style="dim")
            self._next += EVERY
        else:
            return
        self._latest = max(self._latest, decision["decided_at"])

    def _screen(self) -> RenderableType:
        return Group(Text(), grid(list(self._last), self._console.width), self._bar)


def close(console: Console, day: Summary) -> None:
    """What the day came to."""
    console.print()
    console.print(f"{day.events:,} events, {day.decisions:,} decisions.", style="bold")
    _title(console, "Who owns whom")
    owners = _titled("rep", "contacts", "accounts")
    for owner in day.owners:
        owners.add_row(whose(owner.rep, owner.team), f"{owner.contacts:,}", f"{owner.accounts:,}")
    console.print(owners)
    _title(console, "The busiest accounts")
    top = _titled("account", "contacts held", "captain", "by")
    for account in day.accounts:
        top.add_row(Text(account.name), str(account.contacts), account.captain or "-", ", ".join(account.reps))
    console.print(top)
    allowed = dict(day.verdicts).get("allow", 0)
    _reasons(console, f"Blocked before anything was sent ({allowed:,} checks were allowed)", day.blocked)
    _reasons(console, "Warned before anything was sent", day.warned)
    _reasons(console, "Released, expired or moved on", day.ended)
    _counts(console, "Suppressed contacts", "flag", [(words(flag), count) for flag, count in day.suppressed])
    _counts(console, f"Overlaps that were caught: {day.overlaps:,}; who was told to stop", "rep", day.stopped[:6])


def _title(console: Console, title: str) -> None:
    # Not the table's own title, which is wrapped at the width of its columns.
    console.print(f"\n{title}", style="bold")


def _titled(*columns: str) -> Table:
    made = table(*columns)
    for column in made.columns[1:3]:
        column.justify = "right" if "contacts" in str(column.header) or column.header == "accounts" else "left"
    return made


def _reasons(console: Console, title: str, pairs: list[tuple[str, int]]) -> None:
    if pairs:
        _title(console, title)
        made = table("rule", "times", "in words")
        for rule, count in pairs:
            made.add_row(words(rule), f"{count:,}", plain(rule))
        console.print(made)


def _counts(console: Console, title: str, head: str, pairs: list[tuple[str, int]]) -> None:
    if pairs:
        _title(console, title)
        made = table(head, "times")
        for name, count in pairs:
            made.add_row(name, f"{count:,}")
        console.print(made)


def plain(rule: str) -> str:
    """A rule's sentence about nobody in particular."""
    people = {"owner": "another rep", "previous": "the owner", "rep": "a rep", "by": "a rep", "what": "another rep"}
    filled = people | {"until": "a set time", "note": ""}
    text = SENTENCES[rule].replace(" ({what})", "").replace(": {note}", ".").format_map(filled)
    return text[0].upper() + text[1:]
