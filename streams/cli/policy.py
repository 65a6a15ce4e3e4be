"""`leadlock policy check`: what is wrong with a policy, or what it comes to."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import orjson

from schemas.errors import BadPolicy
from schemas.policy import Policy
from streams.cli.common import err, json_option, put_json
from streams.errors import LeadlockError


@click.group()
def policy() -> None:
    """The rules of engagement, rules-of-engagement.toml."""


@policy.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def check(file: Path, as_json: bool) -> None:
    """Print every fault of FILE (exit status 1), or its effective values as TOML.

    \b
    Example:
      leadlock policy check rules-of-engagement.toml
    """
    try:
        found = Policy.read(file)
    except BadPolicy as error:
        if as_json:
            put_json({"ok": False, "faults": [one._asdict() for one in error.faults]})
        else:
            err().print(f"{file}: {error}", style="red", soft_wrap=True)
        sys.exit(1)
    except OSError as error:
        raise LeadlockError(problem=f"{str(file)!r} cannot be read: {error.strerror}") from error
    if as_json:
        put_json({"ok": True, "policy": found.hash, "values": found.effective()})
    else:
        click.echo(f"# {found.hash}: every effective value of {file}\n{toml(found.effective())}", nl=False)


def toml(tables: dict[str, Any]) -> str:
    """Tables of plain values as TOML 1.0 (https://toml.io/en/v1.0.0): strings, numbers, booleans, lists, inline tables, lists of tables."""
    parts = []
    for name, value in tables.items():
        if isinstance(value, dict):
            parts.append(_table(f"[{name}]", value))
        else:
            parts += [_table(f"[[{name}]]", one) for one in value]
    return "\n".join(parts)


def _table(head: str, values: dict[str, Any]) -> str:
    return "".join([f"{head}\n", *(f"{_key(key)} = {_value(value)}\n" for key, value in values.items())])


def _key(key: str) -> str:
    bare = key.replace("_", "").replace("-", "")
    return key if bare.isascii() and bare.isalnum() else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    # A JSON string, number or boolean is TOML's too, but for DEL, which JSON leaves as it is.
    return orjson.dumps(value).decode().replace("\x7f", "\\u007f")
