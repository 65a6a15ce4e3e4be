"""The index: what it finds does not depend on the order of its making, and what is removed leaves nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.matching.accounts import AccountFacts, Index
from streams.matching.resolve import Found, LeadFacts, resolve
from tests.bench.matching import invented
from tests.matching.book import DEFAULTS, book, find, linked

WORDS = st.sampled_from(
    ["Zorvex", "Bramble", "Quill", "Labs", "Group", "Portugal", "Inc.", "Ltd", "University", "of", "Foods", "Zorvax", "BQ"]
)
NAME = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
DOMAIN = st.sampled_from(["zorvex.example", "bramble.example", "quill.example"])
ACCOUNTS = st.lists(
    st.tuples(NAME, st.lists(NAME, max_size=1), st.lists(DOMAIN, max_size=2, unique=True), st.sampled_from(["", "PT", "US"])), max_size=8
).map(
    lambda made: [
        AccountFacts(f"a{at}", name, tuple(aliases), tuple(domains), (), country)
        for at, (name, aliases, domains, country) in enumerate(made)
    ]
)
LEADS = st.lists(
    st.builds(LeadFacts, NAME, st.sampled_from(["", "kim@zorvex.example", "kim@other.example"]), st.just(""), st.sampled_from(["", "PT"])),
    max_size=3,
)


def contents(accounts: Index) -> dict[str, object]:
    """Everything that lookups read, by what it means and not by slot number."""
    names = accounts.names
    named = {slot: (name, *accounts.slot(slot)) for slot, name in enumerate(names.names) if name}
    held = {}
    for kept in ("_by_name", "_by_word", "_by_trigram", "_by_initials", "_by_sound"):
        for feature, slots in getattr(names, kept).items():
            held[kept, feature] = sorted(map(named.__getitem__, [slots] if isinstance(slots, int) else slots))
    return {"held": held, "named": sorted(named.values()), "domains": accounts.domains._own, "shared": accounts.domains._shared}


def answers(accounts: Index, leads: list[LeadFacts]) -> list[Found]:
    return [resolve(lead, accounts, DEFAULTS) for lead in leads]


@settings(deadline=None)
@given(ACCOUNTS, LEADS, st.randoms())
def test_the_order_of_accounts_does_not_matter(accounts: list[AccountFacts], leads: list[LeadFacts], chance: object) -> None:
    other = list(accounts)
    chance.shuffle(other)  # type: ignore[attr-defined]
    assert contents(Index(accounts)) == contents(Index(other))
    assert answers(Index(accounts), leads) == answers(Index(other), leads)


@settings(deadline=None)
@given(ACCOUNTS, ACCOUNTS, LEADS)
def test_what_was_added_and_removed_leaves_nothing(kept: list[AccountFacts], passing: list[AccountFacts], leads: list[LeadFacts]) -> None:
    passing = [one._replace(account_id=f"p{one.account_id}") for one in passing]
    accounts = Index(passing[::2] + kept)
    for one in passing[1::2]:
        accounts.add(one)
    for one in passing:
        accounts.remove(one)
    assert contents(accounts) == contents(Index(kept))
    assert answers(accounts, leads) == answers(Index(kept), leads)


def test_a_changed_account_is_found_as_it_is_now() -> None:
    was, now = AccountFacts("a1", "Zorvex", domains=("zorvex.example",)), AccountFacts("a1", "Brambleton", domains=("brambleton.example",))
    accounts = book(was, "Quillworth")
    accounts.change(was, now)
    assert linked(accounts, "Brambleton") == "a1"
    assert linked(accounts, "Zorvex") is None
    assert find(accounts, email="kim@zorvex.example").verdict == "none"


def test_an_account_that_was_not_added_cannot_be_removed() -> None:
    with pytest.raises(KeyError, match="'a9' was not added with the name 'Zorvex'"):
        book("Bramble").remove(AccountFacts("a9", "Zorvex"))


def test_what_a_lookup_compares_is_bounded_however_many_accounts_there_are() -> None:
    accounts = Index(AccountFacts(f"a{at}", name) for at, name in enumerate(invented(4_000)))
    compared = [len(accounts.names.candidates(name)) for name in ("zorvex", "zorvex bramble consultant", "consultant group", "technology")]
    assert max(compared) < 200


def test_hundreds_of_one_name_are_no_candidates() -> None:
    accounts = Index([*(AccountFacts(f"a{at}", "Zorvex") for at in range(700)), AccountFacts("b", "Brambleton")])
    assert find(accounts, "Zorvex").verdict == "none"
    assert linked(accounts, "Brambleton") == "b"


def test_a_misspelt_word_counts_more_than_a_common_one_when_too_many_are_alike() -> None:
    ends = ["arkel", "bendo", "cirra", "domaq", "eltra", "fenix", "gorda", "hulma", "iskra", "jolta", "kembo", "lorda"]
    starts = ["Quarkel", "Quendo", "Quirra", "Tromaq", "Teltra", "Tenix", "Torda", "Tulma"]
    others = [f"{one} Technology" for one in (*(f"Quill{end}" for end in ends), *starts)]
    assert find(book("Quillbrambler", *others), "Quilbrambler Tech").account_id == "Quillbrambler"
