"""Rule 18: who may decide, and what a decision says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.play import at, email
from tests.rules.quarrel import ACCOUNT, CONTACT, DECIDE, DOMAIN, LEE, PAT, REQUEST, ask, give, opened, played, told


@pytest.mark.parametrize("target", [CONTACT, ACCOUNT, DOMAIN], ids=["contact", "account", "domain"])
@pytest.mark.parametrize(
    ("level", "by", "sender", "allowed"),
    [
        (1, "ana", "ana", True),
        (1, "ana", "bob", True),
        (1, "bob", "ana", True),
        (1, "bob", "bob", False),
        (1, "cyd", "ana", False),
        (1, "tia", "bob", True),
        (1, "tom", "ana", False),
        (1, "rita", "cyd", True),
        (1, "gone", "ana", False),
        (2, "ana", "ana", False),
        (2, "bob", "ana", False),
        (2, "tia", "bob", True),
        (2, "tom", "ana", False),
        (2, "rita", "bob", True),
        (3, "ana", "ana", False),
        (3, "tia", "ana", False),
        (3, "rita", "bob", True),
    ],
)
def test_who_may_decide(target: dict[str, str], level: int, by: str, sender: str, allowed: bool) -> None:
    world = opened(target)
    when = at(hours={1: 1, 2: 2, 3: 4}[level], minutes=10)
    decisions = give(world, DECIDE, when, **target, by=by, sender=sender)
    kinds = [one["kind"] for one in decisions]
    assert ("review_decided" in kinds) == allowed
    assert ("command_refused" in kinds) != allowed


def test_of_two_who_decide_at_once_the_second_is_told() -> None:
    world = opened()
    give(world, DECIDE, at(hours=1, minutes=5), **CONTACT, by="tia", sender="bob", note="Bob has the offer.")
    (refused,) = give(world, DECIDE, at(hours=1, minutes=5), **CONTACT)
    assert (refused["kind"], refused["command"], told(refused)) == ("command_refused", "decide_review", ["rita"])
    assert "tia has decided: bob sends (Bob has the offer.)" in refused["reason"]
    assert world.owner(PAT) == "bob"


def test_a_decision_without_a_review_is_refused() -> None:
    assert "no review is open" in give(played(), DECIDE, at(hours=1), **CONTACT)[0]["reason"]


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        ({"sender": "anna"}, "did you mean 'ana'"),
        ({"transfer_to": "gone"}, "transfer_to"),
        ({"collaborators": ["nemo"]}, "collaborators"),
        ({"pause": ["ana"]}, "cannot pause"),
        ({"recheck_at": "2026-03-01T00:00:00Z"}, "recheck_at"),
        ({"note": " "}, "note"),
        ({"sender": None}, "sender"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused_and_the_review_goes_on(wrong: dict[str, Any], names: str) -> None:
    world = opened()
    (refused,) = give(world, DECIDE, at(hours=1, minutes=5), **{**CONTACT, **wrong})
    assert refused["kind"] == "command_refused"
    assert names in refused["reason"]
    assert ask(world, "bob", PAT, at(hours=1, minutes=6))["rule"] == "under_review"


def test_the_decision_says_everything_and_its_note_is_in_the_history() -> None:
    world = opened()
    more = {"pause": ["bob"], "collaborators": ["cyd"], "thread_id": "t7", "recheck_at": "2026-03-20T09:00:00Z"}
    (decided,) = give(world, DECIDE, at(hours=1, minutes=5), **CONTACT, **more, by="tia")
    assert (decided["kind"], decided["rule"], decided["level"], decided["decided_by"]) == ("review_decided", "decided", 1, "tia")
    assert (decided["active_sender"], decided["paused"], decided["collaborators"]) == ("ana", ["bob"], ["cyd"])
    assert (decided["thread_id"], decided["recheck_at"], decided["until"]) == ("t7", "2026-03-20T09:00:00Z", "2026-03-20T09:00:00Z")
    assert (decided["due_at"], decided["note"], told(decided)) == (None, "Ana goes on.", ["ana", "bob", "cyd"])
    line = world.contact(PAT).history[-1]
    assert (line.kind, line.by, line.note) == ("review_decided", "tia", "Ana goes on.")


def test_after_it_the_deadlines_of_the_review_are_quiet() -> None:
    world = opened()
    give(world, DECIDE, at(hours=1, minutes=5), **CONTACT)
    assert world.until(at(days=2)) == []


def test_a_deadline_fired_by_another_contacts_event_is_the_same_decision() -> None:
    quiet, busy = opened(ACCOUNT), opened(ACCOUNT)
    (alone,) = quiet.until(at(hours=2))
    (by_event, *_) = busy.send(*email("ana", LEE), at(hours=2))
    assert alone == by_event


def test_the_same_command_again_changes_nothing() -> None:
    world = played()
    world.send("ownership-commands", {**REQUEST, **CONTACT}, at(hours=1), event_id="one")
    assert world.send("ownership-commands", {**REQUEST, **CONTACT}, at(hours=1, minutes=1), event_id="one") == []
    world.send("ownership-commands", {**DECIDE, **CONTACT}, at(hours=1, minutes=2), event_id="two")
    assert world.send("ownership-commands", {**DECIDE, **CONTACT}, at(hours=1, minutes=3), event_id="two") == []
