"""Domains: an account's own first, free and shared ones never, the name in one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.matching import domains
from streams.matching.accounts import AccountFacts
from streams.matching.domains import registrable
from tests.matching.book import book, find, linked

ZORVEX = AccountFacts("a1", "Zorvex", domains=("zorvex.co.jp",))


def test_an_accounts_domain_and_its_subdomains_are_its_own() -> None:
    accounts = book(ZORVEX, "Brambleton")
    for email in ("kim@zorvex.co.jp", "kim@mail.emea.zorvex.co.jp"):
        found = find(accounts, "Brambleton", email=email)
        assert (found.account_id, found.method, found.score) == ("a1", "domain", 100)
    assert find(accounts, website="https://www.zorvex.co.jp/en?from=mail").account_id == "a1"


def test_the_reason_holds_no_address() -> None:
    assert "kim" not in find(book(ZORVEX), email="kim@zorvex.co.jp").reason


def test_free_and_personal_domains_tell_of_nobody() -> None:
    accounts = book("Gmail", "Kimfamily", "Postbox")
    assert find(accounts, email="kim@gmail.com").verdict == "none"
    assert find(accounts, email="kim@kimfamily.example", policy='personal_domains = ["kimfamily.example"]').verdict == "none"
    assert find(accounts, email="kim@postbox.example", policy='free_domains = ["postbox.example"]').verdict == "none"
    assert find(accounts, email="kim@postbox.example").verdict == "auto"
    assert find(book("AppleID"), email="x7f@privaterelay.appleid.com").verdict == "none"


def test_an_account_owns_its_domain_even_if_it_gives_free_mail() -> None:
    assert find(book(AccountFacts("a1", "Gmail", domains=("gmail.com",))), email="kim@gmail.com").account_id == "a1"


def test_a_shared_domain_alone_links_nobody_but_speaks_for_a_name() -> None:
    accounts = book(AccountFacts("a1", "Bramble Norvel Quillworth", shared_domains=("campus.example",)), AccountFacts("a2", "Campus"))
    assert find(accounts, email="kim@campus.example").verdict == "none"
    assert find(accounts, "Quillworth").verdict == "confirm"
    assert linked(accounts, "Quillworth", email="kim@campus.example") == "a1"


def test_a_domain_that_another_account_shares_is_not_its_owners_alone() -> None:
    accounts = book(
        AccountFacts("a1", "Zorvex", domains=("campus.example",)), AccountFacts("a2", "Quill", shared_domains=("campus.example",))
    )
    assert find(accounts, email="kim@campus.example").method != "domain"


def test_two_owners_of_a_domain_are_told_apart_by_name_or_asked_about() -> None:
    accounts = book(
        AccountFacts("a1", "Zorvex Foods", domains=("zorvex.example",)), AccountFacts("a2", "Zorvex Steel", domains=("zorvex.example",))
    )
    assert linked(accounts, "Zorvex Steel", email="kim@zorvex.example") == "a2"
    asked = find(accounts, email="kim@zorvex.example")
    assert (asked.method, asked.verdict) == ("domain", "confirm")
    assert [one.account_id for one in asked.candidates] == ["a1", "a2"]


def test_the_label_of_a_domain_names_an_account_without_any() -> None:
    accounts = book(AccountFacts("a1", "Zorvex Corporation"), AccountFacts("a2", "Bramble-Quill Ltd"))
    assert find(accounts, email="kim@zorvex.co.jp").account_id == "a1"
    assert find(accounts, email="kim@zorvextechnologies.example").account_id == "a1"
    assert find(accounts, email="kim@bramble-quill.example").account_id == "a2"
    assert find(accounts, email="kim@zorvexial.example").verdict == "none"


def test_the_label_of_another_country_is_the_same_company() -> None:
    assert find(book(AccountFacts("a1", "Zor", domains=("zor.com",))), email="kim@zor.co.in").verdict == "auto"
    assert find(book(AccountFacts("a1", "Zor", domains=("else.com",))), email="kim@zor.co.in").verdict == "confirm"


def test_an_everyday_word_as_a_label_names_nobody() -> None:
    assert find(book("Cloud", "Media"), email="kim@cloud.example").verdict == "none"


def test_a_lead_without_company_and_address_belongs_to_nobody() -> None:
    found = find(book("Zorvex"))
    assert (found.method, found.verdict, found.candidates) == ("none", "none", [])


LABELS = st.sampled_from(["a", "mail", "co", "com", "xn--bcher-kva", "x-y", "-", "1", "127", "blogspot", "github", "io", "uk", "city"])


@settings(max_examples=500, deadline=None)
@given(st.lists(LABELS, max_size=3), st.one_of(LABELS, st.sampled_from(sorted(domains._extract.tlds))))
def test_the_short_way_to_a_registrable_domain_says_what_the_list_says(labels: list[str], ending: str) -> None:
    host = ".".join([*labels, ending])
    if host not in domains._FREE:
        assert registrable(host) == (domains._extract(host).top_domain_under_public_suffix or host)


def test_a_domain_under_a_private_ending_is_its_own() -> None:
    accounts = book(AccountFacts("a1", "Zorvex", domains=("zorvex.uk.com",)))
    assert find(accounts, email="kim@mail.zorvex.uk.com").account_id == "a1"
    assert find(accounts, email="kim@brambleton.uk.com").verdict == "none"
    assert registrable("shop.zorvex.wixsite.com") == "zorvex.wixsite.com"
    assert registrable("zorvex.onmicrosoft.com") == "zorvex.onmicrosoft.com"
    assert registrable("zorvex.mail.onmicrosoft.com") == "zorvex.mail.onmicrosoft.com"


def test_a_page_that_anyone_can_have_tells_of_nobody() -> None:
    accounts = book(AccountFacts("li", "LinkedIn", domains=("linkedin.com",)))
    for page in ("https://www.linkedin.com/company/zorvex/", "linkedin.com?trk=zorvex", "https://uk.linkedin.com/in/kim#top"):
        assert find(accounts, website=page).verdict == "none", page
    for site in ("https://www.linkedin.com/", "linkedin.com", "https://linkedin.com:443?"):
        assert find(accounts, website=site).account_id == "li", site
    assert find(accounts, website="https://zorvex.example/linkedin.com/company/zorvex").verdict == "none"
