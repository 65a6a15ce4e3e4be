"""`notify`, `owner` and the sentence of what commands bring: the right people, once, and true (rules 7, 13, 17, 18, 27)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.play import Played, at, email

REPS = {
    "ana": {"team": "east"},
    "bob": {"team": "west"},
    "cyd": {"team": "south"},
    "tia": {"team": "east", "role": "team_lead"},
    "rita": {"team": "ops", "role": "revops"},
    "cic": {"team": "competitive-intelligence"},
}
ACCOUNTS: list[dict[str, Any]] = [
    {"account_id": "acme", "name": "Acme", "domains": ["acme.com", "acme.de"], "owner": "cyd"},
    {"account_id": "bolt", "name": "Bolt", "domains": ["bolt.com"]},
    {"account_id": "riv", "name": "Rival Systems", "domains": ["rival.com"], "competitor": True},
]
PAT, QUEUED = "pat@acme.com", "kim@rival.com"


def played() -> Played:
    return Played(REPS, ACCOUNTS)


def give(world: Played, by: str, minutes: float = 60, **fields: Any) -> list[dict[str, Any]]:
    return world.send("ownership-commands", {"by": by, **fields}, at(minutes=minutes))


def told(said: dict[str, Any]) -> list[str]:
    return [one.get("rep") or f"team {one['team']}" for one in said["notify"]]


@pytest.mark.parametrize(
    ("by", "reason"),
    [("ana", "ana gave it back: no budget"), ("tia", "tia gave it back: no budget"), ("rita", "rita gave it back: no budget")],
)
@pytest.mark.parametrize("target", [{"contact": PAT}, {"account_id": "acme"}, {"domain": "acme.com"}], ids=str)
def test_a_release_says_who_gave_it_back_and_why(by: str, reason: str, target: dict[str, str]) -> None:
    world = played()
    give(world, "ana", 0, command="claim", **target)
    (released,) = give(world, by, command="release", note="no budget", **target)
    expected = reason if "domain" not in target else f"{reason} (domain acme.com)."
    assert (released["reason"], released["previous_owner"]["rep"], told(released)) == (expected, "ana", ["ana"])


def test_the_history_of_a_renewal_has_who_showed_which_proof() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    (renewed,) = give(world, "tia", command="renew", contact=PAT, proof={"kind": "meeting", "ref": "m-7"})
    assert renewed["reason"].startswith("Proof was shown (meeting m-7); ana keeps this until")
    line = world.contact(PAT).history[-1]
    assert (line.by, line.note, line.owner) == ("tia", "meeting m-7", "ana")


def test_a_note_of_blanks_is_none_and_a_sentence_without_one_ends_before_it() -> None:
    world = played()
    (granted,) = give(world, "ana", 0, command="claim", contact=PAT, note="   ")
    assert granted["lock"]["note"] is None
    released, suppressed = give(world, "bob", command="suppress", contact=PAT, flag="legal")
    assert released["reason"] == suppressed["reason"] == "bob suppressed it."
    (lifted,) = give(world, "rita", command="unsuppress", contact=PAT, flag="legal", note=" ")
    assert lifted["reason"] == "rita lifted it."


@pytest.mark.parametrize("target", [{"contact": PAT}, {"domain": "acme.com"}], ids=str)
def test_a_suppression_that_stands_is_told_again_to_whoever_says_it_and_keeps_its_beginning(target: dict[str, str]) -> None:
    world = played()
    first = give(world, "rita", 0, command="suppress", flag="legal", **target)
    again = give(world, "tia", 30, command="suppress", flag="legal", note="court order", **target)
    assert [one["kind"] for one in (*first, *again)] == ["contact_suppressed"] * 2
    assert "tia suppressed it: court order" in again[0]["reason"]
    (violated,) = world.send(*email("ana", PAT), at(minutes=40))
    assert violated["suppressed_at"] == "2026-03-02T09:00:00Z"


@pytest.mark.parametrize("target", [{"account_id": "acme"}, {"domain": "acme.com"}], ids=str)
def test_who_holds_a_company_is_told_that_it_is_suppressed(target: dict[str, str]) -> None:
    world = played()
    give(world, "ana", 0, command="claim", **target)
    (suppressed,) = give(world, "rita", command="suppress", flag="do_not_contact", **target)
    assert told(suppressed) == ["ana"]


def test_a_flag_that_stands_for_a_whole_company_is_named_as_such() -> None:
    world = played()
    give(world, "rita", 0, command="suppress", domain="acme.com", flag="legal")
    give(world, "rita", 0, command="suppress", account_id="bolt", flag="legal")
    for contact, where in ((PAT, "its domain 'acme.com'"), ("x@bolt.com", "its account")):
        (refused,) = give(world, "rita", command="unsuppress", contact=contact, flag="legal")
        assert refused["reason"] == f"flag: 'legal' is not set here but for {where}"


@pytest.mark.parametrize(
    ("by", "command", "owner", "who"),
    [
        ("cyd", "permit", "cyd", ["bob"]),
        ("rita", "permit", "cyd", ["bob", "cyd"]),
        ("ana", "exception", "cyd", ["bob", "cyd"]),
        ("bob", "exception", "cyd", ["bob", "cyd"]),
    ],
)
def test_a_permit_is_of_the_accounts_owner_whoever_says_it(by: str, command: str, owner: str, who: list[str]) -> None:
    (said,) = give(played(), by, command=command, account_id="acme", to="bob", approved_by="tia", note="met at the fair")
    assert (said["kind"], said["owner"]["rep"], told(said), said["contact"]) == ("permit_granted", owner, who, None)
    sentence = (
        f"{by} lets bob contact people here"
        if command == "permit"
        else "A recorded exception lets bob contact people here, as tia approved"
    )
    assert said["reason"] == f"{sentence}: met at the fair"


def test_a_permit_for_one_person_names_them_and_is_refused_for_somebody_elsewhere() -> None:
    world = played()
    (said,) = give(world, "cyd", command="permit", account_id="acme", to="bob", contact=PAT)
    assert (said["contact"], said["account"]["id"], said["reason"]) == (PAT, "acme", f"cyd lets bob contact {PAT}.")
    for target, contact, where in (
        ({"account_id": "acme"}, "x@bolt.com", "is not at the account 'acme' but at the account 'bolt'"),
        ({"domain": "acme.de"}, PAT, "is not at the domain 'acme.de' but at the account 'acme'"),
        ({"account_id": "acme"}, "x@elsewhere.com", "is not at the account 'acme'"),
    ):
        (refused,) = give(world, "rita", command="permit", to="bob", contact=contact, **target)
        assert refused["reason"] == f"contact: {contact!r} {where}"
    (free,) = give(world, "cyd", command="permit", account_id="acme", to="bob", contact="pat@gmail.com")
    assert (free["kind"], free["contact"]) == ("permit_granted", "pat@gmail.com")


def test_a_team_is_told_as_a_team_and_its_members_do_not_pause() -> None:
    world = played()
    world.send("lead-created", {"lead_id": "l1", "email": QUEUED}, at())
    (opened,) = give(world, "cic", command="request_review", contact=QUEUED, note="ours?")
    assert (opened["owner"], opened["paused"]) == ({"rep": None, "team": "competitive-intelligence"}, [])
    assert told(opened) == ["team competitive-intelligence", "cic"]
    decided, _ = give(world, "rita", 65, command="decide_review", contact=QUEUED, sender="bob", note="Bob knows them")
    assert told(decided) == ["bob", "team competitive-intelligence", "cic"]
    world.send("lead-created", {"lead_id": "l2", "email": "lee@rival.com"}, at(hours=2))
    (released,) = give(world, "rita", 130, command="release", contact="lee@rival.com")
    assert told(released) == ["team competitive-intelligence"]


def test_who_had_it_until_a_review_was_decided_is_told() -> None:
    world = played()
    world.send(*email("ana", PAT), at())  # nobody has the account itself, and she most of it
    give(world, "bob", 1, command="request_review", account_id="acme", note="mine")
    decided = give(world, "rita", 2, command="decide_review", account_id="acme", sender="cyd", note="Cyd knows them")[0]
    assert told(decided) == ["cyd", "ana", "bob"]


def test_whoever_has_left_is_not_told() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    (moved,) = world.send("rep-updated", {"rep": "ana", "team": "east", "active": False, "successor": "bob"}, at(minutes=5))
    assert (moved["rule"], moved["previous_owner"]["rep"], told(moved)) == ("successor", "ana", ["bob"])
    (refused,) = give(world, "ana", command="claim", contact="new@bolt.com")
    assert told(refused) == ["ana"]


def test_a_decision_about_a_domain_says_which() -> None:
    world = played()
    (granted,) = give(world, "ana", command="claim", domain="elsewhere.com")
    assert granted["reason"].endswith("unless a touch comes first (domain elsewhere.com).")
    (again,) = give(world, "ana", 61, command="claim", domain="www.elsewhere.com")
    assert again["reason"] == "This is ana's own (domain elsewhere.com)."
