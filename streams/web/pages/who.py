"""*Who owns*: an address, a domain, a company, a lead or a rep; the record with its history, and what may be done about it."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from streams.on_record.history import told
from streams.on_record.view import known
from streams.rules.lead.duplicates import MERGED
from streams.state import Company, Lead, decode
from streams.web.access import Caller, leads
from streams.web.problems import Problem
from streams.web.rendering import show
from streams.web.searching import Meant, index_names, meant
from streams.web.service import Service

ROWS: Final = 50
REASONS: Final = ("prospecting", "research", "active_sequence", "meeting_booked")


async def get(request: Request, caller: Caller, service: Service) -> Response:
    """The search, and what it finds. With `ask` the form that asks for a review is open."""
    asked = request.query_params.get("q", "").strip()[:300]
    after = request.query_params.get("after", "")[:400]
    unread = await index_names(service) if asked and not any(mark in asked for mark in "@:") else 0
    more = {"unread": unread, "asking": bool(request.query_params.get("ask"))}
    return await show(request, caller, service, "who.html", lambda: more | found(service, caller, asked, after))


def found(service: Service, caller: Caller, asked: str, after: str) -> dict[str, Any]:
    """What the page shows. Engine's thread. Raises Problem and StoreUnavailable."""
    directory = service.decider.engine.directory
    shown: dict[str, Any] = {"asked": asked, "found": Meant(), "accounts": directory.accounts, "record": None, "rows": [], "after": ""}
    if not asked:
        return shown
    one = meant(asked, directory, service.tables, service.policy)
    shown["found"] = one
    if one.rep is not None:
        shown |= _rows(service, one.rep.rep, after)
    elif one.key:
        shown["record"] = _record(service, caller, one.key)
    return shown


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


