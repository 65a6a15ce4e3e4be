"""What a name sounds like, for names written in a script that spells by sound: kana, hangul, Cyrillic, Arabic, Devanagari.

`シナジーマーケティング` and `Synergy Marketing` share hardly a letter once transliterated, but they share the skeleton of consonants that
every spelling keeps. Vowels, h, w and y go; l is r, v is b, m is n; an r that no vowel follows is silent.
"""

from __future__ import annotations

import re
from functools import lru_cache

KEY = 4
"""Consonants of a skeleton that the index looks up by; whole skeletons are compared then."""

_STEPS = [
    (re.compile(pattern), to)
    for pattern, to in (
        ("ph", "f"), ("ck|cch|kk|qu|q", "k"), ("tion|sion", "shn"), ("tch", "t"), ("x", "ks"), ("[scz]h|zz", "s"),
        ("c(?=[eiy])", "s"), ("g(?=[eiy])|dg|j", "s"), ("ch|c", "k"), ("th", "s"), ("ts", "t"), ("z", "s"), ("v", "b"),
        ("r(?![aeiouy])", ""), ("l", "r"), ("m", "n"), ("[hwy]", ""),
    )
]
_ROMAJI = [(re.compile(pattern), to) for pattern, to in (("ch", "t"), ("tsu|tu", "t"), ("[td]ei(?=[^aeiou]|$)", "ti"), ("t(?=[kpst])", ""), ("sh|j|z", "s"))]
_VOWELS = re.compile("[aeiou]+")


@lru_cache(maxsize=20_000)
def skeleton(joined: str, foreign: bool = False) -> str:
    """The consonants that a folded name without blanks is known by; `foreign`: it was transliterated, not spelt in Latin letters."""
    text = joined
    if foreign:
        for pattern, to in _ROMAJI:
            text = pattern.sub(to, text)
    for pattern, to in _STEPS:
        text = pattern.sub(to, text)
    first = "a" if text[:1] in ("a", "e", "i", "o", "u") else ""
    return re.sub(r"(.)\1+", r"\1", first + _VOWELS.sub("", text))
