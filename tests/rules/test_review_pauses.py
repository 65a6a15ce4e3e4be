"""Rule 18: others pause, until when, and what is no way around it."""

from __future__ import annotations

import pytest

from tests.play import at, email
from tests.rules.quarrel import ACCOUNT, CONTACT, DECIDE, DOMAIN, KIM, LEE, PAT, REQUEST, ask, give, opened, played, told


def test_a_pause_lasts_for_activation_and_then_ends() -> None:
    world = opened()
    give(world, DECIDE, at(hours=2), **CONTACT, by="tia", pause=["bob"])
    give(world, {"command": "release", "by": "ana", "contact": PAT}, at(hours=3))
    verdict = ask(world, "bob", PAT, at(hours=4))
    assert (verdict["verdict"], verdict["rule"], verdict["held_until"]) == ("block", "paused", "2026-03-04T11:00:00Z")
    assert ask(world, "cyd", PAT, at(hours=4))["verdict"] == "allow"
    (over,) = world.until(at(hours=50))
    assert (over["kind"], over["rule"], over["resume"], told(over)) == (
        "outreach_resumed",
        "review_pause_over",
        [{"rep": "bob", "sequence_id": None}],
        ["bob"],
    )
    assert ask(world, "bob", PAT, at(hours=50))["verdict"] == "allow"


@pytest.mark.parametrize("target", [CONTACT, ACCOUNT, DOMAIN], ids=["contact", "account", "domain"])
def test_or_until_it_is_looked_at_again_when_both_are_reminded(target: dict[str, str]) -> None:
    world = opened(target)
    give(world, DECIDE, at(hours=1, minutes=5), **target, pause=["cyd"], recheck_at="2026-03-09T09:00:00Z")
    contact = PAT if target is CONTACT else KIM
    if target is CONTACT:
        give(world, {"command": "release", "by": "ana", "contact": PAT}, at(hours=3))
    assert ask(world, "cyd", contact, at(days=6))["rule"] == "paused"
    (reminder,) = world.until(at(days=7))
    assert (reminder["kind"], reminder["rule"], told(reminder)) == ("outreach_resumed", "recheck", ["ana", "bob", "cyd"])
    assert ask(world, "cyd", contact, at(days=7))["rule"] != "paused"


def test_a_reminder_comes_even_if_nobody_pauses() -> None:
    world = opened()
    give(world, DECIDE, at(hours=1, minutes=5), **CONTACT, recheck_at="2026-03-09T09:00:00Z")
    (reminder,) = world.until(at(days=7))
    assert (reminder["rule"], reminder["resume"], told(reminder)) == ("recheck", [], ["ana", "bob"])


def test_a_collaborator_is_not_held_by_a_pause_and_is_on_the_team() -> None:
    world = opened(ACCOUNT)
    (decided,) = give(world, DECIDE, at(hours=1, minutes=5), **ACCOUNT, pause=["bob", "cyd"], collaborators=["bob"])
    assert decided["paused"] == ["bob", "cyd"]
    assert ask(world, "bob", KIM, at(hours=2))["rule"] == "free"
    assert ask(world, "cyd", KIM, at(hours=2))["rule"] == "paused"


def test_who_is_named_pauses_at_his_own_contacts_of_the_account_too() -> None:
    world = played()
    world.send(*email("bob", KIM), at(), at(minutes=-5))
    give(world, REQUEST, at(hours=1), **ACCOUNT)
    assert ask(world, "bob", KIM, at(hours=1, minutes=1))["rule"] == "own_lock"
    give(world, DECIDE, at(hours=1, minutes=5), **ACCOUNT, pause=["bob"])
    assert ask(world, "bob", KIM, at(hours=2))["rule"] == "paused"
    assert ask(world, "bob", LEE, at(hours=2))["rule"] == "paused"
    assert ask(world, "bob", KIM, at(hours=50))["rule"] == "own_lock"


def test_whoever_writes_to_somebody_free_under_review_takes_nothing() -> None:
    world = opened(ACCOUNT)
    (stray,) = world.send(*email("cyd", KIM, sequence_id="s"), at(hours=1, minutes=5))
    assert (stray["kind"], stray["owner"]["rep"], stray["pause"]) == ("overlap_detected", "ana", [{"rep": "cyd", "sequence_id": "s"}])
    assert world.owner(KIM) is None
    world.send(*email("ana", KIM), at(hours=1, minutes=6))
    assert world.owner(KIM) == "ana"


def test_what_was_written_before_the_review_takes_what_was_free() -> None:
    world = opened(ACCOUNT)
    world.send(*email("cyd", KIM), at(hours=1, minutes=5), at(minutes=59))
    assert world.owner(KIM) == "cyd"


def test_a_claim_is_no_way_around_a_pause() -> None:
    world = opened(ACCOUNT)
    give(world, DECIDE, at(hours=1, minutes=5), **ACCOUNT, pause=["bob"])
    give(world, {"command": "claim", "by": "bob", "contact": KIM}, at(hours=2))
    assert ask(world, "bob", KIM, at(hours=3))["rule"] == "paused"
    assert ask(world, "bob", KIM, at(hours=49, minutes=10))["rule"] == "own_lock"
