"""How Japanese names are read: ideographs by a dictionary, kana by their sounds, letters that kana spell out as letters."""

from __future__ import annotations

import pytest

from streams.matching.japanese import MOST, readings_of
from streams.matching.kana import one_spelling, romanised, spelt_out
from streams.matching.normal import normalise


@pytest.mark.parametrize(
    ("kana", "latin"),
    [
        ("カメラ", "kamera"),
        ("ジャズ", "jazu"),
        ("コンピューター", "konpyuta"),
        ("フィルム", "firumu"),
        ("ウェブ", "webu"),
        ("キッチン", "kitchin"),
        ("ティー", "ti"),
        ("さくら", "sakura"),
        ("Zorvex", "Zorvex"),
    ],
)
def test_kana_are_spelt_as_they_are_spoken(kana: str, latin: str) -> None:
    assert romanised(kana).replace("cch", "tch") == latin


@pytest.mark.parametrize(
    "spellings",
    [["ohyama", "ooyama", "oyama"], ["sinzyuku", "shinjuku"], ["tunoda", "tsunoda"], ["shimbun", "shinbun"]],
)
def test_spellings_of_one_reading_are_one(spellings: list[str]) -> None:
    assert len({one_spelling(one) for one in spellings}) == 1


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("キューピーエス", "qps"),
        ("ワイ・ケイ・データ", "yk・データ"),
        ("エックス線", "エックス線"),
        ("アイシン", "アイシン"),
        ("エムケー電子", "mk電子"),
    ],
)
def test_letters_that_kana_spell_are_letters(text: str, letters: str) -> None:
    assert spelt_out(text) == letters


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("山田製薬株式会社", {"yamada pharmaceutical"}),
        ("小谷建設", {"kotani construction", "odani construction"}),
        ("日本山田運送", {"nippon yamada transport"}),
        ("Zorvex 山田", {"zorvex yamada"}),
        ("Zorvex", set()),
        ("カメラ", set()),
        ("华为", set()),
    ],
)
def test_ideographs_are_read_and_everyday_words_translated(text: str, ways: set[str]) -> None:
    found = [normalise(one) for one in readings_of(text)]
    assert ways <= set(found) and len(found) <= MOST
    assert bool(ways) == bool(found)


@pytest.mark.parametrize("between", ["\x00", "\ud800", "・"])
def test_signs_that_are_none_part_a_name(between: str) -> None:
    assert "yamada pharmaceutical" in [normalise(one) for one in readings_of(f"山田{between}製薬")]


def test_a_name_is_read_the_same_each_time() -> None:
    assert readings_of("大山電気工業株式会社") == readings_of("大山電気工業株式会社")
