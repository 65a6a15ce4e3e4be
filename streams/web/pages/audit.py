"""*Audit*: the weekly questions, asked of what is on record, for RevOps. It reads every record, so it is asked for, not shown by itself."""

from __future__ import annotations

import asyncio
import logging
from itertools import chain, islice
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from streams import state
from streams.audit import Report
from streams.audit import audit as ask
from streams.audit.finding import Base
from streams.clock import now_us
from streams.errors import StoreUnavailable
from streams.web.access import Caller
from streams.web.forms import form_of
from streams.web.rendering import show
from streams.web.service import Service

log = logging.getLogger(__name__)

DAY: Final = 86_400_000_000
SINCE: Final = (1, 7, 30)
MOST: Final = 50_000
"""Records that are looked at: some ten seconds beside everything else. `leadlock audit` looks at all."""
SHOWN: Final = 25
KINDS: Final = ("contact:", "account:", "domain:")


class Audit:
    """The last report, and whether one is being made; one at a time."""

    def __init__(self) -> None:
        self.report: Report | None = None
        self.days = 7
        self.running: asyncio.Task[None] | None = None
        self.failed = ""

    @property
    def under_way(self) -> bool:
        return self.running is not None and not self.running.done()

    def start(self, service: Service, days: int) -> None:
        """Begin a report, unless one is under way."""
        if not self.under_way:
            self.days = days
            self.running = asyncio.create_task(self._make(service, days))

    async def _make(self, service: Service, days: int) -> None:
        self.failed = ""
        try:
            self.report = await asyncio.to_thread(made, service, days)
        except StoreUnavailable:
            self.failed = "The store was away; ask again."
        except Exception:
            log.exception("the audit failed")
            self.failed = "The audit failed; the log says why. Ask again."


def of(service: Service) -> Audit:
    """The service's audit."""
    found = service.pages.setdefault("audit", Audit())
    assert isinstance(found, Audit)
    return found


def made(service: Service, days: int) -> Report:
    """A report of the last days. Blocks for seconds. Raises StoreUnavailable."""
    now = now_us()
    records = chain.from_iterable(service.tables.scan(kind) for kind in KINDS)
    decoded = ((key, state.decode(key, document.body)) for key, document in islice(records, MOST))
    return ask(decoded, Base(now, now - days * DAY, service.policy.windows, service.decider.engine.directory))


async def get(request: Request, caller: Caller, service: Service) -> Response:
    """The last report."""
    audit = of(service)

    shown: dict[str, Any] = {"report": audit.report, "under_way": audit.under_way, "failed": audit.failed, "days": audit.days}
    return await show(request, caller, service, "audit.html", lambda: shown | {"since": SINCE, "shown": SHOWN, "most": MOST})


async def post(request: Request, caller: Caller, service: Service) -> Response:
    """Ask anew."""
    form = await form_of(request, service)
    given = str(form.get("days", "7"))
    of(service).start(service, int(given) if given in map(str, SINCE) else 7)
    return RedirectResponse("/audit", 303)
