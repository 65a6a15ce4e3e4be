"""What a person types to name a target, and which lock they mean."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from itertools import chain

import click

from schemas.addresses import normalise, normalise_domain
from streams.directory.directory import Directory
from streams.matching.domains import registrable
from streams.on_record.view import PREFIXES

REP = "rep:"
KINDS = (*PREFIXES, REP)


def resolve(text: str, directory: Directory, holders: Callable[[], set[str]]) -> str:
    """The lock's key that `text` names, or `rep:<id>`. An address, `kind:name`, or a bare account id, rep id or domain, in this order; else
    one of `holders`, whom the directory need not know. Raises click.BadParameter naming the nearest known one."""
    kind, colon, name = text.partition(":")
    if colon and f"{kind}:" in KINDS:
        return _prefixed(f"{kind}:", name)
    if "@" in text:
        return _prefixed("contact:", text)
    if text in directory.accounts:
        return f"account:{text}"
    if text in directory.reps:
        return f"{REP}{text}"
    if "." in text:
        return _prefixed("domain:", text)
    if text in (holding := holders()):
        return f"{REP}{text}"
    close = get_close_matches(text, chain(directory.accounts, directory.reps, holding), 1)
    if colon and (kinds := get_close_matches(kind + ":", KINDS, 1)):
        raise _bad(f"{text!r} begins with no known kind; the nearest is {kinds[0] + name!r}")
    hint = f"the nearest known one is {close[0]!r}" if close else "give an address, account:ID, domain:NAME, lead:ID or rep:ID"
    raise _bad(f"{text!r} is neither an address nor a domain, and no account or rep has this id; {hint}")


def _prefixed(kind: str, name: str) -> str:
    if not name:
        raise _bad(f"{kind!r} is followed by nothing")
    try:
        if kind == "contact:":
            return kind + normalise(name)
        if kind == "domain:":
            return kind + registrable(normalise_domain(name))
    except ValueError as error:
        raise _bad(f"{name!r} {error}") from error
    return kind + name


def _bad(problem: str) -> click.BadParameter:
    return click.BadParameter(problem, param_hint="TARGET")
