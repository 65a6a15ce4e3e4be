"""*Live decisions*: what is decided, as it is decided, as far as it concerns whoever looks."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from streams.directory.directory import Directory
from streams.web.access import Caller, concerns
from streams.web.hub import KEPT, Told
from streams.web.rendering import show
from streams.web.service import Service

SHOWN: Final = 60
GROUPS: Final = {
    "all": (),
    "locks": ("claim_", "ownership_"),
    "sends": ("send_", "overlap_", "outreach_", "suppression", "contact_suppressed"),
    "reviews": ("review_", "permit_", "command_"),
    "leads": ("lead_", "match_", "duplicate_", "account_", "sla_", "high_"),
}


async def get(request: Request, caller: Caller, service: Service) -> Response:
    """The newest decisions, and the part of the page that lives."""
    group = request.query_params.get("of", "all")
    group = group if group in GROUPS else "all"

    decisions = await asyncio.to_thread(newest, service.hub.newest(KEPT), caller, service.decider.engine.directory, GROUPS[group])
    shown = {"group": group, "groups": list(GROUPS), "decisions": decisions}
    return await show(request, caller, service, "live.html", lambda: shown)


def newest(kept: list[Told], caller: Caller, directory: Directory, kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    """Up to `SHOWN` decisions that the caller may see, newest first, each once."""
    found: dict[str, dict[str, Any]] = {}
    for told in kept:
        decision = told.decision()
        if (not kinds or decision["kind"].startswith(kinds)) and concerns(caller, decision, directory):
            found.setdefault(decision["decision_id"], decision)
            if len(found) == SHOWN:
                break
    return sorted(found.values(), key=lambda one: (one["decided_at"], one["sequence"]), reverse=True)
