"""Who stands in for a rep, who is above them, and who speaks for a partner."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from schemas.times import micros
from streams.directory.directory import Directory, Rep

HIGHEST = 20
"""Managers above a rep that are looked at: no company has so many, and a chain that goes in a circle ends."""


@lru_cache(maxsize=10_000)
def instant(text: str) -> int:
    """An RFC 3339 instant of the directory as microseconds; 0 for an empty one."""
    return micros(datetime.fromisoformat(text)) if text else 0


def has_left(rep: Rep, at: int) -> bool:
    """Whether the rep takes no leads at `at`, microseconds."""
    return not rep.active or 0 < instant(rep.left_at) <= at


def present(name: str, directory: Directory, at: int) -> bool:
    """Whether the rep takes leads. One that the directory does not know is taken at the CRM's word."""
    known = directory.reps.get(name)
    return known is None or not has_left(known, at)


def stand_in(name: str, directory: Directory, at: int) -> tuple[str, str]:
    """(who takes a rep's leads, `""` for themselves, `successor` or `manager`); two empty strings when nobody does (rule 20)."""
    if present(name, directory, at):
        return name, ""
    successor = _successor(name, directory, at)
    if successor:
        return successor, "successor"
    manager = directory.reps[name].manager
    if manager and (there := manager if present(manager, directory, at) else _successor(manager, directory, at)):
        return there, "manager"
    return "", ""


def _successor(name: str, directory: Directory, at: int) -> str:
    seen = {name}
    while True:
        known = directory.reps.get(name)
        name = known.successor if known is not None else ""
        if not name or name in seen:
            return ""
        if present(name, directory, at):
            return name
        seen.add(name)


def vp_of(name: str, directory: Directory, at: int) -> str:
    """The first active `vp` up a rep's managers, else one of the rep's team; empty when there is none."""
    above = directory.reps.get(name)
    for _ in range(HIGHEST):
        above = directory.reps.get(above.manager) if above is not None and above.manager else None
        if above is None:
            break
        if above.role == "vp" and not has_left(above, at):
            return above.rep
    team = directory.team(name)
    return next((one.rep for one in directory.of_role("vp") if team and one.team == team and not has_left(one, at)), "")


def of_partner(partner_id: str, directory: Directory, at: int) -> str:
    """Who speaks for a partner: its own rep, else the manager of the partner's account; empty when neither is known."""
    own = next((one.rep for one in directory.of_partner(partner_id) if not has_left(one, at)), "")
    if own:
        return own
    company = directory.accounts.get(partner_id)
    return stand_in(company.partner_manager, directory, at)[0] if company is not None and company.partner_manager else ""
