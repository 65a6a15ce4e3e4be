"""Enterprise: the specialist of the lead's department takes it, and the owner hears of it (rule 20)."""

from __future__ import annotations

from streams.routing.asked import Answer, Asked
from streams.routing.people import has_left, stand_in


def specialist(asked: Asked, answer: Answer) -> str:
    """The rep who takes an enterprise lead of this department in place of whom a rule chose; empty when there is none or it is that one."""
    account, department = asked.account, asked.lead.department.casefold()
    segment = (account.segment if account else "") or asked.lead.segment
    if segment != "enterprise" or not department or answer.fixed or not (answer.rep or answer.turn):
        return ""
    if account is not None:
        own = next((rep for name, rep in account.specialists.items() if name.casefold() == department), "")
        # Who left is followed by a successor. A manager is no specialist: then the department is looked up, or the owner answers.
        there, how = stand_in(own, asked.directory, asked.at) if own else ("", "")
        if there and how != "manager" and there not in asked.without:
            return there if there != answer.rep else ""
    able = [one for one in asked.directory.of_specialty(department) if not has_left(one, asked.at) and not one.partner_id]
    able = [one for one in able if one.rep not in asked.without]
    if not able or any(one.rep == answer.rep for one in able):
        return ""
    # Whoever is of the owner's own team knows the account; of equals always the same one, so that the prospect hears one voice.
    team = asked.directory.team(answer.rep)
    return min(able, key=lambda one: (one.team != team, one.rep)).rep
