"""What a person who looks for a company finds, and that it costs the same however many there are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.matching import index
from streams.matching.accounts import AccountFacts, Index
from streams.matching.search import NEAREST, SHOWN, Hit, Hits, in_domain, search
from tests.bench.matching import invented
from tests.matching.book import book

NORTHWIND = AccountFacts("nw", "Northwind Logistics", ("Boreal Freight",), ("northwind-logistics.com",))
BOOK = book(NORTHWIND, "Zorvex Industries", "Brambleton Works", "Quillberry Foods GmbH", "Techniquil", "Northern Lights Bakery")


def look(asked: str, accounts: Index = BOOK, **aliases: str) -> Hits:
    return search(asked, accounts, aliases, 70)


def ids(hits: list[Hit]) -> list[str]:
    return [one.account_id for one in hits]


@pytest.mark.parametrize(
    "asked",
    [
        "Northwind Logistics",
        "northwind",
        "NORTHWIND LOGISTICS, INC.",
        "northw",
        "logistics northwind",
        "northwind logis",
        "Nortwind Logistics",
        "thwin",
        "Boreal",
        "boreal freight",
    ],
)
def test_a_company_is_found_by_its_name_a_part_of_it_a_slip_and_its_alias(asked: str) -> None:
    hits = look(asked)
    assert hits.sure
    assert hits.found[0].account_id == "nw"


def test_an_alias_says_that_it_is_one() -> None:
    assert look("boreal").found == [Hit("nw", "Northwind Logistics", 99.0, True, True, "also known as boreal freight")]


def test_the_policys_aliases_are_names_too() -> None:
    assert ids(look("ZI", ZI="Zorvex Industries").found) == ["Zorvex Industries"]


def test_the_name_itself_comes_before_what_begins_with_it_and_that_before_what_holds_it() -> None:
    accounts = book("Old Zorvex", "Zorvexia", "Zorvex", "Zorvex Foods")
    assert ids(look("zorvex", accounts).found) == ["Zorvex", "Zorvex Foods", "Zorvexia", "Old Zorvex"]


def test_a_beginning_that_is_an_everyday_word_is_taken_as_written_too() -> None:
    assert ids(look("techn").found) == ["Techniquil"]
    assert "Techniquil" in ids(look("tech").found)


@pytest.mark.parametrize("asked", ["Brimbleten", "zorveks", "norhtern lihgts"])
def test_where_nothing_is_found_the_nearest_are_offered(asked: str) -> None:
    hits = look(asked)
    assert 0 < len(hits.found) <= NEAREST
    assert hits.found[0].account_id in ("Brambleton Works", "Zorvex Industries", "Northern Lights Bakery")


@pytest.mark.parametrize("asked", ["", "---", "☃", "xqjkw"])
def test_what_is_like_nothing_finds_nothing(asked: str) -> None:
    assert look(asked).found == []


def test_a_domain_tells_whose_name_is_in_it() -> None:
    assert ids(in_domain("zorvexindustries.io", BOOK, {}, 70)) == ["Zorvex Industries"]
    assert ids(in_domain("northwind-logistic.com", BOOK, {}, 70))[0] == "nw"


def test_of_many_that_hold_it_the_first_are_shown_and_it_says_so() -> None:
    accounts = book(*(f"Zorvex {name}" for name in invented(300)), "Zorvex")
    hits = look("zorvex", accounts)
    assert (hits.found[0].account_id, len(hits.found), hits.more) == ("Zorvex", SHOWN, True)


def test_what_a_search_looks_at_is_bounded_however_many_accounts_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    class Counted(list[str]):
        looked = 0

        def __getitem__(self, at: object) -> str:  # type: ignore[override]
            Counted.looked += 1
            return super().__getitem__(at)  # type: ignore[index, no-any-return]

    monkeypatch.setattr(index, "SEARCHED", 500)
    accounts = book(*(f"{name} Zorvex" for name in invented(3_000)))
    accounts.names.names = Counted(accounts.names.names)
    for asked in ("zorvex", "zorv consultant", "rvex", "quill", "group zorvexes"):
        Counted.looked = 0
        look(asked, accounts)
        assert Counted.looked < 2 * 500 + 1_500, asked


def test_an_everyday_word_is_also_the_beginning_of_a_name() -> None:
    assert ids(look("tea", book("Teaxon Bramble", "Quill Tea", "Zorvex")).found) == ["Teaxon Bramble", "Quill Tea"]


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 399), st.integers(0, 12), st.integers(3, 12))
def test_every_beginning_and_every_part_of_a_telling_word_finds_its_name(at: int, start: int, size: int) -> None:
    name = NAMES[at]
    part = name.split(" ")[0][start : start + size].lower()
    if len(part) < (4 if start else 3):
        return
    found = BOOK_OF_NAMES.names.holding([part], 10_000)
    wanted = {slot for slot, one in enumerate(BOOK_OF_NAMES.names.names) if one.split(" ")[0] == name.split(" ")[0].lower()}
    assert wanted <= set(found)


NAMES = [one for one in invented(2_000) if one.split(" ")[0].isalpha()][:400]
BOOK_OF_NAMES = book(*NAMES)
