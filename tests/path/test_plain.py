"""The short way of reading an e-mail says what its model says, or nothing."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import Unreadable
from schemas.reading import read
from streams.plain import PlainEmailSent, email_sent

USUAL: dict[str, Any] = {
    "event_id": "e1",
    "occurred_at": "2026-03-02T09:00:00.000025Z",
    "message_id": "m1",
    "contact": "Ops@Northwind-Logistics.com",
    "rep": "sam",
    "source": "outreach",
    "mailbox": "sam@ours.example.com",
    "tool": "outreach",
    "sequence_id": "seq-1",
    "campaign": "spring",
    "step": 1,
    "final_step": False,
    "thread_id": "t1",
    "fencing_token": 3,
}
FIELDS = [name for name in PlainEmailSent.__struct_fields__ if name != "occurred"]

odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([2**31 - 1, 2**31, 2**53 - 1, 2**53, 2**70, 1.0, 1.5, "", " ", "a", "x" * 200, "x" * 201, [], {}, "é", 'a"b', "a\\b"]),
    st.sampled_from(["a@b", "a@b.c", " A@B.Com ", "a..b@c.com", "a@xn--bcher-kva.com", "a@bücher.com", "<a@b.com>", "@b.com", "a@b_c.com"]),
    st.sampled_from(
        [
            "2026-03-02T09:00:00Z",
            "2026-03-02T09:00:60Z",
            "2026-03-02T09:00:00.1234567Z",
            "2026-03-02T09:00:00.Z",
            "2026-03-02T09:00:00.1_0Z",
            "2026-03-02T09:00:00+01:00",
            "2026-03-02T09:00:00",
            "2026-03-02 09:00:00Z",
            "2026-02-30T09:00:00Z",
            "2026-03-02T24:00:00Z",
            "1969-12-31T23:59:59Z",
            "2200-01-01T00:00:00Z",
            "2199-12-31T23:59:59.9Z",
            "20260302T090000Z",
            "2026-03-02T09:00:00z",
        ]
    ),
    st.text(max_size=8),
)


@settings(max_examples=1500, deadline=None)
@given(st.dictionaries(st.sampled_from([*FIELDS, "occurred", "unknown"]), odd, max_size=3), st.sets(st.sampled_from(FIELDS), max_size=2))
def test_it_says_what_the_model_says_or_nothing(changed: dict[str, Any], left_out: set[str]) -> None:
    said = {name: value for name, value in (USUAL | changed).items() if name not in left_out}
    value = orjson.dumps(said, option=orjson.OPT_PASSTHROUGH_DATETIME) if _fits(said) else repr(said).encode()
    short = email_sent(value)
    if short is None:
        return
    model: Any = read("email-sent", value)
    assert short.occurred == model.occurred
    assert {name: getattr(short, name) for name in FIELDS if name != "occurred_at"} == {
        name: getattr(model, name) for name in FIELDS if name != "occurred_at"
    }


def _fits(said: dict[str, Any]) -> bool:
    return all(not isinstance(value, int) or abs(value) < 2**63 for value in said.values())


@pytest.mark.parametrize(
    "value",
    [b"", b"{", b"[]", b"null", b'{"a": 1}', orjson.dumps(USUAL)[:-1], orjson.dumps(USUAL) + b"x", b"\xff" + orjson.dumps(USUAL)],
)
def test_what_cannot_be_read_is_left_to_the_model(value: bytes) -> None:
    assert email_sent(value) is None
    with pytest.raises(Unreadable):
        read("email-sent", value)


def test_the_usual_is_read_the_short_way() -> None:
    event = email_sent(orjson.dumps(USUAL))
    assert event is not None
    assert event.contact == "ops@northwind-logistics.com"
    assert event.occurred == 1_772_442_000_000_025
