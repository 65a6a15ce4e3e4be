"""Which account a lead belongs to (rule 19; by domain only at this point)."""

from __future__ import annotations

from typing import NamedTuple

from streams.matching.domains import domain_of
from streams.matching.normal import normalise
from streams.rules.world import World
from streams.state import Enquiry


class Resolved(NamedTuple):
    """A lead's company. `account_id`: empty when it has no account. `home`: what tells it from another company, `account:<id>`,
    `domain:<name>`, `name:<normalised>`, or empty. `method`, `score`: as the contract's `match`. `why`: a clause for people."""

    account_id: str
    home: str
    method: str
    score: float | None
    why: str


def resolve(world: World, said: Enquiry) -> Resolved:
    """The account that the directory knows for the lead."""
    key, account = world.directory.company(said.email) if said.email else ("", None)
    if account is not None:
        return Resolved(account.account_id, key, "domain", 100, f"found by its domain {domain_of(said.email)}")
    return Resolved("", key or (f"name:{normalise(said.company)}" if said.company else ""), "none", None, "no account is known for it")
