"""A deadline fires once: reviews run through their levels by the wall's clock with three workers, of which one is killed on the way."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from schemas.times import rfc3339
from streams import state
from streams.day.planned import MILLISECOND, Planned, key_of
from streams.state import ContactRecord
from tests.integration.conftest import Make
from tests.integration.processes import wait_until
from tests.integration.stack import Installation

pytestmark = [pytest.mark.kafka, pytest.mark.redis]

POLICY = """
[business_hours]
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
start = "00:00"
end = "24:00"
[escalation]
rep_to_rep = "4s"
team_lead = "4s"
revops = "4s"
"""
REVIEWS = 60
REPS = {"ana": ("sdr", "tia"), "bob": ("sdr", "tom"), "tia": ("team_lead", ""), "tom": ("team_lead", ""), "rita": ("revops", "")}


def test_each_level_of_each_review_ends_once_though_a_worker_is_killed(installation: Make) -> None:
    subject = installation(partitions=6, policy=POLICY)
    first, *_ = (subject.worker() for _ in range(3))
    subject.publish(_people(_now()))
    subject.settle()
    subject.publish(_mails(_now()))
    subject.settle()
    subject.publish(_requests(_now()))
    wait_until(lambda: any(level > 1 for level in _levels(subject).values()), subject.situation)
    first.kill()
    wait_until(lambda: len(levels := _levels(subject)) == REVIEWS and not any(levels.values()), subject.situation, 90)
    wait_until(lambda: not subject.tables.outbox(1), subject.situation)

    told = Counter((one["contact"], one["kind"], one["level"]) for one in subject.decisions().values() if one["kind"].startswith("review_"))
    kinds = (("review_opened", 1), ("review_escalated", 2), ("review_escalated", 3), ("review_decided", 3))
    assert told == Counter({(_contact(number), *kind): 1 for number in range(REVIEWS) for kind in kinds})


def _now() -> int:
    return time.time_ns() // 1000 // MILLISECOND * MILLISECOND


def _contact(number: int) -> str:
    return f"p{number}@company{number % 7}.com"


def _people(at: int) -> list[Planned]:
    values = [
        {"event_id": f"rep-{rep}", "occurred_at": rfc3339(at), "rep": rep, "role": role, **({"manager": boss} if boss else {})}
        for rep, (role, boss) in REPS.items()
    ]
    return [Planned(at, "rep-updated", key_of("rep-updated", value), value) for value in values]


def _mails(at: int) -> list[Planned]:
    told = [(f"m{number}", _contact(number)) for number in range(REVIEWS)]
    values = [{"event_id": name, "occurred_at": rfc3339(at), "message_id": name, "contact": one, "rep": "ana"} for name, one in told]
    return [Planned(at, "email-sent", key_of("email-sent", value), value) for value in values]


def _requests(at: int) -> list[Planned]:
    asked = {"occurred_at": rfc3339(at), "command": "request_review", "by": "bob", "note": "Mine?"}
    values = [{"event_id": f"r{number}", "contact": _contact(number), **asked} for number in range(REVIEWS)]
    return [Planned(at, "ownership-commands", key_of("ownership-commands", value), value) for value in values]


def _levels(subject: Installation) -> dict[str, int]:
    """Contact -> the level that its review is at, 0 once it is decided."""
    found = {}
    for key, document in subject.tables.scan("contact:"):
        record = state.decode(key, document.body)
        if isinstance(record, ContactRecord) and record.dispute is not None:
            found[key] = record.dispute.review.level if record.dispute.review is not None else 0
    return found
