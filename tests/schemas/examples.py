"""The contract's examples with their models and published schemas, for the tests beside this file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from jsonschema import Draft202012Validator
from pydantic import BaseModel

import schemas
from schemas import BY_TOPIC, KINDS, LockChange

ROOT = Path(schemas.__file__).parent
FOLDER, PUBLISHED = ROOT / "examples", ROOT / "published"


class Example(NamedTuple):
    name: str
    value: dict[str, Any]
    model: type[BaseModel]
    schema: Draft202012Validator


def load(path: Path) -> Any:
    return orjson.loads(path.read_bytes())


def schema_of(name: str) -> Draft202012Validator:
    return Draft202012Validator(load(PUBLISHED / f"{name}.json"), format_checker=Draft202012Validator.FORMAT_CHECKER)


def examples() -> Iterator[Example]:
    for path in sorted(FOLDER.rglob("*.json")):
        folder, name = path.parent.name, path.stem
        model: type[BaseModel] = (
            BY_TOPIC[folder] if folder in BY_TOPIC else KINDS[name] if folder == "decisions" else {"lock-changes": LockChange}[folder]
        )
        schema = schema_of(f"decision.{name}" if folder == "decisions" else folder)
        yield Example(f"{folder}/{name}", load(path), model, schema)


EXAMPLES = list(examples())
NAMES = [example.name for example in EXAMPLES]
