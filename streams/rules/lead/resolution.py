"""Which account a lead belongs to: by a person's word, by its domain, by what other leads have taught, by its name (rule 19).

Each step is a pure function from a lead to an answer; the first that names an account wins. What one can only ask about is kept, and asked
where no later step knows better.
"""

from __future__ import annotations

from typing import NamedTuple

from streams.matching.domains import domain_of
from streams.matching.normal import normalise
from streams.matching.ranking import Candidate
from streams.matching.resolve import LeadFacts, domains_of
from streams.rules.lead.resolution_steps import NOTHING, STEPS, Case
from streams.rules.world import World
from streams.state import Enquiry, Lead


class Resolved(NamedTuple):
    """A lead's company. `account_id`: empty when it has no account. `home`: what tells it from another company, `account:<id>`,
    `domain:<name>`, `name:<normalised>`, or empty. `method`, `score`: as the contract's `match`. `why`: a clause for people.
    `candidates`: whom a person is asked about, and `question` how so."""

    account_id: str
    home: str
    method: str
    score: float | None
    why: str
    candidates: tuple[Candidate, ...] = ()
    question: str = ""


class Looked(NamedTuple):
    """One step that was taken, and what it saw."""

    step: str
    saw: str
    won: bool


def resolve(world: World, lead: Lead, said: Enquiry, ip: str = "") -> Resolved:
    """The account of a lead. Raises Missing where a tie is decided by what the accounts' records hold."""
    return _resolve(_case(world, lead, said, ip), None)


def looked_up(world: World, lead: Lead, said: Enquiry, ip: str = "") -> tuple[Resolved, list[Looked]]:
    """As `resolve`, with every step that was taken."""
    looked: list[Looked] = []
    return _resolve(_case(world, lead, said, ip), looked), looked


def _case(world: World, lead: Lead, said: Enquiry, ip: str) -> Case:
    if said.website:
        domains = domains_of(LeadFacts(said.company, said.email, said.website))
    else:
        domains = [domain_of(said.email)] if said.email else []
    return Case(world, lead, said, ip, domains, normalise(said.company) if said.company else "")


def _resolve(case: Case, looked: list[Looked] | None) -> Resolved:
    asked = NOTHING
    for name, step in STEPS.items():
        answer = step(case)
        if looked is not None:
            looked.append(Looked(name, answer.saw, bool(answer.account_id)))
        if answer.account_id:
            return Resolved(answer.account_id, f"account:{answer.account_id}", answer.method, answer.score, answer.saw)
        if answer.candidates and not asked.candidates:
            asked = answer
    telling = next((one for one in case.domains if case.world.directory.tells(one)), "")
    home = f"domain:{telling}" if telling else f"name:{case.core}" if case.core else ""
    why = asked.saw if asked.candidates else "no account is known for it"
    return Resolved("", home, "none", None, why, asked.candidates, asked.saw)


def resolved(lead: Lead) -> Resolved:
    """How the lead's account was found when it was routed. A whole score is written as one, however it was stored."""
    score = int(lead.score) if lead.score == int(lead.score) else lead.score
    return Resolved(lead.account, lead.home, lead.method, score or None, "")
