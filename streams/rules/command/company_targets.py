"""What a command about an account or a domain is about: the company's record, and the lock there."""

from __future__ import annotations

from schemas.events import OwnershipCommand
from streams.matching.domains import registrable
from streams.rules.world import World
from streams.state import Company, Lock


def company_of(world: World, event: OwnershipCommand) -> tuple[Company, str, str]:
    """(the company's record, `account` or `domain`, its name)."""
    company = world.company()
    if event.account_id:
        return company, "account", event.account_id
    return company, "domain", registrable(event.domain or "")


def lock_of(company: Company, kind: str, name: str) -> Lock | None:
    """The lock of the account, or of that domain."""
    return company.lock if kind == "account" else company.domains.get(name)
