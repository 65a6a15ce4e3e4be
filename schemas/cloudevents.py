"""CloudEvents 1.0 over Kafka: events that come in the binary or the structured mode, brought to the plain form.

Source: CloudEvents 1.0.2 and its Kafka protocol binding: binary mode has the attributes in `ce_` headers and the event in the value;
structured mode has all in the value, with content type `application/cloudevents+json`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from schemas.errors import Unreadable, shown

Headers = Sequence[tuple[str, bytes]]

STRUCTURED = "application/cloudevents+json"
VERSION = "1.0"
FILLS = {"event_id": "id", "occurred_at": "time", "source": "source"}
"""Field of ours -> the attribute that stands for it where the event itself has none."""


def unwrapped(value: bytes, headers: Headers) -> bytes | None:
    """The plain form of a value whose headers say that it is a CloudEvent; None when they do not. Raises Unreadable."""
    attributes: dict[str, str] = {}
    content_type = ""
    for name, found in headers:
        folded = name.lower()
        if folded.startswith("ce_"):
            attributes[folded.removeprefix("ce_")] = _text(name, found)
        elif folded == "content-type":
            content_type = _text(name, found).partition(";")[0].strip().lower()
    if content_type == STRUCTURED:
        return structured(value, required=True)
    if content_type.startswith("application/cloudevents"):
        raise Unreadable("must be JSON, one event a record", "content-type", shown(content_type), STRUCTURED)
    if not attributes:
        return None
    _check_version(attributes.get("specversion", VERSION), "ce_specversion")
    event = _object(value)
    # What cannot be parsed is for the plain reader to name.
    return None if event is None else _filled(event, attributes)


def structured(value: bytes, required: bool = False) -> bytes | None:
    """The plain form of a value in structured mode; None when it is not in it, unless `required`. Raises Unreadable."""
    envelope = _object(value)
    if envelope is None or (not required and not ("specversion" in envelope and ("data" in envelope or "data_base64" in envelope))):
        return None
    _check_version(envelope.get("specversion"), "specversion")
    return _filled(_data(envelope), envelope)


def _data(envelope: Mapping[str, Any]) -> dict[str, Any]:
    kind = envelope.get("datacontenttype")
    if kind is not None and "json" not in str(kind).lower():
        raise Unreadable("must be JSON", "datacontenttype", shown(kind), "application/json")
    data = envelope.get("data")
    if data is None and isinstance(envelope.get("data_base64"), str):
        try:
            data = orjson.loads(base64.b64decode(envelope["data_base64"], validate=True))
        except (binascii.Error, ValueError) as error:
            raise Unreadable("must be JSON in base64", "data_base64") from error
    if not isinstance(data, dict):
        raise Unreadable("must be a JSON object", "data", shown(data))
    return data


def _filled(event: dict[str, Any], attributes: Mapping[str, Any]) -> bytes:
    for field, attribute in FILLS.items():
        if event.get(field) is None and attributes.get(attribute) is not None:
            event[field] = attributes[attribute]
    return orjson.dumps(event)


def _object(value: bytes) -> dict[str, Any] | None:
    try:
        parsed = orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
    return parsed if isinstance(parsed, dict) else None


def _check_version(found: object, where: str) -> None:
    if found != VERSION:
        raise Unreadable("must be the version that is understood", where, shown(found), VERSION)


def _text(name: str, found: bytes | None) -> str:
    try:
        return (found or b"").decode()
    except UnicodeDecodeError as error:
        raise Unreadable("must be UTF-8", name, shown(found)) from error
