"""The short way of the usual check gives the answers of the long one, and refuses nothing itself."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest

from streams.web.plain_checks import PlainChecks
from tests.web.served import KEYS, OPS, Served

CHECK = {"contact": OPS, "rep": "priya", "stage": "import"}
BEARER = f"Bearer {KEYS['check']}"
PLAIN = {"authorization": BEARER, "content-type": "application/json"}

SHORT: dict[str, dict[str, Any]] = {
    "an import": {},
    "a launch that claims nothing": {"json": {**CHECK, "stage": "launch", "claim": False, "sequence_id": "s", "mailbox": "P@Ours.example"}},
    "an event id of its own": {"json": {**CHECK, "event_id": "mine", "occurred_at": "2026-01-05T10:00:00Z", "source": "theirs"}},
    "fields left empty, and unknown ones": {"json": {**CHECK, "mailbox": None, "colour": "red"}},
    "letters beyond ASCII": {"json": {**CHECK, "rep": "Zoë", "contact": "kim@bücher.example"}},
}
LONG: dict[str, tuple[int, dict[str, Any]]] = {
    "no key": (401, {"headers": {"content-type": "application/json"}}),
    "a key that is not known": (401, {"headers": {**PLAIN, "authorization": "Bearer ll_stranger"}}),
    "a key of another scope": (403, {"headers": {**PLAIN, "authorization": f"Bearer {KEYS['publish']}"}}),
    "another scheme": (401, {"headers": {**PLAIN, "authorization": f"Basic {KEYS['check']}"}}),
    "another kind of body": (415, {"headers": {**PLAIN, "content-type": "text/plain"}}),
    "a charset": (200, {"headers": {**PLAIN, "content-type": "application/json; charset=utf-8"}}),
    "an idempotency key": (200, {"headers": {**PLAIN, "idempotency-key": "plain-1"}}),
    "a list": (200, {"json": [CHECK, {**CHECK, "stage": "never"}]}),
    "no JSON": (400, {"content": b'{"contact": '}),
    "no object": (422, {"json": "check"}),
    "a field that is not valid": (422, {"json": {**CHECK, "stage": "never"}}),
    "a field that is missing": (422, {"json": {"contact": OPS, "stage": "import"}}),
    "the far future": (422, {"json": {**CHECK, "occurred_at": "2999-01-01T00:00:00Z"}}),
    "too much": (413, {"content": json.dumps({**CHECK, "company": "x" * 2_000_000}).encode()}),
    "a body in pieces": (200, {"content": "pieces"}),
}


def pieces() -> Iterator[bytes]:
    yield b'{"contact": "kim@fabrikam.com", '
    time.sleep(0.2)  # so that the server has read the first by then
    yield b'"rep": "priya", "stage": "import"}'


@pytest.fixture
def way(served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """For each request that came to the short way, whether it was answered there."""
    taken: list[bool] = []
    answer, caller = PlainChecks._answer, PlainChecks._caller

    async def watched(self: PlainChecks, *given: Any) -> bytes | None:
        found = await answer(self, *given)
        taken.append(found is not None)
        return found

    def looked(self: PlainChecks, scope: Any) -> Any:
        found = caller(self, scope)
        if found is None:
            taken.append(False)
        return found

    monkeypatch.setattr(PlainChecks, "_answer", watched)
    monkeypatch.setattr(PlainChecks, "_caller", looked)
    yield taken


def ask(served: Served, request: dict[str, Any]) -> httpx.Response:
    if request.get("content") == "pieces":
        request = {**request, "content": pieces()}
    body = {} if "content" in request else {"json": request.get("json", CHECK)}
    given = {**body, "headers": PLAIN, **{name: value for name, value in request.items() if name != "json"}}
    return httpx.post(f"{served.url}/v1/send-checks", timeout=20, **given)


@pytest.mark.parametrize("case", SHORT)
def test_either_way_gives_the_same_answer(served: Served, way: list[bool], case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    short = ask(served, SHORT[case])
    assert (short.status_code, way) == (200, [True])
    with monkeypatch.context() as patch:
        patch.setattr(PlainChecks, "_caller", lambda self, scope: None)
        long = ask(served, SHORT[case])
    assert long.status_code == 200
    changing = {"event_id", "decision_id", "decided_at"}
    one, other = ({name: value for name, value in given.json().items() if name not in changing} for given in (short, long))
    assert one == other
    assert short.json().keys() == long.json().keys()
    names = [{name: value for name, value in given.headers.items() if name not in ("content-length", "date")} for given in (short, long)]
    assert names[0] == names[1]
    assert int(short.headers["content-length"]) == len(short.content)


@pytest.mark.parametrize("case", LONG)
def test_what_is_unusual_is_answered_by_the_application(served: Served, way: list[bool], case: str) -> None:
    status, request = LONG[case]
    found = ask(served, request)
    assert (found.status_code, way) == (status, [False]), found.text
    if status != 200:
        assert found.headers["content-type"] == "application/problem+json"
        assert found.json()["status"] == status
    assert found.headers["x-content-type-options"] == "nosniff"


def test_a_launch_that_claims_goes_the_long_way(served: Served, way: list[bool]) -> None:
    found = ask(served, {"json": {**CHECK, "contact": "plain@fabrikam.com", "stage": "launch"}})
    assert (found.status_code, found.json()["claim"]["kind"], way) == (200, "claim_granted", [False])


def test_both_ways_count_and_share_one_limit(served: Served, way: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    def answers() -> float:
        labels = {"method": "POST", "address": "/v1/send-checks", "status": "200"}
        return served.service.observed.registry.get_sample_value("leadlock_http_seconds_count", labels) or 0.0

    before = answers()
    assert [ask(served, {}).status_code, ask(served, {"json": [CHECK]}).status_code] == [200, 200]
    assert (answers() - before, way) == (2, [True, False])
    monkeypatch.setattr(served.service.gate._machines, "wait_s", lambda who: 3.2)
    found = ask(served, {})
    assert (found.status_code, found.headers["retry-after"], found.json()["detail"]) == (429, "4", "check asks too often.")
