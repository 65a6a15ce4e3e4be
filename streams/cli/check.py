"""`leadlock check`: may this rep write to this person now?"""

from __future__ import annotations

import os
import sys
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import orjson

from schemas.errors import Unreadable
from schemas.reading import read
from schemas.times import micros, rfc3339
from streams.cli.common import err, json_option, policy_of, policy_option, put_json, reading, when, whose
from streams.clock import now_us
from streams.engine import Engine
from streams.on_record.history import words
from streams.settings.settings import Settings

EXITS = {"allow": 0, "warn": 10, "block": 20}
STYLES = {"allow": "green", "warn": "yellow", "block": "red"}


@click.command()
@click.argument("contact")
@click.option("--rep", required=True, help="Who wants to write.")
@click.option("--stage", type=click.Choice(["import", "launch"]), default="import", show_default=True, help="Importing, or about to send.")
@click.option("--mailbox", help="The sending address.")
@click.option("--tool", help="The outreach platform.")
@click.option("--sequence", "sequence_id", metavar="ID", help="The sequence that the contact would be in.")
@click.option("--company", help="The company, where no account has the address.")
@policy_option
@json_option
def check(contact: str, rep: str, stage: str, policy_file: Path | None, as_json: bool, **asked: str | None) -> None:
    """Ask whether REP may write to CONTACT (an e-mail address) now: one line with the verdict, who holds it, why, and until when.

    Nothing is claimed or changed. Exit status 0 allow, 10 warn, 20 block; 1 or 2 when there is no answer.

    \b
    Example:
      leadlock check ops@northwind-logistics.com --rep priya --stage launch --sequence logistics-7
    """
    settings = Settings()
    policy = policy_of(policy_file, settings)
    now = now_us()
    given = {"contact": contact, "rep": rep, "stage": stage, **{name: value for name, value in asked.items() if value is not None}}
    value = {"event_id": f"check-{uuid.uuid4()}", "occurred_at": rfc3339(now), "source": "leadlock check", **given}
    try:
        event = read("send-requested", orjson.dumps(value))
    except Unreadable as error:
        hint = f"; the nearest valid one is {error.nearest!r}" if error.nearest else ""
        raise click.BadParameter(f"{error.value} {error.reason}{hint}", param_hint=(error.field or "contact").upper()) from error
    with reading(settings) as tables:
        engine = Engine(tables, policy)
        decisions = engine.ask("send-requested", event, now)
    if rep not in engine.directory.reps:
        near = engine.directory.nearest_rep(rep)
        hint = f"; the nearest known one is {near!r}" if near else ""
        err().print(f"note: rep: {rep!r} is not known{hint}", style="yellow", soft_wrap=True)
    verdict: dict[str, Any] = next(one for one in decisions if one["kind"] == "send_verdict")
    if as_json:
        put_json(verdict)
    else:
        # click, not rich: one line stays one line however narrow the terminal is.
        word = click.style(str(verdict["verdict"]), fg=STYLES[verdict["verdict"]], bold=True)
        click.echo(f"{word}: {sentence(verdict)}", color=_colours())
    sys.exit(EXITS[verdict["verdict"]])


def sentence(verdict: dict[str, Any]) -> str:
    """A verdict in one line: why and by which rule, and of who holds it, for what and until when, what the reason does not say itself."""
    holder, reason = verdict["held_by"] or {}, str(verdict["reason"])
    because = words(verdict["held_because"] or "")
    facts = [
        ("held by", whose(holder.get("rep") or "", holder.get("team") or "") if holder else ""),
        ("for", because if holder and verdict["held_because"] != verdict["rule"] else ""),
        ("until", _when(verdict["held_until"]) if verdict["held_until"] else ""),
        ("see", ", ".join(f"{one['name']} ({one['account_id']})" for one in verdict["similar"])),
    ]
    told = [f"{name} {fact}" for name, fact in facts if fact and fact not in reason]
    return f"{reason} [{'; '.join([words(str(verdict['rule'])), *told])}]"


def _when(text: str) -> str:
    return when(micros(datetime.fromisoformat(text)))


def _colours() -> bool | None:
    """click colours what it believes is a terminal; NO_COLOR (no-color.org) forbids it."""
    return False if os.environ.get("NO_COLOR") else None
