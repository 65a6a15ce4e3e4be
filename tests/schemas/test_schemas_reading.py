"""From bytes to events: what is read, what is refused and in which words, and that nothing else is ever raised."""

from __future__ import annotations

import base64
import json
import pickle
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import BY_TOPIC, Unreadable, read
from schemas.errors import SHOWN
from schemas.events import EmailSent

from .examples import EXAMPLES

SENT = {"event_id": "e1", "occurred_at": "2026-03-02T10:05:00-05:00", "message_id": "m1", "contact": "ops@contoso.com", "rep": "sam"}
BARE = {key: value for key, value in SENT.items() if key not in ("event_id", "occurred_at")}
HEADERS = (
    ("ce_specversion", b"1.0"),
    ("ce_id", b"c1"),
    ("ce_time", b"2026-03-02T15:05:00Z"),
    ("ce_source", b"leadtrain"),
    ("ce_type", b"sent"),
)
ENVELOPE = {"specversion": "1.0", "id": "c1", "time": "2026-03-02T15:05:00Z", "source": "leadtrain", "type": "sent", "data": BARE}
AT = datetime(2026, 3, 2, 15, 5, tzinfo=UTC)


def refused(topic: str, value: Any, headers: tuple[tuple[str, bytes], ...] = ()) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read(topic, value if isinstance(value, bytes) or value is None else orjson.dumps(value), headers)
    return caught.value


def test_a_plain_event() -> None:
    event = read("email-sent", orjson.dumps(SENT | {"contact": " OPS@Contoso.com "}))
    assert isinstance(event, EmailSent)
    assert (event.contact, event.occurred_at, event.occurred) == ("ops@contoso.com", AT, 1_772_463_900_000_000)


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        (BARE, HEADERS),
        (BARE, tuple((name.upper(), text) for name, text in HEADERS)),
        (BARE | {"event_id": None, "source": None}, HEADERS),
        (ENVELOPE, ()),
        (ENVELOPE, (("Content-Type", b"application/cloudevents+json; charset=UTF-8"),)),
        (ENVELOPE, (("traceparent", b"00-1"),)),
        ({**ENVELOPE, "data": None, "data_base64": base64.b64encode(orjson.dumps(BARE)).decode()}, ()),
    ],
)
def test_cloudevents_fill_what_the_event_lacks(value: dict[str, Any], headers: tuple[tuple[str, bytes], ...]) -> None:
    event = read("email-sent", orjson.dumps(value), headers)
    assert (event.event_id, event.occurred_at, event.source) == ("c1", AT, "leadtrain")


def test_cloudevents_never_replace_what_the_event_has() -> None:
    event = read("email-sent", orjson.dumps(SENT | {"source": "own"}), (*HEADERS[:2], ("ce_time", b"2020-01-01T00:00:00Z"), HEADERS[3]))
    assert (event.event_id, event.occurred_at, event.source) == ("e1", AT, "own")


@pytest.mark.parametrize(
    ("value", "headers", "field"),
    [
        (BARE, (("ce_specversion", b"0.3"),), "ce_specversion"),
        (BARE, (("ce_id", b"\xff"),), "ce_id"),
        (BARE, (("ce_id", b"c1"),), "occurred_at"),
        (ENVELOPE, (("content-type", b"application/cloudevents+avro"),), "content-type"),
        ({**ENVELOPE, "specversion": "0.3"}, (), "specversion"),
        ({**ENVELOPE, "datacontenttype": "text/xml"}, (), "datacontenttype"),
        ({**ENVELOPE, "data": [1]}, (), "data"),
        ({"specversion": "1.0", "data_base64": "%"}, (), "data_base64"),
        ({**ENVELOPE, "data": {**BARE, "step": 0}}, (), "step"),
        (SENT, (("content-type", b"application/cloudevents+json"),), "specversion"),
    ],
)
def test_a_broken_cloudevent_is_refused(value: dict[str, Any], headers: tuple[tuple[str, bytes], ...], field: str) -> None:
    assert refused("email-sent", value, headers).field == field


@pytest.mark.parametrize(
    ("topic", "change", "field", "nearest", "says"),
    [
        ("email-sent", {"contact": 5}, "contact", None, "must be text"),
        ("email-sent", {"contact": "nobody"}, "contact", None, "no @"),
        ("email-sent", {"step": 0}, "step", None, "greater than or equal to 1"),
        ("email-sent", {"step": 1.0}, "step", None, "integer"),
        ("email-sent", {"step": "1"}, "step", None, "integer"),
        ("email-sent", {"step": True}, "step", None, "integer"),
        ("email-sent", {"final_step": 1}, "final_step", None, "true or false"),
        ("email-sent", {"fencing_token": 2**53}, "fencing_token", None, "less than"),
        ("email-sent", {"event_id": "x" * 201}, "event_id", None, "200"),
        ("email-sent", {"event_id": ""}, "event_id", None, "empty"),
        ("email-sent", {"occurred_at": "2026-03-02T10:05:00"}, "occurred_at", "2026-03-02T10:05:00Z", "offset"),
        ("email-sent", {"occurred_at": "yesterday"}, "occurred_at", None, "RFC 3339"),
        ("email-sent", {"occurred_at": "1772463900"}, "occurred_at", None, "RFC 3339"),
        ("email-sent", {"occurred_at": 1772463900}, "occurred_at", None, "text"),
        ("email-sent", {"occurred_at": "2026-02-30T10:05:00Z"}, "occurred_at", None, "RFC 3339"),
        ("email-sent", {"occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at", None, "1970"),
        ("email-sent", {"occurred_at": "9999-12-31T23:59:59-14:00"}, "occurred_at", None, "2200"),
        ("reply-classified", {"class": "intrested"}, "class", "interested", "one of"),
        ("reply-classified", {"class": "replied", "confidence": 1.01}, "confidence", None, "equal to 1"),
        ("reply-classified", {"class": "replied", "bounce_kind": "softer"}, "bounce_kind", "soft", "one of"),
        ("lead-created", {"lead_id": "l1"}, "email", None, "no `phone`"),
        ("lead-created", {"lead_id": "l1", "phone": "1", "country": "USA"}, "country", None, "two letters"),
        ("touch-logged", {"kind": "meetng", "contact": "a@b.co", "rep": "x"}, "kind", "meeting", "one of"),
        ("touch-logged", {"kind": "call", "contact": "a@b.co", "rep": None}, "rep", None, "required for a call"),
        ("touch-logged", {"kind": "call", "contact": None}, "contact", None, "neither"),
        ("rep-updated", {"timezone": "Europe/Berlim"}, "timezone", "Europe/Berlin", "IANA"),
        ("rep-updated", {"territories": [{"countries": ["US", 7]}]}, "territories.0.countries.1", None, "text"),
        ("account-updated", {"account_id": "a", "name": "A", "domains": ["a.com", "b"]}, "domains.1", None, "one label"),
        ("account-updated", {"account_id": "a", "name": "A", "networks": ["10.0.0.0/40"]}, "networks.0", None, "CIDR"),
        ("account-updated", {"account_id": "a", "name": "A", "specialists": {"finance": 3}}, "specialists.finance", None, "text"),
        ("ownership-commands", {"command": "renew", "by": "x", "proof": {"kind": "deal"}}, "proof.kind", "deal_stage", "one of"),
        ("ownership-commands", {"command": "hand_off", "by": "x", "scope": "al"}, "scope", "all", "one of"),
        ("ownership-commands", {"command": "hand_off", "by": "x", "scope": {}}, "scope", None, "exactly one"),
        (
            "ownership-commands",
            {"command": "hand_off", "by": "x", "scope": {"territory": {"countries": ["x"]}}},
            "scope.territory.countries.0",
            None,
            "",
        ),
        ("ownership-commands", {"command": "claim", "by": "x", "hours": 0}, "hours", None, "greater than 0"),
    ],
)
def test_a_refusal_names_field_value_and_nearest(topic: str, change: dict[str, Any], field: str, nearest: str | None, says: str) -> None:
    error = refused(topic, SENT | change)
    assert (error.field, error.nearest) == (field, nearest)
    assert f"`{field}`" in str(error)
    assert says in str(error)
    given_values = [value for value in change.values() if isinstance(value, str) and value in str(error)]
    assert not any(value in error.without_values() for value in given_values if "@" in value or value == "nobody")


def test_a_missing_field_is_named_with_its_misspelling() -> None:
    value = {("occured_at" if key == "occurred_at" else key): each for key, each in SENT.items()}
    error = refused("email-sent", value)
    assert str(error) == "cannot read the record: `occurred_at` is missing, found 'occured_at'"
    assert refused("email-sent", {}).field == "event_id"


def test_an_unknown_topic_names_the_nearest() -> None:
    assert refused("emails-sent", SENT).nearest == "email-sent"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "it is empty"),
        (b"", "it is empty"),
        (b"\xff\xfe", "not UTF-8 at byte 0"),
        (b'{"event_id": "\xff"}', "not UTF-8 at byte 14"),
        (orjson.dumps(SENT)[:-1], "truncated"),
        (b'{"event_id": "e', "truncated"),
        (b"{event_id}", "not JSON"),
        (b"{} {}", "not JSON"),
        (b"[]", "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b"[" * 5000, "not JSON"),
        (b" " * 1_000_001, "1,000,001 bytes"),
    ],
)
def test_what_is_no_event_at_all(value: bytes | None, says: str) -> None:
    error = refused("email-sent", value)
    assert says in str(error)
    assert error.field is None


def test_the_size_limit_is_the_callers() -> None:
    value = orjson.dumps(SENT)
    assert read("email-sent", value, max_bytes=len(value)).event_id == "e1"
    with pytest.raises(Unreadable, match="bytes"):
        read("email-sent", value, max_bytes=len(value) - 1)


def test_a_shown_value_is_short() -> None:
    error = refused("email-sent", SENT | {"step": "9" * 5000})
    assert error.value is not None
    assert len(error.value) <= SHOWN
    assert len(str(error)) < 2 * SHOWN + 80
    assert len(str(refused("x" * 5000, SENT))) < 2 * SHOWN + 80


def test_a_refusal_can_be_copied_between_processes() -> None:
    error = refused("email-sent", SENT | {"step": 0})
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from([10**400, "2026-03-02T10:05:00Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(sorted({field.alias or name for model in BY_TOPIC.values() for name, field in model.model_fields.items()}))
headers = st.lists(
    st.tuples(
        st.sampled_from(["ce_id", "CE_time", "ce_specversion", "content-type", "x"]),
        st.sampled_from([b"1.0", b"\xff", b"", b"application/cloudevents+json"]),
    ),
    max_size=2,
)


def raises_only_unreadable(topic: str, value: bytes, given_headers: list[tuple[str, bytes]]) -> None:
    try:
        event = read(topic, value, given_headers)
    except Unreadable as error:
        assert str(error).startswith("cannot read the record: ")
        assert error.without_values()
    else:
        assert type(event) is BY_TOPIC[topic]


@given(st.sampled_from(sorted(BY_TOPIC)), st.binary(max_size=60), headers)
def test_any_bytes_are_read_or_unreadable(topic: str, value: bytes, given_headers: list[tuple[str, bytes]]) -> None:
    raises_only_unreadable(topic, value, given_headers)


@given(st.sampled_from([example for example in EXAMPLES if example.name.partition("/")[0] in BY_TOPIC]), st.data())
def test_any_change_to_an_event_is_read_or_unreadable(example: Any, data: st.DataObject) -> None:
    topic = example.name.partition("/")[0]
    changed = example.value | data.draw(st.dictionaries(names, json_values, max_size=3))
    envelope = {"specversion": "1.0", "id": "x", "data": changed} if data.draw(st.booleans()) else changed
    text = json.dumps(envelope).encode()
    cut = data.draw(st.integers(0, len(text)) | st.just(len(text)))
    spoilt = data.draw(st.sampled_from([b"", b"", b"\xff", b"\x00", b'"']))
    raises_only_unreadable(topic, text[:cut] + spoilt + text[cut:], data.draw(headers))
