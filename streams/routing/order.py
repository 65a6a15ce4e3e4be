"""The routing rules in the policy's order: the first that names somebody wins (rule 20).

A rule is a pure function from what is asked to an answer; a new one is a function in the file of its subject, a line in `STEPS`, its name
in `RuleName` of schemas/policy_tables.py and its sentence in streams/rules/reasons.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from streams.routing import partners, relationships
from streams.routing.asked import Answer, Asked
from streams.routing.people import stand_in
from streams.routing.specialists import specialist
from streams.routing.territories import territory
from streams.routing.turns import Turn

Step = Callable[[Asked], Answer]

STEPS: dict[str, Step] = {
    "contact_owner": relationships.contact_owner,
    "competitor": partners.competitor,
    "partner_company": partners.partner_company,
    "partner_sourced": partners.partner_sourced,
    "strategic_customer": relationships.strategic_customer,
    "named_account": relationships.named_account,
    "customer_owner": relationships.customer_owner,
    "open_opportunity_owner": relationships.open_opportunity_owner,
    "closed_lost_owner": relationships.closed_lost_owner,
    "churned_owner": relationships.churned_owner,
    "profile_owner": relationships.profile_owner,
    "territory": territory,
}
"""Rule name -> step."""


class Tried(NamedTuple):
    """One rule that was tried, and what it saw."""

    rule: str
    saw: str
    won: bool


class Chosen(NamedTuple):
    """The rule that won, and who has the lead: a rep, a team, or by `turn` (then `rep` is empty until it is taken); none of these: RevOps.
    `copied`, `notify` as in an answer. `owner`: whom the rule named, where a specialist takes the lead in their place."""

    rule: str
    tried: list[Tried]
    rep: str = ""
    team: str = ""
    turn: Turn | None = None
    copied: tuple[str, ...] = ()
    notify: tuple[tuple[str, str, bool], ...] = ()
    owner: str = ""
    disqualified: bool = False


@lru_cache(maxsize=1_000)
def _passed_over(rule: str, saw: str) -> Tried:
    return Tried(rule, saw, False)


def choose(asked: Asked) -> Chosen:
    """The first rule of the policy's order that names somebody. Where that rep has left their successor has the lead, else their manager,
    else it is net-new: the territory's."""
    tried: list[Tried] = []
    told: tuple[tuple[str, str, bool], ...] = ()
    for rule in asked.policy.routing.order:
        answer = STEPS[rule](asked)
        if answer.notify:
            told += answer.notify
        if not (answer.rep or answer.team or answer.turn or answer.disqualified):
            tried.append(_passed_over(rule, answer.saw))
            continue
        if not answer.rep:
            tried.append(Tried(rule, answer.saw, True))
            return _settled(asked, rule, answer, tried, told)
        there, how = stand_in(answer.rep, asked.directory, asked.at)
        if there in asked.without:
            tried.append(Tried(rule, f"{answer.saw}; {there} has let it wait too long", False))
            continue
        if there:
            saw = f"{answer.saw}; {answer.rep} has left, {there} is their {how}" if how else answer.saw
            tried.append(Tried(rule, saw, True))
            return _settled(asked, rule, answer._replace(rep=there), tried, told)
        tried.append(Tried(rule, f"{answer.saw}; {answer.rep} has left without a successor or manager", False))
        if rule != "territory":
            return _last(asked, tried, told)
    return Chosen("unassigned", tried, notify=told + _revops(asked))


def _last(asked: Asked, tried: list[Tried], told: tuple[tuple[str, str, bool], ...]) -> Chosen:
    answer = territory(asked)
    tried.append(Tried("territory", answer.saw, answer.names))
    return _settled(asked, "territory", answer, tried, told) if answer.names else Chosen("unassigned", tried, notify=told + _revops(asked))


def _settled(asked: Asked, rule: str, answer: Answer, tried: list[Tried], told: tuple[tuple[str, str, bool], ...]) -> Chosen:
    instead = specialist(asked, answer)
    if instead:
        last = tried[-1]
        tried[-1] = last._replace(saw=f"{last.saw}; {instead} is the specialist for {asked.lead.department}")
        owner = answer.rep
        told += ((owner, "specialist_takes_it", False),) if owner else ()
        answer = answer._replace(rep=instead, turn=None)
    else:
        owner = ""
    copied = tuple(one for one in answer.copied if one != answer.rep) if answer.copied else ()
    return Chosen(rule, tried, answer.rep, answer.team, answer.turn, copied, told, owner, answer.disqualified)


def _revops(asked: Asked) -> tuple[tuple[str, str, bool], ...]:
    return tuple((one.rep, "unassigned", False) for one in asked.directory.of_role("revops") if one.active)
