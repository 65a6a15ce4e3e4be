"""The API as an OpenAPI 3.1 document, made from the addresses and the contract's models. `python -m streams.web.openapi [--check]` writes
docs/openapi.json, or says whether it is up to date."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import orjson
from pydantic import BaseModel

from schemas.asyncapi import CONTRACT
from schemas.decisions import KINDS as DECISIONS
from schemas.events import BY_TOPIC, OwnershipCommand, SendRequested
from streams.web.api.addresses import ADDRESSES
from streams.web.problems import KINDS, MEDIA
from streams.web.routes import Address, Told

FILE: Final = Path(__file__).parents[2] / "docs" / "openapi.json"
ALWAYS: Final = ("not-signed-in", "not-allowed", "too-many", "unavailable")
FILLED: Final = ("event_id", "occurred_at")
TEXT: Final = {"type": "string"}
MAYBE: Final = {"type": ["string", "null"]}


def document() -> dict[str, Any]:
    """The OpenAPI document."""
    paths: dict[str, dict[str, Any]] = {}
    for address in ADDRESSES:
        if address.told is not None:
            paths.setdefault(address.path.replace(":path}", "}"), {})[address.method.lower()] = _operation(address, address.told)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "leadlock",
            "version": CONTRACT,
            "description": "Who may write to whom. Decided by the engine that decides the stream; whatever changes something is on its "
            "Kafka topic first, under the same event id.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key: `leadlock serve --new-key NAME`."}},
        },
    }


def schemas() -> dict[str, Any]:
    """Every named schema."""
    found: dict[str, Any] = {}
    _add(found, "SendCheck", SendRequested, left_out=FILLED)
    _add(found, "Command", OwnershipCommand, left_out=FILLED)
    _add(found, "Claim", OwnershipCommand, left_out=(*FILLED, "command"))
    found["Claim"]["properties"]["command"] = {"const": "claim"}
    for kind, model in DECISIONS.items():
        _add(found, _title(kind), model)
    for topic, event in BY_TOPIC.items():
        _add(found, _title(topic), event)
    decisions = [_ref(_title(kind)) for kind in DECISIONS]
    found["Decision"] = {"oneOf": decisions}
    verdict = found[_title("send_verdict")]
    claim = {"anyOf": [_ref(_title("claim_granted")), _ref(_title("ownership_transferred")), {"type": "null"}]}
    found["Verdict"] = {**verdict, "properties": {**verdict["properties"], "claim": claim}, "required": [*verdict["required"], "claim"]}
    found["Decided"] = _object({"event_id": TEXT, "decisions": {"type": "array", "items": _ref("Decision")}})
    publications = [
        _object({"topic": {"const": topic}, "value": _ref(_title(topic))}, closed=False) for topic in BY_TOPIC
    ]
    found["Publication"] = {"oneOf": publications}
    found["Published"] = _object({"event_id": TEXT, "topic": TEXT, "partition": {"type": "integer"}, "offset": {"type": "integer"}})
    found["Reviews"] = _object({"reviews": {"type": "array", "items": _ref("Decision")}})
    found["Duplicates"] = _object({"duplicates": {"type": "array", "items": _ref("Decision")}})
    found["Record"] = _object({"target": TEXT, "lock": {"type": ["object", "null"]}, "history": {"type": "array"}}, closed=False)
    found["Lead"] = _object({"lead_id": TEXT, "contact": MAYBE, "owner": MAYBE, "rule": MAYBE}, closed=False)
    found["Problem"] = {
        "type": "object",
        "description": "RFC 9457.",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "enum": [f"urn:leadlock:problem:{kind}" for kind in KINDS]},
            "title": TEXT,
            "status": {"type": "integer"},
            "detail": TEXT,
            "field": {**TEXT, "description": "The field that is wrong."},
            "value": {**TEXT, "description": "What was found there."},
            "nearest": {**TEXT, "description": "The nearest valid value."},
            "verdict": {"enum": ["block", "warn", "allow"], "description": "What the policy lets a check mean while the store is away."},
            "decision": {**_ref("Decision"), "description": "The decision that refused."},
        },
    }
    return dict(sorted(found.items()))


def _operation(address: Address, told: Told) -> dict[str, Any]:
    operation: dict[str, Any] = {"summary": told.summary, "operationId": _id(address)}
    text = f"{told.description}\n\n" if told.description else ""
    operation["description"] = f"{text}Scopes: {', '.join(f'`{scope}`' for scope in sorted(address.need.scopes))}."
    if told.parameters:
        operation["parameters"] = list(told.parameters)
    if told.takes:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": _several(told, told.takes)}}}
    gives: dict[str, Any] = TEXT if not told.gives else _ref(told.gives)
    if told.several:
        gives = {"anyOf": [gives, _results(told.gives)]}
    operation["responses"] = {
        str(told.status): {"description": "The answer.", "content": {told.media: {"schema": gives}}},
        **_problems((*ALWAYS, *told.fails)),
    }
    return operation


def _several(told: Told, name: str) -> dict[str, Any]:
    if not told.several:
        return _ref(name)
    return {"anyOf": [_ref(name), {"type": "array", "minItems": 1, "maxItems": 1000, "items": _ref(name)}]}


def _results(name: str) -> dict[str, Any]:
    good = _object({"status": {"const": 200}, "answer": _ref(name)})
    bad = _object({"status": {"type": "integer", "minimum": 400}, "problem": _ref("Problem")})
    return _object({"results": {"type": "array", "items": {"anyOf": [good, bad]}}})


def _problems(kinds: Iterable[str]) -> dict[str, Any]:
    by_status: dict[str, list[str]] = {}
    for kind in kinds:
        by_status.setdefault(str(KINDS[kind].status), []).append(KINDS[kind].title)
    content = {MEDIA: {"schema": _ref("Problem")}}
    return {status: {"description": "; ".join(titles) + ".", "content": content} for status, titles in sorted(by_status.items())}


def _add(found: dict[str, Any], name: str, model: type[BaseModel], left_out: tuple[str, ...] = ()) -> None:
    schema = model.model_json_schema(by_alias=True, mode="validation", ref_template="#/components/schemas/{model}")
    found.update(schema.pop("$defs", {}))
    schema["required"] = [field for field in schema.get("required", ()) if field not in left_out]
    if not schema["required"]:
        del schema["required"]
    for field in left_out:
        if field in FILLED:
            given = schema["properties"][field]
            schema["properties"][field] = {"anyOf": [given, {"type": "null"}]}
    found[name] = schema


def _object(properties: Mapping[str, Any], closed: bool = True) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object", "required": list(properties), "properties": dict(properties)}
    return {**made, "additionalProperties": False} if closed else made


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _title(name: str) -> str:
    return "".join(word.capitalize() for word in name.replace("-", "_").split("_"))


def _id(address: Address) -> str:
    words = address.path.replace("/v1/", "").partition("/")[0].split("-")
    return address.method.lower() + "".join(word.capitalize() for word in words)


def rendered() -> bytes:
    """The document as it is written."""
    return orjson.dumps(document(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def main(arguments: list[str]) -> int:
    """Exit status 1: with `--check`, and the file is out of date."""
    if arguments != ["--check"]:
        FILE.write_bytes(rendered())
        return 0
    if FILE.is_file() and FILE.read_bytes() == rendered():
        return 0
    print(f"{FILE.name} is out of date; run python -m streams.web.openapi", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
