"""Names of organisations as they are compared: folded, without legal forms, everyday words in one form; and the ways to read one.

Folding to ASCII follows Unicode NFKD and, beyond Latin letters, the anyascii package's transliteration tables.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from anyascii import anyascii

from streams.matching.native import spelt_by_sound, translated
from streams.matching.places import PLACES
from streams.matching.words import CANONICAL, KINDS, LEGAL, LEGAL_ANYWHERE, LEGAL_FIRST, LEGAL_NATIVE, STOP

LONGEST = 300
"""Characters of a name that are read: the longest registered names have about 160; whatever is longer is not a name."""

_TRAILER = re.compile(r"\s*/\s*[a-z]{0,3}\s*/?\s*$", re.I)
_SITE = re.compile(r"(?:\bwww\.)?\b([\w-]{2,})\.(?:com|net|org|io|ai|cn|co)\b(?!\.\w)", re.I)
_DOTTED = re.compile(r"(?<![^\W_])([^\W_])\.(?=[^\W_](?![^\W_]))")
_LETTERS_AND = re.compile(r"\b(\w{1,3})\s?&\s?(\w{1,2})\b")
_WORD = re.compile(r"[a-z0-9]+")
_INNER = re.compile(r"['’‘`´ʼ]")
_FORMER = re.compile(r"\b(?:formerly|previously|prev\.|formally|former|fka|f/k/a|aka|a\.k\.a\.?|a/k/a|dba|d/b/a|t/a|trading as|doing business as|now part of|now)\b:?", re.I)
_OWNED = re.compile(
    r"(?:^|[,;(\s-])(?:an?|the|part of(?: the)?|(?:a )?(?:member|division|subsidiary|unit|business|brand) of(?: the)?)\s+([^,;()]+?)\s+"
    r"(?:company|group company|business|subsidiary|brand|division|corporation)\)?\s*$",
    re.I,
)
_PART_OF = re.compile(r"\b(?:part|member|division|subsidiary|unit|branch|department) of(?: the)?\s+([^,;()]+)", re.I)
_CUT = re.compile(r"\s*[,;|@()\[\]{}«»\"“”]+\s*|\s+[-–—:+/•·]+\s+|\s{2,}|\s*/\s*|\s+(?:at|c/o)\s+")
_BRACKETS = re.compile(r"[(\[{（][^)\]}）]*[)\]}）]?")


_NEVER = ("the", "and", "of")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_TWICE_ENCODED = re.compile("[ÃÂâ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")


class Reading(NamedTuple):
    """One way to read a name. `core`: its normalised words, blank-separated. `how`: `whole`, `part` (between commas, in brackets),
    `former` (another name that it tells), `owner` (the company it says it belongs to)."""

    core: str
    how: str


def fold(text: str) -> str:
    """Lower-case ASCII of a name in any script; legal forms that only their own script shows are gone."""
    if text.isascii():
        return text.lower()
    text = LEGAL_NATIVE.sub(" ", unicodedata.normalize("NFKC", text))
    plain = "".join([one for one in unicodedata.normalize("NFKD", text.casefold()) if not "\u0300" <= one <= "\u036f"])
    if plain.isascii():
        return plain
    return anyascii(translated(unicodedata.normalize("NFC", plain))).lower()


def is_foreign(text: str) -> bool:
    """Whether a name is written in another script than Latin that spells by sound, so that folding shows the sound and not the spelling."""
    text = LEGAL_NATIVE.sub(" ", text)
    return any(ord(one) > 0x36F and one.isalpha() and not 0x1E00 <= ord(one) <= 0x1EFF for one in text) and spelt_by_sound(text)


def words(text: str) -> list[str]:
    """The folded words of a name in order: initials joined, site endings cut, everyday words canonical; legal forms are still there."""
    text = fold(_INNER.sub("", text[:LONGEST]))
    if "/" in text:
        text = _TRAILER.sub("", text)
    if "." in text:
        text = _DOTTED.sub(r"\1", _SITE.sub(r"\1", text))
    if "&" in text:
        text = _LETTERS_AND.sub(r"\1\2", text).replace("&", " and ")
    found: list[str] = []
    run = ""
    for word in _WORD.findall(text):
        if len(word) == 1 and word.isalpha():
            run += word
        else:
            if run:
                found.append("university" if run == "u" and word in ("of", "st") else run)
                run = ""
            found.append(word)
    if run:
        found.append("university" if run == "u" and found else run)
    return found


def without_forms(found: list[str]) -> list[str]:
    """The words without legal forms; all of them when nothing else is there."""
    end = len(found)
    while end > 1:
        for width in range(min(6, end - 1), 0, -1):
            if "".join(found[end - width : end]) in LEGAL:
                end -= width
                break
        else:
            if found[end - 1] not in ("and", "the", "of"):
                break
            end -= 1
    start = 0
    while start < end - 1 and found[start] in LEGAL_FIRST:
        start += 1
    kept = [word for word in found[start:end] if word not in LEGAL_ANYWHERE]
    return kept or found[start:end]


def _once(text: str) -> str:
    kept = without_forms(words(text))
    # A first or last word that would be an article elsewhere is a name's own: AT Kearney, nic.at.
    ends = (0, len(kept) - 1)
    cored = [CANONICAL.get(word, word) for at, word in enumerate(kept) if word not in STOP or (at in ends and word not in _NEVER)]
    return " ".join(cored or kept)


@lru_cache(maxsize=50_000)
def normalise(text: str) -> str:
    """The words that a name is compared by, blank-separated: `The Müller & Söhne GmbH & Co. KG` -> `muller sohne`. Normalising again
    changes nothing; empty when the text has no letters or digits. Cached: 50,000 names are about 15 MB."""
    core = _once(text)
    while (again := _once(core)) != core:
        core = again
    return core


def kind(word: str) -> int:
    """What a normalised word tells: 0 what sort of organisation, 1 where, 2 which one."""
    if word in PLACES:
        return 1
    if word in KINDS or word in LEGAL or word.isdigit():
        return 0
    return 2


def mended(text: str) -> str:
    """The text that was meant by UTF-8 which someone read as Windows-1252, once or more: `ViagÃ©nie` -> `Viagénie`."""
    for _ in range(3):
        if not _TWICE_ENCODED.search(text):
            break
        try:
            text = text.encode("cp1252").decode()
        except UnicodeError:
            break
    return text


def without_own_initials(core: str) -> str:
    """The name without the abbreviation that it says itself: `university california santa barbara ucsb`."""
    found = core.split(" ")
    if len(found) > 3 and found[-1] == "".join(word[0] for word in found[:-1]):
        return " ".join(found[:-1])
    if len(found) > 3 and found[0] == "".join(word[0] for word in found[1:]):
        return " ".join(found[1:])
    return core


def acronym(core: str) -> str:
    """The initials of a normalised name of three words and more; empty of others."""
    found = core.split()
    return "".join(word[0] for word in found) if len(found) > 2 else ""


def readings(text: str) -> list[Reading]:
    """The ways to read what someone wrote as a company, the whole first, each core once."""
    text = mended(text[:LONGEST].strip())
    found: dict[str, str] = {}

    def add(part: str, how: str) -> None:
        core = without_own_initials(normalise(part))
        if core and core not in found:
            found[core] = how

    plain = _BRACKETS.sub(" ", text).strip()
    add(plain or text, "whole")
    if (split := _CAMEL.sub(" ", plain)) != plain:
        add(split, "split")
    add(text, "whole")
    if told := _FORMER.search(text):
        add(text[: told.start()], "whole")
        add(text[told.end() :], "former")
    if owned := _OWNED.search(text):
        add(owned[1], "owner")
        add(text[: owned.start()], "whole")
    if part := _PART_OF.search(text):
        add(part[1], "owner")
    parts = [part for part in _CUT.split(text) if part]
    if len(parts) > 1:
        for part in parts:
            add(part, "part")
    return [Reading(core, how) for core, how in found.items()]
