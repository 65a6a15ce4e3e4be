"""Writes `schemas/published/`: the contract for readers in other languages. `--check` only says whether it is up to date.

python -m schemas.publish [--check]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

from schemas.asyncapi import document
from schemas.json_schemas import documents

FOLDER = Path(__file__).parent / "published"


def rendered() -> dict[str, bytes]:
    """File name -> content, the same bytes whenever the contract is the same."""
    return {name: orjson.dumps(each, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE) for name, each in _all().items()}


def drift(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """What differs between `folder` and `files`, one line a file: missing, changed, or not part of the contract any more."""
    there = {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}
    lines = [f"{name} is missing" for name in files if name not in there]
    lines += [f"{name} is out of date" for name, content in files.items() if there.get(name, content) != content]
    return lines + [f"{name} is not part of the contract" for name in sorted(there) if name not in files]


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make `folder` hold exactly `files`."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if path.name not in files:
            path.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER) -> int:
    """The command line. Exit status 1: with `--check` something differs."""
    parser = argparse.ArgumentParser(prog="python -m schemas.publish", description="Write the published contract.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when something differs")
    files = rendered()
    if not parser.parse_args(arguments).check:
        write(folder, files)
        return 0
    lines = drift(folder, files)
    for line in lines:
        print(f"{folder.name}/{line}; run python -m schemas.publish", file=sys.stderr)
    return 1 if lines else 0


def _all() -> dict[str, object]:
    return {**documents(), "asyncapi.json": document()}


if __name__ == "__main__":
    sys.exit(main())
