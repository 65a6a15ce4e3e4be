"""What people and machines write to name a target: an address, `account:ID`, `domain:NAME`, `lead:ID`, a bare account id or domain."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final

from schemas.addresses import normalise, normalise_domain
from streams.directory.directory import Directory
from streams.matching.domains import registrable
from streams.web.problems import Problem

KINDS: Final = ("contact", "account", "domain", "lead")


def key_of(text: str, directory: Directory) -> str:
    """The key of the lock that `text` names. Raises Problem naming the nearest valid one."""
    kind, colon, name = text.strip().partition(":")
    if not colon:
        if "@" in kind:
            kind, name = "contact", kind
        elif kind in directory.accounts:
            kind, name = "account", kind
        elif "." in kind:
            kind, name = "domain", kind
        else:
            by_id = directory.nearest_account(kind)
            raise _bad(f"{text!r} is neither an address nor a domain, and no account has this id", by_id or "contact:ADDRESS")
    elif kind not in KINDS:
        near = get_close_matches(kind, KINDS, 1, 0.0)
        raise _bad(f"{text!r} begins with no known kind", f"{near[0]}:{name}")
    if not name:
        raise _bad(f"{kind}: is followed by nothing", f"{kind}:NAME")
    try:
        if kind == "contact":
            name = normalise(name)
        elif kind == "domain":
            name = registrable(normalise_domain(name))
    except ValueError as error:
        raise _bad(f"{name!r} {error}", "ops@northwind-logistics.com" if kind == "contact" else "northwind-logistics.com") from error
    return f"{kind}:{name}"


def _bad(why: str, near: str) -> Problem:
    return Problem("invalid", f"target: {why}; nearest: {near}.", field="target", nearest=near)
