"""Accounts and reps as lists: CSV or JSON Lines become the events that a CRM would have sent, each line on its own.

In CSV an empty cell says nothing. A list is separated by `|` (domains and networks also by blanks, commas or semicolons); what has parts is
JSON in its cell, or a column a part (`closed_lost.owner`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import orjson

from schemas.errors import Unreadable, nearest
from schemas.events import BY_TOPIC, Event
from schemas.reading import read
from streams.csv_files import Csv, opened
from streams.errors import LeadlockError

TOPICS = {"accounts": ("account-updated", "account_id"), "reps": ("rep-updated", "rep")}
"""Kind of list -> the topic that its lines are events of, and the field that is their key."""

SPLIT_BY_BLANKS = frozenset({"domains", "shared_domains", "networks"})
YES, NO = frozenset({"true", "yes", "y", "1", "x"}), frozenset({"false", "no", "n", "0"})


class Item(NamedTuple):
    """One line: its number, and the key, record and event that it makes, or what is wrong with it."""

    line: int
    key: str
    record: bytes
    event: Event | None
    problem: str = ""


class Reader:
    """Reads one list. `unknown`: columns or fields that are ignored, with the nearest known one."""

    def __init__(self, kind: str, occurred_at: str, run: str) -> None:
        """`kind`: `accounts` or `reps`. `occurred_at`: when it was so, for lines that do not say. `run`: what makes event ids of this
        reading its own."""
        self.topic, self.key = TOPICS[kind]
        self._kind, self._occurred_at, self._run = kind, occurred_at, run
        self._fields = {field.alias or name: field.annotation for name, field in BY_TOPIC[self.topic].model_fields.items()}
        self._seen: dict[str, int] = {}
        self.unknown: dict[str, str] = {}

    def items(self, path: Path) -> Iterator[Item]:
        """Every line of a file, in order. Raises LeadlockError where the file as a whole cannot be read."""
        if path.suffix.lower() not in (".jsonl", ".ndjson", ".json"):
            with opened(path, self._fields) as rows:
                yield from self._rows(rows)
            return
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                yield from self._json_lines(file)
        except UnicodeDecodeError as error:
            raise LeadlockError(problem=f"{path.name} is not UTF-8 at byte {error.start}") from error
        except OSError as error:
            raise LeadlockError(problem=f"{path.name} cannot be read: {error.strerror}") from error

    def _json_lines(self, file: Iterable[str]) -> Iterator[Item]:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                value = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                yield Item(number, "", b"", None, f"is not JSON: {error}")
                continue
            if not isinstance(value, dict):
                yield Item(number, "", b"", None, "is no JSON object")
                continue
            yield self._item(number, value.get("value", value) if "topic" in value else value)

    def _rows(self, rows: Csv) -> Iterator[Item]:
        if self.key not in rows.columns:
            raise LeadlockError(problem=rows.lack(self.key))
        for row in rows:
            value, problem = self._of_row(row.cells)
            if any(cell.strip() for cell in row.more):
                problem = f"has more cells than the header: {str(row.more)[:60]!r}"
            yield Item(row.line, "", b"", None, problem) if problem else self._item(row.line, value)

    def _of_row(self, cells: Mapping[str, str]) -> tuple[dict[str, Any], str]:
        value: dict[str, Any] = {}
        for column, cell in cells.items():
            text = cell.strip()
            if not text:
                continue
            name, _, part = column.strip().partition(".")
            if name not in self._fields:
                self._unknown(column.strip())
                continue
            try:
                found = _cell(name, text, self._fields[name]) if not part else text
            except ValueError as error:
                return value, f"{column}: {error}"
            if part:
                value.setdefault(name, {})[part] = found
            else:
                value[name] = found
        return value, ""

    def _item(self, number: int, value: dict[str, Any]) -> Item:
        for name in value.keys() - self._fields.keys():
            self._unknown(name)
        full = {"event_id": f"import:{self._run}:{number}", "occurred_at": self._occurred_at, "source": "leadlock import", **value}
        record = orjson.dumps(full)
        try:
            event = read(self.topic, record)
        except Unreadable as error:
            hint = f"; the nearest valid one is {error.nearest!r}" if error.nearest else ""
            what = " ".join(one for one in (f"{error.field}:" if error.field else "", error.value or "", error.reason) if one)
            return Item(number, "", b"", None, f"{what}{hint}")
        key = str(getattr(event, self.key))
        if key in self._seen:
            return Item(number, key, b"", None, f"{self.key}: {key!r} is on line {self._seen[key]} too")
        self._seen[key] = number
        return Item(number, key, record, event)

    def _unknown(self, name: str) -> None:
        if name not in self.unknown:
            self.unknown[name] = nearest(name, self._fields) or ""


def _cell(name: str, text: str, annotation: Any) -> Any:
    """What a cell of CSV says, in the type of its field. Raises ValueError, in words for people."""
    if text[0] in "[{":
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise ValueError(f"{text[:60]!r} is not JSON: {error}") from error
    sorts = _sorts(annotation)
    if list in sorts:
        return _several(name, text)
    if dict in sorts:
        pairs = [one.partition(":") for one in text.split("|")]
        return {key.strip(): value.strip() for key, _, value in pairs}
    if bool in sorts:
        word = text.casefold()
        if word not in YES | NO:
            raise ValueError(f"{text[:60]!r} is neither yes nor no; write true or false")
        return word in YES
    if int in sorts or float in sorts:
        plain = text.replace(",", "").replace("_", "").replace("$", "").replace(" ", "")
        try:
            number = float(plain)
        except ValueError as error:
            raise ValueError(f"{text[:60]!r} is no number") from error
        return int(number) if int in sorts and number.is_integer() else number
    return text


def _several(name: str, text: str) -> list[str]:
    if name in SPLIT_BY_BLANKS:
        for sign in ",;|":
            text = text.replace(sign, " ")
        return text.split()
    return [one.strip() for one in text.split("|") if one.strip()]


def _sorts(annotation: Any) -> set[type]:
    """The plain types that a field's annotation is made of."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _sorts(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return {sort for part in get_args(annotation) if part is not NoneType for sort in _sorts(part)}
    if origin is Literal:
        return {str}
    return {origin or annotation}
