"""`leadlock doctor`: is everything there that a worker needs?"""

from __future__ import annotations

import sys

import click
from rich.text import Text

from streams.cli.common import err, json_option, out, put_json, table
from streams.doctor import Finding, examine
from streams.settings.settings import Settings


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Look at the configured Kafka, topics, Redis and policy, and say what is wrong and what cures it. Nothing is changed.

    Exit status 1 when something would keep a worker from starting or from keeping its promises; warnings alone give 0.

    \b
    Example:
      LEADLOCK_REDIS_URL=redis://redis:6379/0 leadlock doctor
    """
    settings = Settings()
    with err().status("looking ...", spinner="dots"):
        findings = examine(settings)
    bad = sum(_word(one) == "FAIL" for one in findings)
    if as_json:
        put_json({"ok": not bad, "findings": [{**one._asdict(), "status": _word(one).lower()} for one in findings]})
    else:
        shown = table("", "what", "seen")
        for one in findings:
            word = _word(one)
            style = {"ok": "green", "warn": "yellow", "FAIL": "red"}[word]
            told = "\n".join([one.seen, *(f"{name}: {text}" for name, text in (("cause", one.cause), ("cure", one.cure)) if text)])
            shown.add_row(Text(word, style=style), Text(one.name), Text(told))
        out().print(shown)
    sys.exit(1 if bad else 0)


def _word(finding: Finding) -> str:
    return "ok" if finding.ok else "warn" if finding.warning else "FAIL"
