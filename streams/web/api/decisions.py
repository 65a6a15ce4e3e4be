"""`GET /v1/decisions`: decisions as they are published, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).

Each event's id says where in the topic its listener stands. Sent back as `Last-Event-ID`, nothing is missed that the topic still has.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from streams.errors import BrokerUnavailable
from streams.web.access import Caller, concerns
from streams.web.hub import Told, read_id, write_id
from streams.web.problems import Problem, unavailable
from streams.web.service import Service

BEAT_S: Final = 15.0
"""Proxies close what is silent for a minute, or half of one."""
AGAIN_MS: Final = 2_000


async def get(request: Request, caller: Caller, service: Service) -> Response:
    """The stream; a caller sees what concerns them."""
    given = request.headers.get("last-event-id") or request.query_params.get("since") or ""
    try:
        since = read_id(given) if given else None
    except ValueError as error:
        raise Problem("invalid", f"Last-Event-ID: {error}; nearest: leave it out.", field="Last-Event-ID") from error
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_events(caller, service, since), 200, headers, "text/event-stream")


async def _events(caller: Caller, service: Service, since: dict[int, int] | None) -> AsyncIterator[bytes]:
    hub = service.hub
    at = dict(hub.heard)
    listener = hub.listen()
    try:
        yield b"retry: %d\n\n" % AGAIN_MS
        if since is not None:
            until, at = at, {**at, **{number: offset for number, offset in since.items() if number in at}}
            before = hub.since(at)
            if before is None:
                try:
                    before = await asyncio.to_thread(lambda: list(service.follower.between(at, until)))
                except BrokerUnavailable as error:
                    raise unavailable("Kafka does not give what was decided before.") from error
            for told in before:
                if (event := _event(told, at, caller, service)) is not None:
                    yield event
        while True:
            try:
                news = await listener.next(BEAT_S)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if news is None:
                return
            if (event := _event(news, at, caller, service)) is not None:
                yield event
    finally:
        hub.leave(listener)


def _event(told: Told, at: dict[int, int], caller: Caller, service: Service) -> bytes | None:
    """One event, or None for what the listener has had or may not see. `at` goes on with it."""
    if told.offset < at.get(told.partition, 0):
        return None
    at[told.partition] = told.offset + 1
    if not caller.sees_all and not concerns(caller, told.decision(), service.decider.engine.directory):
        return None
    return b"id: %b\nevent: decision\ndata: %b\n\n" % (write_id(at).encode(), told.value)
