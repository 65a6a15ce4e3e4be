"""Who may give which command (rule 27). Each check answers with None, or with the sentence that says what is missing."""

from __future__ import annotations

from streams.directory.directory import Directory
from streams.rules.review import asked


def known(directory: Directory, rep: str, what: str = "by") -> str | None:
    """The rep must be known and active."""
    one = directory.reps.get(rep)
    if one is None:
        near = directory.nearest_rep(rep)
        return f"{what}: the rep {rep!r} is not known" + (f"; did you mean {near!r}?" if near else "; publish rep-updated first")
    return None if one.active else f"{what}: the rep {rep!r} is no longer active"


def revops_or_lead(directory: Directory, rep: str) -> str | None:
    """Any team lead, or RevOps."""
    return None if directory.has_role(rep, "team_lead", "revops") else f"by: {rep!r} is neither a team lead nor RevOps"


def over(directory: Directory, rep: str, owner: str, what: str) -> str | None:
    """The owner of the target, the owner's team lead, or RevOps. `owner` may be a team; its members count."""
    if owner and rep == owner:
        return None
    if owner and rep in directory.leads_of(owner):
        return None
    if directory.has_role(rep, "revops"):
        return None
    if owner and owner not in directory.reps and directory.team(rep) == owner:
        return None
    holder = f"owned by {owner!r}" if owner else "owned by nobody"
    return f"by: the {what} is {holder}; only its owner, the owner's team lead or RevOps may do this, not {rep!r}"


def decides(directory: Directory, rep: str, level: int, owner: str, requester: str, sender: str) -> str | None:
    """Rule 18: at level 1 the owner, or the requester where the owner stays the sender; at levels 1 and 2 the owner's team lead; at any
    level RevOps."""
    if directory.has_role(rep, "revops"):
        return None
    if level <= 2 and rep in asked.leads(directory, owner):
        return None
    if level == 1 and rep in (owner, requester):
        if rep == owner or sender == owner or directory.team(rep) == owner:
            return None
        return f"by: at level 1 {rep!r}, who asked for the review, may only agree that {owner!r} stays the sender, not name {sender!r}"
    if level == 1 and owner not in directory.reps and directory.team(rep) == owner:
        return None
    who = {1: f"{owner!r}, {requester!r}, {owner!r}'s team lead", 2: f"{owner!r}'s team lead"}.get(level, "")
    return f"by: at level {level} {who + ' or ' if who else 'only '}RevOps may decide, not {rep!r}"


def approver(directory: Directory, rep: str) -> str | None:
    """An exception is approved by a team lead, a VP or RevOps."""
    refused = known(directory, rep, "approved_by")
    if refused:
        return refused
    allowed = directory.has_role(rep, "team_lead", "vp", "revops")
    return None if allowed else f"approved_by: {rep!r} is neither a team lead, a VP nor RevOps"
