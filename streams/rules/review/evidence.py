"""What is on record about a target, as whoever settles a dispute about it needs to see it (rule 17)."""

from __future__ import annotations

from typing import Any

from streams.directory.directory import Account
from streams.rules.company import at_work
from streams.rules.contact import locks
from streams.rules.world import World
from streams.state import Company, Contact, Heard


def newest_signal(heard: Heard | None) -> tuple[int, str, str] | None:
    """(when, rep, kind) of the newest positive signal; the rep is empty for an intent signal."""
    if heard is None:
        return None
    found = [(heard.at, heard.rep, heard.kind)] if heard.at else []
    found += [(at, "", kind) for kind, at in heard.intents.items()]
    return max(found, default=None)


def of_contact(world: World, state: Contact, stated: list[str], reps: list[str]) -> dict[str, Any]:
    """The evidence about one contact, in the core's own units; `schemas.decision_parts.Evidence` has its fields."""
    return _evidence(world, locks.last_outbound(state), state.heard, state.replies, stated, reps)


def of_company(world: World, company: Company, stated: list[str], reps: list[str]) -> dict[str, Any]:
    """As `of_contact`, about an account or a domain."""
    heard = company.heard
    return _evidence(world, at_work.latest(company), heard, heard.replies if heard else 0, stated, reps)


def _evidence(
    world: World, outbound: tuple[int, str, str] | None, heard: Heard | None, replies: int, stated: list[str], reps: list[str]
) -> dict[str, Any]:
    intents = sorted(((at, kind) for kind, at in heard.intents.items()), reverse=True) if heard else []
    return {
        "last_outbound": outbound,
        "signal": newest_signal(heard),
        "replies": replies,
        "meetings": heard.meetings if heard else 0,
        "intents": [(at, "", kind) for at, kind in intents],
        "stated": stated,
        "account": _account(world.account) if world.account else None,
        "reps": [_rep(world, rep) for rep in dict.fromkeys(reps) if rep in world.directory.reps],
    }


def _account(account: Account) -> dict[str, Any]:
    return {
        "id": account.account_id,
        "name": account.name,
        "status": account.status or None,
        "owner": account.owner or None,
        "backup_owner": account.backup_owner or None,
        "segment": account.segment or None,
        "relationship": relationship(account),
        "partner": account.sourced_by_partner or account.partner_involved or account.partner_manager or None,
    }


def relationship(account: Account) -> str:
    """What the company is to us, in one word: the closest that holds."""
    if account.status == "customer":
        return "customer"
    if account.open_opportunities:
        return "open_opportunity"
    if account.partner_manager:
        return "partner"
    if account.status == "churned":
        return "churned"
    if account.closed_lost is not None:
        return "closed_lost"
    return "competitor" if account.competitor else "prospect"


def _rep(world: World, rep: str) -> dict[str, Any]:
    one = world.directory.reps[rep]
    return {"rep": rep, "team": one.team or None, "role": one.role or None, "territories": [_territory(kept) for kept in one.territories]}


def _territory(kept: dict[str, list[str]]) -> str:
    """`US, MX / CA / enterprise`: countries, regions, segments, as far as they are said."""
    parts = (kept.get(name) or [] for name in ("countries", "regions", "segments"))
    return " / ".join(", ".join(part) for part in parts if part)
