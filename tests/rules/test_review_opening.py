"""Rule 17: a review opens; what is on record is its evidence; nobody else starts anything."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.play import Played, at, email
from tests.rules.quarrel import ACCOUNT, ACCOUNTS, CONTACT, DECIDE, DOMAIN, KIM, LEE, PAT, REPS, REQUEST, ask, give, opened, played, told


def test_it_opens_with_the_owner_as_the_one_who_sends_and_both_asked() -> None:
    world = played()
    (review,) = give(world, REQUEST, at(hours=1), **CONTACT, evidence=["I met him."])
    assert (review["kind"], review["rule"], review["level"], review["active_sender"]) == ("review_opened", "request_review", 1, "ana")
    assert (review["due_at"], review["contact"], review["note"]) == ("2026-03-02T10:30:00Z", PAT, "Mine?")
    assert (review["owner"], review["paused"], told(review)) == ({"rep": "ana", "team": "east"}, ["bob"], ["ana", "bob", "cyd"])
    assert review["evidence"]["stated"] == ["I met him."]


def test_the_evidence_is_what_is_on_record() -> None:
    world = played()
    world.send("reply-classified", {"contact": PAT, "class": "replied", "rep": "ana"}, at(minutes=10))
    world.send("touch-logged", {"kind": "meeting", "contact": PAT, "rep": "ana"}, at(minutes=20))
    world.send("touch-logged", {"kind": "pricing_page", "contact": PAT}, at(minutes=30))
    world.send("touch-logged", {"kind": "call", "contact": PAT, "rep": "ana"}, at(minutes=40))
    (review,) = give(world, REQUEST, at(hours=1), **CONTACT)
    found = review["evidence"]
    assert found["last_outbound"] == {"at": "2026-03-02T09:40:00Z", "rep": "ana", "kind": "call"}
    assert found["last_positive_signal"] == {"at": "2026-03-02T09:30:00Z", "rep": None, "kind": "pricing_page"}
    assert (found["replies"], found["meetings"]) == (1, 1)
    assert found["intent_signals"] == [{"at": "2026-03-02T09:30:00Z", "rep": None, "kind": "pricing_page"}]
    account = found["account"]
    assert (account["id"], account["segment"], account["relationship"], account["backup_owner"]) == ("fab", "smb", "prospect", "cyd")
    assert [one["rep"] for one in found["reps"]] == ["ana", "bob"]


@pytest.mark.parametrize("target", [CONTACT, ACCOUNT], ids=["contact", "account"])
def test_what_a_lead_came_with_is_on_record_too(target: dict[str, str]) -> None:
    world = played()
    world.send("lead-created", {"lead_id": "l", "email": PAT, "intent": "pricing_page"}, at(minutes=30))
    (review,) = give(world, REQUEST, at(hours=1), **target)
    assert review["evidence"]["last_positive_signal"] == {"at": "2026-03-02T09:30:00Z", "rep": None, "kind": "pricing_page"}


def test_an_accounts_evidence_is_of_all_its_contacts_and_of_what_was_logged_on_it() -> None:
    world = played()
    world.send(*email("cyd", LEE), at(minutes=5))
    world.send("reply-classified", {"contact": LEE, "class": "out_of_office", "returns_at": "2026-03-02T09:20:00Z"}, at(minutes=10))
    world.send("touch-logged", {"kind": "contact_form", "account_id": "fab"}, at(minutes=12))
    world.send("touch-logged", {"kind": "call", "contact": KIM, "rep": "cyd"}, at(minutes=20))
    found = give(world, REQUEST, at(hours=1), **ACCOUNT)[0]["evidence"]
    assert found["last_outbound"] == {"at": "2026-03-02T09:20:00Z", "rep": "cyd", "kind": "call"}
    assert (found["replies"], found["last_positive_signal"]["kind"]) == (1, "contact_form")


@pytest.mark.parametrize("target", [CONTACT, ACCOUNT, DOMAIN], ids=["contact", "account", "domain"])
def test_only_the_active_sender_sends_and_starts_anything(target: dict[str, str]) -> None:
    world = opened(target)
    contact = PAT if target is CONTACT else KIM
    verdict = ask(world, "bob", contact, at(hours=1, minutes=1))
    assert (verdict["verdict"], verdict["rule"], verdict["held_by"]["rep"]) == ("block", "under_review", "ana")
    assert (verdict["held_because"], verdict["held_until"]) == ("under_review", "2026-03-02T10:30:00Z")
    assert ask(world, "cyd", contact, at(hours=1, minutes=1))["rule"] == "under_review"
    assert ask(world, "ana", contact, at(hours=1, minutes=1))["verdict"] == "allow"
    (denied,) = give(world, {"command": "claim", "by": "bob", "contact": contact}, at(hours=1, minutes=2))
    assert (denied["kind"], denied["rule"], denied["held_by"]["rep"]) == ("claim_denied", "under_review", "ana")
    assert give(world, {"command": "claim", "by": "ana", "contact": contact}, at(hours=1, minutes=3))[0]["kind"] == "claim_granted"


def test_a_target_under_review_is_not_claimed_by_another() -> None:
    for target in (ACCOUNT, DOMAIN):
        (denied,) = give(opened(target), {"command": "claim", "by": "bob"}, at(hours=1, minutes=1), **target)
        assert (denied["kind"], denied["rule"]) == ("claim_denied", "under_review")


def test_an_accounts_review_leaves_a_holder_his_own_contacts() -> None:
    world = played()
    world.send(*email("bob", KIM), at(), at(minutes=-5))
    give(world, REQUEST, at(hours=1), **ACCOUNT)
    assert ask(world, "bob", KIM, at(hours=1, minutes=1))["rule"] == "own_lock"
    assert ask(world, "ana", KIM, at(hours=1, minutes=1))["rule"] == "contact_locked"
    assert ask(world, "bob", LEE, at(hours=1, minutes=1))["rule"] == "under_review"


def test_suppression_comes_before_a_review_and_a_review_before_the_lock() -> None:
    world = opened()
    assert ask(world, "bob", PAT, at(hours=1, minutes=1))["rule"] == "under_review"
    give(world, {"command": "suppress", "by": "bob", "contact": PAT, "flag": "legal"}, at(hours=1, minutes=2))
    assert ask(world, "bob", PAT, at(hours=1, minutes=3))["rule"] == "suppressed"


@pytest.mark.parametrize("target", [{"contact": KIM}, {"account_id": "fab"}, {"domain": "fabrikam.de"}, {"domain": "nobody.example"}])
def test_with_nobody_holding_anything_there_is_nothing_to_review(target: dict[str, str]) -> None:
    world = Played(REPS, ACCOUNTS)
    (refused,) = give(world, REQUEST, at(hours=1), **target)
    assert (refused["kind"], refused["command"], refused["rule"]) == ("command_refused", "request_review", "not_possible")
    assert "nothing to review" in refused["reason"]


def test_a_lead_without_an_address_is_not_reviewed() -> None:
    world = played()
    world.send("lead-created", {"lead_id": "l", "phone": "+15555550100", "company": "Nobody"}, at())
    assert give(world, REQUEST, at(hours=1), lead_id="l")[0]["kind"] == "command_refused"


def test_a_second_request_is_refused_and_changes_nothing() -> None:
    world = opened()
    (refused,) = give(world, REQUEST, at(hours=1, minutes=5), **CONTACT, by="cyd")
    assert refused["kind"] == "command_refused"
    assert "bob has asked already" in refused["reason"]
    assert world.until(at(hours=1, minutes=30))[0]["level"] == 2


@pytest.mark.parametrize("target", [CONTACT, ACCOUNT, DOMAIN], ids=["contact", "account", "domain"])
def test_the_table_of_locks_tells_of_it(target: dict[str, str]) -> None:
    world = played()
    changes: list[Any] = []
    take = world.simulation.engine.process

    def watched(arrived: Any) -> Any:
        done = take(arrived)
        changes.extend(one for one in done.outgoing if one.topic == "lock-changes")
        return done

    world.simulation.engine.process = watched  # type: ignore[method-assign, assignment]
    give(world, REQUEST, at(hours=1), **target)
    told_of = json.loads(changes[-1].value)
    assert (told_of["status"], told_of["active_sender"], told_of["changed_at"]) == ("under_review", "ana", "2026-03-02T10:00:00Z")
    give(world, DECIDE, at(hours=1, minutes=5), **target)
    if target is CONTACT:
        last = json.loads(changes[-1].value)
        assert (last["status"], last["active_sender"], last["owner"]["rep"]) == ("locked", None, "ana")
    else:
        assert told_of["owner"] is None
        assert changes[-1].value is None  # nobody holds it: there is nothing to keep
