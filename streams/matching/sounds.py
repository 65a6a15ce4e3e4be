"""What a name sounds like, for names written in a script that spells by sound: kana, hangul, Cyrillic, Arabic, Devanagari.

`シナジーマーケティング` and `Synergy Marketing` share hardly a letter once transliterated, but they share the skeleton of consonants that
every spelling keeps. Vowels, h and w count little; l is r, v is b, m is n; an r that no vowel follows is silent.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA, Indel

KEY = 5
"""Classes of consonants that sounds are looked up by."""
KEY_READ = 24
"""Letters of a name that the key is made from, which is more than any five consonants need."""
_CLASSES = str.maketrans(
    dict.fromkeys("aeiouhwyrl") | {"v": "b", "f": "p", "m": "n"} | dict.fromkeys("cqszjxgt", "k")  # k also stands for itself
)
SURE, MOST = {3: 74.0, 4: 82.0}, 88.0
"""Points for equal skeletons of so many consonants, and of more: short ones meet by chance."""
KANA_AGREE, KANA_AGREE_LEAST = 0.86, 0.4
"""Share of the vowels between consonants that agree from which kana speak for a name, and below which they speak against it."""
VOWELS_AGREE = 0.6
"""Least likeness of two sounds with their vowels; `kimoto` and `komatsu` have one skeleton and 0.5."""

_FOREIGN = (
    (re.compile("ch|tsu|tu"), "t"),
    (re.compile("[td]ei(?=[^aeiou]|$)"), "ti"),
    (re.compile("t(?=[kpst])"), ""),
    (re.compile("sh|j|z"), "s"),
)
_TO = ("sn", "f", "k", "t", "ks", "s", "k", "b", "", "r", "n", "i", "u", "")
_LETTERS = re.compile(
    "(tion|sion)|(ph)|(ck|cch|kk|qu|q)|(tch|ts)|(x)|([scz]h|zz|th|c(?=[eiy])|g(?=[eiy])|dg|j|z)|(c)|(v)|(r(?![aeiouy]))|(l)|(m)|(y)|(w)|(h)"
)
_MUTE_R = re.compile("([eiu])r(?![aeiouy])")
"""`er`, `ir` and `ur` at a syllable's end, which sound like an a."""
_VOWELS = re.compile("[aeiou]+")
_BETWEEN = re.compile("[^aeiou]")
_CLOSES = ("", "u", "o", "i")
_TWICE = re.compile(r"(.)\1+")


def sound_key(joined: str) -> str:
    """What any two spellings of a sound share: the classes of its first consonants, each once in a row. Every name is indexed by it."""
    key = before = ""
    for one in joined[:KEY_READ].translate(_CLASSES):
        if one != before:
            key += one
            before = one
            if len(key) == KEY:
                break
    return key


@lru_cache(maxsize=20_000)
def sound(joined: str, foreign: bool = False, rolled: bool = False) -> str:
    """A folded name without blanks as it sounds; `foreign`: it was transliterated, not spelt in Latin letters. `rolled`: an r that no vowel
    follows is spoken, as in German."""
    if foreign:
        for pattern, to in _FOREIGN:
            joined = pattern.sub(to, joined)
    elif not rolled:
        joined = _MUTE_R.sub(r"\1a", joined)
    return _TWICE.sub(r"\1", _LETTERS.sub(lambda found: "r" if rolled and found[0] == "r" else _TO[(found.lastindex or 1) - 1], joined))


def skeleton(heard: str) -> str:
    """The consonants of a sound; a vowel that it begins with counts as one."""
    first = "a" if heard[:1] in ("a", "e", "i", "o", "u") else ""
    return _TWICE.sub(r"\1", first + _VOWELS.sub("", heard))


def same_sound(mine: str, theirs: str, kana: bool = False) -> float:
    """How sure it is, 0 to 100, that two sounds are one name: skeletons equal, or nearly when they are long, and vowels not far off.
    `kana`: `mine` was written in them, which tell each vowel and put some where other languages have none."""
    bones, others = skeleton(mine), skeleton(theirs)
    length = min(len(bones), len(others))
    if length < 3:
        return 0.0
    apart = OSA.distance(bones, others, score_cutoff=2)
    if apart > (0 if length < 7 else 1 if length < 11 else 2):
        return 0.0
    if kana and _VOWELS.sub("", mine) == _VOWELS.sub("", theirs):
        agreed = _vowels_agree(mine, theirs)
        return 0.0 if agreed < KANA_AGREE_LEAST else min(94.0, SURE.get(length, MOST) + 50 * (agreed - KANA_AGREE))
    near = Indel.normalized_similarity(mine, theirs)
    return 0.0 if near < VOWELS_AGREE else min(94.0, SURE.get(length, MOST) - 8 * apart + 20 * (near - (1 if kana else 0.8)))


def _vowels_agree(kana: str, latin: str) -> float:
    """The share of the places between equal consonants where a vowel is spoken and the other has it too: one letter in common is enough, as
    spellings have more of them than sounds. A `u`, `o` or `i` of kana where the other has none only closes a syllable; a last `e` is
    silent."""
    gaps = list(zip(_BETWEEN.split(kana), _BETWEEN.split(latin), strict=True))
    if not any(map(any, gaps)):
        return 1.0
    last = len(gaps) - 1
    told = [_same_vowel(one, "" if (at, other) == (last, "e") else other) for at, (one, other) in enumerate(gaps) if one or other]
    return sum(told) / len(told)


def _same_vowel(kana: str, latin: str) -> bool:
    return not set(kana).isdisjoint(latin) or (not latin and kana in _CLOSES) or (kana, latin) == ("a", "u")
