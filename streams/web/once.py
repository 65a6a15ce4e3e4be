"""`Idempotency-Key`: the same request again gets the same answer, another request under the same key an error.

After the IETF's draft-ietf-httpapi-idempotency-key-header. Besides, events made of a request with a key get ids made of the key, so that a
request sent again after a crash is known to the engine, whatever is kept here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Final
from uuid import uuid4

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from streams.web.access import Caller
from streams.web.problems import MEDIA, Problem
from streams.web.store import Store

HEADER: Final = "idempotency-key"
KEPT_S: Final = 86_400
"""A day, the least that clients count on."""
UNDER_WAY_S: Final = 30
"""A request that is not answered by then died with its process."""
LONGEST: Final = 255


class Answer(msgspec.Struct):
    """`status` 0: under way."""

    asked: str
    status: int = 0
    body: bytes = b""


_decoder = msgspec.msgpack.Decoder(Answer)

Work = Callable[[Callable[[int], str]], Awaitable[Response]]
"""Gets what makes the event id of the n-th item, and answers."""


class Once:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def answer(self, request: Request, caller: Caller, body: bytes, work: Work) -> Response:
        """The answer of `work`, or the one that was given before. Raises Problem and StoreUnavailable."""
        key = request.headers.get(HEADER)
        if key is None:
            return await work(lambda _: f"http-{uuid4().hex}")
        if not 0 < len(key) <= LONGEST:
            raise Problem("malformed", f"Idempotency-Key must have 1 to {LONGEST} characters, and has {len(key)}.")
        name = f"{caller.is_person}\0{caller.name}\0{key}"
        asked = sha256(b"\0".join((request.method.encode(), request.url.path.encode(), body))).hexdigest()
        if not await self._store.put("once", name, msgspec.msgpack.encode(Answer(asked)), UNDER_WAY_S, new=True):
            return await self._before(name, asked)
        try:
            response = await work(lambda number: f"http-{sha256(_joined(name, number)).hexdigest()[:32]}")
        except BaseException:
            await self._store.drop("once", name)
            raise
        if response.status_code < 500:
            kept = Answer(asked, response.status_code, bytes(response.body))
            await self._store.put("once", name, msgspec.msgpack.encode(kept), KEPT_S)
        else:
            await self._store.drop("once", name)
        return response

    async def _before(self, name: str, asked: str) -> Response:
        found = await self._store.get("once", name)
        before = _decoder.decode(found) if found else Answer(asked)
        if before.asked != asked:
            raise Problem("key-reused", "Idempotency-Key was sent with another method, address or body; use a new one.")
        if not before.status:
            raise Problem("in-progress", "The first request with this Idempotency-Key is not answered yet.", {"retry-after": "1"})
        media = MEDIA if before.status >= 400 else "application/json"
        return Response(before.body, before.status, {"idempotency-replayed": "true", "cache-control": "no-store"}, media)


def _joined(name: str, number: int) -> bytes:
    return f"{name}\0{number}".encode()
