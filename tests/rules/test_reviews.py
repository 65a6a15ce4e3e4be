"""Rules 17 and 18: who is asked, until when, who alone sends meanwhile, who may decide, and what a decision brings."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.play import Played, at, email

REPS: dict[str, dict[str, Any]] = {
    "ana": {"team": "east", "manager": "tia"},
    "bob": {"team": "west", "manager": "tom"},
    "cyd": {"team": "west"},
    "tia": {"team": "east", "role": "team_lead"},
    "tom": {"team": "west", "role": "team_lead"},
    "rita": {"team": "ops", "role": "revops"},
    "gone": {"team": "west", "active": False},
}
ACCOUNTS = [{"account_id": "fab", "name": "Fabrikam", "domains": ["fabrikam.com", "fabrikam.de"], "segment": "smb", "backup_owner": "cyd"}]
PAT, KIM, LEE = "pat@fabrikam.com", "kim@fabrikam.com", "lee@fabrikam.de"
REQUEST = {"command": "request_review", "by": "bob", "note": "Mine?"}
DECIDE = {"command": "decide_review", "by": "rita", "sender": "ana", "note": "Ana goes on."}
CONTACT, ACCOUNT, DOMAIN = {"contact": PAT}, {"account_id": "fab"}, {"domain": "fabrikam.com"}


def played(policy: str = "", **reps: dict[str, Any]) -> Played:
    world = Played({name: facts | reps.get(name, {}) for name, facts in REPS.items()}, ACCOUNTS, policy)
    world.send(*email("ana", PAT, sequence_id="sa", thread_id="ta"), at())
    return world


def give(world: Played, command: dict[str, Any], when: datetime, **more: Any) -> list[dict[str, Any]]:
    return world.send("ownership-commands", {**command, **more}, when)


def opened(target: dict[str, str] = CONTACT, policy: str = "", **reps: dict[str, Any]) -> Played:
    world = played(policy, **reps)
    assert give(world, REQUEST, at(hours=1), **target)[0]["kind"] == "review_opened"
    return world


def ask(world: Played, rep: str, contact: str, when: datetime, **more: Any) -> dict[str, Any]:
    decisions = world.send("send-requested", {"contact": contact, "rep": rep, "stage": "import", **more}, when)
    return next(one for one in decisions if one["kind"] == "send_verdict")


def told(decision: dict[str, Any]) -> list[str]:
    return [one["rep"] for one in decision["notify"]]


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


def test_a_domains_review_is_about_that_domain() -> None:
    world = opened(DOMAIN)
    assert ask(world, "bob", LEE, at(hours=1, minutes=1))["rule"] == "account_overlap"
    assert ask(world, "bob", KIM, at(hours=1, minutes=1))["rule"] == "under_review"


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


def test_an_accounts_active_sender_is_its_captain() -> None:
    world = played()
    world.send(*email("bob", KIM), at(minutes=1))
    world.send("reply-classified", {"contact": KIM, "class": "interested", "rep": "bob"}, at(minutes=2))
    world.send(*email("ana", PAT, sequence_id="sa"), at(minutes=30))
    assert give(world, REQUEST, at(hours=1), **ACCOUNT, by="ana")[0]["active_sender"] == "bob"


def test_else_the_holder_of_the_contact_there_with_the_newest_touch_by_its_holder() -> None:
    world = played()
    world.send(*email("bob", KIM), at(minutes=5))
    world.send(*email("bob", PAT), at(minutes=20))  # an overlap is nobody's work on his own contact
    give(world, {"command": "claim", "by": "cyd", "contact": LEE}, at(minutes=30))
    assert give(world, REQUEST, at(hours=1), **ACCOUNT, by="cyd")[0]["active_sender"] == "bob"
    assert give(world, REQUEST, at(hours=1), domain="fabrikam.de")[0]["active_sender"] == "cyd"


def test_or_reply() -> None:
    world = played()
    world.send(*email("bob", KIM), at(minutes=5))
    world.send("reply-classified", {"contact": PAT, "class": "out_of_office", "returns_at": "2026-03-02T09:30:00Z"}, at(minutes=10))
    assert give(world, REQUEST, at(hours=1), **ACCOUNT)[-1]["active_sender"] == "ana"


def test_else_the_newest_claim() -> None:
    world = Played(REPS, ACCOUNTS)
    give(world, {"command": "claim", "by": "ana", "contact": PAT}, at())
    give(world, {"command": "claim", "by": "bob", "contact": KIM}, at(minutes=1))
    give(world, {"command": "claim", "by": "cyd", "contact": LEE}, at(minutes=2))
    give(world, {"command": "release", "by": "cyd", "contact": LEE}, at(minutes=3))
    assert give(world, REQUEST, at(hours=1), **ACCOUNT, by="cyd")[0]["active_sender"] == "bob"


def test_the_active_sender_follows_the_lock() -> None:
    world = opened()
    world.send(*email("bob", PAT), at(hours=1, minutes=1))
    world.send("reply-classified", {"contact": PAT, "class": "replied", "rep": "bob"}, at(hours=1, minutes=2))
    assert world.owner(PAT) == "bob"
    assert [ask(world, rep, PAT, at(hours=1, minutes=3))["verdict"] for rep in ("ana", "bob", "cyd")] == ["block", "allow", "block"]
    assert world.until(at(hours=1, minutes=30))[0]["active_sender"] == "bob"


def test_a_lock_given_back_under_review_leaves_its_last_owner_the_one_who_may_send() -> None:
    world = opened()
    give(world, {"command": "release", "by": "ana", "contact": PAT}, at(hours=1, minutes=1))
    assert [ask(world, rep, PAT, at(hours=1, minutes=3))["verdict"] for rep in ("ana", "bob")] == ["allow", "block"]


def test_levels_one_after_the_other_each_in_its_own_time() -> None:
    world = opened()
    (second,) = world.until(at(hours=1, minutes=30))
    assert (second["kind"], second["rule"], second["level"], second["due_at"]) == (
        "review_escalated",
        "rep_to_rep",
        2,
        "2026-03-02T12:30:00Z",
    )
    assert (second["decided_at"], told(second)) == ("2026-03-02T10:30:00Z", ["tia"])
    assert second["event_id"] == f"deadline:review:contact:{PAT}"
    (third,) = world.until(at(hours=3, minutes=30))
    assert (third["rule"], third["level"], third["due_at"], told(third)) == ("team_lead", 3, "2026-03-02T18:00:00Z", ["rita"])
    (decided, *_) = world.until(at(hours=9))
    assert (decided["kind"], decided["rule"], decided["owner"]["rep"], decided["decided_by"]) == (
        "review_decided",
        "owner_keeps",
        "ana",
        None,
    )
    assert (decided["paused"], decided["until"]) == (["bob"], "2026-03-04T18:00:00Z")


def test_a_level_counts_in_the_zone_of_whoever_is_asked() -> None:
    zones = {
        "ana": {"timezone": "America/New_York"},  # 05:00 there: nothing counts before 14:00 UTC
        "tia": {"timezone": "Asia/Tokyo"},  # 23:30 there
        "rita": {"timezone": "Europe/Berlin"},
    }
    world = opened(**zones)
    assert world.last("review_opened")["due_at"] == "2026-03-02T14:30:00Z"
    (second,) = world.until(at(hours=5, minutes=30))
    assert second["due_at"] == "2026-03-03T02:00:00Z"
    (third,) = world.until(at(hours=17))
    assert (third["decided_at"], third["due_at"]) == ("2026-03-03T02:00:00Z", "2026-03-04T09:00:00Z")  # 5 hours apart: next morning


@pytest.mark.parametrize(
    ("minutes", "due"),
    [(0, "2026-03-02T18:00:00Z"), (1, "2026-03-03T10:00:00Z"), (600, "2026-03-03T18:00:00Z")],
    ids=["an hour left", "less than an hour left", "begins next day"],
)
def test_level_three_ends_with_the_day_or_next_morning(minutes: int, due: str) -> None:
    world = played()
    give(world, REQUEST, at(hours=5, minutes=30 + minutes), **CONTACT)
    world.until(at(days=1, hours=8))
    third = [one for one in world.decisions if one["kind"] == "review_escalated" and one["level"] == 3]
    assert third[0]["due_at"] == due


@pytest.mark.parametrize(("zone", "due"), [("Europe/Athens", "2026-03-02T18:00:00Z"), ("Europe/Moscow", "2026-03-03T10:00:00Z")])
def test_reps_three_hours_apart_get_the_next_morning(zone: str, due: str) -> None:
    world = opened(bob={"timezone": zone})
    world.until(at(hours=4))
    assert world.last("review_escalated")["due_at"] == due


def test_revops_may_have_a_span_of_business_time_instead() -> None:
    world = opened(policy='[escalation]\nrevops = "7h"\n')
    world.until(at(hours=4))
    assert world.last("review_escalated")["due_at"] == "2026-03-03T10:30:00Z"


def test_holidays_and_weekends_do_not_count() -> None:
    world = played('[business_hours]\nholidays = "DE"\n')
    give(world, {"command": "renew", "by": "ana", "contact": PAT, "proof": {"kind": "meeting", "ref": "m"}}, at(days=20))
    (review,) = give(world, REQUEST, at(days=31, hours=8, minutes=45), **CONTACT)  # Thursday before Easter
    assert review["due_at"] == "2026-04-07T09:15:00Z"


def test_daylight_saving_moves_the_morning() -> None:
    world = played(ana={"timezone": "America/New_York"})
    (review,) = give(world, REQUEST, at(days=4, hours=13, minutes=50), **CONTACT)  # Friday 17:50 in New York, clocks change on Sunday
    assert review["due_at"] == "2026-03-09T13:20:00Z"


def test_without_a_team_lead_revops_is_asked_in_the_team_leads_time() -> None:
    world = opened(ana={"manager": None}, tia={"active": False})
    (second,) = world.until(at(hours=1, minutes=30))
    assert (second["level"], second["due_at"], told(second)) == (2, "2026-03-02T12:30:00Z", ["rita"])


def test_nobody_is_their_own_team_lead() -> None:
    world = Played(REPS, ACCOUNTS)
    world.send(*email("tia", PAT), at())
    give(world, REQUEST, at(hours=1), **CONTACT)
    (second,) = world.until(at(hours=1, minutes=30))
    assert told(second) == ["rita"]
    (refused,) = give(world, DECIDE, at(hours=1, minutes=40), **CONTACT, by="tia", sender="tia")
    assert refused["kind"] == "command_refused"


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


def test_the_lock_goes_to_who_is_to_send() -> None:
    world = opened()
    decided, stopped, moved = give(world, DECIDE, at(hours=1, minutes=5), **CONTACT, sender="bob", transfer_to="bob")
    assert (decided["kind"], decided["owner"]["rep"]) == ("review_decided", "bob")
    assert (moved["kind"], moved["rule"], moved["owner"]["rep"], moved["previous_owner"]["rep"]) == (
        "ownership_transferred",
        "decided",
        "bob",
        "ana",
    )
    assert moved["last_outbound"]["rep"] == "ana"
    assert {one["reason"] for one in (decided, stopped, moved)} == {"rita decided: Ana goes on."}
    assert (stopped["kind"], stopped["pause"]) == ("outreach_paused", [{"rep": "ana", "sequence_id": "sa"}])
    assert [ask(world, rep, PAT, at(hours=1, minutes=6))["rule"] for rep in ("ana", "bob")] == ["contact_locked", "own_lock"]


@pytest.mark.parametrize(("target", "key"), [(ACCOUNT, "account"), (DOMAIN, "domain")])
def test_so_does_an_accounts_and_a_domains_lock_and_permits_end(target: dict[str, str], key: str) -> None:
    world = played()
    give(world, {"command": "claim", "by": "ana"}, at(minutes=1), **target)
    give(world, {"command": "permit", "by": "ana", "to": "tom"}, at(minutes=2), **target)
    give(world, REQUEST, at(hours=1), **target)
    _, moved = give(world, DECIDE, at(hours=1, minutes=5), **target, sender="bob", collaborators=["ana"])
    assert (moved["kind"], moved["lock"]["kind"], moved["owner"]["rep"]) == ("ownership_transferred", key, "bob")
    verdicts = [ask(world, rep, KIM, at(hours=1, minutes=6))["verdict"] for rep in ("ana", "bob", "tom")]
    assert verdicts == ["allow", "allow", "warn" if key == "account" else "block"]


def test_a_transfer_may_come_later() -> None:
    world = opened()
    more = {"transfer_to": "bob", "transfer_by": "2026-03-05T12:00:00Z"}
    give(world, DECIDE, at(hours=1, minutes=5), **CONTACT, **more)
    assert world.owner(PAT) == "ana"
    (moved,) = world.until(at(days=3, hours=3))
    assert (moved["kind"], moved["rule"], moved["decided_at"]) == ("ownership_transferred", "transfer", "2026-03-05T12:00:00Z")
    assert world.owner(PAT) == "bob"
    assert world.until(at(days=10)) == []


def test_it_does_not_come_when_the_contact_has_gone_elsewhere_meanwhile() -> None:
    world = opened()
    give(world, DECIDE, at(hours=1, minutes=5), **CONTACT, transfer_to="bob", transfer_by="2026-03-05T12:00:00Z")
    give(world, {"command": "transfer", "by": "ana", "contact": PAT, "to": "cyd", "note": "hers"}, at(hours=2))
    world.until(at(days=4))
    assert world.owner(PAT) == "cyd"


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


def test_the_default_leaves_whoever_did_not_quarrel_the_contacts_they_had() -> None:
    world = played()
    world.send(*email("cyd", KIM), at(minutes=1))
    world.send(*email("bob", LEE), at(minutes=2))
    world.send("reply-classified", {"contact": PAT, "class": "interested", "rep": "ana"}, at(minutes=20))
    give(world, REQUEST, at(hours=1), **ACCOUNT)
    (decided,) = [one for one in world.until(at(days=2)) if one["kind"] == "review_decided"]
    assert decided["paused"] == ["bob", "cyd"]
    end = datetime.fromisoformat(decided["decided_at"]) + timedelta(hours=1)
    assert ask(world, "cyd", KIM, end)["rule"] == "own_lock"
    assert ask(world, "bob", LEE, end)["rule"] == "paused"


def test_the_default_goes_to_the_most_recent_positive_signal() -> None:
    world = played()
    world.send("reply-classified", {"contact": PAT, "class": "replied", "rep": "ana"}, at(minutes=10))
    world.send("reply-classified", {"contact": PAT, "class": "interested", "rep": "bob"}, at(minutes=20))
    assert world.owner(PAT) == "ana"  # who already has a live conversation keeps it
    world.send("touch-logged", {"kind": "pricing_page", "contact": PAT}, at(minutes=30))  # to nobody in particular
    give(world, REQUEST, at(hours=1), **CONTACT)
    world.until(at(hours=8, minutes=59))
    decided, moved, captain = world.until(at(hours=9))
    assert (decided["rule"], decided["active_sender"], decided["paused"]) == ("most_recent_positive_signal", "bob", ["ana"])
    assert (moved["kind"], moved["rule"], world.owner(PAT)) == ("ownership_transferred", "most_recent_positive_signal", "bob")
    assert (captain["rule"], captain["lock"]["kind"], captain["owner"]["rep"]) == ("live_conversation", "account", "bob")
    assert [ask(world, rep, PAT, at(hours=10))["verdict"] for rep in ("ana", "bob", "cyd")] == ["block", "allow", "block"]


def test_the_policy_may_let_the_owner_keep_it() -> None:
    world = played('[escalation]\ndefault = "owner_keeps"\n')
    world.send("reply-classified", {"contact": PAT, "class": "replied", "rep": "ana"}, at(minutes=10))
    world.send("reply-classified", {"contact": PAT, "class": "interested", "rep": "bob"}, at(minutes=20))
    give(world, REQUEST, at(hours=1), **CONTACT)
    world.until(at(hours=9))
    assert (world.last("review_decided")["rule"], world.owner(PAT)) == ("owner_keeps", "ana")


def test_a_signal_to_somebody_who_left_does_not_count() -> None:
    world = played()
    world.send("touch-logged", {"kind": "meeting", "contact": PAT, "rep": "gone"}, at(minutes=10))
    give(world, REQUEST, at(hours=1), **CONTACT)
    world.until(at(hours=9))
    assert (world.last("review_decided")["rule"], world.owner(PAT)) == ("owner_keeps", "ana")


def test_who_is_to_send_to_somebody_nobody_holds_any_more_claims_them() -> None:
    world = opened()
    give(world, {"command": "release", "by": "ana", "contact": PAT}, at(hours=1, minutes=1))
    _, granted = give(world, DECIDE, at(hours=1, minutes=5), **CONTACT, sender="bob")
    assert (granted["kind"], granted["rule"], granted["until"]) == ("claim_granted", "decided", "2026-03-04T10:05:00Z")


def test_whoever_is_given_somebody_free_is_told_by_whom_and_why() -> None:
    world = opened()
    give(world, {"command": "release", "by": "ana", "contact": PAT}, at(hours=2))
    _, granted = give(world, DECIDE, at(hours=2, minutes=5), **CONTACT, sender="bob")
    assert (granted["kind"], granted["reason"]) == ("claim_granted", "rita decided: Ana goes on.")


def test_whoever_has_left_is_given_nothing_by_default() -> None:
    world = opened(ana={"manager": None})
    world.send("rep-updated", {"rep": "ana", "team": "east", "active": False}, at(hours=2))
    assert world.owner(PAT) is None
    world.until(at(hours=9))
    assert (world.decisions[-1]["kind"], world.owner(PAT)) == ("review_decided", None)


def test_somebody_who_unsubscribed_meanwhile_is_not_given_to_anybody() -> None:
    world = opened()
    world.send("reply-classified", {"contact": PAT, "class": "unsubscribe"}, at(hours=1, minutes=1))
    (decided,) = give(world, DECIDE, at(hours=1, minutes=5), **CONTACT, sender="bob")
    assert (decided["kind"], world.owner(PAT)) == ("review_decided", None)


def test_a_team_that_holds_it_sends_as_one() -> None:
    world = played()
    record = world.contact(PAT)
    assert record.state.lock is not None  # only routing gives a lock to a team, so it is put there
    record.state.lock.owner, record.state.lock.is_team = "east", True
    from streams import state
    from streams.tables.contract import Group, Write

    key = f"contact:{PAT}"
    (document,) = world.simulation.tables.load([key])
    world.simulation.tables.commit([Group([Write(key, document.version, state.encode(record))])], {})
    (review,) = give(world, REQUEST, at(hours=1), **CONTACT)
    assert (review["active_sender"], review["owner"]) == ("east", {"rep": None, "team": "east"})
    assert [ask(world, rep, PAT, at(hours=1, minutes=6))["verdict"] for rep in ("ana", "bob")] == ["allow", "block"]
    assert told(world.until(at(hours=1, minutes=30))[0]) == ["tia"]
    assert give(world, DECIDE, at(hours=1, minutes=40), **CONTACT, by="tia")[0]["kind"] == "review_decided"


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


def test_a_review_of_a_company_without_an_account() -> None:
    world = Played(REPS, ACCOUNTS)
    world.send(*email("ana", "ed@contoso.com"), at())
    (review,) = give(world, REQUEST, at(hours=1), domain="contoso.com")
    assert (review["active_sender"], review["account"]) == ("ana", None)
    assert ask(world, "bob", "flo@contoso.com", at(hours=1, minutes=1))["rule"] == "under_review"
    assert world.until(at(hours=1, minutes=30))[0]["contact"] is None


def test_an_account_that_takes_the_domain_over_takes_its_review_along() -> None:
    world = Played(REPS, ACCOUNTS)
    world.send(*email("ana", "ed@contoso.com"), at())
    give(world, REQUEST, at(hours=1), domain="contoso.com")
    world.send("account-updated", {"account_id": "con", "name": "Contoso", "domains": ["contoso.com"]}, at(hours=1, minutes=10))
    (second,) = world.until(at(hours=1, minutes=30))
    assert (second["kind"], second["level"], second["account"]["id"]) == ("review_escalated", 2, "con")
    assert ask(world, "bob", "flo@contoso.com", at(hours=1, minutes=31))["rule"] == "under_review"


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


def test_a_domain_that_an_account_lets_go_takes_its_lock_and_review_along() -> None:
    world = played()
    give(world, {"command": "claim", "by": "ana", "domain": "fabrikam.de"}, at(minutes=1))
    give(world, REQUEST, at(hours=1), domain="fabrikam.de")
    world.send("account-updated", {**ACCOUNTS[0], "domains": ["fabrikam.com"]}, at(hours=1, minutes=1))
    assert ask(world, "bob", LEE, at(hours=1, minutes=2))["rule"] == "under_review"
    give(world, DECIDE, at(hours=1, minutes=5), domain="fabrikam.de")
    assert ask(world, "bob", LEE, at(hours=1, minutes=6))["rule"] == "domain_locked"
    assert ask(world, "bob", KIM, at(hours=1, minutes=6))["rule"] == "account_overlap"


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


def test_a_domain_of_an_account_under_review_is_not_claimed_by_another() -> None:
    world = opened(ACCOUNT)
    (denied,) = give(world, {"command": "claim", "by": "cyd"}, at(hours=1, minutes=5), **DOMAIN)
    assert (denied["kind"], denied["rule"], denied["held_by"]["rep"]) == ("claim_denied", "under_review", "ana")
    assert give(world, {"command": "claim", "by": "ana"}, at(hours=1, minutes=6), **DOMAIN)[0]["kind"] == "claim_granted"


def test_a_claim_is_no_way_around_a_pause() -> None:
    world = opened(ACCOUNT)
    give(world, DECIDE, at(hours=1, minutes=5), **ACCOUNT, pause=["bob"])
    give(world, {"command": "claim", "by": "bob", "contact": KIM}, at(hours=2))
    assert ask(world, "bob", KIM, at(hours=3))["rule"] == "paused"
    assert ask(world, "bob", KIM, at(hours=49, minutes=10))["rule"] == "own_lock"


def held_apart() -> Played:
    """Nobody has the account; ana, who was there last, has two contacts there, and cyd one."""
    world = played()
    world.send(*email("cyd", LEE), at(minutes=1))
    world.send(*email("ana", KIM), at(minutes=2))
    give(world, REQUEST, at(hours=1), **ACCOUNT)
    return world


def test_a_transfer_of_an_account_that_nobody_has_is_of_what_its_owner_has_there() -> None:
    world = held_apart()
    decided, *moved = give(world, DECIDE, at(hours=1, minutes=5), **ACCOUNT, sender="bob", transfer_to="bob")
    assert (decided["kind"], decided["owner"]["rep"], decided["contact"]) == ("review_decided", "bob", None)
    assert [(one["kind"], one["rule"], one["contact"], one["previous_owner"]["rep"]) for one in moved] == [
        ("ownership_transferred", "decided", KIM, "ana"),
        ("ownership_transferred", "decided", PAT, "ana"),
    ]
    assert [world.owner(one) for one in (PAT, KIM, LEE)] == ["bob", "bob", "cyd"]


def test_such_a_transfer_may_come_later_too() -> None:
    world = held_apart()
    more = {"transfer_to": "bob", "transfer_by": "2026-03-05T12:00:00Z"}
    assert len(give(world, DECIDE, at(hours=1, minutes=5), **ACCOUNT, **more)) == 1
    moved = world.until(at(days=3, hours=3))
    assert [(one["kind"], one["rule"], one["contact"], one["decided_at"]) for one in moved] == [
        ("ownership_transferred", "transfer", KIM, "2026-03-05T12:00:00Z"),
        ("ownership_transferred", "transfer", PAT, "2026-03-05T12:00:00Z"),
    ]
    assert [world.owner(one) for one in (PAT, KIM, LEE)] == ["bob", "bob", "cyd"]
    assert ask(world, "bob", PAT, at(days=3, hours=4))["rule"] == "own_lock"


def test_without_a_transfer_everybody_keeps_what_they_have_there() -> None:
    world = held_apart()
    assert len(give(world, DECIDE, at(hours=1, minutes=5), **ACCOUNT, sender="bob")) == 1
    assert [world.owner(one) for one in (PAT, KIM, LEE)] == ["ana", "ana", "cyd"]


def test_whoever_takes_over_what_the_active_sender_had_at_the_account_is_the_active_sender() -> None:
    world = opened(ACCOUNT, ana={"successor": "cyd"})
    world.send("rep-updated", {"rep": "ana", **REPS["ana"], "successor": "cyd", "active": False}, at(hours=1, minutes=5))
    assert [ask(world, rep, KIM, at(hours=1, minutes=6))["rule"] for rep in ("cyd", "bob")] == ["free", "under_review"]
    world.until(at(hours=9))
    assert world.last("review_decided")["owner"]["rep"] == "cyd"
