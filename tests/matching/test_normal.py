"""Normalised names and the ways to read one."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.matching import normal
from streams.matching.normal import KIND, PLACE, TELLING, is_foreign, kind, normalise
from streams.matching.readings import MOST, account_readings, mended, readings
from streams.matching.words import CANONICAL, KINDS, PLACES, STOP, TRADES, vocabulary

NAMES = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from(
            ["Zorvex", "&", "and", "The", "GmbH", "Co.", "KG", "U", "of", "A.", "B.", "Labs", "株式会社", "Größe", "(", ")", "S.p.A."]
        ),
        max_size=8,
    ).map(" ".join),
)


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("The Zörvex & Söhne GmbH & Co. KG", "zorvex sohne"),
        ("ZORVEX, INC.", "zorvex"),
        ("Zorvex Sp. z o.o.", "zorvex"),
        ("Zorvex Pty Ltd", "zorvex"),
        ("Zorvex S.A. de C.V.", "zorvex"),
        ("ООО Зорвекс", "zorveks"),
        ("株式会社ゾルベックス", "zorubekkusu"),
        ("Zorvex Holdings Inc", "zorvex"),
        ("ZORVEX CORP /DE/", "zorvex"),
        ("A. O. Bramble", "ao bramble"),
        ("Q&T", "qt"),
        ("Bramble & Quill", "bramble quill"),
        ("Bramble and Quill", "bramble quill"),
        ("Univ. of Quillton", "university quillton"),
        ("U. of Quillton", "university quillton"),
        ("Bramble's Bakery", "brambles bakery"),
        ("zorvex.io", "zorvex"),
        ("www.zorvex.com", "zorvex"),
        ("Zorvex Technologies", "zorvex technology"),
        ("Zorvex Laboratories", "zorvex laboratory"),
        ("Zorvex Corporation China", "zorvex china"),
        ("Zorvex AG, Co. Germany", "zorvex germany"),
        ("Kabushiki-gaisha Zorvex", "zorvex"),
        ("U Tokyo", "university tokyo"),
        ("U.Politecnica Milano", "university polytechnic milan"),
        ("Holding", "holding"),
        ("!!!", ""),
    ],
)
def test_a_name_is_compared_without_what_does_not_tell(name: str, core: str) -> None:
    assert normalise(name) == core


@given(NAMES)
def test_normalising_again_changes_nothing(name: str) -> None:
    core = normalise(name)
    assert normalise(core) == core
    assert core.isascii()


def test_a_word_tells_which_where_or_what() -> None:
    assert (kind("zorvex"), kind("lisbon"), kind("consultant"), kind("2020")) == (TELLING, PLACE, KIND, KIND)


def test_the_vocabulary_does_not_contradict_itself() -> None:
    assert not CANONICAL.keys() & set(CANONICAL.values()), "a form of one word is the stem of another: normalising would go on"
    assert not KINDS & CANONICAL.keys(), "a word that never comes out of normalising is listed"
    assert not PLACES & CANONICAL.keys()
    assert not STOP & PLACES
    assert {word for trade in TRADES for word in trade if kind(word) != KIND} == set()
    tables = vocabulary()
    forms = [form for table in ("stems", "same_place") for forms in tables[table].values() for form in forms.split()]
    assert len(forms) == len(set(forms)), "a form is of two words"
    assert all(stem.isascii() and stem == stem.lower() for stem in vocabulary()["stems"])


@pytest.mark.parametrize(
    ("text", "core", "how"),
    [
        ("Quill Research, Bramble Industries", "bramble industry", "part"),
        ("Bramble (a Zorvex Company)", "zorvex", "owner"),
        ("Bramble, part of Zorvex", "zorvex", "owner"),
        ("Bramble formerly Quillton Foods", "quillton food", "former"),
        ("BrambleLabs", "bramble laboratory", "split"),
        ("Quill Centre @ Zorvex", "zorvex", "part"),
        ("On behalf of the Zorvex Board", "zorvex board", "whole"),
        ("For Zorvex", "zorvex", "whole"),
        ("zorvex.pt", "zorvex", "site"),
        ("https://www.bramble-quill.co.uk/", "bramble quill", "site"),
        ("University of Quillton Department of Physics", "university quillton", "part"),
        ("Bramble Institute of Quill Studies BIQS", "bramble institute quill study", "whole"),
    ],
)
def test_a_company_is_read_in_several_ways(text: str, core: str, how: str) -> None:
    assert (core, how) in [(one.core, one.how) for one in readings(text)]


def test_a_list_of_companies_is_read_only_so_far() -> None:
    assert len(readings(", ".join(f"Company{'abcdefghij'[at]}x" for at in range(10)))) == MOST


def test_a_name_read_in_a_wrong_encoding_is_mended() -> None:
    assert mended("ViagÃ©nie") == "Viagénie"
    assert mended("ViagÃƒÂ©nie") == "Viagénie"
    assert mended("São Zorvex â la carte") == "São Zorvex â la carte"


def test_an_account_is_known_by_the_parts_that_tell() -> None:
    assert [one.core for one in account_readings("Zorvex - Bramble Materials Ltd")] == [
        "zorvex bramble material",
        "zorvex",
        "bramble material",
    ]
    assert [one.core for one in account_readings("Zorvex (Research)")] == ["zorvex", "zorvex research"]


def test_only_scripts_that_spell_by_sound_are_read_by_sound() -> None:
    assert is_foreign("ゾルベックス株式会社")
    assert is_foreign("Зорвекс")
    assert not is_foreign("黒崎播磨株式会社")
    assert not is_foreign("Größe Łódź")


USUAL_NAMES = st.lists(
    st.sampled_from(["Zorvex", "Labs", "Univ.", "Inc.", "Co.", "Ltd", "GmbH", "Sp", "zoo", "and", "of", "X", "K", "3M", "SA", "u"]),
    min_size=1,
    max_size=5,
).map(" ".join)


@given(st.one_of(USUAL_NAMES, NAMES))
def test_the_short_way_to_a_normalised_name_says_what_the_long_one_says(name: str) -> None:
    found = normal.words(name)
    short = normal._usual(found) if found else None
    if short is not None:
        with patch.object(normal, "_usual", lambda _: None):
            assert normal.normalised(name) == short
