"""Who asks, and what they may: keys with scopes for machines, roles for people. Pure; the directory says who is who."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple, get_args

from streams.directory.directory import Directory

Scope = Literal["check", "publish", "command", "admin"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
Role = Literal["rep", "lead", "revops", "admin"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
LEADING: Final = frozenset({"team_lead", "vp"})


class Need(NamedTuple):
    """What an address asks of whoever uses it: one of these scopes of a key, or one of these roles of a person. A key with `admin` may all
    that keys may; none of either: machines, or people, may not at all."""

    scopes: frozenset[Scope] = frozenset()
    roles: frozenset[Role] = frozenset()


ANYBODY: Final = frozenset(ROLES)
ABOVE: Final[frozenset[Role]] = frozenset({"revops", "admin"})


def need(*scopes: Scope, roles: Iterable[Role] = ANYBODY) -> Need:
    """`Need` with `admin` among the scopes."""
    return Need(frozenset((*scopes, "admin")), frozenset(roles))


class Caller(NamedTuple):
    """`name`: the key's name, or the rep. `scopes` are a key's, `role` and `team` a person's."""

    name: str
    scopes: frozenset[Scope] = frozenset()
    role: Role | None = None
    team: str = ""
    shown: str = ""

    @property
    def is_person(self) -> bool:
        return self.role is not None

    @property
    def sees_all(self) -> bool:
        return not self.is_person or self.role in ABOVE

    @property
    def is_admin(self) -> bool:
        return self.role == "admin" or "admin" in self.scopes

    def may(self, what: Need) -> bool:
        """Whether this caller may use an address that needs that."""
        return self.role in what.roles if self.is_person else bool(self.scopes & what.scopes)


def person(directory: Directory, rep: str, admins: Sequence[str]) -> Caller | None:
    """The rep as a caller; None when they are not known or no longer active. `admins`: as `[web] admins`."""
    known = directory.reps.get(rep)
    if known is None or not known.active:
        return None
    role: Role = "revops" if known.role == "revops" else "lead" if known.role in LEADING else "rep"
    if rep in admins or (role == "revops" and not admins):
        role = "admin"
    return Caller(rep, role=role, team=known.team, shown=known.name or rep)


def by_claim(directory: Directory, claim: str) -> str:
    """The rep whose id, or whose e-mail address, an identity provider names; empty when nobody is, or when several share the address."""
    if claim in directory.reps:
        return claim
    wanted = claim.strip().casefold()
    found = [one.rep for one in directory.reps.values() if one.email and one.email.casefold() == wanted]
    return found[0] if len(found) == 1 else ""


def people_in(decision: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """(reps, teams) that a decision is about: owners, who is told, who asked, who is to pause."""
    reps: set[str] = set()
    teams: set[str] = set()
    holders = [decision.get(name) for name in ("owner", "previous_owner", "held_by", "last_outbound")]
    told = [*decision.get("notify", ()), *(decision.get("pause") or ()), *(decision.get("resume") or ())]
    for one in (*holders, *told):
        if one:
            if one.get("rep"):
                reps.add(one["rep"])
            elif one.get("team"):
                teams.add(one["team"])
    named = [decision.get(name) for name in ("active_sender", "decided_by", "to", "approved_by")]
    lists = [rep for name in ("paused", "collaborators", "copied") for rep in decision.get(name) or ()]
    reps.update(one for one in (*named, *lists) if one)
    return reps, teams


def concerns(caller: Caller, decision: Mapping[str, Any], directory: Directory) -> bool:
    """Whether the caller sees a decision: a rep their own, a team lead the team's, the others all."""
    if caller.sees_all:
        return True
    reps, teams = people_in(decision)
    if caller.name in reps or (caller.team and caller.team in teams):
        return True
    return caller.role == "lead" and any(leads(caller, rep, directory) for rep in reps)


def leads(caller: Caller, rep: str, directory: Directory) -> bool:
    """Whether the caller is the rep's team lead, or their manager at any height."""
    if caller.role != "lead":
        return False
    if caller.team and directory.team(rep) == caller.team:
        return True
    seen: set[str] = set()
    while rep and rep not in seen:
        seen.add(rep)
        known = directory.reps.get(rep)
        rep = known.manager if known else ""
        if rep == caller.name:
            return True
    return False
