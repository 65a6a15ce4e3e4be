"""What is wrong with a policy, in words that help to mend it: the key's path, the value, the nearest valid key or value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from schemas.errors import Fault, nearest, shown
from schemas.policy_hints import default_of, likely
from schemas.public_holidays import country_named
from schemas.refusals import REASONS


def faults(error: ValidationError, policy: type[BaseModel]) -> list[Fault]:
    """Every fault, in the order of the policy's tables."""
    defaults = policy().model_dump(mode="json")
    return [_fault(detail, policy, defaults) for detail in error.errors(include_url=False)]


def _fault(detail: ErrorDetails, policy: type[BaseModel], defaults: dict[str, Any]) -> Fault:
    kind, found, context = detail["type"], detail["input"], detail.get("ctx", {})
    loc = tuple(part for part in detail["loc"] if part != "[key]")
    path, default = ".".join(map(str, loc)), default_of(defaults, loc)
    if kind == "extra_forbidden":
        return _unknown_key(loc, found, policy)
    if kind == "missing":
        alike = nearest(loc[-1], found) if isinstance(found, dict) else None
        return Fault(path, "is missing", shown(alike) if alike else None)
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", context["expected"])
        what = "is none of" if loc != detail["loc"] else "must be one of"
        near = nearest(found, words) or (default if default in words else None)
        return Fault(path, f"{what} {', '.join(words)}", shown(found), near)
    if kind == "together":
        return Fault(f"{path}.{context['field']}".lstrip("."), detail["msg"], shown(context["found"]), context["nearest"])
    if kind in ("unknown_word", "twice"):
        near = context.get("nearest") or likely(found, default)
        return Fault(path, detail["msg"], None if kind == "twice" else shown(found), near if kind != "twice" else None)
    if kind == "model_type":
        return Fault(path, f"must be a table: [{path}]", shown(found))
    if kind == "string_pattern_mismatch":
        return Fault(path, "must be a country's two letters (ISO 3166-1 alpha-2), or empty", shown(found), country_named(found))
    if kind == "list_type" and isinstance(found, dict):
        return Fault(path, f"must be a list of tables: [[{path}]]", shown(found))
    message = detail["msg"].removeprefix("Value error, ")
    near = None if "domain" in message else _bound(context) or likely(found, default)
    return Fault(path, REASONS.get(kind) or message.replace("Input should", "must"), shown(found), near)


def _unknown_key(loc: tuple[int | str, ...], found: object, policy: type[BaseModel]) -> Fault:
    *table, key = map(str, loc)
    keys = dict(_keys(policy, ()))
    here = ".".join(part for part in table if not part.isdecimal())
    where = f"is no key of [{here}]" if here else "is no table of a policy"
    homes = [path for path, name in keys.items() if name == key]
    if homes:
        tables = " and ".join(f"[{home.rpartition('.')[0]}]" if "." in home else "the top level" for home in homes)
        return Fault(".".join(map(str, loc)), f"{where}; it belongs to {tables}", shown(found), homes[0])
    beside = [name for path, name in keys.items() if path.rpartition(".")[0] == here]
    near = nearest(key, beside)
    if near is None:
        elsewhere = nearest(key, keys.values())
        near = next((path for path, name in keys.items() if name == elsewhere), None)
    return Fault(".".join(map(str, loc)), where, shown(found), near)


def _keys(model: type[BaseModel], above: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every key of the policy: (dotted path, name)."""
    for name, field in model.model_fields.items():
        path = (*above, name)
        yield ".".join(path), name
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from _keys(inner, path)


def _bound(context: dict[str, Any]) -> str | None:
    if "lt" in context:
        return str(context["lt"] - 1)  # of a number that is counted
    limit = context.get("ge", context.get("le"))
    return None if limit is None else f"{limit:g}"
