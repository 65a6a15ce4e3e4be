"""Who is asked to settle a review at each level, and until when, in their own business time (rule 17)."""

from __future__ import annotations

from typing import NamedTuple

from schemas.policy import Policy
from streams.business_time import HOUR, Hours, offset
from streams.directory.directory import Directory

REP_TO_REP, TEAM_LEAD, REVOPS = 1, 2, 3
APART = 3 * HOUR
"""Rule 17: reps whose clocks are so far apart get the next morning."""
MORNING = (10, 0)
"""Rule 17: 10:00 of the next business day."""


class Asked(NamedTuple):
    """The reps who are asked, and when their time is over, microseconds."""

    reps: list[str]
    due: int


def ask(directory: Directory, policy: Policy, level: int, start: int, owner: str, requester: str) -> Asked:
    """Who is asked at a level that begins at `start`. `owner`: who has it now, a rep or a team. Whoever is not there to be asked is
    passed over: without a team lead RevOps is asked at once, in the team lead's time."""
    if level == REP_TO_REP:
        return Asked(list(dict.fromkeys((owner, requester))), hours_of(directory, policy, owner).after(start, policy.escalation.rep_to_rep))
    reps = leads(directory, owner) if level == TEAM_LEAD else []
    reps = reps or revops(directory)
    hours = hours_of(directory, policy, reps[0] if reps else "")
    if level == TEAM_LEAD:
        return Asked(reps, hours.after(start, policy.escalation.team_lead))
    return Asked(reps, _last(hours, policy, start, apart(directory, policy, start, owner, requester)))


def leads(directory: Directory, owner: str) -> list[str]:
    """The active team leads of a rep, or of a team, the rep's own manager first. Nobody is their own."""
    known = directory.reps.get(owner)
    everybody = directory.reps.values()
    found = directory.leads_of(owner) if known else {one.rep for one in everybody if one.team == owner and one.role == "team_lead"}
    active = sorted(rep for rep in found - {owner} if rep in directory.reps and directory.reps[rep].active)
    return sorted(active, key=lambda rep: known is None or rep != known.manager)


def revops(directory: Directory) -> list[str]:
    """Everybody active in RevOps, by id; the first one's clock counts."""
    return sorted(one.rep for one in directory.reps.values() if one.role == "revops" and one.active)


def hours_of(directory: Directory, policy: Policy, rep: str) -> Hours:
    """The rep's business hours; the policy's for whoever has no zone of their own."""
    known = directory.reps.get(rep)
    return Hours.of(policy.business_hours, known.timezone if known else "")


def apart(directory: Directory, policy: Policy, at: int, one: str, other: str) -> bool:
    """Whether two reps' clocks are three hours or more apart at a moment."""
    zones = [hours_of(directory, policy, rep).zone for rep in (one, other)]
    return abs(offset(zones[0], at) - offset(zones[1], at)) >= APART


def _last(hours: Hours, policy: Policy, start: int, far: bool) -> int:
    """When RevOps' time is over: at the end of that business day, or the next morning."""
    span = policy.escalation.revops
    if span != "end_of_day":
        return hours.after(start, int(span))
    if far or hours.left_today(start) < HOUR:
        return hours.next_day_at(start, *MORNING)
    return hours.day_end(start)
