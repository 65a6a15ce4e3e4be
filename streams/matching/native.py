"""Everyday words of companies' names in scripts without blanks, as the English words that they are.

Japanese, Chinese and Korean names join trade and name in one string (`チタン工業`, `华为技术`): the words of
`words.toml` are cut out of it and translated, so that only the name itself is left to be transliterated.
"""

from __future__ import annotations

import re

from streams.matching.words import vocabulary

NATIVE = vocabulary()["native"]
"""Everyday words in those scripts -> in English."""

_PATTERN = re.compile("|".join(map(re.escape, sorted(NATIVE, key=lambda word: (-len(word), word)))))
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")


def translated(text: str) -> str:
    """The text with those words in English between blanks."""
    return _PATTERN.sub(lambda found: f" {NATIVE[found[0]]} ", text)


def spelt_by_sound(text: str) -> bool:
    """Whether what is left of a name after its everyday words tells its sound: ideographs do not."""
    return not _IDEOGRAPH.search(_PATTERN.sub("", text))
