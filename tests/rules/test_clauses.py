"""Clauses of rules 1-6 and 9-16 that an ordinary case does not reach."""

from __future__ import annotations

import pytest

from tests.play import Played, at, email

REPS = {
    "ana": {"team": "east", "role": "sdr", "manager": "tia"},
    "bob": {"team": "west", "role": "sdr"},
    "cat": {"team": "north", "role": "ae"},
    "tia": {"team": "east", "role": "team_lead"},
}
PAT, KIM = "pat@fabrikam.com", "kim@fabrikam.com"
FAB = {"account_id": "fab", "name": "Fabrikam", "domains": ["fabrikam.com"], "owner": "cat"}


def played(policy: str = "") -> Played:
    return Played(REPS, [FAB], policy)


def kinds(decisions: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(one["kind"], one["rule"]) for one in decisions]


def claim(by: str, **target: object) -> tuple[str, dict[str, object]]:
    return "ownership-commands", {"command": "claim", "by": by, **target}


def reply(class_: str, contact: str = PAT, **more: object) -> tuple[str, dict[str, object]]:
    return "reply-classified", {"contact": contact, "class": class_, **more}


def verdict(world: Played, rep: str, contact: str, hours: float, **more: object) -> tuple[object, object]:
    said = world.send("send-requested", {"contact": contact, "rep": rep, "stage": "launch", **more}, at(hours=hours))
    found = next(one for one in said if one["kind"] == "send_verdict")
    return found["verdict"], found["rule"]


def test_an_earlier_claim_that_arrives_late_takes_the_lock_by_the_rule_of_the_first() -> None:
    world = played()
    world.send(*claim("bob", contact=PAT), at(minutes=10))
    moved = world.send(*claim("ana", contact=PAT), at(minutes=12), at(minutes=5))[0]
    assert (moved["rule"], moved["owner"]["rep"], moved["lock"]["expires_at"]) == ("first_touch", "ana", "2026-03-04T09:05:00Z")


def test_a_launch_after_a_sequence_has_idled_out_begins_its_own() -> None:
    world = played()
    world.send(*email("ana", PAT, sequence_id="old"), at())
    assert verdict(world, "ana", PAT, 14 * 24, sequence_id="new") == ("allow", "own_lock")
    assert verdict(world, "ana", PAT, 14 * 24 + 1, sequence_id="third") == ("block", "active_sequence")


def test_a_domain_lock_leaves_whoever_had_the_contact_before_and_the_accounts_team() -> None:
    world = played()
    world.send(*email("bob", PAT), at())
    world.send(*claim("ana", domain="fabrikam.com"), at(hours=1))
    assert verdict(world, "bob", PAT, 2) == ("allow", "own_lock")
    assert verdict(world, "cat", KIM, 2)[0] == "allow"
    world.send(*claim("bob", contact="new@fabrikam.com"), at(hours=3))
    assert verdict(world, "bob", "new@fabrikam.com", 4) == ("block", "domain_locked")


def test_whoever_must_not_be_written_to_is_not_resumed_when_back_in_the_office() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send(*reply("out_of_office"), at(days=1))
    world.send(*reply("unsubscribe"), at(days=2))
    assert world.until(at(days=9)) == []


def test_a_lock_held_for_somebody_out_of_office_is_still_there_when_they_are_back() -> None:
    world = played('[windows]\nreview = "5d"\n')
    world.send(*email("ana", PAT, sequence_id="s"), at())
    world.send(*reply("out_of_office", returns_at=at(days=20).isoformat()), at(days=1))
    resumed, expired = world.until(at(days=30))
    assert (resumed["kind"], resumed["owner"]["rep"], resumed["decided_at"]) == ("outreach_resumed", "ana", "2026-03-22T09:00:00Z")
    assert (expired["kind"], expired["decided_at"]) == ("ownership_expired", "2026-03-22T09:00:00Z")


def test_an_email_from_before_a_domains_suppression_does_not_violate_it() -> None:
    world = played()
    world.send("ownership-commands", {"command": "suppress", "by": "tia", "domain": "fabrikam.com", "flag": "legal"}, at(hours=1))
    assert world.send(*email("ana", PAT), at(hours=1, minutes=5), at(minutes=55)) == []
    assert kinds(world.send(*email("ana", PAT), at(hours=2))) == [("suppression_violated", "mailed_while_suppressed")]


def test_a_reply_gives_nobody_a_contact_of_a_suppressed_domain() -> None:
    world = played()
    world.send("ownership-commands", {"command": "suppress", "by": "tia", "domain": "fabrikam.com", "flag": "do_not_contact"}, at())
    assert world.send(*reply("interested", rep="ana"), at(hours=1)) == []
    assert world.owner(PAT) is None


def test_what_comes_to_a_rep_who_has_left_goes_on_to_who_takes_their_place() -> None:
    world = played()
    world.send("rep-updated", {"rep": "ana", "team": "east", "manager": "tia", "active": False}, at())
    said = world.send(*email("ana", PAT, sequence_id="still-running"), at(hours=1))
    assert kinds(said) == [("claim_granted", "first_touch"), ("ownership_transferred", "manager")]
    assert world.owner(PAT) == "tia"
    world.send("rep-updated", {"rep": "bob", "active": False}, at(hours=2))
    assert kinds(world.send(*reply("interested", KIM, rep="bob"), at(hours=3)))[-1] == ("ownership_released", "left")
    assert world.owner(KIM) is None


def test_a_recheck_reminds_both_where_the_requester_is_who_sends_now() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send("ownership-commands", {"command": "request_review", "by": "bob", "contact": PAT, "note": "n"}, at(hours=1))
    decided = {"command": "decide_review", "by": "tia", "contact": PAT, "sender": "bob", "recheck_at": at(days=7).isoformat(), "note": "n"}
    world.send("ownership-commands", decided, at(hours=1, minutes=5))
    (reminder,) = world.until(at(days=7))
    assert {one["rep"] for one in reminder["notify"]} == {"ana", "bob"}


def test_a_refusal_behind_a_newer_reply_changes_no_owner_and_still_counts() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send(*reply("out_of_office"), at(hours=2))
    said = world.send(*reply("not_interested"), at(hours=3), at(hours=1))
    assert kinds(said) == [("contact_suppressed", "not_interested")]
    assert (said[0]["until"], world.owner(PAT)) == ("2026-05-31T10:00:00Z", "ana")
    assert verdict(world, "ana", PAT, 4) == ("block", "suppressed")


def test_a_refusal_from_before_a_yes_is_over() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send(*reply("interested", rep="ana"), at(hours=2))
    assert world.send(*reply("not_interested"), at(hours=3), at(hours=1)) == []


def test_a_yes_behind_a_newer_reply_changes_no_owner_and_stops_the_sequence() -> None:
    world = played()
    world.send(*email("ana", PAT, sequence_id="s"), at())
    world.send(*email("bob", PAT), at(minutes=30))
    world.send(*reply("out_of_office"), at(hours=2))
    said = world.send(*reply("interested", rep="bob"), at(hours=3), at(hours=1))
    assert kinds(said) == [("outreach_paused", "manual_reply_replaces_sequence")]
    assert world.owner(PAT) == "ana"
    assert verdict(world, "ana", PAT, 4, sequence_id="s") == ("block", "replied_recently")


def test_a_yes_behind_a_newer_reply_lifts_the_no_before_it() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send(*reply("not_interested"), at(hours=1))
    world.send(*reply("out_of_office"), at(hours=3))
    assert kinds(world.send(*reply("interested", rep="ana"), at(hours=4), at(hours=2))) == [("suppression_lifted", "positive_reply")]
    assert world.owner(PAT) is None


def test_a_yes_behind_a_newer_yes_stops_nothing_begun_since() -> None:
    world = played()
    world.send(*reply("interested", rep="ana"), at(hours=2))
    world.send(*email("ana", PAT, sequence_id="s"), at(hours=2, minutes=30))
    assert world.send(*reply("interested", rep="ana"), at(hours=3), at(hours=1)) == []


def test_an_absence_behind_a_newer_bounce_pauses_and_behind_an_answer_does_not() -> None:
    world = played()
    for contact in (PAT, KIM):
        world.send(*email("ana", contact), at())
    world.send(*reply("bounce", bounce_kind="soft"), at(hours=2))
    assert kinds(world.send(*reply("out_of_office"), at(hours=3), at(hours=1))) == [("outreach_paused", "out_of_office")]
    world.send(*reply("replied", KIM, rep="ana"), at(hours=3))
    assert world.send(*reply("out_of_office", KIM), at(hours=4), at(hours=1)) == []
    world.send(*reply("bounce", KIM, bounce_kind="soft"), at(hours=6))
    assert world.send(*reply("out_of_office", KIM, returns_at=at(hours=6).isoformat()), at(hours=7), at(hours=5)) == []


def test_a_reply_behind_a_newer_bounce_keeps_the_lock_alive() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send(*reply("bounce", bounce_kind="soft"), at(days=2))
    world.send(*reply("out_of_office"), at(days=2, hours=1), at(days=1))
    assert kinds(world.until(at(days=21))) == [("outreach_resumed", "returned")]
    assert kinds(world.until(at(days=22))) == [("ownership_expired", "no_activity")]


def test_a_deal_of_somebody_who_has_left_gives_the_account_to_who_takes_their_place() -> None:
    world = played()
    world.send("rep-updated", {"rep": "ana", "team": "east", "manager": "tia", "active": False}, at())
    deal = {**FAB, "open_opportunities": [{"id": "o", "owner": "ana"}]}
    said = world.send("account-updated", deal, at(hours=1))
    assert kinds(said) == [("claim_granted", "open_opportunity"), ("ownership_transferred", "manager")]
    assert world.send("account-updated", {**deal, "health": 80}, at(hours=2)) == []
    world.send("rep-updated", {"rep": "bob", "active": False}, at(hours=3))
    deal = {**FAB, "open_opportunities": [{"id": "o", "owner": "bob"}]}
    assert kinds(world.send("account-updated", deal, at(hours=4)))[-1] == ("ownership_released", "left")
    assert world.company("account:fab").lock is None


def test_whoever_a_review_hands_the_account_to_no_longer_pauses_there() -> None:
    world = played()
    world.send(*claim("ana", account_id="fab"), at())
    world.send("ownership-commands", {"command": "request_review", "by": "bob", "account_id": "fab", "note": "n"}, at(hours=1))
    decided = {"command": "decide_review", "by": "tia", "account_id": "fab", "sender": "ana", "pause": ["bob"], "note": "n"}
    handed = {"transfer_to": "bob", "transfer_by": at(days=1).isoformat()}
    world.send("ownership-commands", decided | handed, at(hours=1, minutes=5))
    assert verdict(world, "bob", PAT, 2) == ("block", "paused")
    assert verdict(world, "bob", PAT, 25) == ("allow", "free")


def test_an_event_dated_after_its_arrival_counts_as_its_arrival() -> None:
    world = played()
    (granted,) = world.send(*email("ana", PAT), at(), at(days=3))
    assert granted["lock"]["claimed_at"] == "2026-03-02T09:00:00Z"


def test_a_lead_from_a_suppressed_domain_is_routed_without_a_claim() -> None:
    world = played()
    world.send("ownership-commands", {"command": "suppress", "by": "tia", "domain": "fabrikam.com", "flag": "unsubscribed"}, at())
    (routed,) = world.send("lead-created", {"lead_id": "l1", "email": PAT}, at(hours=1))
    assert (routed["kind"], routed["lock"], world.owner(PAT)) == ("lead_routed", None, None)
    assert "unsubscribed" in routed["reason"]


def test_a_check_of_a_free_address_is_asked_at_the_company_that_it_names() -> None:
    world = Played(REPS, [{**FAB, "status": "customer"}, {"account_id": "con", "name": "Contoso", "domains": ["contoso.com"]}])
    assert verdict(world, "bob", "pat@gmail.com", 1, company="Fabrikam Inc.") == ("block", "existing_customer")
    assert verdict(world, "cat", "pat@gmail.com", 2, company="Fabrikam Inc.") == ("allow", "free")
    assert verdict(world, "bob", "kim@gmail.com", 3, company="Somebody Else") == ("allow", "free")
    world.send(*email("ana", "it@contoso.com"), at(hours=4))
    assert verdict(world, "bob", "lee@gmail.com", 5, company="Contoso") == ("warn", "account_overlap")
    assert world.owner("lee@gmail.com") == "bob"
    assert world.company("account:con").holders == {"ana": 1}


def test_a_refusal_that_turns_out_to_be_older_than_a_yes_is_not_told_as_a_suppression() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send(*reply("interested", rep="ana"), at(minutes=65))
    assert world.send(*reply("not_interested"), at(minutes=66), at(minutes=63)) == []
    assert verdict(world, "ana", PAT, 2) == ("allow", "own_lock")


def test_a_touch_that_kept_a_claim_alive_takes_the_lock_back_as_first() -> None:
    world = played()
    world.send(*claim("ana", contact=PAT), at())
    world.until(at(hours=48))
    world.send(*claim("bob", contact=PAT), at(hours=48, minutes=2))
    moved = world.send(*email("ana", PAT), at(hours=48, minutes=5), at(hours=47, minutes=58))[0]
    assert (moved["kind"], moved["rule"], moved["owner"]["rep"]) == ("ownership_transferred", "first_touch", "ana")


def test_a_first_touch_told_late_is_not_undone_by_a_younger_one_that_comes_in_time() -> None:
    world = played()
    call = {"kind": "call", "contact": PAT, "rep": "ana"}
    world.send("touch-logged", call, at(hours=3), at())
    assert kinds(world.send(*email("bob", PAT), at(hours=3, minutes=4), at(hours=2, minutes=55))) == [("overlap_detected", "overlap")]
    world.send(*email("ana", KIM), at(hours=4))
    world.send("touch-logged", {**call, "contact": KIM}, at(hours=4, minutes=5), at(hours=1))
    assert kinds(world.send(*email("bob", KIM), at(hours=4, minutes=8), at(hours=3, minutes=59))) == [("overlap_detected", "overlap")]


def test_a_review_gives_nobody_a_contact_of_a_suppressed_domain() -> None:
    world = played()
    world.send(*claim("ana", contact=PAT, hours=2), at())
    world.send("ownership-commands", {"command": "request_review", "by": "bob", "contact": PAT, "note": "n"}, at(hours=1))
    world.send("ownership-commands", {"command": "suppress", "by": "tia", "domain": "fabrikam.com", "flag": "unsubscribed"}, at(hours=2))
    decided = {"command": "decide_review", "by": "tia", "contact": PAT, "sender": "bob", "note": "n"}
    assert kinds(world.send("ownership-commands", decided, at(hours=2, minutes=5))) == [("review_decided", "decided")]
    assert world.owner(PAT) is None


@pytest.mark.parametrize("target", [{"domain": "fabrikam.com"}, {"account_id": "fab"}], ids=["domain", "account"])
def test_a_not_interested_of_a_whole_company_is_over_when_it_said(target: dict[str, str]) -> None:
    world = played('[windows]\nnot_interested = "30d"\n')
    command = {"command": "suppress", "by": "tia", "flag": "not_interested", "note": "They said so.", **target}
    (said,) = world.send("ownership-commands", command, at())
    assert said["until"] == "2026-04-01T09:00:00Z"
    assert verdict(world, "cat", PAT, 30 * 24 - 1) == ("block", "suppressed")
    (lifted,) = world.until(at(days=30))
    assert (lifted["kind"], lifted["rule"], lifted["scope"]) == ("suppression_lifted", "not_interested_over", next(iter(target))[:7])
    assert verdict(world, "cat", PAT, 30 * 24) == ("allow", "free")


def test_a_domain_of_a_suppressed_account_is_not_claimed() -> None:
    world = played()
    world.send("ownership-commands", {"command": "suppress", "by": "tia", "account_id": "fab", "flag": "legal"}, at())
    assert kinds(world.send(*claim("cat", domain="fabrikam.com"), at(hours=1))) == [("claim_denied", "suppressed")]


def test_an_overlap_is_said_again_where_another_has_the_contact_since() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    stray = {"sequence_id": "s"}
    assert kinds(world.send(*email("bob", PAT, **stray), at(hours=1))) == [("overlap_detected", "overlap")]
    assert world.send(*email("bob", PAT, **stray), at(hours=2)) == []
    world.send("ownership-commands", {"command": "release", "by": "ana", "contact": PAT}, at(hours=3))
    world.send(*claim("cat", contact=PAT), at(hours=4))
    (said,) = world.send(*email("bob", PAT, **stray), at(hours=5))
    assert (said["kind"], said["owner"]["rep"]) == ("overlap_detected", "cat")


def test_an_overlap_is_said_again_to_who_had_the_contact_in_between() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send(*email("bob", PAT, sequence_id="s"), at(hours=1))
    world.send(*reply("replied", rep="bob"), at(hours=2))
    world.send("ownership-commands", {"command": "transfer", "by": "bob", "contact": PAT, "to": "cat", "note": "n"}, at(hours=3))
    assert kinds(world.send(*email("bob", PAT, sequence_id="s"), at(hours=4))) == [("overlap_detected", "overlap")]


def test_whoever_has_the_live_thread_at_a_locked_domain_answers_there() -> None:
    world, lee, noa = played(), "lee@proseware.com", "noa@proseware.com"
    world.send(*claim("ana", domain="proseware.com"), at())
    world.send(*email("bob", lee), at(hours=1))
    assert verdict(world, "bob", lee, 2) == ("block", "domain_locked")
    world.send(*reply("interested", lee, rep="bob"), at(hours=3))
    assert verdict(world, "bob", lee, 4) == ("allow", "own_lock")
    assert verdict(world, "bob", noa, 5) == ("block", "domain_locked")
