"""*Duplicates*: leads that may be one person's, verified in three steps: which is the original, both side by side, same or separate."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

import orjson
from starlette.requests import Request
from starlette.responses import Response

from streams.rules.lead.duplicates import HELD, MERGED
from streams.state import Enquiry, Lead, decode
from streams.web.access import Caller, concerns
from streams.web.problems import Problem
from streams.web.rendering import Page, page_of, show, words
from streams.web.service import Service

MOST: Final = 100
NAMES: Final = {"first_name": "First name", "last_name": "Last name", "ip": "IP address", "email": "E-mail"}
FIELDS: Final = tuple(name for name in Enquiry.__struct_fields__)


async def listed(request: Request, caller: Caller, service: Service) -> Response:
    """Possible duplicates, and for admins what was merged lately."""
    tab = "merged" if request.query_params.get("tab") == "merged" and caller.is_admin else "possible"
    at = page_of(request)
    kept = service.hub.newest(2_000) if tab == "merged" else []
    lately = [told.decision() for told in kept if b'"kind":"duplicate_merged"' in told.value]

    def work() -> dict[str, Any]:
        directory = service.decider.engine.directory
        open_ones = [orjson.loads(body) for key, body in directory.matters.items() if key.startswith("duplicate:")]
        mine = [one for one in open_ones if concerns(caller, one, directory)]
        mine.sort(key=lambda one: (one.get("respond_by") or "9", one["lead_id"]))
        merged = [one for one in lately if _lead(service, one["lead_id"]).status == MERGED]
        return {"tab": tab, "page": Page.of(merged if tab == "merged" else mine, at, MOST)}

    return await show(request, caller, service, "duplicates.html", work)


async def one(request: Request, caller: Caller, service: Service) -> Response:
    """The verification of one lead. What the steps before have chosen is in the address, so that going back works."""
    lead_id, given = request.path_params["lead_id"], request.query_params

    def work() -> dict[str, Any]:
        return _found(service, caller, lead_id, given.get("step", "1"), given.get("original", ""))

    return await show(request, caller, service, "duplicate.html", work)


def _found(service: Service, caller: Caller, lead_id: str, step: str, chosen: str) -> dict[str, Any]:
    """What the page shows. Engine's thread. Raises Problem."""
    directory = service.decider.engine.directory
    lead = _lead(service, lead_id)
    if not (lead.rule or lead.status):
        raise Problem("not-found", f"No lead {lead_id[:80]!r} is known.")
    body = directory.matters.get(f"duplicate:lead:{lead_id}")
    decision = orjson.loads(body) if body else None
    merged_by = next((change.by for change in reversed(lead.history) if change.kind == "duplicate_merged"), "")
    if lead.status == MERGED and not (caller.is_admin or merged_by == caller.name):
        raise Problem("not-allowed", f"{lead_id} is merged into {lead.original}; admins see what was merged.")
    if decision is not None and not concerns(caller, decision, directory):
        raise Problem("not-allowed", "This lead is between others.")
    candidates = [(suspect, _lead(service, suspect.lead_id)) for suspect in lead.suspects]
    known = [suspect.lead_id for suspect, _ in candidates]
    original = chosen if chosen in known else known[0] if len(known) == 1 else ""
    at = {"1": 1, "2": 2, "3": 3}.get(step, 1) if original else 1
    if lead.status == MERGED:
        original, at = lead.original, 0
    other = _lead(service, original) if original else None
    return {
        "lead": lead,
        "held": lead.status == HELD,
        "merged": lead.status == MERGED,
        "merged_by": merged_by,
        "decision": decision,
        "candidates": candidates,
        "original": other,
        "original_owner": _owner(service, other) if other else "",
        "lead_owner": _owner(service, lead),
        "step": at,
        "rows": compared(lead, other) if other else [],
        "event_id": uuid4().hex,
    }


def compared(lead: Lead, other: Lead) -> list[tuple[str, str, str, bool]]:
    """(field, of the original, of the lead, whether they differ), as far as either said something."""
    pairs = [(name, getattr(other.enquiry, name), getattr(lead.enquiry, name)) for name in FIELDS]
    said = [(NAMES.get(name, words(name).capitalize()), one, two) for name, one, two in pairs if one or two]
    return [(name, one, two, one.casefold() != two.casefold()) for name, one, two in said]


def _lead(service: Service, lead_id: str) -> Lead:
    found = decode(f"lead:{lead_id}", service.tables.load([f"lead:{lead_id}"])[0].body)
    assert isinstance(found, Lead)
    return found


def _owner(service: Service, lead: Lead) -> str:
    """Whose the lead is: of one with an address who holds the contact."""
    if not lead.contact:
        return lead.lock.owner if lead.lock else lead.owner
    record = decode(f"contact:{lead.contact}", service.tables.load([f"contact:{lead.contact}"])[0].body)
    lock = getattr(getattr(record, "state", None), "lock", None)
    return lock.owner if lock else lead.owner
