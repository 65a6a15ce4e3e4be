"""*Who owns*: an address, a domain, a company, a lead or a rep; the record with its history, and what may be done about it."""

from __future__ import annotations

import asyncio
from typing import Any, Final
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from streams.cli.history import told
from streams.directory.directory import Account
from streams.records_view import known
from streams.rules.duplicates import MERGED
from streams.state import Company, Lead, decode
from streams.web.access import Caller, leads
from streams.web.problems import Problem
from streams.web.rendering import show
from streams.web.service import Service
from streams.web.targets import key_of

ROWS: Final = 50
FOUND: Final = 20
REASONS: Final = ("prospecting", "research", "active_sequence", "meeting_booked")


async def get(request: Request, caller: Caller, service: Service) -> Response:
    """The search, and what it finds."""
    asked = request.query_params.get("q", "").strip()[:300]
    after = request.query_params.get("after", "")[:400]
    accounts: list[Account] = []
    if asked and not any(mark in asked for mark in "@:."):
        directory = service.decider.engine.directory
        every = await service.decider.read(lambda: list(directory.accounts.values()))
        accounts = await asyncio.to_thread(alike, every, asked)

    def work() -> dict[str, Any]:
        return found(service, caller, asked, after, accounts)

    return await show(request, caller, service, "who.html", work)


def alike(accounts: list[Account], asked: str) -> list[Account]:
    """Accounts whose id is what was asked, or whose name or alias has it, those that begin with it first."""
    wanted = asked.casefold()
    hits = [one for one in accounts if one.account_id == asked or any(wanted in name.casefold() for name in (one.name, *one.aliases))]
    return sorted(hits, key=lambda one: (one.account_id != asked, not one.name.casefold().startswith(wanted), one.name))[:FOUND]


def found(service: Service, caller: Caller, asked: str, after: str, accounts: list[Account]) -> dict[str, Any]:
    """What the page shows. Engine's thread."""
    directory = service.decider.engine.directory
    shown: dict[str, Any] = {"asked": asked, "record": None, "rep": None, "rows": [], "after": "", "accounts": [], "problem": ""}
    if not asked:
        return shown
    reps = [one for one in directory.reps.values() if asked.casefold() in (one.rep.casefold(), one.name.casefold(), one.email.casefold())]
    if len(reps) == 1 and not accounts:
        return shown | {"rep": reps[0]} | _rows(service, reps[0].rep, after)
    try:
        key = f"account:{accounts[0].account_id}" if len(accounts) == 1 else key_of(asked, directory) if not accounts else ""
    except Problem as problem:
        return shown | {"problem": problem.detail}
    if not key:
        return shown | {"accounts": accounts}
    return shown | {"record": _record(service, caller, key)}


def _rows(service: Service, rep: str, after: str) -> dict[str, Any]:
    keys = service.tables.held(rep, after, ROWS + 1)
    engine = service.decider.engine
    locks = [known(service.tables, engine.directory, service.policy.windows, key) for key in keys[:ROWS]]
    return {"rows": [one for one in locks if one.held is not None], "after": keys[ROWS - 1] if len(keys) > ROWS else ""}


def _record(service: Service, caller: Caller, key: str) -> dict[str, Any]:
    engine = service.decider.engine
    one = known(service.tables, engine.directory, service.policy.windows, key)
    kind, _, name = key.partition(":")
    field = {"account": "account_id", "lead": "lead_id"}.get(kind, kind)
    owner = one.held.owner if one.held else ""
    mine = owner == caller.name
    over = mine or caller.sees_all or (bool(owner) and leads(caller, owner, engine.directory))
    company, lead = _beside(service, key)
    if lead is not None and lead.status == MERGED and not caller.is_admin:
        raise Problem("not-allowed", f"{lead.lead_id} is merged into {lead.original}; admins see what was merged.")
    reviewed = f"review:{key}" in engine.directory.matters
    return {
        "known": one,
        "lines": list(told(one.history)),
        "kind": kind,
        "name": name,
        "field": field,
        "mine": mine,
        "may_release": over and bool(owner),
        "may_claim": not owner and kind in ("contact", "account", "domain"),
        "may_ask": not reviewed and kind != "lead" and bool(owner or (company and company.holders)),
        "reviewed": reviewed,
        "company": company,
        "lead": lead,
        "reasons": REASONS,
        "event_id": uuid4().hex,
        "reps": sorted(one.rep for one in engine.directory.reps.values() if one.active),
    }


def _beside(service: Service, key: str) -> tuple[Company | None, Lead | None]:
    """What is on record of a company or a lead beside its lock."""
    directory = service.decider.engine.directory
    kind, _, name = key.partition(":")
    if kind == "domain":
        key = directory.company_of_domain(name)[0] or key
    if kind == "contact":
        return None, None
    record = decode(key, service.tables.load([key])[0].body)
    return (record if isinstance(record, Company) else None), (record if isinstance(record, Lead) and record.at else None)


