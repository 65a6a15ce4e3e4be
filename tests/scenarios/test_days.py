"""Days and weeks of ordinary work in which rules meet, one file each in `days/`, played through the simulation.

A day: `day` (its first), `tz`, `policy` (TOML), `reps` and `accounts` (told at 00:00 of the first), `steps`, `until`. A step: `at`
("DAY HH:MM"), `topic` and `value` (none: time only passes), `expect` (each a part of a decision between this step and the next), `never`
(of none). "@DAY HH:MM" is an instant; a list asks for its items in any order.
"""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from schemas.policy import Policy
from schemas.times import micros
from streams.simulation import Simulation

DAYS = sorted((Path(__file__).parent / "days").glob("*.yaml"))


def moment(day: dict[str, Any], text: str) -> datetime:
    """The instant of "DAY HH:MM[:SS]"."""
    number, clock = text.split()
    zone = datetime.fromisoformat(f"2000-01-01T00:00{day['tz']}").tzinfo
    return datetime.combine(date.fromisoformat(str(day["day"])) + timedelta(days=int(number) - 1), time.fromisoformat(clock), zone)


def lines(day: dict[str, Any]) -> list[bytes]:
    """The day as the lines that `leadlock simulate` reads."""
    start, found = moment(day, "1 00:00").isoformat(), []
    for rep, facts in (day.get("reps") or {}).items():
        found.append(("rep-updated", start, {"event_id": f"rep-{rep}", "rep": rep, **(facts or {})}))
    for facts in day.get("accounts") or []:
        found.append(("account-updated", start, {"event_id": f"account-{facts['account_id']}", **facts}))
    for number, step in enumerate(day["steps"], 1):
        if "topic" in step:
            found.append((step["topic"], moment(day, step["at"]).isoformat(), {"event_id": f"s{number}", **step["value"]}))
    return [json.dumps({"topic": topic, "at": at, "value": {"occurred_at": at, **value}}).encode() for topic, at, value in found]


def fits(day: dict[str, Any], want: Any, got: Any) -> bool:
    """Whether `want` is a part of what was decided."""
    if isinstance(want, dict):
        return isinstance(got, dict) and all(name in got and fits(day, one, got[name]) for name, one in want.items())
    if isinstance(want, list):
        return isinstance(got, list) and all(any(fits(day, one, other) for other in got) for one in want)
    if isinstance(want, str) and isinstance(got, str) and (want.startswith("@") or want.endswith("+00:00")):
        return datetime.fromisoformat(got) == (moment(day, want[1:]) if want.startswith("@") else datetime.fromisoformat(want))
    return bool(want == got)


@pytest.mark.parametrize("path", DAYS, ids=lambda path: path.stem)
def test_a_day_goes_as_the_rules_say(path: Path) -> None:
    day = yaml.safe_load(path.read_text())
    end = moment(day, day.get("until") or day["steps"][-1]["at"])
    played = Simulation(Policy.parse(day.get("policy") or ""))
    decided = [json.loads(one) for one in (*played.play(lines(day)), *played.until(micros(end)))]
    assert not played.dead
    starts = [moment(day, step["at"]) for step in day["steps"]] + [end + timedelta(seconds=1)]
    for step, begin, finish in zip(day["steps"], starts, starts[1:], strict=False):
        here = [one for one in decided if begin <= datetime.fromisoformat(one["decided_at"]) < finish]
        shown = [(one["kind"], one["rule"], (one["owner"] or {}).get("rep")) for one in here]
        for want in step.get("expect") or []:
            assert any(fits(day, want, one) for one in here), f"{step['at']}: {want} is missing among {shown}"
        for ban in step.get("never") or []:
            assert not any(fits(day, ban, one) for one in here), f"{step['at']}: {ban} is there"


def test_a_day_that_expects_what_does_not_come_fails() -> None:
    day = {"tz": "+00:00", "day": "2026-03-02"}
    assert not fits(day, {"owner": {"rep": "ana"}}, {"owner": None})
    assert not fits(day, ["a"], ["b"])
    assert not fits(day, "@1 10:00", "2026-03-02T10:01:00Z")
    assert fits(day, {"until": "@1 10:00", "paused": ["a"]}, {"until": "2026-03-02T10:00:00Z", "paused": ["b", "a"]})
