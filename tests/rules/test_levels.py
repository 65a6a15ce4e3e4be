"""Rule 7: accounts owned as a whole, by policy or segment; families; permits, exceptions and collaborators."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.play import Played, at, email

REPS: dict[str, dict[str, Any]] = {
    "ana": {"team": "east", "manager": "tia", "role": "sdr", "territories": [{"countries": ["US"]}]},
    "bob": {"team": "west"},
    "cyd": {"team": "west"},
    "csm": {"team": "care", "role": "csm"},
    "tia": {"team": "east", "role": "team_lead"},
    "rita": {"team": "ops", "role": "revops"},
}
ACCOUNTS = [
    {"account_id": "fab", "name": "Fabrikam", "domains": ["fabrikam.com"], "segment": "enterprise", "csm": "csm"},
    {"account_id": "sub", "name": "Fabrikam Nord", "domains": ["nord.com"], "segment": "smb", "parent_id": "fab"},
    {"account_id": "subsub", "name": "Fabrikam Polar", "domains": ["polar.com"], "parent_id": "sub"},
]
WHOLE = '[ownership]\nlevel = "account"\n'
FAMILY = '[ownership]\nlevel = "account"\nfamily = "parent"\n'
PAT, KIM, LEE, NOA, POL = "pat@fabrikam.com", "kim@fabrikam.com", "lee@fabrikam.com", "noa@nord.com", "pol@polar.com"


def played(policy: str = WHOLE) -> Played:
    return Played(REPS, ACCOUNTS, policy)


def give(world: Played, command: str, by: str, when: datetime, **more: Any) -> list[dict[str, Any]]:
    return world.send("ownership-commands", {"command": command, "by": by, **more}, when)


def ask(world: Played, rep: str, contact: str, when: datetime, stage: str = "import", **more: Any) -> dict[str, Any]:
    decisions = world.send("send-requested", {"contact": contact, "rep": rep, "stage": stage, **more}, when)
    return next(one for one in decisions if one["kind"] == "send_verdict")


def captain(world: Played, account: str = "fab") -> str | None:
    (lock, *_) = world.standing().get(f"account:{account}", (None,))
    return lock[0] if lock else None


def test_the_first_touch_of_any_contact_takes_the_account_too() -> None:
    world = played()
    contact, account = world.send(*email("ana", PAT, sequence_id="s"), at())
    assert (contact["kind"], contact["rule"], contact["lock"]["kind"]) == ("claim_granted", "first_touch", "contact")
    assert (account["kind"], account["rule"], account["lock"]["kind"], account["owner"]["rep"]) == (
        "claim_granted",
        "first_touch",
        "account",
        "ana",
    )
    assert (account["until"], account["fencing_token"]) == ("2026-03-23T09:00:00Z", 1)


@pytest.mark.parametrize("how", ["claim", "launch", "reply", "lead"])
def test_so_does_any_other_first_claim(how: str) -> None:
    world = played()
    if how == "claim":
        give(world, "claim", "ana", at(), contact=PAT)
    elif how == "launch":
        ask(world, "ana", PAT, at(), "launch")
    elif how == "reply":
        world.send("reply-classified", {"contact": PAT, "class": "replied", "rep": "ana"}, at())
    else:
        world.send("lead-created", {"lead_id": "l", "email": PAT, "country": "US"}, at())
    assert (world.owner(PAT), captain(world)) == ("ana", "ana")


def test_others_are_kept_from_every_other_contact() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    blocked = ask(world, "bob", KIM, at(minutes=1))
    assert (blocked["verdict"], blocked["rule"], blocked["held_by"]["rep"], blocked["held_because"], blocked["held_until"]) == (
        "block",
        "account_owned",
        "ana",
        "prospecting",
        "2026-03-23T09:00:00Z",
    )
    assert ask(world, "bob", PAT, at(minutes=1))["rule"] == "contact_locked"
    assert ask(world, "ana", KIM, at(minutes=1))["verdict"] == "allow"
    (denied,) = give(world, "claim", "bob", at(minutes=2), contact=KIM)
    assert (denied["kind"], denied["rule"], denied["held_by"]["rep"], denied["until"]) == (
        "claim_denied",
        "account_owned",
        "ana",
        "2026-03-23T09:00:00Z",
    )
    assert denied["lock"]["kind"] == "account"


def test_a_touch_that_happened_anyway_is_an_overlap_and_takes_nothing() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    (overlap,) = world.send(*email("bob", KIM, sequence_id="sb"), at(minutes=1))
    assert (overlap["kind"], overlap["owner"]["rep"], overlap["pause"]) == (
        "overlap_detected",
        "ana",
        [{"rep": "bob", "sequence_id": "sb"}],
    )
    assert world.owner(KIM) is None
    assert world.send(*email("bob", KIM, sequence_id="sb"), at(minutes=2)) == []


def test_a_meeting_that_happened_anyway_is_a_live_conversation() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send("touch-logged", {"kind": "meeting", "contact": KIM, "rep": "bob"}, at(minutes=1))
    verdict = world.send("send-requested", {"contact": KIM, "rep": "ana", "stage": "import", "sequence_id": "s"}, at(minutes=2))[0]
    assert (verdict["verdict"], verdict["rule"]) == ("block", "replied_recently")


def test_a_positive_reply_gives_that_contact_and_not_the_account() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send(*email("bob", KIM), at(minutes=1))
    world.send("reply-classified", {"contact": KIM, "class": "replied", "rep": "bob"}, at(minutes=2))
    assert (world.owner(KIM), captain(world)) == ("bob", "ana")
    assert ask(world, "bob", KIM, at(minutes=3))["rule"] == "own_lock"
    assert ask(world, "bob", LEE, at(minutes=3))["rule"] == "account_owned"


@pytest.mark.parametrize("way", ["permit", "exception", "collaborator", "role"])
def test_the_team_may(way: str) -> None:
    world, rep = played(), "csm" if way == "role" else "bob"
    world.send(*email("ana", PAT), at())
    if way == "permit":
        give(world, "permit", "ana", at(minutes=1), account_id="fab", to="bob")
    elif way == "exception":
        give(world, "exception", "bob", at(minutes=1), account_id="fab", to="bob", approved_by="tia")
    elif way == "collaborator":
        give(world, "request_review", "bob", at(minutes=1), account_id="fab", note="n")
        give(world, "decide_review", "ana", at(minutes=2), account_id="fab", sender="ana", collaborators=["bob"], note="n")
    assert ask(world, rep, KIM, at(minutes=3), "launch")["verdict"] == "allow"
    assert (world.owner(KIM), captain(world)) == (rep, "ana")
    assert give(world, "claim", rep, at(minutes=4), contact=LEE)[0]["kind"] == "claim_granted"


def test_a_permit_may_be_about_one_contact() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    give(world, "permit", "ana", at(minutes=1), account_id="fab", to="bob", contact=KIM)
    assert ask(world, "bob", KIM, at(minutes=3))["verdict"] == "allow"
    assert ask(world, "bob", LEE, at(minutes=3))["rule"] == "account_owned"


@pytest.mark.parametrize("end", ["release", "transfer", "expiry", "review"])
def test_permits_and_places_end_with_the_lock_they_came_from(end: str) -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    give(world, "permit", "ana", at(minutes=1), account_id="fab", to="bob")
    assert ask(world, "bob", KIM, at(minutes=2))["verdict"] == "allow"
    if end == "release":
        give(world, "release", "ana", at(minutes=3), account_id="fab")
    elif end == "transfer":
        give(world, "transfer", "ana", at(minutes=3), account_id="fab", to="cyd", note="n")
    elif end == "review":
        give(world, "request_review", "bob", at(minutes=3), account_id="fab", note="n")
        give(world, "decide_review", "rita", at(minutes=4), account_id="fab", sender="cyd", note="n")
    later = at(days=22 if end == "expiry" else 1)
    if end in ("release", "expiry"):
        give(world, "claim", "cyd", later, account_id="fab")
    assert captain(world) == "cyd"
    assert ask(world, "bob", LEE, later)["rule"] == "account_owned"


def test_a_permit_clears_every_rule_about_the_account_as_a_whole() -> None:
    customer = {"account_id": "c", "name": "C", "domains": ["c.com"], "status": "customer", "owner": "ana"}
    customer["open_opportunities"] = [{"id": "o", "owner": "ana"}]  # type: ignore[assignment]
    world = Played(REPS, [customer], WHOLE + '[sends]\naccount_overlap = "block"\n')
    give(world, "claim", "ana", at(), domain="c.com")
    assert ask(world, "bob", "x@c.com", at(minutes=1))["rule"] == "existing_customer"
    give(world, "exception", "bob", at(minutes=2), account_id="c", to="bob", approved_by="tia")
    assert ask(world, "bob", "x@c.com", at(minutes=3))["verdict"] == "allow"


def test_an_account_without_its_captain_is_free_again() -> None:
    world = played()
    give(world, "claim", "ana", at(), contact=PAT)
    expired = world.until(at(days=2))
    assert [(one["kind"], one["rule"], one["lock"]["kind"]) for one in expired] == [
        ("ownership_expired", "activation_window", "account"),
        ("ownership_expired", "activation_window", "contact"),
    ]
    assert ask(world, "bob", KIM, at(days=2, minutes=1))["rule"] == "free"


def test_activity_with_any_contact_keeps_it() -> None:
    world = played()
    give(world, "claim", "ana", at(), contact=PAT)
    world.send(*email("ana", KIM), at(days=1))
    world.until(at(days=3))
    assert (world.owner(PAT), world.owner(KIM), captain(world)) == (None, "ana", "ana")
    world.until(at(days=22))
    assert captain(world) is None


def test_a_short_claim_takes_the_account_for_as_long() -> None:
    world = played()
    give(world, "claim", "ana", at(), contact=PAT, hours=4)
    world.until(at(hours=4))
    assert captain(world) is None


def test_giving_back_the_last_contact_gives_back_the_account_that_came_along() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send(*email("ana", KIM), at(minutes=1))
    give(world, "release", "ana", at(minutes=2), contact=PAT)
    assert captain(world) == "ana"
    decisions = give(world, "release", "ana", at(minutes=3), contact=KIM)
    assert [(one["rule"], one["lock"]["kind"]) for one in decisions] == [("released", "contact"), ("released", "account")]
    assert ask(world, "bob", LEE, at(minutes=4))["verdict"] == "warn"  # ana was at work here lately


def test_an_account_claimed_for_itself_stays() -> None:
    world = played()
    give(world, "claim", "ana", at(), account_id="fab")
    give(world, "claim", "ana", at(minutes=1), contact=PAT)
    give(world, "release", "ana", at(minutes=2), contact=PAT)
    assert captain(world) == "ana"


def test_by_segment() -> None:
    world = played('[ownership]\nby_segment = { enterprise = "account" }\n')
    world.send(*email("ana", PAT), at())
    world.send(*email("ana", NOA), at())
    assert ask(world, "bob", KIM, at(minutes=1))["rule"] == "account_owned"
    assert ask(world, "bob", "x@nord.com", at(minutes=1))["rule"] == "account_overlap"
    world = played(WHOLE + 'by_segment = { smb = "contact" }\n')
    world.send(*email("ana", PAT), at())
    world.send(*email("ana", NOA), at())
    assert ask(world, "bob", KIM, at(minutes=1))["rule"] == "account_owned"
    assert ask(world, "bob", "x@nord.com", at(minutes=1))["rule"] == "account_overlap"


def test_a_company_without_an_account_has_contact_locks_only() -> None:
    world = played()
    world.send(*email("ana", "x@contoso.com"), at())
    assert ask(world, "bob", "y@contoso.com", at(minutes=1))["rule"] == "account_overlap"


def test_at_level_contact_nothing_of_it() -> None:
    world = played("")
    assert len(world.send(*email("ana", PAT), at())) == 1
    assert ask(world, "bob", KIM, at(minutes=1), "launch")["verdict"] == "warn"
    assert world.owner(KIM) == "bob"


def test_a_deal_takes_the_account_from_whoever_came_first() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    world.send("account-updated", {**ACCOUNTS[0], "open_opportunities": [{"id": "o", "owner": "bob"}]}, at(minutes=1))
    assert captain(world) == "bob"
    assert ask(world, "ana", PAT, at(minutes=2))["rule"] == "own_lock"
    assert ask(world, "ana", KIM, at(minutes=2))["rule"] == "open_deal"


# families


def test_the_lock_of_the_top_parent_covers_its_subsidiaries() -> None:
    world = played(FAMILY)
    _, account = world.send(*email("ana", POL), at())
    assert (account["account"]["id"], account["lock"]["kind"], account["contact"]) == ("fab", "account", None)
    assert (captain(world), captain(world, "sub"), captain(world, "subsub")) == ("ana", None, None)
    for contact in (PAT, NOA, "x@polar.com"):
        blocked = ask(world, "bob", contact, at(minutes=1))
        assert (blocked["rule"], blocked["held_by"]["rep"]) == ("account_owned", "ana")
        assert give(world, "claim", "bob", at(minutes=1), contact=contact)[0]["rule"] == "account_owned"
        assert ask(world, "ana", contact, at(minutes=1))["verdict"] in ("allow", "warn")
    (denied,) = give(world, "claim", "bob", at(minutes=2), account_id="sub")
    assert (denied["kind"], denied["rule"], denied["held_by"]["rep"]) == ("claim_denied", "account_owned", "ana")


def test_without_it_each_account_is_its_own() -> None:
    world = played()
    world.send(*email("ana", POL), at())
    assert captain(world, "subsub") == "ana"
    assert ask(world, "bob", PAT, at(minutes=1))["rule"] != "account_owned"


def test_work_in_a_subsidiary_keeps_the_parents_lock() -> None:
    world = played(FAMILY)
    world.send(*email("ana", PAT, sequence_id="s"), at())
    world.send(*email("ana", NOA, sequence_id="s"), at(minutes=1))
    for day in (10, 20, 30):
        world.send(*email("ana", NOA, sequence_id="s"), at(days=day))
    assert captain(world) == "ana"
    world.until(at(days=51))
    assert captain(world) is None


def test_so_does_what_is_logged_on_the_subsidiary_itself() -> None:
    world = played(FAMILY)
    give(world, "claim", "ana", at(), account_id="fab")
    world.send("touch-logged", {"kind": "call", "account_id": "subsub", "rep": "ana"}, at(hours=1))
    (expired,) = world.until(at(days=30))
    assert (expired["rule"], expired["decided_at"], expired["account"]["id"]) == ("no_activity", "2026-03-23T10:00:00Z", "fab")


def test_permits_from_the_parents_lock_lie_there() -> None:
    world = played(FAMILY)
    world.send(*email("ana", PAT), at())
    give(world, "permit", "ana", at(minutes=1), account_id="sub", to="bob")
    assert ask(world, "bob", NOA, at(minutes=2))["verdict"] != "block"
    assert ask(world, "bob", KIM, at(minutes=2))["rule"] == "account_owned"
    give(world, "permit", "ana", at(minutes=3), account_id="fab", to="cyd")
    assert ask(world, "cyd", NOA, at(minutes=4))["verdict"] != "block"
    give(world, "transfer", "ana", at(minutes=5), account_id="fab", to="tia", note="n")
    assert [ask(world, rep, NOA, at(minutes=6))["rule"] for rep in ("bob", "cyd")] == ["account_owned", "account_owned"]


def test_an_exception_in_a_family_is_on_record() -> None:
    world = played(FAMILY)
    world.send(*email("ana", PAT), at())
    (granted,) = give(world, "exception", "bob", at(minutes=1), account_id="sub", to="bob", approved_by="rita", note="their own budget")
    assert (granted["kind"], granted["approved_by"], granted["to"]) == ("permit_granted", "rita", "bob")
    assert ask(world, "bob", NOA, at(minutes=2), "launch")["verdict"] != "block"
    assert (world.owner(NOA), captain(world)) == ("bob", "ana")


def test_at_level_contact_the_parents_captain_is_told_of() -> None:
    world = played('[ownership]\nfamily = "parent"\n')
    world.send(*email("ana", PAT), at())
    world.send("reply-classified", {"contact": PAT, "class": "interested", "rep": "ana"}, at(minutes=1))
    warned = ask(world, "bob", NOA, at(minutes=2))
    assert (warned["verdict"], warned["rule"], warned["held_by"]["rep"]) == ("warn", "account_overlap", "ana")
    assert ask(world, "ana", NOA, at(minutes=2))["rule"] in ("free", "near_duplicate")


def test_a_review_of_the_parent_covers_its_subsidiaries() -> None:
    world = played(FAMILY)
    world.send(*email("ana", PAT), at())
    give(world, "request_review", "bob", at(minutes=1), account_id="fab", note="n")
    assert ask(world, "bob", NOA, at(minutes=2))["rule"] == "under_review"
    assert ask(world, "ana", NOA, at(minutes=2))["verdict"] != "block"


def test_parents_in_a_circle_agree_on_one() -> None:
    circle = [{"account_id": name, "name": name, "domains": [f"{name}.com"], "parent_id": parent} for name, parent in ("xy", "yz", "zx")]
    world = Played(REPS, circle, FAMILY)
    world.send(*email("ana", "a@z.com"), at())
    assert captain(world, "x") == "ana"
    assert ask(world, "bob", "b@y.com", at(minutes=1))["rule"] == "account_owned"


# the fold is the account's (rule 26)


def test_an_earlier_touch_of_another_contact_that_comes_late_takes_the_account() -> None:
    world = played()
    world.send(*email("bob", KIM, sequence_id="sb"), at(minutes=2))
    decisions = world.send(*email("ana", PAT), at(minutes=5), at())
    assert [(one["kind"], one["rule"], (one.get("lock") or {}).get("kind"), one["contact"]) for one in decisions] == [
        ("claim_granted", "first_touch", "contact", PAT),
        ("ownership_released", "known_late", "contact", KIM),
        ("overlap_detected", "overlap", None, KIM),
        ("ownership_transferred", "first_touch", "account", PAT),
    ]
    moved = decisions[-1]
    assert (moved["owner"]["rep"], moved["previous_owner"]["rep"], sorted(one["rep"] for one in moved["notify"])) == (
        "ana",
        "bob",
        ["ana", "bob"],
    )
    assert (world.owner(PAT), world.owner(KIM), captain(world)) == ("ana", None, "ana")
    assert ask(world, "bob", KIM, at(minutes=6))["rule"] == "account_owned"


def test_one_that_is_too_late_does_not() -> None:
    world = played()
    world.send(*email("bob", KIM), at(minutes=2))
    (overlap,) = world.send(*email("ana", PAT), at(minutes=11), at())
    assert (overlap["kind"], captain(world), world.owner(PAT)) == ("overlap_detected", "bob", None)


def test_nor_one_from_before_a_command_that_settled_the_account() -> None:
    world = played()
    world.send(*email("bob", KIM), at(minutes=2))
    give(world, "transfer", "bob", at(minutes=3), account_id="fab", to="cyd", note="n")
    world.send(*email("ana", PAT), at(minutes=5), at())
    assert (captain(world), world.owner(KIM), world.owner(PAT)) == ("cyd", "bob", None)


def test_a_permit_lets_the_late_and_the_early_stand_side_by_side() -> None:
    world = played()
    give(world, "exception", "bob", at(), account_id="fab", to="bob", approved_by="tia")
    world.send(*email("bob", KIM), at(minutes=2))
    world.send(*email("ana", PAT), at(minutes=5), at(minutes=1))
    assert (captain(world), world.owner(KIM), world.owner(PAT)) == ("ana", "bob", "ana")


def test_an_account_that_comes_along_with_a_contact_handed_on_names_nobody_before() -> None:
    world = played()
    world.send(*email("ana", PAT), at(minutes=0))
    give(world, "release", "ana", at(minutes=1), account_id="fab", note="only the account")
    handed = give(world, "transfer", "ana", at(minutes=2), contact=PAT, to="bob", note="his patch")
    account = [one for one in handed if one["kind"] == "claim_granted"]
    assert [(one["rule"], one["owner"]["rep"]) for one in account] == [("claim", "bob")]
    assert not any("nobody" in one["reason"] for one in handed)


def test_the_parents_captain_is_who_sends_while_a_subsidiary_is_under_review() -> None:
    world = played(FAMILY)
    world.send(*email("ana", PAT), at())
    give(world, "permit", "ana", at(minutes=1), account_id="sub", to="bob")
    world.send(*email("bob", NOA), at(minutes=2))
    (opened,) = give(world, "request_review", "bob", at(minutes=3), account_id="sub", note="n")
    assert (opened["kind"], opened["active_sender"]) == ("review_opened", "ana")


def test_what_a_review_kept_out_stays_out_when_something_earlier_comes_late() -> None:
    world = played()
    world.send(*email("ana", PAT), at())
    give(world, "permit", "ana", at(minutes=1), account_id="fab", to="bob")
    give(world, "request_review", "bob", at(minutes=2), account_id="fab", note="n")
    world.send(*email("ana", LEE), at(minutes=3))
    world.send(*email("bob", KIM), at(minutes=5))
    assert world.owner(KIM) is None
    world.send(*email("ana", LEE), at(minutes=6), at(minutes=4))
    assert world.owner(KIM) is None


def test_an_account_that_came_along_with_a_lead_goes_where_routing_takes_the_lead() -> None:
    reps = {"ana": {"role": "sdr"}, "bob": {"role": "sdr"}}
    accounts = [{"account_id": one, "name": one.title(), "domains": [f"{one}.com"]} for one in ("zorvex", "quibble")]
    world = Played(reps, accounts, WHOLE + '[sla]\non_miss = "reassign"\n')
    world.send("lead-created", {"lead_id": "l1", "email": "pat@zorvex.com"}, at())
    said = [(one["kind"], one["rule"], (one["lock"] or {})["kind"]) for one in world.until(at(hours=2)) if one["kind"] != "sla_missed"]
    assert said == [
        ("lead_routed", "sla_reassigned", "contact"),
        ("ownership_released", "routed_anew", "account"),
        ("claim_granted", "sla_reassigned", "account"),
    ]
    assert captain(world, "zorvex") == "bob"
    world.send("lead-created", {"lead_id": "l1", "email": "pat@quibble.com"}, at(hours=2, minutes=1))
    assert (captain(world, "zorvex"), captain(world, "quibble")) == (None, "bob")


def test_one_that_its_captain_has_other_contacts_at_stays() -> None:
    reps = {"ana": {"role": "sdr"}, "bob": {"role": "sdr"}}
    world = Played(reps, [{"account_id": "zorvex", "name": "Zorvex", "domains": ["zorvex.com"]}], WHOLE + '[sla]\non_miss = "reassign"\n')
    world.send("lead-created", {"lead_id": "l1", "email": "pat@zorvex.com"}, at())
    world.send(*email("ana", "kim@zorvex.com"), at(minutes=1))
    world.until(at(hours=2))
    assert (world.owner("pat@zorvex.com"), captain(world, "zorvex")) == ("bob", "ana")
