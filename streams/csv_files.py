"""CSV files as people have them: with commas, semicolons or tabs, with a byte order mark, columns in any order and case, empty rows.

Spreadsheets write semicolons where a comma is the decimal sign, tabs and UTF-16 as "Unicode text", and rows of nothing at the end.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TextIO

from schemas.errors import nearest
from streams.errors import LeadlockError

SEPARATORS = ",;\t"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""How a file in UTF-16 begins."""


class Row(NamedTuple):
    """`line`: on which it begins, counted from 1. `cells`: by column, stripped of nothing. `more`: cells that no column has a name for."""

    line: int
    cells: dict[str, str]
    more: list[str]


class Csv:
    """An open file. `columns`: its header, known ones spelt as they are known, without those that have no name."""

    def __init__(self, file: TextIO, name: str, known: Collection[str]) -> None:
        self._name, self._skipped = name, 0
        first = file.readline()
        while first and (not first.strip() or first.startswith("sep=")):  # the latter tells the spreadsheet what the header shows
            first, self._skipped = file.readline(), self._skipped + 1
        spelt = {column.casefold(): column for column in known}

        def named(cells: list[str]) -> list[str]:
            return [spelt.get(one.strip().casefold(), one.strip()) for one in cells]

        def found(separator: str) -> int:
            return len(set(named(first.strip().replace('"', "").split(separator))) & set(known))

        self._reader = csv.reader(chain([first], file), delimiter=max(SEPARATORS, key=found), strict=True)
        self._header = named(next(self._reader, []))
        self.columns = [one for one in self._header if one]
        for column in known:
            if self._header.count(column) > 1:
                raise LeadlockError(problem=f"{name} has the column {column} twice")

    def __iter__(self) -> Iterator[Row]:
        """Every row that says something. Raises LeadlockError naming the line at which one begins that is no CSV."""
        wide = len(self._header)
        while True:
            line = self._reader.line_num + 1 + self._skipped
            try:
                row = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise LeadlockError(problem=f"{self._name} line {line} is not CSV: {error}") from error
            if any(cell.strip() for cell in row):
                yield Row(line, {name: cell for name, cell in zip(self._header, row, strict=False) if name}, row[wide:])

    def lack(self, column: str, like: str = "") -> str:
        """What to say where `column` is missing. `like`: the column that another may have been meant for."""
        near = nearest(like or column, self.columns)
        has = f"the nearest is {near!r}" if near else f"it has {', '.join(map(repr, self.columns)) or 'no header'}"
        return f"{self._name} has no column {column}: {has}"


@contextmanager
def opened(path: Path, known: Collection[str]) -> Iterator[Csv]:
    """The file at `path`, of which the columns in `known` are looked for. Raises LeadlockError for what cannot be read."""
    try:
        with path.open("rb") as raw:
            encoding = "utf-16" if raw.read(2) in UTF_16 else "utf-8-sig"
        with path.open(encoding=encoding, newline="") as file:
            yield Csv(file, path.name, known)
    except UnicodeDecodeError as error:
        raise LeadlockError(problem=_undecodable(path)) from error
    except csv.Error as error:
        raise LeadlockError(problem=f"{path.name} line 1 is not CSV: {error}") from error
    except OSError as error:
        raise LeadlockError(problem=f"{path.name} cannot be read: {error.strerror}") from error


def _undecodable(path: Path) -> str:
    """Which byte of the whole file; a reader knows it only within what it has just taken in."""
    content = path.read_bytes()
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return f"{path.name} is not UTF-8 at byte {error.start} (line {line}); save it as CSV UTF-8"
    return f"{path.name} is no UTF-16, as which it begins; save it as CSV UTF-8"
