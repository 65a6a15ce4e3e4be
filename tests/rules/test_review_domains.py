"""Rules 17 and 18 of a domain, and of domains that change their account."""

from __future__ import annotations

from tests.play import Played, at, email
from tests.rules.quarrel import ACCOUNT, ACCOUNTS, DECIDE, DOMAIN, KIM, LEE, REPS, REQUEST, ask, give, opened, played


def test_a_domains_review_is_about_that_domain() -> None:
    world = opened(DOMAIN)
    assert ask(world, "bob", LEE, at(hours=1, minutes=1))["rule"] == "account_overlap"
    assert ask(world, "bob", KIM, at(hours=1, minutes=1))["rule"] == "under_review"


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


def test_a_domain_that_an_account_lets_go_takes_its_lock_and_review_along() -> None:
    world = played()
    give(world, {"command": "claim", "by": "ana", "domain": "fabrikam.de"}, at(minutes=1))
    give(world, REQUEST, at(hours=1), domain="fabrikam.de")
    world.send("account-updated", {**ACCOUNTS[0], "domains": ["fabrikam.com"]}, at(hours=1, minutes=1))
    assert ask(world, "bob", LEE, at(hours=1, minutes=2))["rule"] == "under_review"
    give(world, DECIDE, at(hours=1, minutes=5), domain="fabrikam.de")
    assert ask(world, "bob", LEE, at(hours=1, minutes=6))["rule"] == "domain_locked"
    assert ask(world, "bob", KIM, at(hours=1, minutes=6))["rule"] == "account_overlap"


def test_a_domain_of_an_account_under_review_is_not_claimed_by_another() -> None:
    world = opened(ACCOUNT)
    (denied,) = give(world, {"command": "claim", "by": "cyd"}, at(hours=1, minutes=5), **DOMAIN)
    assert (denied["kind"], denied["rule"], denied["held_by"]["rep"]) == ("claim_denied", "under_review", "ana")
    assert give(world, {"command": "claim", "by": "ana"}, at(hours=1, minutes=6), **DOMAIN)[0]["kind"] == "claim_granted"
