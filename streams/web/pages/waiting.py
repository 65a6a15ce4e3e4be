"""*Waiting for me*: what is open and concerns whoever looks, the most urgent first; what was missed already is gathered by whose it is."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

import orjson
from starlette.requests import Request
from starlette.responses import Response

from streams.state import Lead, decode
from streams.web.access import Caller
from streams.web.rendering import MATTERS, Page, page_of, show, waiting
from streams.web.service import Service

DUE: Final = ("due_at", "respond_by")
MOST: Final = 100
"""Matters of a page."""
NAMED: Final = 10
"""Leads of an owner at a company that are named at once; the owner's own page names all."""

Matter = dict[str, Any]


async def get(request: Request, caller: Caller, service: Service) -> Response:
    """The page, and the part of it that lives."""
    at = page_of(request)

    def work() -> dict[str, Any]:
        found = _matters(service, caller)
        missed = [one for one in found if one["what"] == "sla"]
        page = Page.of([one for one in found if one["what"] != "sla"], at, MOST)
        counts = {what: sum(one["what"] == what for one in found) for what in MATTERS}
        shown = {"page": page, "counts": counts, "groups": grouped(missed), "missed": len(missed), "named": NAMED}
        accounts = service.decider.engine.directory.accounts
        return shown | {"leads": _leads(service, page.items), "accounts": accounts, "event_id": uuid4().hex}

    return await show(request, caller, service, "waiting.html", work)


async def missed(request: Request, caller: Caller, service: Service) -> Response:
    """All that one owner missed, `owner` as in `grouped`."""
    at, owner = page_of(request), request.query_params.get("owner", "")

    def work() -> dict[str, Any]:
        found = [one for one in _matters(service, caller) if one["what"] == "sla" and owner_of(one) == owner]
        return {"page": Page.of(found, at, MOST), "owner": owner, "whose": found[0]["decision"]["owner"] if found else None}

    return await show(request, caller, service, "missed.html", work)


def grouped(missed: list[Matter]) -> list[dict[str, Any]]:
    """What was missed, by owner and then by company, each with the oldest first and the rest counted."""
    by_owner: dict[str, dict[str, list[Matter]]] = {}
    for one in missed:
        by_owner.setdefault(owner_of(one), {}).setdefault(_company(one), []).append(one)
    groups = []
    for owner, companies in by_owner.items():
        every = [one for matters in companies.values() for one in matters]
        named = [{"name": name, "matters": matters, "oldest": _oldest(matters)} for name, matters in companies.items()]
        named.sort(key=lambda one: (one["oldest"] or "9", one["name"]))
        groups.append(
            {"owner": owner, "whose": every[0]["decision"]["owner"], "count": len(every), "oldest": _oldest(every), "companies": named}
        )
    return sorted(groups, key=lambda one: (one["oldest"] or "9", one["owner"]))


def owner_of(one: Matter) -> str:
    """`rep:sam`, `team:inbound`, or empty: whose a lead was when nobody answered."""
    owner = one["decision"].get("owner") or {}
    return f"rep:{owner['rep']}" if owner.get("rep") else f"team:{owner['team']}" if owner.get("team") else ""


def _company(one: Matter) -> str:
    decision = one["decision"]
    return decision["account"]["name"] if decision.get("account") else (decision.get("contact") or "").rpartition("@")[2]


def _oldest(matters: list[Matter]) -> str:
    return min((one["due"] for one in matters if one["due"]), default="")


def _matters(service: Service, caller: Caller) -> list[Matter]:
    """What waits for the caller, the most urgent first."""
    found = [_matter(key, body) for key, body in waiting(service, caller)]
    return sorted(found, key=lambda one: (one["due"] or "9", one["key"]))


def _matter(key: str, body: bytes) -> Matter:
    what, _, target = key.partition(":")
    decision = orjson.loads(body)
    due = next((decision[name] for name in DUE if decision.get(name)), None)
    return {"key": key, "what": what, "target": target, "due": due, "decision": decision}


def _leads(service: Service, matters: list[Matter]) -> dict[str, Lead]:
    """The leads whose company somebody is asked about: what they said of themselves, and which companies they are known not to be of."""
    keys = [one["target"] for one in matters if one["what"] == "match"]
    records = zip(keys, service.tables.load(keys) if keys else (), strict=True)
    found = ((key, decode(key, document.body)) for key, document in records)
    return {key: lead for key, lead in found if isinstance(lead, Lead)}
