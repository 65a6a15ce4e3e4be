"""The contract as JSON Schema (2020-12), made from the models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel

from schemas.decisions import KINDS
from schemas.events import BY_TOPIC
from schemas.locks import LockChange
from schemas.policy import Policy

DEFAULT_POLICY = Path(__file__).parent.parent / "rules-of-engagement.toml"
"""The policy with every default and what each is for; in the source tree alone, where the schemas are published from."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def documents() -> dict[str, dict[str, Any]]:
    """File name -> schema: `<topic>.json` for each inbound topic, `decision.<kind>.json` for each kind, `lock-changes.json` and
    `rules-of-engagement.json`."""
    models: dict[str, type[BaseModel]] = {
        **BY_TOPIC,
        **{f"decision.{kind}": model for kind, model in KINDS.items()},
        "lock-changes": LockChange,
        "rules-of-engagement": Policy,
    }
    return {f"{name}.json": _document(name, model) for name, model in models.items()}


def _document(name: str, model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(by_alias=True, mode="validation")
    if model is Policy:
        _as_in_a_file(schema)
    return {"$schema": DIALECT, "$id": f"urn:leadlock:{name}", **schema}


def _as_in_a_file(schema: dict[str, Any]) -> None:
    """The policy as a file has it: the models' docstrings, and pydantic's defaults of durations, are in the core's microseconds."""
    effective, comments = Policy().effective(), _comments()
    for table in schema["$defs"].values():
        table.pop("description", None)
    for name, table in schema["properties"].items():
        reference = table.get("$ref")
        if reference is not None:
            properties = schema["$defs"][reference.rpartition("/")[2]]["properties"]
            for key, value in effective[name].items():
                properties[key]["default"] = value
                if said := comments.get(f"{name}.{key}"):
                    properties[key]["description"] = said


def _comments() -> dict[str, str]:
    """`table.key` -> the comment before it in the policy's own file; a comment that ends with `...` is gone on with by the next one."""
    found: dict[str, str] = {}
    table, lines = "", list[str]()
    for line in DEFAULT_POLICY.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            lines.append(line[1:].strip())
        elif line.startswith("["):
            table, lines = line.strip("[]"), []
        elif "=" in line and lines and not line.startswith(" "):
            found[f"{table}.{line.partition('=')[0].strip()}"] = " ".join(lines)
            lines = []
        elif not line.strip():
            lines = []
    return found
