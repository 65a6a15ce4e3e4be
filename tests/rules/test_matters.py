"""What waits for somebody is kept with the commit that says so, and goes with the one that answers it."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.policy import Policy
from streams.directory.directory import Directory
from streams.matters import CLOSES, OPENS, Matters
from streams.rules.said import Said
from streams.rules.world import World
from streams.tables.contract import Fact


def world(directory: Directory, lead_id: str = "") -> World:
    def nothing(key: str) -> Any:
        raise KeyError(key)

    made = World(nothing, directory, Policy(), "ownership-commands", "e1", 1, 1)
    made.lead_id = lead_id
    return made


def said(kind: str, target: str) -> Said:
    return Said(kind, "any", 1, "e1", target, {})


def test_a_review_is_open_from_its_opening_to_its_decision_and_told_anew_in_between() -> None:
    directory = Directory()
    for kind, body in (("review_opened", b"1"), ("review_escalated", b"2")):
        (fact,) = Matters(directory).told(said(kind, "account:nw"), world(directory), body)
        assert fact == Fact("matter", "review:account:nw", body)
        directory.learn(fact)
    assert directory.matters == {"review:account:nw": b"2"}
    (fact,) = Matters(directory).told(said("review_decided", "account:nw"), world(directory), b"3")
    directory.learn(fact)
    assert directory.matters == {}


def test_what_one_batch_opens_it_can_close() -> None:
    matters, directory = Matters(Directory()), Directory()
    lead = world(directory, "L1")
    assert [one.body for one in matters.told(said("duplicate_suspected", "lead:L1"), lead, b"x")] == [b"x"]
    assert [one.key for one in matters.told(said("duplicate_separated", "lead:L1"), lead, b"y")] == ["duplicate:lead:L1"]
    assert list(matters.told(said("duplicate_separated", "lead:L1"), lead, b"y")) == []


def test_an_answer_to_what_is_not_open_writes_nothing() -> None:
    directory = Directory()
    assert list(Matters(directory).told(said("review_decided", "account:nw"), world(directory), b"x")) == []
    assert list(Matters(directory).closed(["match:lead:L1"])) == []


@pytest.mark.parametrize("what", sorted(set(OPENS.values()) - {"match", "sla"}))
def test_whatever_opens_has_a_decision_that_closes_it(what: str) -> None:
    assert any(what in closed for closed in CLOSES.values())


def test_a_directory_that_is_loaded_anew_forgets_what_was_open() -> None:
    directory = Directory()
    directory.learn(Fact("matter", "review:account:nw", b"{}"))
    directory.clear()
    assert directory.matters == {}
