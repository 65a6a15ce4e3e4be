"""`POST /v1/send-checks`: may this rep write to this person now? (rule 15)"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from schemas.events import SendRequested
from streams.errors import StoreUnavailable
from streams.web.access import Caller
from streams.web.answering import Decisions
from streams.web.api.items import decided, event_of, one_or_many
from streams.web.problems import Problem, unavailable
from streams.web.service import Service

AWAY = {
    "block": "Nobody may write until it can.",
    "warn": "The policy lets whoever asks write at their own risk.",
    "allow": "The policy lets whoever asks write.",
}
"""What `[sends] when_unavailable` means."""


async def post(request: Request, caller: Caller, service: Service) -> Response:
    """One check, or a list of them. A launch claims unless it says otherwise; what claims is on its topic first, what only asks reads."""

    async def decide(item: Any, event_id: str) -> dict[str, Any]:
        return await check(service, caller, item, event_id)

    return await one_or_many(request, caller, service, decide)


async def check(service: Service, caller: Caller, item: Any, event_id: str) -> dict[str, Any]:
    """The verdict as the contract's `send_verdict` has it, and `claim`: the grant that came with it, or None. Raises Problem."""
    forced = own(caller, item, "rep")
    event, given, body = event_of("send-requested", item, event_id, caller, service, **forced)
    assert isinstance(event, SendRequested)
    try:
        if claims(event):
            decisions = await decided(service, "send-requested", event, given, body)
        else:
            decisions = []
        # Nothing is decided anew for an event that was decided before: it is asked how things stand now.
        decisions = decisions or await service.decider.ask("send-requested", event)
    except StoreUnavailable as error:
        verdict = service.policy.sends.when_unavailable
        told = f"leadlock's store is away. {AWAY[verdict]}"
        raise unavailable(told, verdict=verdict, rule="unavailable") from error
    return answered(decisions)


def claims(event: SendRequested) -> bool:
    """Whether the check takes what it is answered with an allow or a warn for."""
    return event.stage == "launch" and event.claim is not False


def answered(decisions: Decisions) -> dict[str, Any]:
    """The verdict among the decisions of a check, with the grant of its claim."""
    verdict = next(one for one in decisions if one["kind"] == "send_verdict")
    claim = next((one for one in decisions if one["kind"] in ("claim_granted", "ownership_transferred")), None)
    return {**verdict, "claim": claim}


def own(caller: Caller, item: Any, field: str) -> dict[str, str]:
    """A person speaks for themselves: their own name where the field is left out. Raises Problem for another's."""
    if not caller.is_person or not isinstance(item, dict):
        return {}
    if item.get(field) not in (None, caller.name):
        raise Problem("not-allowed", f"{field}: {caller.name} speaks for {caller.name}, nobody else.", field=field)
    return {field: caller.name}
