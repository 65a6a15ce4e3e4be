"""Who is logged in: a random name in a cookie, the rest in Redis, so that a session can be ended here."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from streams.clock import now_us
from streams.settings.web import WebSettings
from streams.web.store import Store

SECOND: Final = 1_000_000


class Session(msgspec.Struct):
    """`rep`: who; `until`: microseconds."""

    rep: str
    until: int


_decoder = msgspec.json.Decoder(Session)


class Sessions:
    def __init__(self, store: Store, settings: WebSettings) -> None:
        self._store, self._seconds = store, max(1, settings.session // SECOND)
        self._secure = settings.url.startswith("https:")
        # The prefix makes browsers refuse the cookie from anything but this very host over TLS.
        self._cookie = "__Host-leadlock" if self._secure else "leadlock"

    async def begin(self, response: Response, rep: str) -> None:
        """Log the rep in, on this answer."""
        name = token_urlsafe(32)
        session = Session(rep, now_us() + self._seconds * SECOND)
        await self._store.put("session", name, msgspec.json.encode(session), self._seconds)
        response.set_cookie(self._cookie, name, max_age=self._seconds, httponly=True, secure=self._secure, samesite="lax", path="/")

    async def rep(self, request: Request) -> str:
        """Whose session it is; empty for none, or one that is over. Raises StoreUnavailable."""
        name = request.cookies.get(self._cookie)
        body = await self._store.get("session", name) if name else None
        session = _decoder.decode(body) if body else None
        return session.rep if session is not None and session.until > now_us() else ""

    async def end(self, request: Request, response: Response) -> None:
        """Log out, everywhere that has this cookie."""
        if name := request.cookies.get(self._cookie):
            await self._store.drop("session", name)
        response.delete_cookie(self._cookie, path="/", secure=self._secure, httponly=True, samesite="lax")
