"""What pydantic found wrong with an event, in the contract's words: which field, what was found, what would have been valid."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, from_json

from schemas.errors import Unreadable, nearest, shown
from schemas.fields import COUNTRY_PATTERN, TIME_PATTERN

A_TIME = "must be a time in RFC 3339 with an offset, such as 2026-03-02T10:05:00+00:00"
REASONS = {
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "int_type": "must be an integer",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "timezone_aware": "must have an offset from UTC",
    "datetime_type": A_TIME,
    "datetime_parsing": A_TIME,
    "datetime_from_date_parsing": A_TIME,
    "datetime_object_invalid": A_TIME,
    f"pattern {TIME_PATTERN}": A_TIME,
    f"pattern {COUNTRY_PATTERN}": "must be a country's two letters (ISO 3166-1 alpha-2)",
}
SAYS_MOST = ("needed", "value_error", "unknown_word")
"""Kinds of findings that say more than those of a union's other branches."""


def refusal(error: ValidationError, value: bytes) -> Unreadable:
    """The refusal of `value`, for which the validator raised `error`: the first field that is wrong."""
    details = error.errors(include_url=False)
    if details[0]["type"] == "json_invalid":
        return _not_json(details[0], value)
    data = from_json(value)
    if not isinstance(data, dict):
        return Unreadable("it must be a JSON object", None, shown(data))
    paths = [(_path(each, data), each) for each in details]
    first = paths[0][0][:1]
    # Of a union every branch complains: the one that came deepest, or has most to say, is meant.
    path, detail = max((pair for pair in paths if pair[0][:1] == first), key=_says)
    return _field(".".join(map(str, path)) or None, detail, data, path)


def _says(pair: tuple[tuple[int | str, ...], ErrorDetails]) -> tuple[int, bool, bool]:
    path, detail = pair
    return len(path), detail["type"] in SAYS_MOST, detail["type"] == "literal_error" and isinstance(detail["input"], str)


def _not_json(detail: ErrorDetails, value: bytes) -> Unreadable:
    try:
        value.decode()
    except UnicodeDecodeError as error:
        return Unreadable(f"it is not UTF-8 at byte {error.start}")
    message = detail["msg"].removeprefix("Invalid JSON: ")
    if "EOF" in message:
        return Unreadable(f"its JSON is truncated: {message}", None, shown(value))
    return Unreadable(f"it is not JSON: {message}", None, shown(value))


def _field(field: str | None, detail: ErrorDetails, data: Mapping[str, Any], path: tuple[int | str, ...]) -> Unreadable:
    kind, found, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "missing":
        alike = nearest(path[-1], _keys(data, path[:-1]))
        return Unreadable("is missing", field, shown(alike) if alike else None)
    if kind == "needed":
        return Unreadable(detail["msg"], context.get("field", field))
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", context["expected"])
        return Unreadable(f"must be one of {', '.join(words)}", field, shown(found), nearest(found, words))
    if kind == "unknown_word":
        return Unreadable(detail["msg"], field, shown(found), context["nearest"] or None)
    if kind == "timezone_aware":
        return Unreadable(REASONS[kind], field, shown(found), f"{found}Z")
    key = f"pattern {context['pattern']}" if kind == "string_pattern_mismatch" else kind
    message = detail["msg"].removeprefix("Value error, ")
    reason = REASONS.get(key) or message.replace("Input should", "must").replace("String should", "must")
    return Unreadable(reason, field, shown(found))


def _path(detail: ErrorDetails, data: Any) -> tuple[int | str, ...]:
    """Where a finding is in the value. pydantic names a union's branches too, which are nowhere in it."""
    path: list[int | str] = []
    for part in detail["loc"]:
        if _has(data, part):
            data = data[part]
        elif detail["type"] != "missing" or part != detail["loc"][-1]:
            continue
        path.append(part)
    return tuple(path)


def _has(data: object, part: int | str) -> bool:
    return part in data if isinstance(data, dict) else isinstance(data, list) and isinstance(part, int)


def _keys(data: Any, path: Iterable[int | str]) -> list[str]:
    for part in path:
        data = data[part]
    return list(data)
