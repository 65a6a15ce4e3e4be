"""What a name sounds like, for names written in a script that spells by sound: kana, hangul, Cyrillic, Arabic, Devanagari.

`シナジーマーケティング` and `Synergy Marketing` share hardly a letter once transliterated, but they share the skeleton of consonants that
every spelling keeps. Vowels, h, w and y go; l is r, v is b, m is n; an r that no vowel follows is silent.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA, Indel

KEY = 4
"""Consonants of a skeleton that the index looks up by; whole skeletons are compared then."""

_STEPS = [
    (re.compile(pattern), to)
    for pattern, to in (
        ("ph", "f"), ("ck|cch|kk|qu|q", "k"), ("tion|sion", "shn"), ("tch", "t"), ("x", "ks"), ("[scz]h|zz", "s"),
        ("c(?=[eiy])", "s"), ("g(?=[eiy])|dg|j", "s"), ("ch|c", "k"), ("th", "s"), ("ts", "t"), ("z", "s"), ("v", "b"),
        ("r(?![aeiouy])", ""), ("l", "r"), ("m", "n"), ("y", "i"), ("w", "u"), ("h", ""),
    )
]
_ROMAJI = [(re.compile(pattern), to) for pattern, to in (("ch", "t"), ("tsu|tu", "t"), ("[td]ei(?=[^aeiou]|$)", "ti"), ("t(?=[kpst])", ""), ("sh|j|z", "s"))]
_VOWELS = re.compile("[aeiou]+")
_TWICE = re.compile(r"(.)\1+")


@lru_cache(maxsize=20_000)
def sound(joined: str, foreign: bool = False) -> str:
    """A folded name without blanks as it sounds; `foreign`: it was transliterated, not spelt in Latin letters."""
    if foreign:
        for pattern, to in _ROMAJI:
            joined = pattern.sub(to, joined)
    for pattern, to in _STEPS:
        joined = pattern.sub(to, joined)
    return _TWICE.sub(r"\1", joined)


def skeleton(heard: str) -> str:
    """The consonants of a sound; a vowel that it begins with counts as one."""
    first = "a" if heard[:1] in ("a", "e", "i", "o", "u") else ""
    return _TWICE.sub(r"\1", first + _VOWELS.sub("", heard))


def same_sound(mine: str, theirs: str) -> float:
    """How sure it is, 0 to 100, that two sounds are one name: skeletons equal (or nearly, when they are long) and vowels not too far off."""
    bones, others = skeleton(mine), skeleton(theirs)
    length = min(len(bones), len(others))
    if length < 3:
        return 0.0
    apart = OSA.distance(bones, others, score_cutoff=2)
    if apart > (0 if length < 7 else 1 if length < 11 else 2):
        return 0.0
    near = Indel.normalized_similarity(mine, theirs)
    if near < 0.6:
        return 0.0
    return min(94.0, {3: 74.0, 4: 82.0}.get(length, 88.0) - 8 * apart + 20 * (near - 0.8))
