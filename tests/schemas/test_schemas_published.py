"""What is published is what the models say, and other tools can read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from schemas import BY_TOPIC, KINDS
from schemas.publish import drift, main, rendered, write

from .examples import PUBLISHED, load

FILES = sorted(path.name for path in PUBLISHED.iterdir())
ASYNC = load(PUBLISHED / "asyncapi.json")


def test_what_is_published_is_up_to_date() -> None:
    assert drift(PUBLISHED, rendered()) == [], "run python -m schemas.publish"


def test_publishing_is_deterministic_and_drift_is_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = rendered()
    assert files == rendered()
    folder = tmp_path / "published"
    assert len(drift(folder, files)) == len(files)
    write(folder, files)
    assert drift(folder, files) == []
    assert main(["--check"], folder) == 0
    (folder / "email-sent.json").write_text("{}")
    (folder / "lead-created.json").unlink()
    (folder / "old.json").write_text("{}")
    assert main(["--check"], folder) == 1
    told = capsys.readouterr().err
    assert "email-sent.json is out of date" in told
    assert "lead-created.json is missing" in told
    assert "old.json is not part of the contract" in told
    assert main([], folder) == 0
    assert drift(folder, files) == []


def test_there_is_a_schema_for_each_topic_and_kind() -> None:
    expected = {*BY_TOPIC, *(f"decision.{kind}" for kind in KINDS), "lock-changes", "rules-of-engagement", "asyncapi"}
    assert {Path(name).stem for name in FILES} == expected


@pytest.mark.parametrize("name", [name for name in FILES if name != "asyncapi.json"])
def test_each_schema_is_one_and_says_which(name: str) -> None:
    schema = load(PUBLISHED / name)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert schema["$id"] == f"urn:leadlock:{name.removesuffix('.json')}"
    assert all(resolved(schema, reference) for reference in references(schema))


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def resolved(document: Any, reference: str) -> Any:
    file, _, pointer = reference.partition("#")
    here = load(PUBLISHED / file) if file else document
    for part in pointer.strip("/").split("/") if pointer else []:
        here = here[part]
    return here


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    found = list(references(ASYNC))
    assert len(found) > len(BY_TOPIC) + len(KINDS)
    assert all(resolved(ASYNC, reference) for reference in found)


def test_the_asyncapi_document_has_every_topic_with_its_messages() -> None:
    assert ASYNC["asyncapi"] == "3.0.0"
    assert set(ASYNC["channels"]) == {*BY_TOPIC, "routing-decisions", "lock-changes", "dead-letters"}
    for topic, channel in ASYNC["channels"].items():
        assert channel["address"] == topic == channel["bindings"]["kafka"]["topic"]
        assert channel["messages"]
        for message in channel["messages"].values():
            assert message["payload"]
            assert message["contentType"]
            assert message["bindings"]["kafka"]["key"]["description"]
    assert set(ASYNC["channels"]["routing-decisions"]["messages"]) == set(KINDS)
    for topic in BY_TOPIC:
        event, structured = (ASYNC["channels"][topic]["messages"][name] for name in ("event", "structured"))
        assert event["payload"] == {"$ref": f"./{topic}.json"}
        assert "ce_id" in resolved(ASYNC, event["headers"]["$ref"])["properties"]
        assert "specversion" in resolved(ASYNC, structured["payload"]["$ref"])["required"]


def test_every_channel_has_its_operation() -> None:
    asked = {operation["channel"]["$ref"]: operation["action"] for operation in ASYNC["operations"].values()}
    assert asked == {f"#/channels/{topic}": "receive" if topic in BY_TOPIC else "send" for topic in ASYNC["channels"]}


def test_the_policys_schema_has_its_defaults_as_a_file_has_them() -> None:
    windows = load(PUBLISHED / "rules-of-engagement.json")["$defs"]["Windows"]["properties"]
    assert windows["activation"]["default"] == "48h"
