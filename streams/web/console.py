"""The console's addresses, and how its pages refuse: in HTML, for people."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from streams.errors import LeadlockError, StoreUnavailable
from streams.web.access import ABOVE, ROLES, Caller, Need
from streams.web.pages import acting, audit, duplicates, import_check, live, login, policy, reviews, waiting, who
from streams.web.problems import Problem, unavailable
from streams.web.rendering import common, html, render
from streams.web.routes import Address
from streams.web.service import Service

log = logging.getLogger(__name__)

PEOPLE: Final = Need(roles=frozenset(ROLES))
OVERSEERS: Final = Need(roles=ABOVE)
PAGES: Final = (
    Address("GET", "/", PEOPLE, waiting.get),
    Address("GET", "/missed", PEOPLE, waiting.missed),
    Address("GET", "/who", PEOPLE, who.get),
    Address("GET", "/import", PEOPLE, import_check.get),
    Address("POST", "/import", PEOPLE, import_check.post),
    Address("GET", "/live", PEOPLE, live.get),
    Address("GET", "/policy", PEOPLE, policy.get),
    Address("GET", "/reviews/{target:path}", PEOPLE, reviews.get),
    Address("GET", "/duplicates", PEOPLE, duplicates.listed),
    Address("GET", "/duplicates/{lead_id:path}", PEOPLE, duplicates.one),
    Address("GET", "/audit", OVERSEERS, audit.get),
    Address("POST", "/audit", OVERSEERS, audit.post),
    Address("POST", "/commands", PEOPLE, acting.post),
)

Open = Callable[[Request, Service], Awaitable[Response]]
OPEN: Final[tuple[tuple[str, str, Open], ...]] = (
    ("GET", "/login", login.page),
    ("POST", "/login", login.development),
    ("GET", "/login/oidc", login.ask),
    ("GET", "/login/oidc/back", login.back),
    ("POST", "/logout", login.leave),
)
"""What nobody needs to be known for."""

STATIC: Final = {
    "htmx.min.js": "text/javascript",
    "console.js": "text/javascript",
    "console.css": "text/css",
    "icon.svg": "image/svg+xml",
}


def routes(service: Service) -> list[BaseRoute]:
    """Every page, and the files that they need."""
    pages = [Route(each.path, _page(each, service), methods=[each.method]) for each in PAGES]
    opened = [Route(path, _open(handler, service), methods=[method]) for method, path, handler in OPEN]
    return [*pages, *opened, *(Route(f"/static/{name}", _file(name, media), methods=["GET"]) for name, media in STATIC.items())]


def _page(address: Address, service: Service) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        caller: Caller | None = None
        try:
            caller = await service.gate.admit(request, address.need)
            return await address.handler(request, caller, service)
        except Problem as problem:
            if problem.kind == "not-signed-in" and "authorization" not in request.headers and service.settings.web.login != "proxy":
                return _to_login(request)
            return refused(request, caller, service, problem)
        except StoreUnavailable:
            return refused(request, None, service, unavailable("leadlock's store is away."))
        except LeadlockError as error:
            log.error("%s %s: %s", address.method, address.path, type(error).__name__)
            return refused(request, None, service, unavailable("leadlock cannot answer at present."))

    return answer


def _open(handler: Open, service: Service) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            return await handler(request, service)
        except Problem as problem:
            return refused(request, None, service, problem)
        except StoreUnavailable:
            return refused(request, None, service, unavailable("leadlock's store is away."))

    return answer


def _to_login(request: Request) -> Response:
    if request.headers.get("hx-request"):  # a part of a page cannot show a login: the whole goes there
        return Response("", 200, {"hx-redirect": "/login"})
    after = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    return RedirectResponse(f"/login?next={quote(after)}" if request.method == "GET" else "/login", 303, {"cache-control": "no-store"})


def refused(request: Request, caller: Caller | None, service: Service, problem: Problem) -> Response:
    """A problem as a page."""
    response = html(render("problem.html", **common(request, caller, service), problem=problem.body()), problem.status)
    for name, value in problem.headers.items():
        response.headers[name] = value
    return response


def _file(name: str, media: str) -> Callable[[Request], Awaitable[Response]]:
    content = files("streams.web").joinpath("static", name).read_bytes()

    async def answer(request: Request) -> Response:
        # Asked for again with each version, and within one only now and then.
        return Response(content, 200, {"cache-control": "public, max-age=300"}, media)

    return answer
