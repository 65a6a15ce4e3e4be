"""Rules 1, 3 and 5: claims, what keeps a lock, what ends it."""

from __future__ import annotations

import pytest

from tests.play import Played, at, email

REPS = {"ana": {"team": "east", "role": "sdr", "manager": "tia"}, "bob": {"team": "west"}, "tia": {"team": "east", "role": "team_lead"}}
PAT = "pat@fabrikam.com"


def played(policy: str = "") -> Played:
    return Played(REPS, [{"account_id": "fab", "name": "Fabrikam", "domains": ["fabrikam.com"]}], policy)


def kinds(decisions: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(one["kind"], one["rule"]) for one in decisions]


def test_a_claim_is_pending_until_its_owner_touches() -> None:
    world = played()
    (granted,) = world.send("ownership-commands", {"command": "claim", "by": "ana", "contact": PAT}, at())
    assert granted["lock"]["expires_at"] == "2026-03-04T09:00:00Z"
    world.send(*email("ana", PAT), at(hours=47))
    assert world.until(at(hours=49)) == []
    (expired,) = world.until(at(days=60))
    assert (expired["rule"], expired["decided_at"]) == ("no_activity", "2026-03-25T08:00:00Z")


def test_somebody_elses_touch_does_not_activate_a_pending_claim() -> None:
    world = played()
    world.send("ownership-commands", {"command": "claim", "by": "ana", "contact": PAT}, at())
    assert kinds(world.send(*email("bob", PAT), at(hours=1))) == [("overlap_detected", "overlap")]
    assert kinds(world.until(at(hours=49))) == [("ownership_expired", "activation_window")]


def test_a_short_lock_simply_ends_and_a_touch_makes_it_an_ordinary_one() -> None:
    world = played()
    (granted,) = world.send("ownership-commands", {"command": "claim", "by": "ana", "contact": PAT, "hours": 2}, at())
    assert (granted["rule"], granted["until"]) == ("short_lock", "2026-03-02T11:00:00Z")
    assert kinds(world.until(at(hours=3))) == [("ownership_expired", "short_lock")]
    world.send("ownership-commands", {"command": "claim", "by": "ana", "contact": PAT, "reason": "research"}, at(hours=4))
    world.send("touch-logged", {"kind": "call", "contact": PAT, "rep": "ana"}, at(hours=5))
    assert world.until(at(days=20)) == []


def test_mail_alone_ends_at_without_reply_and_does_not_take_the_contact_back() -> None:
    world = played('[windows]\nwithout_reply = "30d"\n')
    for day in (0, 14, 28):
        world.send(*email("ana", PAT), at(days=day))
    (expired,) = world.until(at(days=30))
    assert (expired["rule"], expired["previous_owner"]["rep"]) == ("no_reply", "ana")
    assert world.send(*email("ana", PAT), at(days=31)) == []
    assert world.owner(PAT) is None
    assert kinds(world.send(*email("ana", PAT), at(days=32, minutes=1))) == [("claim_granted", "first_touch")]


def test_a_call_starts_without_reply_again() -> None:
    world = played('[windows]\nwithout_reply = "30d"\n')
    world.send(*email("ana", PAT), at())
    world.send("touch-logged", {"kind": "call", "contact": PAT, "rep": "ana"}, at(days=20))
    assert kinds(world.until(at(days=42))) == [("ownership_expired", "no_activity")]


def test_an_intent_signal_counts_as_hearing_from_them() -> None:
    world = played('[windows]\nwithout_reply = "30d"\n')
    world.send(*email("ana", PAT), at())
    world.send("touch-logged", {"kind": "pricing_page", "contact": PAT}, at(days=19))
    world.send(*email("ana", PAT), at(days=20))
    assert kinds(world.until(at(days=41))) == [("ownership_expired", "no_activity")]


@pytest.mark.parametrize(("intent", "rule"), [("demo_request", "no_activity"), ("content_download", "no_reply"), (None, "no_reply")])
def test_so_does_what_a_lead_of_theirs_came_with(intent: str | None, rule: str) -> None:
    world = played('[windows]\nwithout_reply = "30d"\n')
    world.send(*email("ana", PAT), at())
    world.send("lead-created", {"lead_id": "l", "email": PAT, "intent": intent}, at(days=19))
    world.send(*email("ana", PAT), at(days=20))
    assert kinds(world.until(at(days=41)))[-1] == ("ownership_expired", rule)


def test_renewal_needs_proof_and_the_right_speaker() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    proof = {"kind": "meeting", "ref": "m1"}
    (refused,) = world.send("ownership-commands", {"command": "renew", "by": "ana", "contact": PAT}, at(days=1))
    assert (refused["kind"], refused["command"]) == ("command_refused", "renew")
    assert "proof" in refused["reason"]
    (refused,) = world.send("ownership-commands", {"command": "renew", "by": "bob", "contact": PAT, "proof": proof}, at(days=1))
    assert refused["rule"] == "not_allowed"
    (renewed,) = world.send("ownership-commands", {"command": "renew", "by": "tia", "contact": PAT, "proof": proof}, at(days=2))
    assert (renewed["kind"], renewed["rule"], renewed["until"]) == ("claim_renewed", "renewed_with_proof", "2026-03-25T09:00:00Z")


def test_release_gives_back_and_a_touch_from_before_it_is_no_new_work() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    assert kinds(world.send("ownership-commands", {"command": "release", "by": "ana", "contact": PAT}, at(hours=1))) == [
        ("ownership_released", "released")
    ]
    assert world.send(*email("ana", PAT), at(hours=1, minutes=1), occurred=at(minutes=59)) == []
    assert world.owner(PAT) is None
    assert kinds(world.send(*email("bob", PAT), at(hours=2))) == [("claim_granted", "first_touch")]


def test_a_transfer_moves_the_conversation_and_frees_sequence_and_mailbox() -> None:
    world = played()
    world.send(*email("ana", PAT, sequence_id="s", mailbox="ana@ours.example", thread_id="t"), at())
    note = {"note": "ana moves on"}
    (moved,) = world.send("ownership-commands", {"command": "transfer", "by": "ana", "contact": PAT, "to": "bob", **note}, at(hours=1))
    assert moved["last_outbound"] == {"at": "2026-03-02T09:00:00Z", "rep": "ana", "kind": "email"}
    assert (moved["lock"]["sequence_id"], moved["lock"]["mailbox"]) == (None, None)
    world.send("reply-classified", {"contact": PAT, "class": "interested", "rep": "ana", "thread_id": "t"}, at(hours=2))
    assert world.owner(PAT) == "bob"


def test_tokens_rise_over_release_and_new_grant() -> None:
    world = played()
    first = world.send(*email("ana", PAT), at())[0]["fencing_token"]
    world.send("ownership-commands", {"command": "release", "by": "ana", "contact": PAT}, at(hours=1))
    second = world.send(*email("bob", PAT), at(hours=2))[0]["fencing_token"]
    assert (first, second) == (1, 2)


def test_a_stale_fencing_token_is_an_overlap() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send("ownership-commands", {"command": "release", "by": "ana", "contact": PAT}, at(hours=1))
    world.send(*email("ana", PAT, sequence_id="new"), at(hours=2))
    (stale,) = world.send(*email("ana", PAT, sequence_id="old", fencing_token=1), at(hours=3))
    assert (stale["kind"], stale["pause"]) == ("overlap_detected", [{"rep": "ana", "sequence_id": "old"}])


def test_history_tells_every_change_beyond_what_the_record_keeps() -> None:
    world = played()
    for turn in range(12):
        world.send("ownership-commands", {"command": "claim", "by": "ana", "contact": PAT}, at(hours=2 * turn))
        world.send("ownership-commands", {"command": "release", "by": "ana", "contact": PAT}, at(hours=2 * turn + 1))
    kept = len(world.contact(PAT).history) + len(world.simulation.tables.history(f"contact:{PAT}"))
    assert kept == 24


def test_an_earlier_touch_in_time_takes_the_lock_even_behind_a_settled_command() -> None:
    world = played()
    world.send(*email("ana", PAT), at(minutes=5))
    proof = {"kind": "meeting", "ref": "m"}
    world.send("ownership-commands", {"command": "renew", "by": "ana", "contact": PAT, "proof": proof}, at(minutes=6))
    (moved,) = world.send(*email("bob", PAT), at(minutes=8), occurred=at(minutes=4))
    assert (moved["kind"], moved["rule"], moved["owner"]["rep"]) == ("ownership_transferred", "first_touch", "bob")
    assert {told["rep"] for told in moved["notify"]} == {"ana", "bob"}


def test_a_touch_told_weeks_late_gives_no_lock_that_has_already_ended() -> None:
    world = played()
    assert world.send(*email("ana", PAT), at(days=30), occurred=at()) == []
    assert world.owner(PAT) is None


def test_a_touch_on_its_way_when_the_lock_ran_out_keeps_it() -> None:
    world = played('[windows]\nreview = "40m"\n')
    world.send(*email("ana", PAT), at())
    (expired,) = world.until(at(minutes=41))
    assert expired["rule"] == "no_activity"
    touch = {"kind": "call", "contact": PAT, "rep": "ana"}
    (restored,) = world.send("touch-logged", touch, at(minutes=44), occurred=at(minutes=35))
    assert (restored["kind"], world.owner(PAT)) == ("claim_granted", "ana")
    assert restored["lock"]["claimed_at"] == "2026-03-02T09:00:00Z"
