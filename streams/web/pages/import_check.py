"""*Import check*: a list, pasted or uploaded, asked row by row before it goes into a tool; nothing is claimed (rule 15)."""

from __future__ import annotations

import asyncio
import csv
import io
from typing import Any, Final, NamedTuple

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from streams.errors import StoreUnavailable
from streams.web.access import Caller
from streams.web.api.items import CHUNK, event_of
from streams.web.api.send_checks import AWAY, answered
from streams.web.forms import form_of
from streams.web.problems import Problem, unavailable
from streams.web.rendering import show
from streams.web.service import Service

MOST: Final = 10_000
SHOWN: Final = 500
"""Rows of a verdict that are shown; the clean list has all."""
NAMED: Final = ("email", "e-mail", "mail", "contact", "address", "email address", "work email")
ORDER: Final = {"block": 0, "invalid": 1, "warn": 2, "allow": 3}


class Row(NamedTuple):
    """One line of the list. `cells`: as it was given. `verdict` is `invalid` for what is no address."""

    number: int
    cells: list[str]
    contact: str
    verdict: str = ""
    found: dict[str, Any] | None = None
    why: str = ""


async def get(request: Request, caller: Caller, service: Service) -> Response:
    """The empty form."""
    return await show(request, caller, service, "import.html", lambda: {"text": "", "rows": [], "counts": {}, "total": 0})


async def post(request: Request, caller: Caller, service: Service) -> Response:
    """The verdicts; with the button `clean` the list without the rows that may not be written to, as a file."""
    form = await form_of(request, service)
    upload = form.get("file")
    text = str(form.get("list", ""))
    if isinstance(upload, UploadFile) and upload.filename:
        try:
            text = (await upload.read()).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Problem("invalid", f"The file is not UTF-8 at byte {error.start}; save it as CSV UTF-8.") from error
    header, rows = parsed(text)
    rows = await judged(rows, caller, service, str(form.get("sequence", "")).strip())
    if form.get("clean"):
        return clean(header, rows, keep=("allow", "warn") if form.get("clean") == "warn" else ("allow",))
    counts = {verdict: sum(row.verdict == verdict for row in rows) for verdict in ORDER}
    ordered = sorted(rows, key=lambda row: (ORDER[row.verdict], row.number))[:SHOWN]
    shown = {"text": text, "rows": ordered, "counts": counts, "total": len(rows), "sequence": form.get("sequence", "")}
    return await show(request, caller, service, "import.html", lambda: shown)


def parsed(text: str) -> tuple[list[str], list[Row]]:
    """(header, or empty; rows) of a list: CSV with commas, semicolons or tabs, or one address a line. Raises Problem."""
    lines = [line for line in csv.reader(io.StringIO(text), delimiter=_delimiter(text)) if any(cell.strip() for cell in line)]
    if not lines:
        raise Problem("invalid", "The list is empty: paste addresses, or choose a CSV file.")
    header = lines[0] if not any("@" in cell for cell in lines[0]) else []
    names = [cell.strip().casefold() for cell in header]
    column = next((names.index(name) for name in NAMED if name in names), None)
    if column is None:
        counted = [sum(len(line) > at and "@" in line[at] for line in lines) for at in range(max(map(len, lines)))]
        column = counted.index(max(counted))
    rows = [Row(number, line, line[column].strip() if len(line) > column else "") for number, line in enumerate(lines[bool(header) :], 1)]
    if len(rows) > MOST:
        raise Problem("invalid", f"The list has {len(rows):,} rows; at most {MOST:,} are checked at once.")
    return header, rows


def _delimiter(text: str) -> str:
    first = text.lstrip().partition("\n")[0]
    return max(",;\t", key=first.count)


async def judged(rows: list[Row], caller: Caller, service: Service, sequence: str) -> list[Row]:
    """The rows with their verdicts, a hundred at a time. Raises Problem."""
    done: list[Row] = []
    for start in range(0, len(rows), CHUNK):
        done += await asyncio.gather(*(_judged(row, caller, service, sequence) for row in rows[start : start + CHUNK]))
    return done


async def _judged(row: Row, caller: Caller, service: Service, sequence: str) -> Row:
    item = {"contact": row.contact, "rep": caller.name, "stage": "import", "sequence_id": sequence or None}
    try:
        event, _, _ = event_of("send-requested", item, f"import-{caller.name}-{row.number}"[:200], caller, service)
        found = answered(await service.decider.ask("send-requested", event))
    except Problem:
        return row._replace(verdict="invalid", why="This is no e-mail address.")
    except StoreUnavailable as error:
        raise unavailable(f"leadlock's store is away. {AWAY[service.policy.sends.when_unavailable]}") from error
    return row._replace(contact=found["contact"], verdict=found["verdict"], found=found, why=found["reason"])


def clean(header: list[str], rows: list[Row], keep: tuple[str, ...]) -> Response:
    """The rows with these verdicts as they were given, as a CSV file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if header:
        writer.writerow(header)
    writer.writerows(row.cells for row in rows if row.verdict in keep)
    headers = {"content-disposition": 'attachment; filename="clean-list.csv"', "cache-control": "no-store"}
    return Response(out.getvalue().encode(), 200, headers, "text/csv; charset=utf-8")
