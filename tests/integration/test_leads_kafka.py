"""Rules 21-23 through a real Kafka, a real Redis and a real worker: response times, busy companies, accounts made by leads, duplicates and
their verdicts, the same decisions as `leadlock simulate` prints."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from schemas.times import micros, rfc3339
from streams.day.planned import Planned, key_of
from tests.integration.conftest import Make
from tests.integration.same import alike
from tests.integration.test_scenarios_kafka import _simulate
from tests.play import at

pytestmark = [pytest.mark.kafka, pytest.mark.redis]

POLICY = """
[sla]
on_miss = "reassign"
[business_hours]
timezone = "America/New_York"
holidays = "US"
[routing]
high_activity = 2
"""
REPS = {
    "ana": {"role": "sdr", "team": "east", "manager": "max", "timezone": "Europe/Madrid", "territories": [{"countries": ["US"]}]},
    "bob": {"role": "sdr", "team": "west", "timezone": "America/Los_Angeles", "territories": [{"countries": ["MX"]}]},
    "max": {"role": "team_lead", "team": "east"},
    "rita": {"role": "revops", "team": "ops"},
}


def happenings() -> list[tuple[float, str, dict[str, Any]]]:
    """(hours from the Monday's 09:00, topic, value)."""
    told: list[tuple[float, str, dict[str, Any]]] = [(-1, "rep-updated", {"rep": rep, **facts}) for rep, facts in REPS.items()]
    for number in range(4):  # the second of a day makes the company busy, the third in all makes it an account
        country = "US" if number % 2 else "MX"
        told.append((number * 5.0, "lead-created", {"lead_id": f"l{number}", "email": f"p{number}@acme.com", "country": country}))
    told += [
        (6, "touch-logged", {"kind": "call", "lead_id": "l0", "rep": "bob"}),
        (20, "lead-created", {"lead_id": "h1", "email": "boss@other.com", "title": "CEO", "country": "US", "phone": "+1 415 555 0132"}),
        (26, "lead-created", {"lead_id": "d1", "phone": "(415) 555-0132", "country": "US", "product": "van"}),
        (26.5, "lead-created", {"lead_id": "d2", "email": "boss+x@other.com", "intent": "demo_request", "country": "MX"}),
        (27, "ownership-commands", command("d1", "h1", "merge")),
        (28, "ownership-commands", command("d1", "h1", "separate")),
        (28.5, "ownership-commands", command("d2", "h1", "merge")),
        (29, "touch-logged", {"kind": "call", "lead_id": "d1", "rep": "ana"}),
        (30, "account-updated", {"account_id": "crm", "name": "Acme", "domains": ["acme.com"]}),
        (50, "lead-created", {"lead_id": "l9", "email": "p9@acme.com", "country": "MX"}),
    ]
    return sorted(told, key=lambda one: one[0])


def command(lead: str, original: str, verdict: str) -> dict[str, Any]:
    return {"command": "verify_duplicate", "by": "rita", "lead_id": lead, "original_lead_id": original, "verdict": verdict, "note": "asked"}


def test_the_same_decisions_as_simulated(installation: Make, tmp_path: Path) -> None:
    events, lines = [], []
    for number, (hours, topic, value) in enumerate(happenings()):
        when: datetime = at() + timedelta(hours=hours, milliseconds=number)
        full = {"event_id": f"n{number}", "occurred_at": when.isoformat(), **value}
        events.append(Planned(micros(when), topic, key_of(topic, full), full))
        lines.append(orjson.dumps({"topic": topic, "at": when.isoformat(), "value": full}).decode())
    end = micros(at(days=6))
    simulated = _simulate(tmp_path, lines, POLICY, end)
    subject = installation(clock="records", policy=POLICY)
    last = {"event_id": "the-end", "occurred_at": rfc3339(end), "rep": "nobody-else", "team": "none", "role": "sdr"}
    subject.publish([*events, Planned(end, "rep-updated", b"nobody-else", last)])
    subject.worker()
    subject.settle()
    kinds = {one["kind"] for one in simulated.values()}
    rules = {one["rule"] for one in simulated.values()}
    assert {"sla_missed", "high_activity", "account_created", "duplicate_suspected", "duplicate_merged", "duplicate_separated"} <= kinds
    assert {"sla_reassigned", "original_owner", "profile_owner"} <= rules
    alike(subject.decisions(), simulated, "decisions")
