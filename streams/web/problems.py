"""What HTTP refuses, as problem details (RFC 9457): every kind once, with its status and title."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import orjson
from starlette.responses import Response

from schemas.errors import Unreadable


class Kind(NamedTuple):
    status: int
    title: str


KINDS: Final = {
    "malformed": Kind(400, "The request is not what this address takes"),
    "not-signed-in": Kind(401, "Who asks is not known"),
    "not-allowed": Kind(403, "Whoever asks may not do this"),
    "cross-site": Kind(403, "The request comes from another site"),
    "not-found": Kind(404, "There is nothing here"),
    "wrong-method": Kind(405, "This address does not take this method"),
    "in-progress": Kind(409, "The same request is still being answered"),
    "refused": Kind(409, "The command was not carried out"),
    "denied": Kind(409, "The claim was denied"),
    "too-large": Kind(413, "The request is too large"),
    "wrong-type": Kind(415, "The body is not JSON"),
    "invalid": Kind(422, "A field is not valid"),
    "key-reused": Kind(422, "This idempotency key has been used for another request"),
    "too-many": Kind(429, "Too many requests"),
    "unavailable": Kind(503, "leadlock cannot look at present"),
}
"""Kind -> its status and title; the `type` of a problem is `urn:leadlock:problem:<kind>`."""

MEDIA: Final = "application/problem+json"


class Problem(Exception):
    """`detail`: one sentence for whoever asked. `more`: further members, such as `field`. `headers`: of the answer."""

    def __init__(self, kind: str, detail: str, headers: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.headers, self.more = kind, detail, headers or {}, more

    @property
    def status(self) -> int:
        return KINDS[self.kind].status

    def body(self) -> dict[str, Any]:
        """The problem as JSON has it."""
        kind = KINDS[self.kind]
        told = {"type": f"urn:leadlock:problem:{self.kind}", "title": kind.title, "status": kind.status, "detail": self.detail}
        return told | {name: value for name, value in self.more.items() if value is not None}

    def response(self) -> Response:
        """The problem as an answer."""
        return Response(orjson.dumps(self.body()), self.status, {"cache-control": "no-store", **self.headers}, MEDIA)


def invalid(error: Unreadable) -> Problem:
    """What the contract's reader found wrong: the field, what was found, the nearest valid one."""
    return Problem("invalid", str(error), field=error.field, value=error.value, nearest=error.nearest)


def unavailable(what: str, **more: Any) -> Problem:
    """The store or the broker does not answer."""
    return Problem("unavailable", f"{what} Ask again.", {"retry-after": "2"}, **more)
