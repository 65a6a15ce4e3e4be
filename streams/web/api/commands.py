"""`POST /v1/claims` and `POST /v1/commands`: what reps say about who owns whom, decided at once."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from streams.errors import StoreUnavailable
from streams.web.access import Caller
from streams.web.api.items import WORKER_S, decided, event_of, one_or_many
from streams.web.api.send_checks import own
from streams.web.problems import Problem, unavailable
from streams.web.service import Service

SILENT_S = 0.5
"""How long a worker's decisions are waited for where there mostly are none: a match that is declined is noted, and nothing is said."""
REFUSING = {"command_refused": "refused", "claim_denied": "denied"}
"""Kind of decision -> the problem that it is over HTTP."""


async def claims(request: Request, caller: Caller, service: Service) -> Response:
    """A claim is the command `claim`, without having to say so."""

    async def decide(item: Any, event_id: str) -> dict[str, Any]:
        if isinstance(item, dict) and item.get("command") not in (None, "claim"):
            raise Problem("invalid", "command: is 'claim' here; send other commands to /v1/commands.", field="command", nearest="claim")
        return await command(service, caller, item, event_id, command="claim")

    return await one_or_many(request, caller, service, decide)


async def commands(request: Request, caller: Caller, service: Service) -> Response:
    """Any command of the contract."""

    async def decide(item: Any, event_id: str) -> dict[str, Any]:
        return await command(service, caller, item, event_id)

    return await one_or_many(request, caller, service, decide)


async def command(service: Service, caller: Caller, item: Any, event_id: str, **forced: Any) -> dict[str, Any]:
    """`{"event_id", "decisions"}`. Raises Problem, with the decision in it, when the command was refused or the claim denied."""
    forced |= own(caller, item, "by")
    event, given, body = event_of("ownership-commands", item, event_id, caller, service, **forced)
    try:
        silent = given.get("command") == "confirm_match" and given.get("accept") is False
        decisions = await decided(service, "ownership-commands", event, given, body, SILENT_S if silent else WORKER_S)
    except StoreUnavailable as error:
        raise unavailable("leadlock's store is away.") from error
    for one in decisions:
        if one["kind"] in REFUSING:
            raise Problem(REFUSING[one["kind"]], one["reason"], decision=one)
    return {"event_id": event.event_id, "decisions": decisions}
