"""The only place that wires addresses to what answers them, behind the gate."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from streams.errors import LeadlockError, StoreUnavailable
from streams.settings.web import WebSettings
from streams.web import console
from streams.web.api.addresses import ADDRESSES
from streams.web.openapi import rendered
from streams.web.pages.login import provider
from streams.web.plain_checks import PlainChecks
from streams.web.problems import Problem, unavailable
from streams.web.routes import Address
from streams.web.service import Service

log = logging.getLogger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


def build(service: Service) -> ASGIApp:
    """The application."""
    document = rendered()
    if service.settings.web.login == "oidc":
        service.provider = provider(service.settings.web)

    async def described(request: Request) -> Response:
        return Response(document, media_type="application/json")

    async def alive(request: Request) -> Response:
        return PlainTextResponse("ok\n") if service.broken is None else PlainTextResponse("broken\n", 500)

    async def ready(request: Request) -> Response:
        lacks = service.decider.away or ("the producer of decisions has failed" if service.broken is not None else "")
        return PlainTextResponse(f"{lacks}\n", 503) if lacks else PlainTextResponse("ok\n")

    async def metrics(request: Request) -> Response:
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(service.observed.registry), headers={"content-type": kind})

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        async with service.running():
            yield

    routes = [
        *(Route(each.path, endpoint(each, service), methods=[each.method]) for each in ADDRESSES),
        Route("/openapi.json", described),
        Route("/healthz", alive),
        Route("/readyz", ready),
        Route("/metrics", metrics),
        *console.routes(service),
    ]
    https = service.settings.web.url.startswith("https:")
    parts = [_dance(service.settings.web, https)] if service.provider is not None else []
    app = Starlette(routes=routes, lifespan=life, middleware=parts, exception_handlers={HTTPException: _http, Exception: _unforeseen})
    headers = {**HEADERS, **({"strict-transport-security": "max-age=31536000"} if https else {})}
    return PlainChecks(Headers(app, headers), service, headers)


def endpoint(address: Address, service: Service) -> Endpoint:
    """What Starlette calls for an address: the gate, then its handler; problems become answers."""

    async def answered(request: Request) -> Response:
        try:
            return await address.handler(request, await service.gate.admit(request, address.need), service)
        except Problem as problem:
            return problem.response()
        except StoreUnavailable:
            return unavailable("leadlock's store is away.").response()
        except LeadlockError as error:
            log.error("%s %s: %s", address.method, address.path, type(error).__name__)
            return unavailable("leadlock cannot answer at present.").response()

    async def answer(request: Request) -> Response:
        began, status = time.perf_counter(), 500
        try:
            response = await answered(request)
            status = response.status_code
        finally:
            service.metrics.answered(address.method, address.path, status, time.perf_counter() - began)
        return response

    return answer


def _dance(settings: WebSettings, https: bool) -> Middleware:
    """For the minutes between going to the identity provider and coming back: what was asked of it, signed, in a cookie of its own. All
    processes of an installation sign alike."""
    secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else token_urlsafe(32)
    key = sha256(b"leadlock login\0" + secret.encode()).hexdigest()
    return Middleware(SessionMiddleware, secret_key=key, session_cookie="leadlock-login", max_age=600, https_only=https)


class Headers:
    """Puts the same headers on every answer."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self._app = app
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        await self._app(scope, receive, sent)


async def _http(request: Request, error: Any) -> Response:
    """What Starlette itself refuses."""
    kind = {404: "not-found", 405: "wrong-method"}.get(error.status_code, "malformed")
    return Problem(kind, f"{request.method} {request.url.path[:200]}: {error.detail}.", dict(error.headers or {})).response()


async def _unforeseen(request: Request, error: Exception) -> Response:
    return unavailable("leadlock failed to answer this; its log says why.").response()
