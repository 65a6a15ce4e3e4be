"""`leadlock explain`: why did I get this lead?"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import click
import orjson
from rich.text import Text

from schemas.errors import Unreadable, shown
from schemas.events import LeadCreated
from schemas.policy import Policy
from schemas.reading import read
from schemas.times import EPOCH, instant, micros, rfc3339
from streams.cli.common import err, instant_option, json_option, out, policy_of, policy_option, put_json, reading, table, when, whose
from streams.clock import now_us
from streams.engine import Engine
from streams.errors import LeadlockError
from streams.explaining import explain as explained
from streams.lists import Reader
from streams.on_record.history import words
from streams.settings.settings import Settings
from streams.simulation import BOM, BadLine, Simulation

TOPIC = "lead-created"
existing = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("lead", type=click.File("rb"))
@click.option("--accounts", type=existing, help="Accounts (CSV or JSON Lines) instead of those in Redis.")
@click.option("--reps", type=existing, help="Reps (CSV or JSON Lines) instead of those in Redis.")
@click.option("--events", type=existing, help="Event lines, as `simulate` reads, that came before the lead.")
@instant_option("--at", "When the lead arrives (RFC 3339); now, or after the last event.")
@policy_option
@json_option
def explain(
    lead: click.utils.LazyFile,
    accounts: Path | None,
    reps: Path | None,
    events: Path | None,
    at: int,
    policy_file: Path | None,
    as_json: bool,
) -> None:
    """Say whose LEAD (a JSON file with the fields of lead-created, - for standard input) would be, and why: every step by which its account
    was looked for, every rule that was tried, what each saw, and which won.

    It asks the configured Redis; with --accounts, --reps or --events only these files, and no server. Nothing is changed.

    \b
    Examples:
      leadlock explain lead.json
      echo '{"email": "pat@acme.com", "title": "CFO"}' | leadlock explain - --accounts accounts.csv --reps reps.csv
    """
    settings = Settings()
    policy = policy_of(policy_file, settings)
    given, said = _given(lead)
    at = at or said
    if accounts or reps or events:
        simulation, last = _played(policy, accounts, reps, events)
        now = at or last or now_us()
        list(simulation.until(now))
        told = _told(simulation.engine, _lead(given, now), now)
    else:
        now = at or now_us()
        with reading(settings) as tables:
            told = _told(Engine(tables, policy), _lead(given, now), now)
    if as_json:
        put_json(told)
    else:
        _show(told)


def _told(engine: Engine, lead: LeadCreated, now: int) -> dict[str, Any]:
    """The explanation, and beside it what would be decided, which more than the order has a say in: a busy day, a possible duplicate."""
    engine.catch_up()
    told = explained(engine.tables, engine.directory, engine.policy, lead, now)
    said = [one for one in engine.ask(TOPIC, lead, now) if one["lead_id"] == lead.lead_id]
    told["decisions"] = [{name: one[name] for name in ("kind", "rule", "owner", "reason")} for one in said]
    kinds = [one["kind"] for one in said]
    told["held"], told["instead"] = "duplicate_suspected" in kinds and "lead_routed" not in kinds, None
    for one in said:
        if one["kind"] == "lead_routed" and one["rule"] != told["rule"]:
            told |= {name: one[name] for name in ("rule", "owner", "reason", "respond_by", "copied", "notify")}
            told["instead"] = one["reason"]
    return told


def _given(file: Any) -> tuple[dict[str, Any], int]:
    """The lead's fields as they were given, bare or as an event line; and the line's time, microseconds, 0 for none."""
    try:
        given = orjson.loads(file.read().removeprefix(BOM))
    except orjson.JSONDecodeError as error:
        raise LeadlockError(problem=f"the lead is not JSON: {error.msg}") from error
    if not isinstance(given, dict):
        raise LeadlockError(problem=f"the lead is no JSON object, but {shown(given)}")
    if "topic" not in given:
        return given, 0
    value, said = given.get("value"), given.get("at")
    if given["topic"] != TOPIC:
        raise LeadlockError(problem=f"the lead: `topic` must be {TOPIC}, found {shown(given['topic'])}")
    if not isinstance(value, dict):
        raise LeadlockError(problem=f"the lead: `value` must be an object, found {shown(value)}")
    try:
        return value, 0 if said is None else instant(said)
    except ValueError as error:
        raise LeadlockError(problem=f"the lead: `at` {error}, found {shown(said)}") from error


def _lead(given: dict[str, Any], at: int) -> LeadCreated:
    said = {name: value for name, value in given.items() if value is not None}
    full = {"event_id": "explain", "occurred_at": rfc3339(at), "lead_id": "this lead", **said}
    try:
        return cast(LeadCreated, read(TOPIC, orjson.dumps(full)))
    except Unreadable as error:
        raise LeadlockError(problem=f"the lead: {error}") from error


def _played(policy: Policy, accounts: Path | None, reps: Path | None, events: Path | None) -> tuple[Simulation, int]:
    """A simulation in which the files have happened, and the time of the last event (0: there was none)."""
    simulation = Simulation(policy)
    lines = events.read_bytes().splitlines() if events else []
    start = rfc3339(_first(lines))
    for kind, path in (("reps", reps), ("accounts", accounts)):
        reader = Reader(kind, start, "explain")
        for item in reader.items(path) if path else ():
            if item.event is None:
                err().print(f"{path.name if path else ''} line {item.line} is left out: {item.problem}", style="yellow")
            else:
                made = {"topic": reader.topic, "at": start, "value": orjson.loads(item.record)}
                list(simulation.play([orjson.dumps(made)]))
    try:
        list(simulation.play(lines))
    except BadLine as error:
        raise LeadlockError(problem=f"{events.name if events else ''}: {error}") from error
    for number, why in simulation.dead:
        err().print(f"line {number} is left out: {why}", style="yellow")
    return simulation, simulation.now if lines else 0


def _first(lines: list[bytes]) -> int:
    """When the first event line is, so that the lists come before it; the epoch where there is none."""
    for line in lines:
        try:
            given = orjson.loads(line)
            return micros(datetime.fromisoformat(given.get("at") or given["value"]["occurred_at"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            return micros(EPOCH)
    return micros(EPOCH)


def _show(told: dict[str, Any]) -> None:
    screen = out()
    account, match, owner = told["account"], told["match"], told["owner"]
    if told["routed_before"] is not None:
        before = told["routed_before"]
        seen = when(micros(datetime.fromisoformat(before["at"])))
        more = "its company changed, so it would be routed again:" if before["again"] else "it would not be routed again. As a new one:"
        screen.print(
            f"This lead is known: {before['status']} {seen} to {before['owner'] or 'nobody'} ({words(before['rule'] or '')}); {more}"
        )
    named = f"{account['name']} ({account['id']})" if account else "none"
    how = f", by {match['method']}" + (f", score {match['score']:g}" if match["score"] is not None else "") if account else ""
    screen.print(Text(f"Account: {named}{how}", style="bold"))
    screen.print(_tried([(one["step"], one) for one in told["steps"]]))
    if told["candidates"]:
        shown = ", ".join(
            f"{one['name']} ({one['account_id']}" + (f", {one['score']:g})" if one["score"] else ")") for one in told["candidates"]
        )
        screen.print(f"A person would be asked whether it is {shown}.")
    to = "nobody" if told["disqualified"] or owner is None else whose(owner["rep"] or "", owner["team"] or "")
    screen.print(Text(f"\nOwner: {'nobody yet; as a lead of its own ' if told['held'] else ''}{to}, by {told['rule']}", style="bold"))
    screen.print(_tried([(one["rule"], one) for one in told["rules"]]))
    if told["instead"]:
        screen.print(f"More has a say than the order: {told['instead']}", soft_wrap=True)
    if told["not_tried"]:
        screen.print(f"Not tried any more: {', '.join(told['not_tried'])}.")
    if told["respond_by"]:
        screen.print(f"\nPriority: {told['priority']}, to be answered by {when(micros(datetime.fromisoformat(told['respond_by'])))}.")
    if told["copied"]:
        screen.print(f"Copied: {', '.join(told['copied'])}.")
    for one in told["notify"]:
        screen.print(f"Told: {one.get('rep') or one.get('team')} ({words(one['why'])}).")
    for one in told["duplicates"]:
        screen.print(
            f"Possible duplicate of {one['lead_id']}: the same {' and '.join(one['same'])}."
            + (" It would be held until somebody has verified it." if told['held'] else ""),
            style="yellow",
        )


def _tried(rows: list[tuple[str, dict[str, Any]]]) -> Any:
    shown = table("", "", "")
    shown.show_header = False
    for name, one in rows:
        style = "bold green" if one["won"] else "dim"
        shown.add_row(" ->" if one["won"] else "  -", name, one["saw"], style=style if not os.environ.get("NO_COLOR") else "")
    return shown
