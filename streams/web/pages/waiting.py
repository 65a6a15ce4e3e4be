"""*Waiting for me*: what is open and concerns whoever looks, the most urgent first."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from streams.web.access import Caller
from streams.web.rendering import MATTERS, show, waiting
from streams.web.service import Service

DUE = ("due_at", "respond_by")
MOST = 200


async def get(request: Request, caller: Caller, service: Service) -> Response:
    """The page, and the part of it that lives."""

    def work() -> dict[str, Any]:
        # What was missed already is told after what can still be kept.
        found = [_matter(key, body) for key, body in waiting(service, caller)]
        found.sort(key=lambda one: (one["what"] == "sla", one["due"] or "9", one["key"]))
        counts = {what: sum(one["what"] == what for one in found) for what in MATTERS}
        return {"matters": found[:MOST], "counts": counts, "more": max(0, len(found) - MOST)}

    return await show(request, caller, service, "waiting.html", work)


def _matter(key: str, body: bytes) -> dict[str, Any]:
    what, _, target = key.partition(":")
    decision = orjson.loads(body)
    due = next((decision[name] for name in DUE if decision.get(name)), None)
    return {"key": key, "what": what, "target": target, "due": due, "decision": decision}
