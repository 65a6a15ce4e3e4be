"""What stands before every address: who asks, whether the request was meant, whether they may, and how often."""

from __future__ import annotations

from hmac import compare_digest
from math import ceil
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from starlette.requests import ClientDisconnect, Request

from streams.settings.web import WebSettings, loopback
from streams.web.access import Caller, Need, by_claim, person
from streams.web.deciding import Decider
from streams.web.keys import Keys
from streams.web.limits import Limit
from streams.web.problems import Problem
from streams.web.sessions import Sessions

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
PROXY_SECRET: Final = "x-leadlock-proxy-secret"
GUESSES: Final = (0.2, 20.0)
"""Failed logins and keys of one address: one in five seconds, twenty at once. A key cannot be guessed; this keeps the log quiet."""


class Gate:
    def __init__(self, settings: WebSettings, keys: Keys, sessions: Sessions, decider: Decider) -> None:
        self._settings, self._keys, self._sessions, self._decider = settings, keys, sessions, decider
        self._machines = Limit(settings.key_rate, 2 * settings.key_rate)
        self._people = Limit(settings.person_rate, 4 * settings.person_rate)
        self._strangers = Limit(*GUESSES)

    async def admit(self, request: Request, need: Need) -> Caller:
        """Whoever asks, if they may. Raises Problem, and StoreUnavailable."""
        caller = await self.caller(request)
        if caller is None:
            raise Problem("not-signed-in", "Send an API key as `Authorization: Bearer …`, or log in.", {"www-authenticate": "Bearer"})
        if caller.is_person:
            self.check_origin(request)
        if not caller.may(need):
            raise Problem("not-allowed", _lacks(caller, need))
        wait = self.wait_s(caller)
        if wait:
            raise Problem("too-many", f"{caller.name} asks too often.", {"retry-after": str(ceil(wait))})
        return caller

    async def caller(self, request: Request) -> Caller | None:
        """Whoever asks: a key, a session, or whom the proxy names; None for nobody. Raises Problem for a key or header that is not true."""
        given = request.headers.get("authorization")
        if given is not None:
            found = self.machine(given)
            if found is None:
                self.failed(request)
                raise Problem("not-signed-in", "The API key is not known.", {"www-authenticate": "Bearer"})
            return found
        if self._settings.login == "none":
            return None
        rep = await self._by_proxy(request) if self._settings.login == "proxy" else await self._sessions.rep(request)
        if self._settings.login == "development":
            self.check_loopback(request)
        return await self.person(rep) if rep else None

    def machine(self, authorization: str) -> Caller | None:
        """Whose key an `Authorization` header holds; None for none of ours."""
        scheme, _, key = authorization.partition(" ")
        return self._keys.caller(key.strip()) if scheme.lower() == "bearer" else None

    def wait_s(self, caller: Caller) -> float:
        """Let the caller ask once: 0, or the seconds until they may."""
        return (self._people if caller.is_person else self._machines).wait_s(f"{caller.is_person} {caller.name}")

    async def person(self, rep: str) -> Caller | None:
        """The rep as a caller; None when they are not known, or have left. Raises StoreUnavailable."""
        found = person(self._decider.engine.directory, rep, self._settings.admins)
        if found is not None:
            return found
        # They may be new.
        return await self._decider.read(lambda: person(self._decider.engine.directory, rep, self._settings.admins))

    async def _by_proxy(self, request: Request) -> str:
        claim = request.headers.get(self._settings.proxy_header)
        if claim is None:
            return ""
        secret = self._settings.proxy_secret
        given = request.headers.get(PROXY_SECRET, "")
        if secret is None or not compare_digest(given.encode(), secret.get_secret_value().encode()):
            self.failed(request)
            raise Problem("not-signed-in", f"{self._settings.proxy_header} came without the proxy's secret.")
        return await self._decider.read(lambda: by_claim(self._decider.engine.directory, claim))

    def check_loopback(self, request: Request) -> None:
        """The development login serves this machine alone, whatever stands before it. Raises Problem."""
        peer = request.client.host if request.client else ""
        if not loopback(peer) or "x-forwarded-for" in request.headers or "forwarded" in request.headers:
            raise Problem("not-allowed", "The development login is for this machine only.")

    def check_origin(self, request: Request) -> None:
        """A request that changes something comes from our own pages: browsers say so in `Sec-Fetch-Site`, older ones in `Origin`; and the
        name by which we are called is our own, or another site's name could have been pointed at us. Raises Problem."""
        own = self.origin(request)
        if request.method in SAFE:
            return
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        if site is not None and site != "same-origin":
            raise Problem("cross-site", f"Sec-Fetch-Site is {site!r}, which must be 'same-origin'.")
        if origin is not None and origin != own:
            raise Problem("cross-site", f"Origin is not {own}.")
        if site is None and origin is None:
            raise Problem("cross-site", "Neither Sec-Fetch-Site nor Origin says where the request comes from.")

    def origin(self, request: Request) -> str:
        """Our own address, without a path. Raises Problem when we are called by a name that is not ours."""
        host = request.headers.get("host", "")
        if self._settings.url:
            parts = urlsplit(self._settings.url)
            if host != parts.netloc:
                raise Problem("cross-site", f"This is {parts.netloc}.")
            return f"{parts.scheme}://{parts.netloc}"
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            name = ""
        if not (loopback(name) or name == self._settings.host):
            raise Problem("cross-site", "Set web.url to the name by which people call this address.")
        return f"http://{host}"

    def failed(self, request: Request) -> None:
        """Somebody tried who is nobody. Raises Problem when they try too often."""
        wait = self._strangers.wait_s(request.client.host if request.client else "")
        if wait:
            raise Problem("too-many", "Too many failed attempts from this address.", {"retry-after": str(ceil(wait))})

    async def body(self, request: Request) -> bytes:
        """The whole body. Raises Problem when it is larger than it may be."""
        most = self._settings.max_body
        told = request.headers.get("content-length", "")
        if told.isdecimal() and len(told) < 20 and int(told) > most:
            raise Problem("too-large", f"At most {most:,} bytes are taken.", {"connection": "close"})
        found = bytearray()
        try:
            async for chunk in request.stream():
                found += chunk
                if len(found) > most:
                    raise Problem("too-large", f"At most {most:,} bytes are taken.", {"connection": "close"})
        except ClientDisconnect as error:
            raise Problem("malformed", "The body ended early.") from error
        return bytes(found)

    async def json(self, request: Request) -> tuple[bytes, Any]:
        """The body, and what it holds as JSON. Raises Problem."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Problem("wrong-type", f"Content-Type is {kind[:80]!r}; nearest: 'application/json'.")
        body = await self.body(request)
        try:
            return body, orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise Problem("malformed", f"The body is not JSON: {error}.") from error


def _lacks(caller: Caller, need: Need) -> str:
    if caller.is_person:
        wanted = ", ".join(sorted(need.roles)) or "an API key"
        return f"This is for {wanted}; {caller.name} is {caller.role}."
    return f"The key {caller.name!r} has none of the scopes {', '.join(sorted(need.scopes))}."
