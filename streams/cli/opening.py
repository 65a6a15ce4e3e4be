"""The console beside an embedded stack: for whoever sits at this machine, with the login that asks for no proof."""

from __future__ import annotations

from schemas.policy import Policy
from streams.errors import BadSettings
from streams.settings.settings import Settings
from streams.settings.web import WebSettings
from streams.tables.connect import Client
from streams.web.running import Bound
from streams.web.service import Service


def opened(settings: Settings, policy: Policy, client: Client) -> Bound:
    """The console of an embedded stack, on the usual port, or on any where that is taken; not serving yet."""
    usual = settings.model_copy(update={"web": WebSettings(login="development")})
    service = Service(usual, policy, client)
    try:
        return Bound(service)
    except BadSettings:
        service.settings = usual.model_copy(update={"web": WebSettings(login="development", port=0)})
        return Bound(service)
