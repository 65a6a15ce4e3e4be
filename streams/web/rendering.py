"""HTML from templates: escaped throughout, with times in the time zone of whoever looks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple, Self
from zoneinfo import ZoneInfo

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import Response

from schemas.times import moment
from streams.clock import now_us
from streams.web.access import Caller, concerns
from streams.web.service import Service

MATTERS: Final = ("review", "duplicate", "match", "sla")


def _as_time(value: Any) -> datetime | None:
    if not value:
        return None
    return moment(value) if isinstance(value, int) else datetime.fromisoformat(value)


@pass_context
def _local(context: Context, value: Any, nothing: str = "—") -> str:
    """A time (RFC 3339 text, or microseconds) as `Mon 2 Mar 2026, 10:05`."""
    when = _as_time(value)
    return when.astimezone(context["zone"]).strftime("%a %-d %b %Y, %H:%M") if when else nothing


@pass_context
def _left(context: Context, value: Any) -> str:
    """How long until a time: `25 min left`, `2 h 5 min overdue`."""
    when = _as_time(value)
    if when is None:
        return ""
    left = when - context["now"]
    return f"{_span(int(abs(left) / timedelta(minutes=1)))} {'left' if left >= timedelta() else 'overdue'}"


def _span(minutes: int) -> str:
    days, rest = divmod(minutes, 1440)
    if days:
        return f"{days} d {rest // 60} h"
    hours, rest = divmod(rest, 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min" if rest else "less than a minute"


@pass_context
def _person(context: Context, rep: str | None) -> str:
    """A rep's name, with their team: `Sam (inbound)`."""
    directory, rep = context["directory"], rep or ""
    name, team = directory.called(rep), directory.team(rep)
    return f"{name} ({team})" if team else name or "nobody"


@pass_context
def _owner(context: Context, owner: Mapping[str, str | None] | None) -> str:
    """A holder as decisions have it, for people."""
    if not owner:
        return "nobody"
    return _person(context, owner["rep"]) if owner.get("rep") else f"team {owner['team']}"


def words(name: Any) -> str:
    """A name of the contract as words: `contact_locked` -> `contact locked`."""
    return str(name or "").replace("_", " ")


def _attribute_time(value: Any) -> str:
    when = _as_time(value)
    return when.astimezone(UTC).isoformat() if when else ""


_environment: Final = Environment(
    loader=PackageLoader("streams.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_environment.filters |= {
    "local": _local,
    "left": _left,
    "person": _person,
    "owner": _owner,
    "words": words,
    "instant": _attribute_time,
}


def render(template: str, **context: Any) -> str:
    """A template filled in. Raises jinja2's UndefinedError for a name that is not there."""
    return _environment.get_template(template).render(**context)


def html(body: str, status: int = 200) -> Response:
    """A page nobody keeps on the way."""
    return Response(body, status, {"cache-control": "no-store"}, "text/html")


class Page(NamedTuple):
    """One page of a longer list. `number` counts from 1."""

    items: list[Any]
    number: int
    pages: int
    total: int

    @classmethod
    def of(cls, every: list[Any], number: int, most: int) -> Self:
        """The page of this number, or the nearest there is."""
        pages = max(1, -(-len(every) // most))
        number = min(max(number, 1), pages)
        return cls(every[(number - 1) * most : number * most], number, pages, len(every))


def page_of(request: Request) -> int:
    """The page that is asked for by `?page=`; 1 for anything that is no number of a page."""
    given = request.query_params.get("page", "1")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 8 else 1


def zone_of(service: Service, rep: str) -> ZoneInfo:
    """The rep's time zone, else the policy's."""
    known = service.decider.engine.directory.reps.get(rep)
    return ZoneInfo((known.timezone if known else "") or service.policy.business_hours.timezone)


def waiting(service: Service, caller: Caller) -> list[tuple[str, bytes]]:
    """The open matters that the caller sees, as (key, decision). Engine's thread."""
    directory = service.decider.engine.directory
    if caller.sees_all:
        return list(directory.matters.items())
    return [(key, body) for key, body in directory.matters.items() if concerns(caller, orjson.loads(body), directory)]


async def show(request: Request, caller: Caller, service: Service, template: str, work: Callable[[], Mapping[str, Any]]) -> Response:
    """A page: `work` reads what it shows, in the engine's thread; filling it in is another thread's. With `?part=` only the part of the
    page that lives. Raises Problem and StoreUnavailable."""
    said = request.query_params.get("said")
    flash = await service.store.get("said", said) if said else None
    part = "parts/" if request.query_params.get("part") else ""
    given, count = await service.decider.read(lambda: (work(), len(waiting(service, caller))))
    good, _, text = flash.decode().partition(" ") if flash else ("", "", "")
    told = {"flash": text, "flash_good": good == "good", "waiting": count}
    filled = partial(render, f"{part}{template}", **{**common(request, caller, service), **told, **given})
    return html(await asyncio.to_thread(filled))


def common(request: Request, caller: Caller | None, service: Service) -> dict[str, Any]:
    """What every template may use."""
    return {
        "caller": caller,
        "path": request.url.path,
        "query": request.url.query,
        "directory": service.decider.engine.directory,
        "zone": zone_of(service, caller.name if caller else ""),
        "now": moment(now_us()),
        "policy": service.policy,
        "login": service.settings.web.login,
        "flash": "",
        "flash_good": True,
        "waiting": 0,
    }
