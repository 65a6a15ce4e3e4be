"""What an address is: its method, what it needs of whoever asks, what answers, and how it is described."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from streams.web.access import Caller, Need
from streams.web.service import Service

Handler = Callable[[Request, Caller, Service], Awaitable[Response]]


class Told(NamedTuple):
    """An address in the OpenAPI document. `takes`, `gives`: names of schemas; `several`: a list of the former is taken too. `media` is that
    of the answer, `parameters` are as OpenAPI has them, `fails` the problems beside those that every address may answer with."""

    summary: str
    description: str = ""
    takes: str = ""
    gives: str = ""
    several: bool = False
    status: int = 200
    media: str = "application/json"
    parameters: Sequence[Mapping[str, Any]] = ()
    fails: Sequence[str] = ()


class Address(NamedTuple):
    """One method of one path. `told` None: a page for people, which machines have no use for."""

    method: str
    path: str
    need: Need
    handler: Handler
    told: Told | None = None
