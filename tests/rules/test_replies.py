"""Rules 6, 9-14 and 16: what answers do to contacts, sequences and accounts."""

from __future__ import annotations

from typing import Any

from tests.play import Played, at, email

REPS = {
    "ana": {"team": "east", "role": "ae"},
    "bob": {"team": "west", "role": "ae"},
    "cyd": {"team": "west"},
    "rita": {"team": "ops", "role": "revops"},
}
PAT, KIM = "pat@fabrikam.com", "kim@fabrikam.com"


def played(policy: str = "") -> Played:
    return Played(REPS, [{"account_id": "fab", "name": "Fabrikam", "domains": ["fabrikam.com"]}], policy)


def reply(world: Played, contact: str, kind: str, minutes: float, rep: str | None = None, **more: Any) -> list[dict[str, Any]]:
    return world.send("reply-classified", {"contact": contact, "class": kind, "rep": rep, **more}, at(minutes=minutes))


def captain(world: Played) -> str | None:
    changes = [
        one
        for one in world.decisions
        if (one.get("lock") or {}).get("kind") == "account"
        and one["kind"] in ("claim_granted", "ownership_transferred", "ownership_released")
    ]
    return changes[-1]["owner"]["rep"] if changes and changes[-1]["owner"] else None


def test_a_positive_reply_to_another_reps_message_takes_a_contact_without_conversation() -> None:
    world = played()
    world.send(*email("ana", PAT, sequence_id="a"), at())
    world.send(*email("bob", PAT, sequence_id="b", thread_id="tb"), at(minutes=1))
    said = reply(world, PAT, "interested", 2, "bob", thread_id="tb")
    assert [(one["kind"], one["rule"]) for one in said] == [
        ("ownership_transferred", "live_thread"),
        ("outreach_paused", "manual_reply_replaces_sequence"),
        ("claim_granted", "live_conversation"),
    ]
    assert said[1]["pause"] == [{"rep": "ana", "sequence_id": "a"}]


def test_a_holder_in_conversation_keeps_the_contact() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    reply(world, PAT, "replied", 1, "ana")
    world.send(*email("bob", PAT), at(minutes=2))
    reply(world, PAT, "replied", 3, "bob")
    assert world.owner(PAT) == "ana"


def test_a_reply_without_rep_belongs_to_whose_thread_it_is() -> None:
    world = played()
    world.send(*email("ana", PAT, thread_id="ta"), at())
    world.send(*email("bob", PAT, thread_id="tb"), at(minutes=1))
    reply(world, PAT, "replied", 2, None, thread_id="tb")
    assert world.owner(PAT) == "bob"


def test_a_positive_reply_on_a_free_contact_goes_to_its_rep_else_to_who_touched_last() -> None:
    world = played()
    (granted, *_) = reply(world, PAT, "interested", 0, "cyd")
    assert (granted["rule"], granted["owner"]["rep"]) == ("live_thread", "cyd")
    world.send(*email("ana", KIM), at())
    world.send("ownership-commands", {"command": "release", "by": "ana", "contact": KIM}, at(minutes=1))
    reply(world, KIM, "interested", 2)
    assert world.owner(KIM) == "ana"


def test_the_captain_is_whose_live_conversation_began_first_whatever_arrives_first() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send(*email("bob", KIM), at())
    reply(world, KIM, "replied", 8, "bob")
    assert captain(world) == "bob"
    world.send("reply-classified", {"contact": PAT, "class": "replied", "rep": "ana"}, at(minutes=9), occurred=at(minutes=5))
    assert captain(world) == "ana"


def test_the_account_passes_on_when_a_conversation_ends_and_ends_with_the_last() -> None:
    world = played()
    for rep, contact, minute in (("ana", PAT, 1), ("bob", KIM, 2)):
        world.send(*email(rep, contact), at(minutes=minute - 0.5))
        reply(world, contact, "replied", minute, rep)
    said = reply(world, PAT, "unsubscribe", 3)
    assert [(one["kind"], one["rule"]) for one in said] == [
        ("ownership_released", "unsubscribe"),
        ("contact_suppressed", "unsubscribe"),
        ("ownership_transferred", "live_conversation"),
    ]
    said = reply(world, KIM, "bounce", 4)
    assert ("ownership_released", "conversation_ended") in [(one["kind"], one["rule"]) for one in said]


def test_a_conversation_ages_out() -> None:
    world = played('[windows]\nreview = "90d"\n')
    world.send(*email("ana", PAT), at())
    reply(world, PAT, "replied", 1, "ana")
    (ended,) = world.until(at(days=31))
    assert (ended["rule"], ended["decided_at"], ended["event_id"]) == (
        "conversation_ended",
        "2026-04-01T09:01:00Z",
        f"deadline:conversation_ended:contact:{PAT}",
    )


def test_not_interested_ends_with_a_later_positive_reply_not_with_an_earlier_one() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    reply(world, PAT, "not_interested", 5, "ana")
    world.send("reply-classified", {"contact": PAT, "class": "interested", "rep": "ana"}, at(minutes=6), occurred=at(minutes=4))
    assert world.owner(PAT) is None
    said = reply(world, PAT, "interested", 7, "ana")
    assert [one["kind"] for one in said] == ["suppression_lifted", "claim_granted", "claim_granted"]


def test_out_of_office_keeps_the_lock_at_least_as_long() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    reply(world, PAT, "out_of_office", 1, returns_at=at(days=40).isoformat())
    said = world.until(at(days=41))
    assert [(one["kind"], one["decided_at"]) for one in said] == [
        ("outreach_resumed", "2026-04-11T09:00:00Z"),
        ("ownership_expired", "2026-04-11T09:00:00Z"),
    ]


def test_of_two_days_of_return_the_newer_answers_counts_and_a_guess_shortens_none() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    assert reply(world, PAT, "out_of_office", 10)[0]["resume_at"] == "2026-03-09T09:10:00Z"
    sooner = reply(world, PAT, "out_of_office", 20, returns_at="2026-03-05T08:00:00Z")
    assert [(one["kind"], one["resume_at"]) for one in sooner] == [("outreach_paused", "2026-03-05T08:00:00Z")]
    later = reply(world, PAT, "out_of_office", 30, returns_at="2026-03-20T08:00:00Z")
    assert [(one["kind"], one["resume_at"]) for one in later] == [("outreach_paused", "2026-03-20T08:00:00Z")]
    assert reply(world, PAT, "out_of_office", 40) == []
    assert [one["decided_at"] for one in world.until(at(days=18)) if one["kind"] == "outreach_resumed"] == ["2026-03-20T08:00:00Z"]


def test_an_unsubscribe_is_terminal_for_late_and_early_and_command_and_refold() -> None:
    world = played()
    reply(world, PAT, "unsubscribe", 5)
    for minute, occurred in ((6, 1), (7, 6)):
        world.send(*email("ana", PAT), at(minutes=minute), occurred=at(minutes=occurred))
    world.send("ownership-commands", {"command": "claim", "by": "ana", "contact": PAT}, at(minutes=9), occurred=at(minutes=2))
    world.send(*email("ana", PAT), at(minutes=200), occurred=at(minutes=3))
    assert world.owner(PAT) is None
    assert not [one for one in world.decisions if one["kind"] == "claim_granted"]
    assert [one["rule"] for one in world.decisions if one["kind"] == "claim_denied"] == ["suppressed"]
    (lifted,) = world.send(
        "ownership-commands", {"command": "unsuppress", "by": "rita", "contact": PAT, "flag": "unsubscribed"}, at(days=1)
    )
    assert lifted["kind"] == "suppression_lifted"
    assert world.send("reply-classified", {"contact": PAT, "class": "unsubscribe"}, at(days=2), occurred=at(minutes=4)) == []


def test_a_late_unsubscribe_counts_however_late() -> None:
    world = played()
    world.send(*email("ana", PAT), at(days=5))
    reply(world, PAT, "replied", 60 * 24 * 6, "ana")
    said = world.send("reply-classified", {"contact": PAT, "class": "unsubscribe"}, at(days=7), occurred=at(minutes=1))
    assert ("ownership_released", "unsubscribe") in [(one["kind"], one["rule"]) for one in said]


def test_an_outdated_reply_changes_no_owner() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send(*email("bob", PAT), at(minutes=1))
    reply(world, PAT, "out_of_office", 300)
    said = world.send("reply-classified", {"contact": PAT, "class": "interested", "rep": "bob"}, at(minutes=301), occurred=at(minutes=200))
    assert said == []
    assert world.owner(PAT) == "ana"


def test_an_overlap_is_said_once_for_a_rep_and_sequence_and_names_the_newest_thread() -> None:
    world = played()
    world.send(*email("ana", PAT, thread_id="ta"), at())
    reply(world, PAT, "out_of_office", 1)
    reply(world, PAT, "replied", 2, "ana", thread_id="from-prospect")
    (told,) = world.send(*email("bob", PAT, sequence_id="b", step=1), at(minutes=3))
    assert (told["kind"], told["reply_in_thread"], told["restart"]) == ("overlap_detected", "from-prospect", "2026-03-04T09:03:00Z")
    assert "bob" not in told["apology"]
    assert "ana" not in told["apology"]
    assert world.send(*email("bob", PAT, sequence_id="b", step=2), at(minutes=4)) == []
    assert len(world.send(*email("bob", PAT, sequence_id="b2"), at(minutes=5))) == 1


def test_soft_bounces_in_a_row_count_as_a_hard_one_and_any_reply_starts_again() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    for minute, kind in ((1, "bounce"), (2, "bounce"), (3, "replied"), (4, "bounce"), (5, "bounce")):
        reply(world, PAT, kind, minute, "ana", **({"bounce_kind": "soft"} if kind == "bounce" else {}))
    assert world.owner(PAT) == "ana"
    said = reply(world, PAT, "bounce", 6, bounce_kind="soft")
    assert ("contact_suppressed", "bounce") in [(one["kind"], one["rule"]) for one in said]


def test_a_conversation_that_ended_with_a_no_is_not_live_when_the_no_has_passed() -> None:
    world = played('[windows]\nnot_interested = "1d"\n')
    world.send(*email("ana", PAT), at())
    reply(world, PAT, "replied", 1, "ana")
    reply(world, PAT, "not_interested", 2, "ana")
    asked = world.send("send-requested", {"contact": PAT, "rep": "bob", "stage": "launch", "sequence_id": "s"}, at(days=2))
    assert next(one for one in asked if one["kind"] == "send_verdict")["verdict"] == "allow"


def test_a_suppression_that_a_late_answer_undoes_is_told_as_lifted() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    for minute in (10, 20, 30):
        reply(world, PAT, "bounce", minute, bounce_kind="soft")
    assert world.last("contact_suppressed")["flag"] == "bounced"
    away = {"contact": PAT, "class": "out_of_office"}
    lifted, granted = world.send("reply-classified", away, at(minutes=35), at(minutes=29))[:2]
    assert (lifted["kind"], lifted["rule"], lifted["flag"]) == ("suppression_lifted", "suppressed_too_soon", "bounced")
    assert (granted["kind"], granted["owner"]["rep"]) == ("claim_granted", "ana")


def test_only_what_was_known_when_it_was_said_is_lifted() -> None:
    world = played()
    reply(world, PAT, "unsubscribe", 0)
    lift = {"command": "unsuppress", "by": "rita", "contact": PAT, "flag": "unsubscribed", "note": "asked for it"}
    assert world.send("ownership-commands", lift, at(minutes=10))[0]["kind"] == "suppression_lifted"
    reply(world, PAT, "unsubscribe", 20)
    (refused,) = world.send("ownership-commands", lift, at(days=9), at(minutes=10))
    assert (refused["kind"], refused["reason"]) == (
        "command_refused",
        "flag: 'unsubscribed' was set after this was said; say it again if it is meant",
    )
    assert world.send("ownership-commands", lift, at(days=9, minutes=1))[0]["kind"] == "suppression_lifted"


def test_nor_what_was_asked_for_again_since() -> None:
    world = played()
    lift = {"command": "unsuppress", "by": "rita", "contact": PAT, "flag": "unsubscribed", "note": "asked for it"}
    reply(world, PAT, "unsubscribe", 0)
    reply(world, PAT, "unsubscribe", 20)
    assert world.send("ownership-commands", lift, at(minutes=30), at(minutes=10))[0]["kind"] == "command_refused"
    assert world.send("ownership-commands", lift, at(minutes=31))[0]["kind"] == "suppression_lifted"


def test_an_unsubscribe_between_the_saying_of_a_lift_and_its_arrival_counts() -> None:
    world = played()
    reply(world, PAT, "unsubscribe", 0)
    lift = {"command": "unsuppress", "by": "rita", "contact": PAT, "flag": "unsubscribed", "note": "asked for it"}
    world.send("ownership-commands", lift, at(minutes=30), at(minutes=10))
    said = world.send("reply-classified", {"contact": PAT, "class": "unsubscribe"}, at(minutes=31), at(minutes=20))
    assert [one["kind"] for one in said] == ["contact_suppressed"]
