"""The contract as an AsyncAPI 3.0 document: which topic carries which message, under which key."""

from __future__ import annotations

from typing import Any

from schemas.cloudevents import STRUCTURED, VERSION
from schemas.dead_letters import HEADERS
from schemas.decisions import KINDS
from schemas.events import BY_TOPIC

CONTRACT = "1.0.0"
"""The contract's version. What is published changes only so that old and new readers understand old and new records (full, transitive)."""

KEYS = {
    "account-updated": "The `account_id`.",
    "rep-updated": "The `rep`.",
    "routing-decisions": "The account's key (`account:<id>`), or else the contact's.",
    "lock-changes": "`contact:<address>`, `lead:<id>` (a lead without an address), `account:<id>` or `domain:<name>`.",
    "dead-letters": "The original record's key.",
}
PUBLISHERS_KEY = "The publisher's to choose; records are put in order by their times, whatever their key."
COMPACTED = frozenset({"account-updated", "rep-updated", "lock-changes"})
BINDING = "0.5.0"


def document() -> dict[str, Any]:
    """The AsyncAPI document; payloads are the JSON Schemas that lie beside it."""
    inbound = {topic: _inbound(topic) for topic in BY_TOPIC}
    decisions = {kind: _message(f"A `{kind}` decision.", f"decision.{kind}", "routing-decisions") for kind in KINDS}
    outbound = {
        "routing-decisions": _channel("routing-decisions", "What was decided, one object a record.", decisions),
        "lock-changes": _channel(
            "lock-changes",
            "Every lock as it now stands; a record without a value says that there is none any more.",
            {"lock-change": _message("A lock as it now stands.", "lock-changes", "lock-changes")},
        ),
        "dead-letters": _channel("dead-letters", "Records that could not be read, byte for byte.", {"dead-letter": _dead_letter()}),
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "leadlock",
            "version": CONTRACT,
            "description": "Who owns which prospect: events in, decisions out. Every inbound event may come as plain JSON or as a "
            "CloudEvent 1.0, in binary mode (attributes in `ce_` headers) or in structured mode.",
        },
        "defaultContentType": "application/json",
        "channels": {**inbound, **outbound},
        "operations": {
            **{f"receive-{topic}": _operation("receive", topic) for topic in inbound},
            **{f"send-{topic}": _operation("send", topic) for topic in outbound},
        },
        "components": {"schemas": {"CloudEventHeaders": _binary(), "CloudEvent": _structured()}},
    }


def _inbound(topic: str) -> dict[str, Any]:
    plain = _message("The event as plain JSON, or a CloudEvent in binary mode.", topic, topic)
    plain["headers"] = {"$ref": "#/components/schemas/CloudEventHeaders"}
    structured = {
        "summary": "The same event as a CloudEvent in structured mode: its fields are in `data`.",
        "contentType": STRUCTURED,
        "payload": {"$ref": "#/components/schemas/CloudEvent"},
        "bindings": _key(topic),
    }
    return _channel(topic, f"`{topic}` events.", {"event": plain, "structured": structured})


def _channel(topic: str, description: str, messages: dict[str, Any]) -> dict[str, Any]:
    kafka: dict[str, Any] = {"topic": topic, "bindingVersion": BINDING}
    if topic in COMPACTED:
        kafka["topicConfiguration"] = {"cleanup.policy": ["compact"]}
    return {"address": topic, "description": description, "messages": messages, "bindings": {"kafka": kafka}}


def _message(summary: str, schema: str, topic: str) -> dict[str, Any]:
    return {"summary": summary, "contentType": "application/json", "payload": {"$ref": f"./{schema}.json"}, "bindings": _key(topic)}


def _key(topic: str) -> dict[str, Any]:
    return {"kafka": {"key": {"type": "string", "description": KEYS.get(topic, PUBLISHERS_KEY)}, "bindingVersion": BINDING}}


def _dead_letter() -> dict[str, Any]:
    return {
        "summary": "The original bytes, key and headers; added headers say where it came from and why it could not be read.",
        "contentType": "application/octet-stream",
        "headers": {"type": "object", "required": list(HEADERS), "properties": {name: {"type": "string"} for name in HEADERS}},
        "payload": {"type": "string", "format": "binary"},
        "bindings": _key("dead-letters"),
    }


def _operation(action: str, topic: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{topic}"}}


def _binary() -> dict[str, Any]:
    names = {"specversion": {"const": VERSION}, "id": {}, "source": {}, "type": {}, "time": {"format": "date-time"}}
    return {
        "type": "object",
        "description": "CloudEvents binary mode; `ce_id`, `ce_time` and `ce_source` stand for `event_id`, `occurred_at` and `source` "
        "where the value lacks them.",
        "properties": {f"ce_{name}": {"type": "string", **more} for name, more in names.items()},
    }


def _structured() -> dict[str, Any]:
    text = {"type": "string", "minLength": 1}
    return {
        "type": "object",
        "required": ["specversion", "id", "source", "type", "data"],
        "properties": {
            "specversion": {"const": VERSION},
            "id": {**text, "description": "`event_id`, where `data` lacks it."},
            "source": {**text, "description": "`source`, where `data` lacks it."},
            "type": text,
            "time": {"type": "string", "format": "date-time", "description": "`occurred_at`, where `data` lacks it."},
            "datacontenttype": {"type": "string"},
            "data": {"type": "object", "description": "The event's fields, as in the plain form."},
        },
    }
