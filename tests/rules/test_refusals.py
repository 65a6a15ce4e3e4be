"""A refusal says whom it is about, and names the nearest valid value (contract, section 1)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.play import Played, at

REPS = {"ana": {"team": "east"}, "rita": {"team": "ops", "role": "revops"}}
ACCOUNTS = [{"account_id": "acme", "name": "Acme", "domains": ["acme.com"]}]


def refused(by: str = "ana", **fields: Any) -> dict[str, Any]:
    (said,) = Played(REPS, ACCOUNTS).send("ownership-commands", {"by": by, **fields}, at())
    assert said["kind"] == "command_refused", said
    return said


@pytest.mark.parametrize(
    "fields",
    [
        {"command": "link_account", "account_id": "acme"},
        {"command": "confirm_match", "account_id": "acme", "accept": True},
        {"command": "confirm_match", "account_id": "acme", "accept": "perhaps"},
        {"command": "verify_duplicate", "original_lead_id": "l2", "verdict": "merge"},
        {"command": "verify_duplicate", "original_lead_id": "l2", "verdict": "join"},
        {"command": "transfer", "to": "rita", "note": "n"},
        {"command": "release", "note": 5},
    ],
    ids=lambda fields: "-".join(str(one) for one in fields.values()),
)
def test_a_refusal_of_a_command_about_a_lead_names_the_lead(fields: dict[str, Any]) -> None:
    said = refused(lead_id="l1", **fields)
    assert (said["lead_id"], said["account"], said["command"]) == ("l1", None, fields["command"])


@pytest.mark.parametrize(
    ("fields", "near"),
    [
        ({"command": "claim", "account_id": " ACME "}, "did you mean 'acme'?"),
        ({"command": "link_account", "lead_id": "l1", "account_id": "Acmee"}, "did you mean 'acme'?"),
        ({"command": "hand_off", "from": "ana", "to": "RITA", "note": "n"}, "did you mean 'rita'?"),
        ({"command": "hand_off", "from": "ana", "to": "rita", "note": "n", "scope": {"account_id": "ACM"}}, "did you mean 'acme'?"),
        ({"command": "claim", "domain": "https://www.acme.com/about?a=b"}, "the nearest valid one is `www.acme.com`"),
        ({"command": "claim", "domain": "pat@acme.com"}, "the nearest valid one is `acme.com`"),
        ({"command": "claim", "domain": "acme.com:8080"}, "the nearest valid one is `acme.com`"),
        ({"command": "claim", "domain": "co.uk"}, "'co.uk' has domains of anyone under it"),
        ({"command": "claim", "domain": "gmail.com"}, "'gmail.com' gives mailboxes to anyone"),
        ({"command": "renew", "account_id": "acme", "proof": {"kind": "meeting", "ref": " "}}, "`renew` lacks `proof.ref`"),
    ],
    ids=lambda one: "-".join(str(value) for value in one.values()) if isinstance(one, dict) else "",
)
def test_a_refusal_names_the_nearest_valid_value_whatever_its_case(fields: dict[str, Any], near: str) -> None:
    assert near in refused(**fields)["reason"]


def test_a_rep_is_found_whatever_the_case_of_the_name() -> None:
    assert refused("ANA ", command="claim", contact="pat@acme.com")["reason"].endswith("did you mean 'ana'?")


def test_who_is_to_pause_may_be_unknown_where_they_are_at_work_but_is_no_slip_of_the_pen() -> None:
    world = Played({**REPS, "bob": {"team": "west"}}, ACCOUNTS)
    for rep in ("ana", "bobby"):  # a touch counts whether its rep is known or not
        world.send("email-sent", {"message_id": "m", "contact": "pat@acme.com", "rep": rep}, at())
    review = {"by": "rita", "contact": "pat@acme.com", "note": "n"}
    world.send("ownership-commands", {"command": "request_review", **review}, at(minutes=1))
    decide = {"command": "decide_review", "sender": "ana", **review}
    (refusal,) = world.send("ownership-commands", {**decide, "pause": ["bop"]}, at(minutes=2))
    assert refusal["reason"] == "pause: the rep 'bop' is not known; did you mean 'bob'?"
    (decided,) = world.send("ownership-commands", {**decide, "pause": ["bobby"]}, at(minutes=3))
    assert (decided["kind"], decided["paused"]) == ("review_decided", ["bobby"])


@pytest.mark.parametrize("target", [{"contact": "pat@acme.com"}, {"account_id": "acme"}, {"domain": "acme.com"}], ids=str)
def test_a_lead_that_is_told_by_the_way_makes_no_command_another(target: dict[str, str]) -> None:
    world = Played(REPS, ACCOUNTS)
    (granted,) = world.send("ownership-commands", {"command": "claim", "by": "ana", "lead_id": "l1", **target}, at())
    assert (granted["kind"], granted["lock"]["kind"], granted["lead_id"]) == ("claim_granted", next(iter(target)).removesuffix("_id"), None)
    (flagged,) = world.send(
        "ownership-commands", {"command": "suppress", "flag": "existing_customer", "by": "rita", "lead_id": "l1", **target}, at()
    )
    assert flagged["kind"] == "contact_suppressed"


def test_a_verdict_on_a_duplicate_is_about_its_lead_whatever_else_it_names() -> None:
    world = Played(REPS, ACCOUNTS)
    for lead in ("l1", "l2"):
        world.send("lead-created", {"lead_id": lead, "email": "pat@acme.com"}, at())
    verdict = {"command": "verify_duplicate", "by": "rita", "lead_id": "l2", "original_lead_id": "l1", "verdict": "merge"}
    extra = {"contact": "other@elsewhere.com", "account_id": "zzz", "domain": "gmail.com"}
    (merged,) = world.send("ownership-commands", {**verdict, **extra}, at(minutes=1))
    assert (merged["kind"], merged["lead_id"], merged["contact"], merged["account"]["id"]) == (
        "duplicate_merged",
        "l2",
        "pat@acme.com",
        "acme",
    )


def test_a_permit_at_a_free_domain_is_refused_for_one_person_too() -> None:
    said = refused("rita", command="permit", domain="gmail.com", to="ana", contact="pat@gmail.com")
    assert said["reason"] == "domain: 'gmail.com' gives mailboxes to anyone and belongs to no company"
