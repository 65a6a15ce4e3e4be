"""The contract as JSON Schema (2020-12), made from the models."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from schemas.decisions import KINDS
from schemas.events import BY_TOPIC
from schemas.locks import LockChange
from schemas.policy import Policy

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
    effective = Policy().effective()
    for table in schema["$defs"].values():
        table.pop("description", None)
    for name, table in schema["properties"].items():
        reference = table.get("$ref")
        if reference is not None:
            properties = schema["$defs"][reference.rpartition("/")[2]]["properties"]
            for key, value in effective[name].items():
                properties[key]["default"] = value
