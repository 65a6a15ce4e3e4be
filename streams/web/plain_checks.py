"""The usual check over HTTP, the short way: one check of a machine that claims nothing, before everything that pages and lists need.

Whatever is unusual in any way is left to the application, which reads the request from its beginning: all that is refused is refused
there, in its words, and the answer of either way is the same (tests/web/test_plain_checks.py holds one against the other).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final
from uuid import uuid4

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schemas.events import SendRequested
from streams.errors import LeadlockError
from streams.web.access import Caller
from streams.web.api.addresses import CHECKS
from streams.web.api.items import event_of
from streams.web.api.send_checks import answered, claims
from streams.web.once import HEADER
from streams.web.problems import Problem
from streams.web.service import Service

_ONCE: Final = HEADER.encode()
_METHOD, _PATH, _NEED = CHECKS.method, CHECKS.path, CHECKS.need


class PlainChecks:
    """`app` answers what this does not; `headers` are those that every answer has."""

    def __init__(self, app: ASGIApp, service: Service, headers: Mapping[str, str]) -> None:
        self._app, self._service = app, service
        self._most = service.settings.web.max_body
        common = {"content-type": "application/json", "cache-control": "no-store", **headers}
        self._headers = [(name.encode(), value.encode()) for name, value in common.items()]
        self._seconds = service.metrics.answers.labels(_METHOD, _PATH, "200")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == _PATH and scope["method"] == _METHOD:
            began = time.perf_counter()
            caller = self._caller(scope)
            if caller is not None:
                message = await receive()
                found = await self._answer(caller, message)
                if found is not None:
                    length = (b"content-length", b"%d" % len(found))
                    await send({"type": "http.response.start", "status": 200, "headers": [length, *self._headers]})
                    await send({"type": "http.response.body", "body": found})
                    self._seconds.observe(time.perf_counter() - began)
                    return
                receive = _again(message, receive)
        await self._app(scope, receive, send)

    def _caller(self, scope: Scope) -> Caller | None:
        """The machine that asks, if its headers are the usual ones and it may."""
        given = kind = None
        for name, value in scope["headers"]:
            if name == b"authorization" and given is None:
                given = value
            elif name == b"content-type" and kind is None:
                kind = value
            elif name == _ONCE:
                return None
        if given is None or kind != b"application/json":
            return None
        caller = self._service.gate.machine(given.decode("latin-1"))
        return caller if caller is not None and caller.may(_NEED) else None

    async def _answer(self, caller: Caller, message: Message) -> bytes | None:
        service, body = self._service, message.get("body", b"")
        if message["type"] != "http.request" or message.get("more_body") or len(body) > self._most:
            return None
        try:
            item = orjson.loads(body)
            event, _, _ = event_of("send-requested", item, f"http-{uuid4().hex}", caller, service)
            if not isinstance(event, SendRequested) or claims(event) or service.gate.wait_s(caller):
                return None
            return orjson.dumps(answered(await service.decider.ask("send-requested", event)))
        except (orjson.JSONDecodeError, Problem, LeadlockError):
            return None


def _again(message: Message, receive: Receive) -> Receive:
    """`receive`, with a message that was received already before all others."""
    first: list[Message] = [message]

    async def received() -> Message:
        return first.pop() if first else await receive()

    return received
