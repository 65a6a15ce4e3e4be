"""What comes next on record, and a history told in sentences."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from schemas.policy import Policy
from schemas.times import micros
from streams import state
from streams.decisions import KINDS
from streams.engine.finishing import UNRECORDED
from streams.on_record.history import TOLD, told
from streams.on_record.next_steps import Step, next_step
from streams.on_record.view import known
from streams.state import Change
from tests.play import Played, at, email

REPS = {"ana": {"team": "east", "role": "sdr"}, "bob": {"team": "west", "role": "ae"}, "rita": {"role": "revops"}}
PAT = "pat@fabrikam.com"
CLAIM = {"command": "claim", "by": "ana", "contact": PAT}

MAIL = (*email("ana", PAT), 0.0)
CASES: list[tuple[list[tuple[str, dict[str, Any], float]], datetime | None, str]] = [
    ([("ownership-commands", CLAIM, 0)], at(hours=48), "ana writes or calls, or it is free again"),
    ([("ownership-commands", CLAIM | {"hours": 2}, 0)], at(hours=2), "the short lock ends"),
    ([MAIL], at(days=21), "somebody writes, calls or answers, or it is free again"),
    ([MAIL, ("reply-classified", {"contact": PAT, "class": "interested", "rep": "ana"}, 1)], None, "answer what they wrote"),
    (
        [MAIL, ("reply-classified", {"contact": PAT, "class": "out_of_office", "returns_at": "2026-03-05T09:00:00Z"}, 1)],
        at(days=3),
        "outreach may go on",
    ),
    ([MAIL, ("reply-classified", {"contact": PAT, "class": "not_interested"}, 1)], at(days=90, hours=1), "it is no longer not interested"),
    (
        [MAIL, ("ownership-commands", {"command": "request_review", "by": "bob", "contact": PAT, "note": "mine"}, 1)],
        at(hours=1, minutes=30),
        "the review is decided, by the two reps",
    ),
]


@pytest.mark.parametrize(("events", "when", "what"), CASES, ids=[case[2] for case in CASES])
def test_the_next_step_is_the_first_thing_that_is_asked_or_ends(
    events: list[tuple[str, dict[str, Any], float]], when: datetime | None, what: str
) -> None:
    world = Played(REPS)
    for topic, value, hours in events:
        world.send(topic, value, at(hours=hours))
    key = f"contact:{PAT}"
    step = next_step(key, key, world.contact(PAT), Policy().windows)
    assert step == Step(micros(when) if when else 0, what)


def test_nothing_is_awaited_where_nobody_is_at_work() -> None:
    assert next_step("contact:a@b.com", "contact:a@b.com", state.ContactRecord(state.Contact()), Policy().windows) is None


def test_a_lead_is_to_be_answered_in_its_time() -> None:
    world = Played(REPS)
    (routed,) = world.send("lead-created", {"lead_id": "l", "email": "x@else.com", "intent": "demo_request"}, at(hours=1))
    tables, directory = world.simulation.tables, world.simulation.engine.directory
    step = known(tables, directory, Policy().windows, "contact:x@else.com").step
    assert step is not None
    assert (step.at, step.what) == (micros(datetime.fromisoformat(routed["respond_by"])), "answer the lead")


def test_a_history_says_who_had_it_before() -> None:
    world = Played(REPS)
    world.send(*email("ana", PAT), at())
    world.send(*email("bob", PAT), at(hours=1))
    world.send("ownership-commands", {"command": "transfer", "by": "ana", "contact": PAT, "to": "bob", "note": "knows her"}, at(hours=2))
    world.send("ownership-commands", {"command": "release", "by": "rita", "contact": PAT, "note": "quiet"}, at(hours=3))
    lines = list(told(world.contact(PAT).history))
    assert [line.what for line in lines] == [
        "ana got it (first touch)",
        "bob wrote too and stops, ana goes on",
        "it went from ana to bob (transfer)",
        "bob no longer has it (released)",
    ]
    assert (lines[2].by, lines[2].note) == ("ana", "knows her")


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - UNRECORDED))
def test_every_kind_reads_as_a_sentence(kind: str) -> None:
    (line,) = told([Change(1, kind, "some_rule", "e", "ana", "bob")])
    assert "{" not in line.what
    assert kind not in TOLD or "_" not in line.what
