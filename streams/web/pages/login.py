"""Coming in and going out: the development login, an identity provider (OpenID Connect), or a proxy that has seen to it."""

from __future__ import annotations

import logging
from typing import Any, Final
from urllib.parse import urlsplit

from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth
from httpx2 import HTTPError
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from streams.settings.web import WebSettings
from streams.web.access import by_claim
from streams.web.forms import form_of
from streams.web.problems import Problem
from streams.web.rendering import common, html, render
from streams.web.service import Service

log = logging.getLogger(__name__)

PROVIDER: Final = "provider"
UNKNOWN: Final = "The identity provider knows you, but no active rep has this id or e-mail address. Ask RevOps to publish rep-updated."


def provider(settings: WebSettings) -> Any:
    """The client of the identity provider: code flow with PKCE, its configuration discovered from the issuer."""
    secret = settings.oidc_client_secret
    made = OAuth()
    made.register(
        PROVIDER,
        client_id=settings.oidc_client_id,
        client_secret=secret.get_secret_value() if secret else None,
        server_metadata_url=f"{settings.oidc_issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
    )
    return made.create_client(PROVIDER)


async def page(request: Request, service: Service) -> Response:
    """How to come in."""
    settings = service.settings.web
    if settings.login == "development":
        service.gate.check_loopback(request)
    after = local(request.query_params.get("next", "/"))

    def work() -> str:
        reps = [one for one in service.decider.engine.directory.reps.values() if one.active] if settings.login == "development" else []
        reps.sort(key=lambda one: (one.team, one.rep))
        return render("login.html", **common(request, None, service), reps=reps, after=after)

    return html(await service.decider.read(work))


async def development(request: Request, service: Service) -> Response:
    """Be whom you choose, on this machine."""
    if service.settings.web.login != "development":
        raise Problem("not-found", "There is no development login here.")
    service.gate.check_loopback(request)
    service.gate.check_origin(request)
    form = await form_of(request, service)
    rep = str(form.get("rep", ""))
    if await service.gate.person(rep) is None:
        service.gate.failed(request)
        raise Problem("not-signed-in", f"No active rep has the id {rep[:80]!r}.")
    return await entered(service, rep, local(str(form.get("next", "/"))))


async def ask(request: Request, service: Service) -> Response:
    """Off to the identity provider."""
    if service.settings.web.login != "oidc":
        raise Problem("not-found", "There is no identity provider here.")
    request.session["after"] = local(request.query_params.get("next", "/"))
    back = f"{service.settings.web.url}/login/oidc/back"
    try:
        response: Response = await service.provider.authorize_redirect(request, back)
    except (HTTPError, OAuthError) as error:
        log.error("the identity provider does not answer: %s", type(error).__name__)
        raise Problem("unavailable", "The identity provider does not answer.") from error
    return response


async def back(request: Request, service: Service) -> Response:
    """Back from the identity provider, which says who it is."""
    settings = service.settings.web
    if settings.login != "oidc":
        raise Problem("not-found", "There is no identity provider here.")
    try:
        token = await service.provider.authorize_access_token(request)
    except (HTTPError, OAuthError, JoseError, KeyError, ValueError) as error:
        service.gate.failed(request)
        log.warning("a login was refused: %s", type(error).__name__)
        raise Problem("not-signed-in", "The identity provider's answer is not valid; start again.") from error
    said = token.get("userinfo") or {}
    claim = str(said.get(settings.oidc_claim) or "")
    if settings.oidc_claim == "email" and said.get("email_verified") is False:
        raise Problem("not-signed-in", "The identity provider has not verified your e-mail address.")
    rep = await service.decider.read(lambda: by_claim(service.decider.engine.directory, claim)) if claim else ""
    if not rep or await service.gate.person(rep) is None:
        raise Problem("not-allowed", UNKNOWN)
    after = local(str(request.session.pop("after", "/")))
    request.session.clear()
    return await entered(service, rep, after)


async def leave(request: Request, service: Service) -> Response:
    """Log out."""
    service.gate.check_origin(request)
    response = RedirectResponse("/login", 303)
    await service.sessions.end(request, response)
    return response


async def entered(service: Service, rep: str, after: str) -> Response:
    response = RedirectResponse(after, 303, {"cache-control": "no-store"})
    await service.sessions.begin(response, rep)
    return response


def local(address: str) -> str:
    """A path of ours, or `/` for anything that leads elsewhere."""
    parts = urlsplit(address)
    fine = not parts.scheme and not parts.netloc and address.startswith("/") and "\\" not in address and not address.startswith("//")
    return address if fine and address.isprintable() else "/"
