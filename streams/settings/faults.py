"""What is wrong with the settings, one sentence a fault: field, value, nearest valid one. Secrets are never part of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError

UNITS = {"us": 1, "ms": 1000, "s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}
DURATION = re.compile(r"\s*(\d+)\s*([a-z]*)\s*")
# Variables of this prefix that are no settings: the settings file itself, the folder of the tests' data sets, `streams.crash_points`.
OTHER_VARIABLES = ("SETTINGS", "SHARED", "CRASH_AT")
BOUNDS = {"greater_than_equal": ("ge", 0), "greater_than": ("gt", 1), "less_than_equal": ("le", 0), "less_than": ("lt", -1)}
# Whose value is not shown: options and URLs may carry secrets in any part.
SECRET = re.compile(r"password|secret|token|options", re.IGNORECASE)
USERINFO = re.compile(r"//[^/\s]*@")


def nearest(value: object, valid: Iterable[str]) -> str:
    """The valid name that looks most like `value`; `valid` must not be empty."""
    names = {name.lower(): name for name in valid}
    return names[get_close_matches(str(value).lower(), list(names), n=1, cutoff=0.0)[0]]


def duration(value: object) -> int:
    """Microseconds of `500ms`, `30s`, `5m`, `48h`, `7d`; an int is microseconds already. Raises ValueError naming the nearest valid one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = DURATION.fullmatch(value.lower()) if isinstance(value, str) else None
    if match is None:
        raise ValueError("is not a duration: a whole number and us, ms, s, m, h or d: nearest 5m")
    number, unit = match.groups()
    if unit not in UNITS:
        raise ValueError(f"is not a duration: {f'no unit {unit!r}' if unit else 'it has no unit'}: nearest {number}{_unit(unit)}")
    return int(number) * UNITS[unit]


def _unit(word: str) -> str:
    """The unit that a word such as `minutes` or `msec` means."""
    if word.startswith(("ms", "mil")):
        return "ms"
    return word[:1] if word[:1] in UNITS else "us" if word.startswith("mic") else "s"


def unknown_variables(model: type[BaseModel], environment: Mapping[str, str], prefix: str) -> list[str]:
    """One sentence for each variable that begins with `prefix` and is no setting of `model` (groups one level deep)."""
    valid = {prefix + name for name in OTHER_VARIABLES}
    for name, field in model.model_fields.items():
        valid.add(f"{prefix}{name}".upper())
        if (group := _group(field.annotation)) is not None:
            valid.update(f"{prefix}{name}_{key}".upper() for key in group.model_fields)
    strangers = (name for name in sorted(environment) if name.upper().startswith(prefix) and name.upper() not in valid)
    return [f"environment variable {name}: there is no such setting: nearest {nearest(name, valid)}" for name in strangers]


def unreadable_variables(model: type[BaseModel], environment: Mapping[str, str], prefix: str) -> list[str]:
    """One sentence for each variable that must be JSON, a whole group or a mapping, and is not."""
    wanted = {f"{prefix}{name}".upper() for name, field in model.model_fields.items() if _group(field.annotation)}
    wanted.add(f"{prefix}KAFKA_OPTIONS")
    found = []
    for name in sorted(environment):
        if name.upper() in wanted:
            try:
                json.loads(environment[name])
            except ValueError as error:
                found.append(f'environment variable {name} is no JSON object ({error}): nearest {{"key": "value"}}')
    return found


def given_name(values: Mapping[str, Any], environment: Mapping[str, str], prefix: str, file: Path | None) -> Callable[[str], str]:
    """How to name a field (`kafka.batch_size`): with the source that most likely gave it, so that a person knows where to look."""
    names = {name.upper(): name for name in environment}

    def name(path: str) -> str:
        group, _, key = path.partition(".")
        inner = values.get(group)
        if (key and isinstance(inner, Mapping) and key in inner) or (not key and group in values):
            return path
        for variable in (prefix + path.upper().replace(".", "_"), prefix + group.upper()):
            if variable in names:
                return f"{path} (environment variable {names[variable]})"
        return f"{path} (in {file})" if file else path

    return name


def faults(model: type[BaseModel], error: ValidationError, name: Callable[[str], str]) -> list[str]:
    """One sentence for each fault that pydantic found in `model`."""
    found = [_fault(model, dict(found), name) for found in error.errors(include_url=False)]
    return list(dict.fromkeys(found))  # a mapping's value is refused once for each type that it is not


def _fault(model: type[BaseModel], found: dict[str, Any], name: Callable[[str], str]) -> str:
    keys = [str(part) for part in found["loc"]]
    kind, context, value = found["type"], found.get("ctx") or {}, found["input"]
    if kind == "extra_forbidden":
        return _unknown_key(model, keys, name)
    # Below a mapping's own key (kafka.options.<name>) pydantic also names the union member it tried.
    path = ".".join(keys[:2])
    if (group := _group(model.model_fields[keys[0]].annotation)) is not None and len(keys) == 1 and kind != "value_error":
        return f"{name(path)} is a group of settings and not one value: nearest {path}.{next(iter(group.model_fields))}"
    if "options" in keys and kind != "value_error":
        return f"{name(path)}: {keys[2] if len(keys) > 2 else 'it'} is refused: names of librdkafka with text, a number, true or false each"
    if kind == "value_error" and isinstance(value, Mapping | BaseModel) and len(keys) < 2:
        return f"{name(path)}: {context['error']}"  # concerns several fields, and names them
    return f"{name(path)}{_shown(path, value)} {_complaint(kind, context, found['msg'], value, _default(model, keys))}"


def _complaint(kind: str, context: Mapping[str, Any], message: str, value: object, default: object) -> str:
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        valid = re.findall(r"'([^']*)'", str(context["expected"]))
        return f"is none of {', '.join(valid)}: nearest {nearest(value, valid)}"
    if kind in BOUNDS:
        bound, step = BOUNDS[kind]
        return f"is out of range: nearest {context[bound] + step}"
    if kind in ("int_parsing", "int_type", "int_from_float"):
        digits = re.search(r"-?\d+", str(value))
        return f"is no whole number: nearest {digits.group() if digits else default}"
    if kind in ("bool_parsing", "bool_type"):
        return f"is neither true nor false: nearest {nearest(value, ('true', 'false'))}"
    if kind == "path_not_file":
        return f"is no file{_neighbour(Path(str(value)))}"
    if kind == "string_pattern_mismatch":
        kept = re.sub(r"[^A-Za-z0-9._-]", "", str(value))
        return f"may have letters, digits, dots, underscores and dashes only: nearest {kept or default!r}"
    if kind == "multiple_of":
        return "is finer than a millisecond: nearest 1ms"
    return f"is refused: {message}: nearest the default, {default!r}"


def _neighbour(path: Path) -> str:
    names = [entry.name for entry in path.parent.iterdir() if entry.is_file()] if path.parent.is_dir() else []
    return f": nearest {path.parent / nearest(path.name, names)}" if names else f": there is no folder {path.parent} with files either"


def _unknown_key(model: type[BaseModel], keys: list[str], name: Callable[[str], str]) -> str:
    *parents, key = keys
    holder: type[BaseModel] | None = _group(model.model_fields[parents[0]].annotation) if parents else model
    valid = list((holder or model).model_fields)
    if not parents:
        valid += [f"{group}.{inner}" for group in model.model_fields for inner in _keys(model, group)]
        return f"{name(key)}: there is no such setting: nearest {nearest(key, valid)}"
    elsewhere = [group for group in model.model_fields if key in _keys(model, group)]
    hint = f"; {key} is of [{elsewhere[0]}]" if elsewhere else ""
    return f"{name('.'.join(keys))}: there is no such setting: nearest {'.'.join([*parents, nearest(key, valid)])}{hint}"


def _shown(path: str, value: object) -> str:
    if SECRET.search(path) or isinstance(value, SecretStr) or not isinstance(value, str | int | float | bool):
        return ""
    return f" = {USERINFO.sub('//***@', str(value))!r}" if isinstance(value, str) else f" = {value}"


def _default(model: type[BaseModel], keys: list[str]) -> object:
    field = model.model_fields.get(keys[0])
    group = _group(field.annotation) if field else None
    if group is not None and len(keys) > 1:
        field = group.model_fields.get(keys[1])
    return field.get_default(call_default_factory=False) if field else None


def _keys(model: type[BaseModel], name: str) -> list[str]:
    group = _group(model.model_fields[name].annotation)
    return [] if group is None else list(group.model_fields)


def _group(annotation: object) -> type[BaseModel] | None:
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
