"""Kana in Latin letters as Hepburn's system spells them, what spellings of Japanese have in common, and letters spelt out in kana.

anyascii's tables give each sign its own letters; here small signs change the one before them, as they do when they are spoken.
"""

from __future__ import annotations

import re

from anyascii import anyascii

from streams.matching.words import vocabulary

_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_SIGN = re.compile("([ァ-ヺ])([ャュョァィゥェォ])?")
_SMALL = {"ャ": "a", "ュ": "u", "ョ": "o", "ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o"}
_GLIDES = {"ウ": "w", "イ": "y", "ク": "kw", "グ": "gw"}
_DOUBLED = re.compile("ッ+([a-z]?)")

_LETTERS = {name: letter for letter, names in vocabulary()["letters"].items() for name in names.split()}
_LETTER = "|".join(sorted(_LETTERS, key=lambda name: (-len(name), name)))
_SPELT = re.compile(rf"(?<![ァ-ヺー・])(?:{_LETTER})(?:[・･-]?(?:{_LETTER}))+(?=[^ァ-ヺー]|$|[ア-ヺ][ァ-ヺー]{{2}})")
_ONE = re.compile(_LETTER)

_SPELLINGS = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        ("oh(?![aeiou])|o[ou]+", "o"),
        ("uu+", "u"),
        ("m(?=[bmp])", "n"),
        ("s(?=i)|sy", "sh"),
        ("t(?=i)|ty|tch|cch", "ch"),
        ("tu", "tsu"),
        ("(?<![cs])hu", "fu"),
        ("zy|dy|dj|z(?=i)|jy", "j"),
        ("d(?=z)", ""),
        ("(?<![aeiou])wo", "o"),
        (r"([b-df-hj-np-tv-z])\1+", r"\1"),
    )
)


def has_kana(text: str) -> bool:
    """Whether any of a text is in kana, so that it is Japanese."""
    return bool(_KANA.search(text))


def romanised(text: str) -> str:
    """The text with its kana in Latin letters, without marks of length; other signs stay."""
    if not has_kana(text):
        return text
    return _DOUBLED.sub(r"\1\1", _SIGN.sub(_latin, text.translate(_TO_KATAKANA))).replace("ー", "")


def _latin(found: re.Match[str]) -> str:
    sign, small = found[1], found[2]
    if sign == "ッ":
        return sign
    base = "vu" if sign == "ヴ" else anyascii(sign)
    if not small:
        return base
    if small in "ャュョ":
        return base[:-1] + ("" if base in ("shi", "chi", "ji") else "y") + _SMALL[small]
    return _GLIDES.get(sign, base[:-1]) + _SMALL[small]


def spelt_out(text: str) -> str:
    """The text with the letters that it spells out in kana: `ワイ・シー・エス株式会社` -> `YCS株式会社`; as it is where it spells none. Two
    letters at least: one alone may be a word."""
    return _SPELT.sub(lambda found: "".join([_LETTERS[one] for one in _ONE.findall(found[0])]), text)


def one_spelling(latin: str) -> str:
    """Japanese in lower-case Latin letters in one spelling: `ohishi`, `ooishi` and `oisi` are `oishi`. Long vowels and doubled consonants
    are short and single, Kunrei's and older spellings become Hepburn's (ISO 3602 and ALA-LC describe both)."""
    for pattern, to in _SPELLINGS:
        latin = pattern.sub(to, latin)
    return latin
