"""What is on record: `GET /v1/locks/{target}`, `/v1/leads/{id}`, and what waits for somebody: `/v1/reviews`, `/v1/duplicates`."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from streams.on_record.as_json import record, stamp
from streams.on_record.view import known
from streams.rules.lead.duplicates import MERGED
from streams.state import Lead, decode
from streams.web.access import Caller, concerns
from streams.web.api.items import answer
from streams.web.problems import Problem
from streams.web.service import Service
from streams.web.targets import key_of

MOST = 500
"""Matters in one answer."""


async def lock(request: Request, caller: Caller, service: Service) -> Response:
    """Who holds a target, why and until when, with its history."""
    engine, target = service.decider.engine, request.path_params["target"]

    def work() -> dict[str, Any]:
        key = key_of(target, engine.directory)
        return record(known(service.tables, engine.directory, service.policy.windows, key))

    return answer(await service.decider.read(work))


async def lead(request: Request, caller: Caller, service: Service) -> Response:
    """A lead as it was routed, with its history."""
    lead_id = request.path_params["lead_id"]
    found = await service.decider.read(lambda: lead_as_json(service, caller, lead_id))
    if found is None:
        raise Problem("not-found", f"No lead {lead_id[:80]!r} is known.")
    return answer(found)


async def reviews(request: Request, caller: Caller, service: Service) -> Response:
    """Open ownership reviews, the one that is due first first."""
    return answer({"reviews": await service.decider.read(lambda: open_matters(service, caller, "review", "due_at"))})


async def duplicates(request: Request, caller: Caller, service: Service) -> Response:
    """Leads that may be duplicates and wait for somebody to look."""
    return answer({"duplicates": await service.decider.read(lambda: open_matters(service, caller, "duplicate", "respond_by"))})


def open_matters(service: Service, caller: Caller, what: str, order: str) -> list[dict[str, Any]]:
    """The decisions that opened the matters of a kind which the caller may see, by time. Engine's thread."""
    directory = service.decider.engine.directory
    found = (orjson.loads(body) for key, body in directory.matters.items() if key.startswith(f"{what}:"))
    return sorted((one for one in found if concerns(caller, one, directory)), key=lambda one: _when(one, order))[:MOST]


def lead_as_json(service: Service, caller: Caller, lead_id: str) -> dict[str, Any] | None:
    """What is on record of a lead; None where nothing is. Engine's thread. Raises Problem for one that was merged, which admins see."""
    key = f"lead:{lead_id}"
    (document,) = service.tables.load([key])
    found = decode(key, document.body)
    if not document.body or not isinstance(found, Lead):
        return None
    if found.status == MERGED and not caller.is_admin:
        raise Problem("not-allowed", f"{lead_id} is merged into {found.original}; admins see what was merged.")
    # Of a lead with an address the contact has the lock and the history.
    target = f"contact:{found.contact}" if found.contact else key
    told = record(known(service.tables, service.decider.engine.directory, service.policy.windows, target))
    about: dict[str, Any] = {name: getattr(found, name) or None for name in ("lead_id", "contact", "owner", "rule", "priority", "status")}
    about |= {"original_lead_id": found.original or None, "merged": found.merged, "respond_by": stamp(found.respond_by)}
    about["candidates"] = [{"lead_id": one.lead_id, "same": one.same, "product_differs": one.product_differs} for one in found.suspects]
    return about | {name: value for name, value in told.items() if name in ("account", "lock", "history")}


def _when(one: dict[str, Any], order: str) -> tuple[str, str]:
    return one.get(order) or "9", one["decided_at"]


