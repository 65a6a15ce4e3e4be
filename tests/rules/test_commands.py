"""Rule 27: who may command, and what a refusal says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.play import Played, at, email

REPS = {
    "ana": {"team": "east", "manager": "max"},
    "max": {"team": "bosses", "role": "ae"},
    "tia": {"team": "east", "role": "team_lead"},
    "tom": {"team": "west", "role": "team_lead"},
    "rita": {"team": "ops", "role": "revops"},
    "bob": {"team": "west"},
    "gone": {"team": "west", "active": False},
}
PAT = "pat@fabrikam.com"
RENEW = {"command": "renew", "contact": PAT, "proof": {"kind": "deal_stage", "ref": "d"}}
RELEASE = {"command": "release", "contact": PAT}
TRANSFER = {"command": "transfer", "contact": PAT, "to": "bob", "note": "n"}
OWNERS_COMMANDS = [RENEW, RELEASE, TRANSFER]


def played() -> Played:
    world = Played(REPS, [{"account_id": "fab", "name": "Fabrikam", "domains": ["fabrikam.com"], "owner": "ana"}])
    world.send(*email("ana", PAT), at())
    return world


def give(world: Played, by: str, command: dict[str, Any]) -> dict[str, Any]:
    return world.send("ownership-commands", {**command, "by": by}, at(hours=1))[0]


@pytest.mark.parametrize("command", OWNERS_COMMANDS, ids=lambda command: command["command"])
@pytest.mark.parametrize(
    ("by", "allowed"), [("ana", 1), ("max", 1), ("tia", 1), ("rita", 1), ("tom", 0), ("bob", 0), ("gone", 0), ("nemo", 0)]
)
def test_the_owner_their_team_lead_and_revops_may(command: dict[str, Any], by: str, allowed: int) -> None:
    assert (give(played(), by, command)["kind"] != "command_refused") == bool(allowed)


@pytest.mark.parametrize(("by", "allowed"), [("ana", 1), ("bob", 1), ("gone", 0), ("nemo", 0)])
def test_any_active_rep_may_suppress_a_contact(by: str, allowed: int) -> None:
    said = give(played(), by, {"command": "suppress", "contact": PAT, "flag": "do_not_contact"})
    assert (said["kind"] != "command_refused") == bool(allowed)


def test_a_suppression_and_the_release_that_it_brings_say_by_whom_and_why() -> None:
    world = played()
    command = {"command": "suppress", "contact": PAT, "flag": "do_not_contact", "note": "asked by phone", "by": "bob"}
    said = world.send("ownership-commands", command, at(hours=1))
    assert [one["kind"] for one in said] == ["ownership_released", "contact_suppressed"]
    assert {one["reason"] for one in said} == {"bob suppressed it: asked by phone"}


@pytest.mark.parametrize(("by", "allowed"), [("tia", 1), ("tom", 1), ("rita", 1), ("ana", 0), ("max", 0)])
def test_unsuppress_is_for_team_leads_and_revops(by: str, allowed: int) -> None:
    world = played()
    give(world, "bob", {"command": "suppress", "contact": PAT, "flag": "legal"})
    assert (give(world, by, {"command": "unsuppress", "contact": PAT, "flag": "legal"})["kind"] == "suppression_lifted") == bool(allowed)


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ({"command": "claim"}, "target"),
        ({"command": "transfer", "contact": PAT, "to": "bob"}, "note"),
        ({"command": "relese", "contact": PAT}, "release"),
        ({"command": "transfer", "contact": PAT, "to": "bobb", "note": "n"}, "'bob'"),
        ({"command": "claim", "account_id": "fob"}, "'fab'"),
        ({"command": "claim", "domain": "gmail.com"}, "gmail.com"),
        ({"command": "unsuppress", "contact": PAT, "flag": "legal"}, "not set"),
        ({"command": "transfer", "contact": PAT, "to": "ana", "note": "n"}, "already"),
        ({"command": "release", "contact": "nobody@fabrikam.com"}, "nobody holds"),
    ],
)
def test_a_refusal_says_what_is_missing_and_changes_nothing(command: dict[str, Any], names: str) -> None:
    world = played()
    before = world.standing()[f"contact:{PAT}"]
    refused = give(world, "rita", command)
    assert refused["kind"] == "command_refused"
    assert names in refused["reason"]
    assert refused["notify"] == [{"rep": "rita", "why": refused["rule"]}]
    assert world.standing()[f"contact:{PAT}"] == before


def test_an_account_claim_waits_for_its_captains_touch_and_is_denied_to_others() -> None:
    world = played()
    claim = {"command": "claim", "account_id": "fab"}
    assert give(world, "bob", claim)["lock"]["kind"] == "account"
    assert (give(world, "ana", claim)["kind"], give(world, "ana", claim)["rule"]) == ("claim_denied", "account_owned")
    (expired,) = world.until(at(hours=50))
    assert (expired["rule"], expired["account"]["id"]) == ("activation_window", "fab")
    give_later = world.send("ownership-commands", {**claim, "by": "ana"}, at(hours=51))
    assert give_later[0]["kind"] == "claim_granted"
    world.send(*email("ana", PAT), at(hours=52))
    assert world.until(at(hours=150)) == []


def test_an_account_that_appears_later_takes_over_what_is_recorded_under_its_domain() -> None:
    world = Played(REPS)
    world.send(*email("ana", PAT), at())
    world.send("reply-classified", {"contact": PAT, "class": "replied", "rep": "ana"}, at(minutes=1))
    (granted,) = world.send("account-updated", {"account_id": "fab", "name": "Fabrikam", "domains": ["fabrikam.com"]}, at(minutes=2))
    assert (granted["rule"], granted["owner"]["rep"]) == ("live_conversation", "ana")
    asked = world.send("send-requested", {"contact": "kim@fabrikam.com", "rep": "bob", "stage": "import"}, at(minutes=3))
    assert asked[0]["rule"] == "account_overlap"


def test_only_a_touch_is_a_captains_sign_of_life() -> None:
    world = played()
    give(world, "bob", {"command": "claim", "account_id": "fab"})
    world.send("touch-logged", {"kind": "no_show", "account_id": "fab", "rep": "bob"}, at(hours=2))
    assert [one["rule"] for one in world.until(at(hours=50))] == ["activation_window"]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ({"command": "renew", "contact": PAT, "proof": {"kind": "hope", "ref": "r"}}, "`proof.kind` must be one of meeting, deal_stage"),
        ({"command": "claim", "contact": PAT, "hours": 0}, "`hours` must be greater than 0, found 0."),
        ({"command": "suppress", "contact": PAT, "flag": "bounce"}, "the nearest valid one is `bounced`."),
        ({"command": "claim", "contact": "pat at fabrikam"}, "`contact` is not an e-mail address"),
        ({"command": "link_account", "lead_id": 5, "account_id": "fab"}, "`lead_id` must be text"),
        ({"command": "confirm_match", "lead_id": "l", "account_id": "fab", "accept": "perhaps"}, "`accept` must be true or false"),
        ({"command": "verify_duplicate", "lead_id": "l", "original_lead_id": "k", "verdict": "join"}, "`verdict` must be one of"),
        ({"command": "hand_off", "from": "ana", "to": "bob", "note": "n", "scope": {}}, "`scope` must have exactly one of"),
        ({"command": "decide_review", "contact": PAT, "sender": "ana", "note": "n", "recheck_at": "monday"}, "`recheck_at` must be a time"),
    ],
    ids=lambda one: one["command"] if isinstance(one, dict) else "",
)
def test_a_command_that_is_wrong_in_what_it_says_is_refused_too(command: dict[str, Any], says: str) -> None:
    world = played()
    before = world.standing()
    (refused,) = world.send("ownership-commands", {**command, "by": "ana"}, at(hours=1))
    assert (refused["kind"], refused["rule"], refused["command"]) == ("command_refused", "incomplete_command", command["command"])
    assert says in refused["reason"]
    assert refused["notify"] == [{"rep": "ana", "why": "incomplete_command"}]
    assert world.standing() == before


def test_a_command_that_nobody_gives_is_refused() -> None:
    (refused,) = played().send("ownership-commands", {"command": "claim", "contact": "kim@fabrikam.com"}, at(hours=1))
    assert (refused["kind"], refused["reason"], refused["notify"]) == ("command_refused", "`by` is missing.", [])


def test_what_is_no_command_is_a_dead_letter() -> None:
    with pytest.raises(AssertionError, match="`command` is missing"):
        played().send("ownership-commands", {"by": "ana", "contact": PAT}, at(hours=1))
