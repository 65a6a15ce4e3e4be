"""What people send: forms, read within limits, and turned into the contract's fields."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message

from streams.web.problems import Problem
from streams.web.service import Service

KINDS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
LISTS: Final = ("pause", "collaborators")
LINES: Final = ("evidence",)
TIMES: Final = ("recheck_at", "transfer_by")
FLAGS: Final = ("accept",)
OWN: Final = ("back", "event_id", "matter")
FIELDS: Final = 500


async def form_of(request: Request, service: Service) -> FormData:
    """The form's fields and files, which are in memory: nothing is larger than `web.max_body`. Raises Problem."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in KINDS:
        raise Problem("wrong-type", f"Content-Type is {kind[:80]!r}; a form is {KINDS[0]!r}.")
    body = await service.gate.body(request)

    async def once() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        return await Request(request.scope, once).form(max_files=1, max_fields=FIELDS, max_part_size=len(body) + 1)
    except (MultiPartException, UnicodeDecodeError, ValueError) as error:
        raise Problem("malformed", f"The form cannot be read: {error}.") from error
    except Exception as error:
        if getattr(error, "status_code", 0) == 400:  # what Starlette makes of a bad form
            raise Problem("malformed", "The form cannot be read.") from error
        raise


def command_of(form: FormData, zone: ZoneInfo) -> dict[str, Any]:
    """A command's fields: blanks are left out, lists are gathered, times are those of whoever fills in the form. Raises Problem."""
    found: dict[str, Any] = {}
    for name in form:
        values = [value.strip() for value in form.getlist(name) if isinstance(value, str) and value.strip()]
        if name in OWN or not values:
            continue
        if name in LISTS:
            found[name] = list(dict.fromkeys(values))
        elif name in LINES:
            found[name] = [line.strip() for value in values for line in value.splitlines() if line.strip()]
        elif name in TIMES:
            found[name] = _time(name, values[0], zone)
        elif name in FLAGS:
            found[name] = values[0] == "yes"
        else:
            found[name] = values[0]
    return found


def _time(name: str, text: str, zone: ZoneInfo) -> str:
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise Problem("invalid", f"{name}: {text[:40]!r} is no date and time; nearest: 2026-03-02T09:00.", field=name) from error
    return (when if when.tzinfo else when.replace(tzinfo=zone)).isoformat()
