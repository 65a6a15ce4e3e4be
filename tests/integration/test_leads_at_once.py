"""Rule 23 with two real workers: of leads of one person that arrive at the same instant on both, one is routed and the others are held."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from schemas.times import rfc3339
from streams.day.planned import MILLISECOND, Planned
from streams.topics import DEAD_LETTERS
from tests.integration.conftest import Make
from tests.integration.processes import wait_until

pytestmark = [pytest.mark.kafka, pytest.mark.redis]

PEOPLE = 120


def event(topic: str, key: str, at: int, **value: Any) -> Planned:
    return Planned(at, topic, key.encode(), {"event_id": f"{topic}-{key}", "occurred_at": rfc3339(at), **value})


def test_leads_of_one_person_at_one_instant_on_two_workers(installation: Make, lately: int) -> None:
    subject = installation(partitions=8, batch_size=5)
    reps = [event("rep-updated", rep, lately, rep=rep, role="sdr", team=rep) for rep in ("ana", "bob")]
    subject.publish(reps)
    first, second = subject.worker(), subject.worker()
    subject.settle()
    wait_until(lambda: all("assigned" in one.log.read_text() for one in (first, second)), subject.situation)
    leads = []
    for number in range(PEOPLE):
        at = lately + 1000 * MILLISECOND + number * MILLISECOND
        same = [
            {"email": f"p{number}@gmail.com", "phone": f"+3461122{number:04}"},
            {"email": f"p.{number}+x@googlemail.com"},
            {"phone": f"61122{number:04}", "country": "ES"},
        ]
        leads += [event("lead-created", f"{number}-{which}", at, lead_id=f"{number}-{which}", **who) for which, who in enumerate(same)]
    subject.publish(leads)
    subject.settle()

    told: dict[str, list[str]] = defaultdict(list)
    originals: dict[str, set[str]] = defaultdict(set)
    for one in subject.decisions().values():
        person = (one["lead_id"] or "").partition("-")[0]
        told[person].append(one["kind"])
        originals[person] |= {each["lead_id"] for each in one.get("candidates", ())}
    assert len(told) == PEOPLE
    # The first lead has both; the other two have one each and nothing in common but by it, so that two of them may have come before.
    for person, kinds in told.items():
        assert "duplicate_suspected" in kinds, (person, kinds)
        assert kinds.count("lead_routed") + kinds.count("duplicate_suspected") == 3
        assert kinds.count("lead_routed") == (1 if f"{person}-0" in originals[person] else 2), (person, kinds, originals[person])
    assert subject.read(DEAD_LETTERS) == []
