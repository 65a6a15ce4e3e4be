"""Requests of one item, or of a list of them with an answer each: reading an item as the contract's event, deciding it, answering."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from schemas.errors import Unreadable, shown
from schemas.events import Event
from schemas.reading import read
from schemas.times import rfc3339
from streams.clock import now_us
from streams.errors import BrokerUnavailable, StoreUnavailable
from streams.web.access import Caller
from streams.web.answering import Decisions
from streams.web.problems import Problem, invalid, unavailable
from streams.web.service import Service

MOST: Final = 1_000
CHUNK: Final = 100
"""Items of a list decided together: ten milliseconds of the engine's thread, so that a single check does not wait for a whole list."""
WORKER_S: Final = 3.0

Item = Callable[[Any, str], Awaitable[dict[str, Any]]]
"""Decides one item under an event id. Raises Problem."""


async def one_or_many(request: Request, caller: Caller, service: Service, decide: Item, most: int = MOST) -> Response:
    """An object is one item and its answer; a list is answered by `{"results": [...]}`, each with the status it would have alone."""
    body, given = await service.gate.json(request)

    async def work(event_id: Callable[[int], str]) -> Response:
        if not isinstance(given, list):
            return answer(await decide(given, event_id(0)))
        if not 0 < len(given) <= most:
            raise Problem("invalid", f"A list has 1 to {most:,} items, and this one has {len(given):,}.")
        results: list[dict[str, Any]] = []
        for start in range(0, len(given), CHUNK):
            chunk = given[start : start + CHUNK]
            results += await asyncio.gather(*(_result(decide, item, event_id(start + at)) for at, item in enumerate(chunk)))
        return answer({"results": results})

    return await service.once.answer(request, caller, body, work)


async def _result(decide: Item, item: Any, event_id: str) -> dict[str, Any]:
    try:
        return {"status": 200, "answer": await decide(item, event_id)}
    except Problem as problem:
        return {"status": problem.status, "problem": problem.body()}


def answer(value: Any, status: int = 200) -> Response:
    """A value as JSON. What is said of people is nobody's to keep on the way."""
    return Response(orjson.dumps(value), status, {"cache-control": "no-store"}, "application/json")


def event_of(topic: str, item: Any, event_id: str, caller: Caller, service: Service, **forced: Any) -> tuple[Event, dict[str, Any], bytes]:
    """(event, its fields, its bytes as they are published). What the item leaves out: `event_id`, `occurred_at` (now) and `source`. Raises
    Problem."""
    if not isinstance(item, dict):
        raise Problem("invalid", f"An item is a JSON object, found {shown(item)}.")
    source = f"console:{caller.name}" if caller.is_person else f"http:{caller.name}"
    filled = {"event_id": event_id, "occurred_at": rfc3339(now_us()), "source": source}
    given = {**filled, **{name: value for name, value in item.items() if value is not None}, **forced}
    try:
        body = orjson.dumps(given)
        event = read(topic, body)
    except (TypeError, orjson.JSONEncodeError) as error:
        raise Problem("invalid", f"An item cannot be written as JSON: {error}.") from error
    except Unreadable as error:
        raise invalid(error) from error
    if event.occurred > now_us() + service.settings.max_future_skew:
        raise Problem("invalid", "occurred_at is in the future by more than clocks differ; nearest: now.", field="occurred_at")
    return event, given, body


async def decided(
    service: Service, topic: str, event: Event, given: dict[str, Any], body: bytes, within_s: float = WORKER_S
) -> Decisions:
    """Put an event on its topic, decide it at once, and answer with what was decided: by us, or by a worker that was faster. Empty where it
    was decided so long ago that nobody here remembers. `within_s`: how long a worker's are waited for. Raises Problem."""
    if service.decider.away:
        raise StoreUnavailable(service.decider.away)
    try:
        record = await service.inbox.put(topic, given, body)
    except BrokerUnavailable as error:
        raise unavailable("Kafka did not take the event in time. The same event id, or Idempotency-Key, is the same event.") from error
    found = await service.decider.decide(topic, event, record)
    return found or await service.hub.of_event(event.event_id, within_s)
