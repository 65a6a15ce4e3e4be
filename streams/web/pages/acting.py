"""`POST /commands`: a form of the console as a command, decided at once; then back to where the person was, with what came of it."""

from __future__ import annotations

import asyncio
import re
from contextlib import AbstractAsyncContextManager, nullcontext
from secrets import token_urlsafe
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from streams.web.access import Caller
from streams.web.answers import answered
from streams.web.api.commands import command
from streams.web.forms import command_of, form_of
from streams.web.pages.login import local
from streams.web.problems import Problem
from streams.web.rendering import zone_of
from streams.web.service import Service

SAID_S: Final = 120
SHOWN: Final = ("refused", "denied", "invalid", "not-allowed")
"""Problems that are said where the form was."""
ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
DECLINED: Final = "Noted: it is not that company's, and nobody is asked about it again."


async def post(request: Request, caller: Caller, service: Service) -> Response:
    """Give the command. A form that answers an open matter names it (`matter`): the first answer stands, whoever comes later is told by
    whom it was given."""
    form = await form_of(request, service)
    back, matter = local(str(form.get("back", "/"))), str(form.get("matter", ""))
    # A form that was shown has an id of its own: pressed twice it is one command.
    given = str(form.get("event_id", ""))
    event_id = f"console-{caller.name}-{given if ID.fullmatch(given) else uuid4().hex}"
    try:
        item = command_of(form, zone_of(service, caller.name))
        async with _one_at_a_time(service, matter):
            if matter and (by_whom := await service.decider.read(lambda: answered(service, matter, caller.name))):
                back = "/duplicates" if matter.startswith("duplicate:") else back  # the page of a merged lead is not everybody's
                raise Problem("refused", by_whom)
            found = await command(service, caller, item, event_id[:200])
        said = f"good {done(item, found['decisions'])}"
    except Problem as problem:
        if problem.kind not in SHOWN:
            raise
        said = f"bad {problem.detail}"
    return await back_to(service, back, said)


def _one_at_a_time(service: Service, matter: str) -> AbstractAsyncContextManager[Any]:
    """Of two answers at one instant one looks after the other was given. People answer: there is one queue for all matters."""
    if not matter:
        return nullcontext()
    lock = service.pages.setdefault("answering", asyncio.Lock())
    assert isinstance(lock, asyncio.Lock)
    return lock


async def back_to(service: Service, back: str, said: str) -> Response:
    """To a page of ours, with a sentence at its top: `good …` or `bad …`. The sentence is kept here, not in the address."""
    name = token_urlsafe(12)
    await service.store.put("said", name, said.encode(), SAID_S)
    parts = urlsplit(back)
    query = [(key, value) for key, value in parse_qsl(parts.query) if key != "said"]
    return RedirectResponse(parts._replace(query=urlencode([*query, ("said", name)])).geturl(), 303)


def done(item: dict[str, Any], decisions: list[dict[str, Any]]) -> str:
    """What came of a command, in sentences."""
    told = list(dict.fromkeys(str(one["reason"]) for one in decisions))
    if item.get("command") == "confirm_match":
        account = next((one["account"] for one in decisions if one.get("account")), None)
        told.insert(0, DECLINED if item.get("accept") is False else f"It is {account['name']}'s now." if account else "Noted.")
    return " ".join(told[:3]) or "Done."
