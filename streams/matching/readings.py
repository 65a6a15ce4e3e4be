"""The ways to read what someone wrote as a company: the whole, its parts, a former name, the owner that it tells."""

from __future__ import annotations

import re
from typing import NamedTuple

from streams.matching.domains import label_of_site
from streams.matching.japanese import readings_of
from streams.matching.normal import LONGEST, TELLING, kind, normalise, normalised

MOST = 8
"""Readings of one name: a long list of companies in one field is nobody's name."""
ACCOUNTS_MOST = 4
"""Names that one account's name is indexed under."""

POINTS = {"whole": 0, "site": 0, "alias": 0, "split": 2, "part": 4, "former": 4, "owner": 6, "read": 2}
"""What a reading takes from a score: a part of a name is less than the name."""

_FORMER = re.compile(
    r"\b(?:formerly|previously|formally|former|fka|f/k/a|aka|a\.k\.a\.?|a/k/a|dba|d/b/a|t/a|trading as|doing business as"
    r"|now(?: part of)?)\b:?",
    re.I,
)
_OWNED = re.compile(
    r"(?:^|[,;(\s-])(?:an?|the|part of(?: the)?|(?:a )?(?:member|division|subsidiary|unit|business|brand) of(?: the)?)\s+([^,;()]+?)\s+"
    r"(?:group company|company|business|subsidiary|brand|division|corporation)\)?\s*$",
    re.I,
)
_PART_OF = re.compile(r"\b(?:part|member|division|subsidiary|unit|branch|department) of(?: the)?\s+([^,;()]+)", re.I)
_FOR_WHOM = re.compile(r"^(?:on behalf of|for|representing|contractor (?:to|for|at)|consultant (?:to|for|at))(?: the)?\s+(?=\S)", re.I)
_UNIT = re.compile(r"\s+(?=(?:dept\.?|department|faculty|division) (?:of|for)\b)", re.I)
_CUT = re.compile(r"\s*[,;|@()\[\]{}«»\"“”]+\s*|\s+[-–—:+/•·]+\s+|\s{2,}|\s*/\s*|\s+(?:at|by|c/o)\s+")
_BRACKETS = re.compile(r"[(\[{（][^)\]}）]*[)\]}）]?")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_TWICE_ENCODED = re.compile("[ÃÂâ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_PLAIN_WORD = r"(?:[A-Z]?[a-z0-9]+|[A-Z0-9&]+)"
_SIMPLE = re.compile(
    rf"{_PLAIN_WORD}(?:[ -]{_PLAIN_WORD})*"
    r"(?:,? ?(?:Inc|INC|LLC|L\.L\.C|Ltd|LTD|Limited|Corp|CORP|Corporation|Co|CO|Company|GmbH|AG|SE|KG|S\.A|B\.V|N\.V|S\.p\.A|S\.r\.l|S\.L"
    r"|K\.K|LP|L\.P|PLC|plc)\.?){0,3}"
)
"""Names that can be read in one way only, which are most: they need no look for brackets, parts and former names."""


class Reading(NamedTuple):
    """One way to read a name. `core`: its normalised words. `how`: `whole`, `site` (the label of one), `split` (at capitals), `part`
    (between signs), `former` (another name that it tells), `owner` (the company that it says it belongs to), `alias` (the policy's)."""

    core: str
    how: str


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
    """The name without the abbreviation of itself that it begins or ends with: `university california santa barbara ucsb`."""
    found = core.split(" ")
    if len(found) > 3:
        if found[-1] == "".join([word[0] for word in found[:-1]]):
            return " ".join(found[:-1])
        if found[0] == "".join([word[0] for word in found[1:]]):
            return " ".join(found[1:])
    return core


def readings(text: str) -> list[Reading]:
    """The ways to read what a lead's company field says, the whole first, each core once, at most `MOST`."""
    text = mended(text[:LONGEST].strip())
    plain = _BRACKETS.sub(" ", text).strip()
    parts: list[tuple[str, str]] = [(plain or text, "whole")]
    if "." in text and " " not in text and (label := label_of_site(text)):
        parts.append((label.replace("-", " "), "site"))
    if (split := _CAMEL.sub(" ", plain)) != plain:
        parts.append((split, "split"))
    parts.append((text, "whole"))
    if told := _FORMER.search(text):
        parts += [(text[: told.start()], "whole"), (text[told.end() :], "former")]
    if owned := _OWNED.search(text):
        parts += [(owned[1], "owner"), (text[: owned.start()], "whole")]
    if told := _FOR_WHOM.match(text):
        parts.append((text[told.end() :], "whole"))
    if unit := _UNIT.search(text):
        parts.append((text[: unit.start()], "part"))
    if part := _PART_OF.search(text):
        parts.append((part[1], "owner"))
    if len(cut := [part for part in _CUT.split(text) if part]) > 1:
        parts += [(part, "part") for part in cut]
    if not text.isascii():
        parts[1:1] = [(way, "read") for way in readings_of(plain or text)]
    return _distinct(parts)[:MOST]


def account_readings(name: str) -> list[Reading]:
    """The names that an account is indexed under for one name that it has: the whole, its brackets and other parts that tell something."""
    if _SIMPLE.fullmatch(name):
        core = without_own_initials(normalised(name))
        return [Reading(core, "whole")] if core else []
    found = readings(name)
    return [one for one in found if one.how not in ("owner", "site") and (one.how != "part" or _tells(one.core))][:ACCOUNTS_MOST]


def _tells(core: str) -> bool:
    return any(kind(word) == TELLING for word in core.split(" "))


def _distinct(parts: list[tuple[str, str]]) -> list[Reading]:
    found: dict[str, str] = {}
    for part, how in parts:
        core = without_own_initials(normalise(part))
        if core:
            found.setdefault(core, how)
    return [Reading(core, how) for core, how in found.items()]
