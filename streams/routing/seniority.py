"""How senior a person is, read from what their title says."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from streams.matching.normal import fold

Seniority = Literal["c_level", "vp", "director", "manager", "individual"]

_FOR_OTHERS = re.compile(
    r"\b(assistant|assistent(?:in)?|asistente|assistente|secretary|secretaria|sekretar\w*|office of|aide|to the"
    r"|(?:reporting|reports?|advis[oe]r|ea|pa) to|intern|trainee|student)\b"
)
"""Whoever works for a senior person names them in the title."""
_CHIEF = re.compile(
    r"\b(ceo|cfo|cto|cio|coo|cmo|cro|cpo|cso|ciso|cdo|cco|chro|cao|clo|cxo|chief (?!of staff)(?:\w+ ){0,4}officer"
    r"|chief (?:executive|technology|technologist|people|revenue|marketing|financial|information)|(?:co ?)?founder|founding partner"
    r"|(?:business|company|shop|store|agency|practice|co|sole)[ -]?owner|^owner(?: (?:and|operator|manager|founder|ceo)\b.*)?$"
    r"|(?<!vice )(?<!vice-)president|proprietor|managing director|managing partner|chair(?:man|woman|person)?(?: of the board)?"
    r"|geschaftsfuhr\w+|vorstand(?:smitglied|svorsitzende\w*)?|directeur general|directrice generale|pdg|president directeur general"
    r"|director general|directora general|consejer\w delegad\w|amministratore delegato|diretor geral|presidente)\b"
)
_VICE = re.compile(
    r"\b((?:[serga]|sr |senior |executive |group |regional |area |assistant )?(?:vp|v p|vice[ -]?president)(?:e|in)?|vp\w?"
    r"|vicepresident\w*)\b"
)
_DIRECTOR = re.compile(
    r"\b(director|directora|diretor|direttore|directeur|directrice|direktor\w*|head|chief of staff|leiter(?:in)?|abteilungsleiter\w*)\b"
)
_MANAGER = re.compile(r"\b(manager|managerin|lead|team ?leader|supervisor|gerente|responsable|teamleit\w+|gestor|principal)\b")
_BLANKS = re.compile(r"[^a-z0-9-]+")


def seniority_of(said: str, title: str) -> str:
    """The seniority that the lead says, else the one that the title tells; empty when neither does."""
    return said or (of_title(title) if title else "")


@lru_cache(maxsize=50_000)
def of_title(title: str) -> Seniority:
    """The seniority that a title tells, in English and some of what German, French, Spanish, Italian and Portuguese companies use. A
    title that tells none is an individual's. Cached: titles repeat; 50,000 are about 8 MB."""
    text = " ".join(_BLANKS.sub(" ", fold(title.replace(".", "").replace("'s", ""))).split())
    helper = _FOR_OTHERS.search(text)
    if helper is not None and not _VICE.match(text):
        return "manager" if _MANAGER.search(text[: helper.start()]) else "individual"
    vice = _VICE.search(text)
    if vice is not None and not _CHIEF.search(text[: vice.start()] + " " + text[vice.end() :]):
        return "vp"
    if _CHIEF.search(text):
        return "c_level"
    if _DIRECTOR.search(text):
        return "director"
    return "manager" if _MANAGER.search(text) else "individual"
