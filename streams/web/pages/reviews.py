"""*Review*: the evidence of both sides beside each other, and the decision."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import orjson
from starlette.requests import Request
from starlette.responses import Response

from streams.on_record.view import known
from streams.rules.command import authority
from streams.rules.contact.overlaps import APOLOGY
from streams.state import Company, ContactRecord, Dispute, decode
from streams.web.access import Caller, concerns
from streams.web.problems import Problem
from streams.web.rendering import show
from streams.web.service import Service
from streams.web.targets import key_of


async def get(request: Request, caller: Caller, service: Service) -> Response:
    """One review, open or decided."""
    target = request.path_params["target"]
    return await show(request, caller, service, "review.html", lambda: _found(service, caller, target))


def _found(service: Service, caller: Caller, target: str) -> dict[str, Any]:
    """What the page shows. Engine's thread. Raises Problem."""
    directory = service.decider.engine.directory
    key = key_of(target, directory)
    body = directory.matters.get(f"review:{key}")
    decision = orjson.loads(body) if body else None
    dispute, holders = _dispute(service, key)
    if decision is None and (dispute is None or dispute.ruling is None):
        raise Problem("not-found", f"There is and was no review of {key}.")
    if decision is not None and not concerns(caller, decision, directory):
        raise Problem("not-allowed", "This review is between others.")
    ruling = dispute.ruling if dispute else None
    if decision is None and ruling is not None and not _part(service, caller, ruling):
        raise Problem("not-allowed", "This review was between others.")
    kind, _, name = key.partition(":")
    one = known(service.tables, directory, service.policy.windows, key)
    sides = _sides(decision, dispute)
    may = _may(service, caller, decision, dispute, sides)
    return {
        "key": key,
        "field": {"account": "account_id"}.get(kind, kind),
        "name": name,
        "title": one.account.name if one.account and kind == "account" else name,
        "known": one,
        "decision": decision,
        "review": dispute.review if dispute else None,
        "ruling": ruling,
        "sides": sides,
        "holders": holders,
        "may": may,
        "first": next((rep for rep in sides if not may.get(rep, "no")), ""),
        "apology": APOLOGY,
        "event_id": uuid4().hex,
        "reps": sorted(each.rep for each in directory.reps.values() if each.active),
    }


def _dispute(service: Service, key: str) -> tuple[Dispute | None, dict[str, int]]:
    """The dispute about a target, and how many contacts each rep holds there."""
    directory = service.decider.engine.directory
    kind, _, name = key.partition(":")
    where = directory.company_of_domain(name)[0] or key if kind == "domain" else key
    record = decode(where, service.tables.load([where])[0].body)
    if isinstance(record, ContactRecord):
        return record.dispute, {}
    if not isinstance(record, Company):
        return None, {}
    return record.disputes.get("account" if kind == "account" else name), record.holders


def _sides(decision: dict[str, Any] | None, dispute: Dispute | None) -> list[str]:
    """The reps between whom it is decided, the present sender first."""
    if decision is None:
        return []
    requester = dispute.review.requester if dispute and dispute.review else ""
    return list(dict.fromkeys(rep for rep in (decision["active_sender"], requester, *decision["paused"]) if rep))


def _part(service: Service, caller: Caller, ruling: Any) -> bool:
    """Whether a decided review concerns the caller."""
    told = {"notify": [{"rep": rep} for rep in (ruling.by, ruling.sender, ruling.requester, *ruling.paused, *ruling.collaborators) if rep]}
    return concerns(caller, told, service.decider.engine.directory)


def _may(
    service: Service, caller: Caller, decision: dict[str, Any] | None, dispute: Dispute | None, sides: list[str]
) -> dict[str, str]:
    """Sender that could be chosen -> why the caller may not choose it, or empty (rule 18)."""
    review = dispute.review if dispute else None
    if decision is None or review is None:
        return {}
    directory = service.decider.engine.directory
    return {
        sender: authority.decides(directory, caller.name, review.level, decision["active_sender"], review.requester, sender) or ""
        for sender in sides
    }
