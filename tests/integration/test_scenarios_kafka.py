"""The contract's scenarios through a real Kafka, a real Redis and a real worker: the same decisions as `leadlock simulate` prints."""

from __future__ import annotations

import json
import runpy
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from schemas.times import micros, rfc3339
from streams.cli import main
from streams.day.planned import Planned, key_of
from tests.integration.conftest import Make
from tests.integration.same import alike

pytestmark = [pytest.mark.kafka, pytest.mark.redis]

SCENARIOS = ("01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14")


@pytest.mark.parametrize("number", SCENARIOS)
def test_a_scenario_through_kafka(installation: Make, shared: Path, tmp_path: Path, number: str) -> None:
    (file,) = (shared / "scenarios").glob(f"{number}-*.yaml")
    scenario = yaml.safe_load(file.read_text())
    policy = scenario.get("policy", "")
    lines = [json.dumps(line) for line in runpy.run_path(str(shared / "scenarios" / "play.py"))["lines"](scenario)]
    until = _moment(scenario, scenario["until"])
    simulated = _simulate(tmp_path, lines, policy, until)

    subject = installation(clock="records", policy=policy)
    events = [_planned(json.loads(line)) for line in lines]
    # Nothing answers a rep's update: it only brings the clock to the end, for the deadlines that are left.
    value = {"event_id": "the-end", "occurred_at": rfc3339(until), "rep": "nobody-else", "team": "none", "role": "sdr"}
    subject.publish([*events, Planned(until, "rep-updated", b"nobody-else", value)])
    subject.worker()
    subject.settle()
    assert simulated
    alike(subject.decisions(), simulated, "decisions")


def _simulate(folder: Path, lines: list[str], policy: str, until: int) -> dict[str, dict[str, Any]]:
    events, rules = folder / "events.jsonl", folder / "rules.toml"
    events.write_text("\n".join(lines) + "\n")
    rules.write_text(policy)
    done = CliRunner().invoke(main, ["simulate", str(events), "--policy", str(rules), "--until", rfc3339(until)])
    assert done.exit_code == 0, done.output
    decisions = [json.loads(line) for line in done.stdout.splitlines()]
    return {one["decision_id"]: one for one in decisions}


def _planned(line: dict[str, Any]) -> Planned:
    topic, value = line["topic"], line["value"]
    return Planned(micros(datetime.fromisoformat(line["at"])), topic, key_of(topic, value), value)


def _moment(scenario: dict[str, Any], text: str) -> int:
    """`DAY HH:MM` in the scenario's zone."""
    day, clock = text.split()
    first = datetime.fromisoformat(f"{scenario['day']}T{clock}:00{scenario['tz']}")
    return micros(first) + (int(day) - 1) * 86_400_000_000
