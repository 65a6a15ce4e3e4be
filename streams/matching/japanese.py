"""How a Japanese name in ideographs is read: `栗本建設` is Kurimoto Kensetsu, which only a dictionary knows.

MeCab (by fugashi) cuts a name into words of the IPADIC dictionary, which gives their readings in kana. Both are loaded with the first such
name; the dictionary's 50 MB are mapped, not read. A sign that it cannot read leaves the name without a reading.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import groupby
from typing import Any

from streams.matching.kana import one_spelling, romanised, spelt_out
from streams.matching.legal import LEGAL_NATIVE
from streams.matching.native import NATIVE

MOST, TRIED = 4, 8
"""Readings of a name, and cuts of it that are looked at for them: `大谷` is Otani or Oya."""
LONGEST = 60
"""Characters of a name that is read: longer ones are sentences."""
_IDEOGRAPH = re.compile("[\u3400-\u9fff々]")
_CHUNK = re.compile(r"[\s\x00-\x1f\ud800-\udfff・･/,;、。]+")
"""Between what is read by itself. MeCab ends at a NUL, and takes no halves of characters."""
_READING = 7
"""Where IPADIC has a word's reading among its features."""
_SPOKEN_TOO = {"日本": "ニホン"}
_LONGEST_WORD = max(map(len, NATIVE))


@cache
def _tagger() -> Any:
    import fugashi
    import ipadic

    return fugashi.GenericTagger(ipadic.MECAB_ARGS)


def readings_of(text: str) -> list[str]:
    """The ways to read a name in Japanese, likeliest first, at most `MOST`: its ideographs in Latin letters (Hepburn, long vowels short),
    their everyday words in English, letters that kana spell out as letters. None where nothing is read so, or something cannot be."""
    text = LEGAL_NATIVE.sub(" ", unicodedata.normalize("NFKC", text[:LONGEST]))
    spelt = spelt_out(text)
    if not _IDEOGRAPH.search(spelt):
        return [spelt] if spelt != text else []
    ways = [""]
    for chunk in _CHUNK.split(spelt):
        read = _read(chunk) if _IDEOGRAPH.search(chunk) else (chunk,)
        if not read:
            return []
        ways = [f"{way} {one}" for way in ways for one in read][:MOST]
    return ways


@lru_cache(maxsize=5_000)
def _read(chunk: str) -> tuple[str, ...]:
    """The readings of a text without blanks, at most `MOST`; none where a sign cannot be read."""
    found: dict[str, None] = {}
    everyday = -1
    for words in _tagger().nbestToNodeList(chunk, TRIED):
        parts = _words(words)
        named = sum(own for _, own in parts)
        everyday = len(parts) - named if everyday < 0 else everyday
        if not parts or len(parts) - named < everyday:  # it reads an everyday word sign by sign
            continue
        found[" ".join(_joined(parts))] = None
        if len(found) == MOST or not named:
            break
    return tuple(found)


def _words(words: list[Any]) -> list[tuple[str, bool]]:
    """The words in kana, or in English, and whether each is the name's own. Empty where one has no reading."""
    found: list[tuple[str, bool]] = []
    for word in words:
        surface = word.surface
        if surface in NATIVE or not _IDEOGRAPH.search(surface):
            found.append((NATIVE.get(surface, surface), False))
        elif len(word.feature) <= _READING:
            return []
        else:
            found += _parted(surface, word.feature[_READING])
    return found


def _joined(parts: list[tuple[str, bool]]) -> list[str]:
    joined: list[str] = []
    for own, run in groupby(parts, key=lambda one: one[1]):
        told = [one for one, _ in run]
        joined += [one_spelling(romanised("".join(told)))] if own else told
    return joined


def _parted(surface: str, reading: str) -> list[tuple[str, bool]]:
    """A word of the dictionary that is itself a company's name, without the everyday words at its ends; whether each is its own name."""
    for width in range(min(_LONGEST_WORD, len(surface) - 1), 1, -1):
        if surface[-width:] in NATIVE and reading.endswith(spoken := _spoken(surface[-width:])):
            return [*_parted(surface[:-width], reading[: -len(spoken)]), (NATIVE[surface[-width:]], False)]
        if surface[:width] in NATIVE:
            for spoken in (_spoken(surface[:width]), _SPOKEN_TOO.get(surface[:width], "")):
                if spoken and reading.startswith(spoken):
                    return [(NATIVE[surface[:width]], False), *_parted(surface[width:], reading[len(spoken) :])]
    return [(reading, True)]


@cache
def _spoken(everyday: str) -> str:
    return "".join([word.feature[_READING] if len(word.feature) > _READING else word.surface for word in _tagger()(everyday)])
