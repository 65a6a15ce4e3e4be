"""Names of organisations as they are compared: folded to ASCII, without legal forms, everyday words in one form.

Folding follows Unicode NFKD and, beyond Latin letters, the transliteration tables of the anyascii package.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

from streams.matching.kana import romanised
from streams.matching.legal import LEGAL, LEGAL_ANYWHERE, LEGAL_ENDS, LEGAL_FIRST, LEGAL_NATIVE, LONGEST_FORM
from streams.matching.native import spelt_by_sound, translated
from streams.matching.words import CANONICAL, KINDS, PLACES, STOP

LONGEST = 300
"""Characters of a name that are read: the longest registered names have about 160; whatever is longer is not a name."""

KIND, PLACE, TELLING = 0, 1, 2

_SLASH_END = re.compile(r"\s*/\s*[a-z]{0,3}\s*/?\s*$")
_SITE = re.compile(r"(?:\bwww\.)?\b([\w-]{2,})\.(?:com|net|org|io|ai|cn|co)\b(?!\.\w)")
_DOTTED = re.compile(r"(?<![^\W_])([^\W_])\.(?=[^\W_](?![^\W_]))")
_LETTERS_AND = re.compile(r"\b(\w{1,3})\s?&\s?(\w{1,2})\b")
_BLANKS = "".join(chr(code) if chr(code).isalnum() else " " for code in range(128))
_INNER = re.compile(r"['’‘`´ʼ]")
_JOINS = frozenset(("and", "the", "of"))
_ALONE = LEGAL_ENDS | LEGAL_FIRST | LEGAL_ANYWHERE | STOP | _JOINS
_SPECIAL = _ALONE | {form for form, stem in CANONICAL.items() if stem in _ALONE or len(stem) < 2}
"""Words that may be something else than a name's own word."""
_OF_U = PLACES | {"polytechnic", "technology"}
_VOWELS = frozenset("aeiouy")
_LATIN_ENDS = 0x24F
_MARKS = ("\u0300", "\u036f")


def fold(text: str) -> str:
    """Lower-case ASCII of a name in any script; legal forms that only their own script shows are gone."""
    if text.isascii():
        return text.lower()
    text = LEGAL_NATIVE.sub(" ", unicodedata.normalize("NFKC", text))
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join([one for one in decomposed if not _MARKS[0] <= one <= _MARKS[1]])
    return plain if plain.isascii() else anyascii(romanised(translated(unicodedata.normalize("NFC", plain)))).lower()


def is_foreign(text: str) -> bool:
    """Whether a name is in a script other than Latin that spells by sound, so that folding shows how it sounds and not how it is spelt."""
    if text.isascii():
        return False
    return not is_latin(text) and spelt_by_sound(unicodedata.normalize("NFKC", LEGAL_NATIVE.sub(" ", text)))


def is_latin(text: str) -> bool:
    """Whether a name has Latin letters only; legal forms that only their own script shows do not count."""
    if text.isascii():
        return True
    text = unicodedata.normalize("NFKC", LEGAL_NATIVE.sub(" ", text))
    return not any(ord(one) > _LATIN_ENDS and one.isalpha() and "LATIN" not in unicodedata.name(one, "") for one in text)


def words(text: str) -> list[str]:
    """The folded words of a name in order, site endings cut; legal forms are still there."""
    text = text[:LONGEST].rstrip(".")
    text = text.lower().replace("'", "").replace("`", "") if text.isascii() else fold(_INNER.sub("", text))
    if "/" in text:
        text = _SLASH_END.sub("", text)
    if "." in text:
        text = _DOTTED.sub(r"\1", _SITE.sub(r"\1", text))
    if "&" in text:
        text = _LETTERS_AND.sub(r"\1\2", text).replace("&", " and ")
    return text.translate(_BLANKS).split()


def _initials_joined(found: list[str]) -> list[str]:
    """`d r horton` -> `dr horton`; a `u` before `of` or a place, or last, is the word that it stands for."""
    if min(map(len, found), default=2) > 1:
        return found
    joined: list[str] = []
    run = ""
    for word in (*found, ""):
        if len(word) == 1 and word.isalpha():
            run += word
            continue
        if run:
            stands = run == "u" and (word in ("of", "st") or (not word and joined) or (not joined and CANONICAL.get(word, word) in _OF_U))
            joined.append("university" if stands else run)
            run = ""
        if word:
            joined.append(word)
    return joined


def _without_forms(found: list[str]) -> list[str]:
    end = len(found)
    while end > 1:
        if found[end - 1] not in LEGAL_ENDS:
            if found[end - 1] not in _JOINS:
                break
            end -= 1
            continue
        for width in range(min(LONGEST_FORM, end - 1), 0, -1):
            if "".join(found[end - width : end]) in LEGAL:
                end -= width
                break
        else:
            if found[end - 1] not in _JOINS:
                break
            end -= 1
    start = 0
    while start < end - 1 and found[start] in LEGAL_FIRST:
        start += 1
    if start < end - 2 and "".join(found[start : start + 2]) in LEGAL_FIRST:
        start += 2
    left = _without_inner_form(found[start:end])
    return left if LEGAL_ANYWHERE.isdisjoint(left) else [word for word in left if word not in LEGAL_ANYWHERE] or left


def _without_inner_form(found: list[str]) -> list[str]:
    """The name without forms before the place at its end: `Zorvex Corp. P.R. China`."""
    at = len(found)
    while at > 1 and (CANONICAL.get(found[at - 1], found[at - 1]) in PLACES or found[at - 1] == "pr"):
        at -= 1
    end = at
    while 1 < end < len(found) and found[end - 1] in LEGAL:
        end -= 1
    return found if end == at else [*found[:end], *found[at:]]


def _cored(found: list[str]) -> list[str]:
    kept = _without_forms(_initials_joined(found))
    if not STOP.isdisjoint(kept):
        last = len(kept) - 1
        # A first or last word that would be an article elsewhere is a name's own: AT Kearney, nic.at.
        kept = [word for at, word in enumerate(kept) if word not in STOP or (at in (0, last) and word not in _JOINS)] or kept
    return [CANONICAL.get(word, word) for word in kept]


@lru_cache(maxsize=50_000)
def normalise(text: str) -> str:
    """The words that a name is compared by, blank-separated: `The Müller & Söhne GmbH & Co. KG` -> `muller sohne`. Normalising again
    changes nothing; empty when the text has no letters or digits. Cached: 50,000 names are about 15 MB."""
    return normalised(text)


def normalised(text: str) -> str:
    """As `normalise`, not cached: for loading a whole directory."""
    found = words(text)
    if found:
        if (usual := _usual(found)) is not None:
            return usual
        found = _cored(found)
        while not _is_cored(found) and (again := _cored(found)) != found:
            found = again
    return " ".join(found)


def _usual(found: list[str]) -> str | None:
    """What most names come to, at a third of the price: nothing in them means anything but itself, or only a legal form at the end does.
    None when it takes a closer look."""
    if min(map(len, found)) < 2:
        return None
    if not _SPECIAL.isdisjoint(found):
        if not _SPECIAL.isdisjoint(found[:-1]):
            return None
        whole, found = found, _without_forms(found)
        if len(found) == len(whole):
            return None
    canonical = CANONICAL.get
    return " ".join([canonical(word, word) for word in found])


def _is_cored(found: list[str]) -> bool:
    # Most names are after one turn; this is a fifth of what a second one costs.
    return (
        found[-1] not in LEGAL_ENDS
        and found[-1] not in _JOINS
        and found[0] not in LEGAL_FIRST
        and LEGAL_ANYWHERE.isdisjoint(found)
        and STOP.isdisjoint(found)
        and min(map(len, found)) > 1
    )


_EVERYDAY = PLACES | KINDS | LEGAL


def kind(word: str) -> int:
    """What a normalised word tells: `KIND` what sort of organisation, `PLACE` where, `TELLING` which one."""
    if word in _EVERYDAY:
        return PLACE if word in PLACES else KIND
    return KIND if word.isdigit() else TELLING


def telling(found: list[str]) -> str:
    """The words that tell which one a name is, without blanks."""
    return "".join([word for word in found if word not in _EVERYDAY and not word.isdigit()])


def initials(found: list[str]) -> tuple[str, ...]:
    """What a name of these words may be shortened to: their initials, and a short first word whole with the initials of the others, as
    `SZ Quill` is SZQ. Where that is itself initials by its look nobody takes the first of them alone."""
    if len(found) > 1 and 1 < len(found[0]) < 4:
        rest = "".join([word[0] for word in found[1:]])
        return (found[0] + rest,) if len(found) < 3 or _VOWELS.isdisjoint(found[0]) else (found[0][0] + rest, found[0] + rest)
    return ("".join([word[0] for word in found]),) if len(found) > 2 else ()
