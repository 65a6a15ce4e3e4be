"""Every address of the API: what it needs, what answers, how it is described."""

from __future__ import annotations

from typing import Final

from streams.web.access import ABOVE, need
from streams.web.api import commands, decisions, events, reading, send_checks
from streams.web.routes import Address, Told

ONCE: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key gives the same answer for a day; another request under it is an error.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
RESUME: Final = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "The id of the last event seen: the stream goes on after it.",
    "schema": {"type": "string", "pattern": r"^[0-9]+\.[0-9]+(-[0-9]+\.[0-9]+)*$"},
}
TARGET: Final = {
    "name": "target",
    "in": "path",
    "required": True,
    "description": "An e-mail address, `account:ID`, `domain:NAME`, `lead:ID`, or a bare account id or domain.",
    "schema": {"type": "string", "minLength": 1},
    "example": "ops@northwind-logistics.com",
}
LEAD: Final = {"name": "lead_id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}, "example": "L-1001"}
TAKING: Final = ("malformed", "in-progress", "too-large", "wrong-type", "invalid", "key-reused")

CHECKS: Final = Address(
    "POST",
    "/v1/send-checks",
    need("check"),
    send_checks.post,
    Told(
        "May this rep write to this person now?",
        "One check, or a list of up to 1,000, each answered for itself. At `launch` an allow or warn claims the contact unless "
        "`claim` is false: the event is on `send-requested` first. At `import`, and without a claim, nothing is written. While the "
        "store is away the answer is 503, with the policy's `[sends] when_unavailable` as `verdict`.",
        takes="SendCheck",
        gives="Verdict",
        several=True,
        parameters=(ONCE,),
        fails=TAKING,
    ),
)

ADDRESSES: Final = (
    CHECKS,
    Address(
        "POST",
        "/v1/claims",
        need("command"),
        commands.claims,
        Told(
            "Claim before touching.",
            "The command `claim`: of a contact, an account or a domain. Answered with 409 when another holds it.",
            takes="Claim",
            gives="Decided",
            several=True,
            parameters=(ONCE,),
            fails=(*TAKING, "refused"),
        ),
    ),
    Address(
        "POST",
        "/v1/commands",
        need("command"),
        commands.commands,
        Told(
            "Give a command.",
            "Any command of the contract, by the rep in `by`. Answered with 409 when it is refused; `decision` then says why.",
            takes="Command",
            gives="Decided",
            several=True,
            parameters=(ONCE,),
            fails=(*TAKING, "refused"),
        ),
    ),
    Address(
        "POST",
        "/v1/events",
        need("publish", roles=ABOVE),
        events.post,
        Told(
            "Publish events.",
            "An event, or a list of up to 1,000, for an inbound topic each. On its topic when this is answered; workers decide it.",
            takes="Publication",
            gives="Published",
            several=True,
            status=202,
            parameters=(ONCE,),
            fails=TAKING,
        ),
    ),
    Address(
        "GET",
        "/v1/locks/{target:path}",
        need("check", "command"),
        reading.lock,
        Told("Who holds this, why, until when.", gives="Record", parameters=(TARGET,), fails=("invalid",)),
    ),
    Address(
        "GET",
        "/v1/leads/{lead_id:path}",
        need("command"),
        reading.lead,
        Told("A lead as it was routed.", gives="Lead", parameters=(LEAD,), fails=("not-found",)),
    ),
    Address("GET", "/v1/reviews", need("command"), reading.reviews, Told("Open ownership reviews.", gives="Reviews")),
    Address("GET", "/v1/duplicates", need("command"), reading.duplicates, Told("Leads that may be duplicates.", gives="Duplicates")),
    Address(
        "GET",
        "/v1/decisions",
        need("command"),
        decisions.get,
        Told(
            "Decisions as they are published.",
            "Server-sent events named `decision`, with a decision of the contract as data. People see those that concern them.",
            media="text/event-stream",
            parameters=(RESUME,),
            fails=("invalid",),
        ),
    ),
)
