"""Values as TOML text. Only what a policy is made of: tables, lists of tables, strings, numbers, booleans, lists of those."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson


def to_toml(values: Mapping[str, Any], above: tuple[str, ...] = ()) -> str:
    """The values as TOML, plain keys before tables, in the order given; `tomllib.loads` gives them back."""
    tables = {name: value for name, value in values.items() if isinstance(value, Mapping)}
    lists = {name: value for name, value in values.items() if _is_list_of_tables(value)}
    lines = [f"{_key(name)} = {_literal(value)}" for name, value in values.items() if name not in tables and name not in lists]
    parts = ["\n".join(lines)] if lines else []
    for name, table in tables.items():
        path = (*above, name)
        parts.append(f"[{'.'.join(map(_key, path))}]\n{to_toml(table, path)}".rstrip("\n"))
    for name, rows in lists.items():
        path = (*above, name)
        parts += [f"[[{'.'.join(map(_key, path))}]]\n{to_toml(row, path)}".rstrip("\n") for row in rows]
    return "\n\n".join(parts) + "\n"


def _is_list_of_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)


def _key(name: str) -> str:
    return name if re.fullmatch("[A-Za-z0-9_-]+", name) else _literal(name)


def _literal(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    # JSON's strings, numbers and booleans are TOML's, but for the one control character that JSON leaves as it is.
    return orjson.dumps(value).decode().replace("\x7f", "\\u007f")
