"""The directory and its change log, as a follower reads them.

A position names the entry that was read last, by its id and its commit's random token. It holds while that very entry is there:
trimming drops entries from the front, and a store that came back older (or empty) lacks them at the end, where new ones may have
followed since. `0-0/<n>` is the position of an empty log to which n changes had ever been added; it holds while all later ones are there.
"""

from __future__ import annotations

from typing import Any, Final

from streams.tables.connect import Client
from streams.tables.contract import Fact
from streams.tables.failures import answered
from streams.tables.keys import Keys

READ_AT_ONCE: Final = 1_000
_EMPTY: Final = "0-0"
WHOLE_PAGE: Final[tuple[str, list[Fact]]] = ("", [])


class ChangeLog:
    """Reads the directory's hashes and stream; `commit.lua` writes them."""

    def __init__(self, client: Client, keys: Keys) -> None:
        self._client: Any = client
        self._keys = keys

    def directory(self) -> tuple[str, list[Fact]]:
        """As `contract.Tables.directory`. The position is taken first: what changes during the reading is read again by `changes`."""
        with answered("directory"):
            last = self._client.xrevrange(self._keys.directory, count=1)
            position = _position(last[0]) if last else f"{_EMPTY}/{self._logged()}"
            facts = [
                *self._facts("account", self._keys.accounts),
                *self._facts("rep", self._keys.reps),
                *self._facts("matter", self._keys.matters),
                *self._facts("link", self._keys.links),
            ]
        return position, facts

    def changes(self, position: str) -> tuple[str, list[Fact]] | None:
        """As `contract.Tables.changes`."""
        with answered("changes"):
            if position.startswith(f"{_EMPTY}/"):
                return self._from_empty(position)
            return self._from(position)

    def ask(self, pipe: Any, position: str) -> None:
        """Put the two commands into a pipeline whose answers `answer` reads."""
        empty = position.startswith(f"{_EMPTY}/")
        pipe.xrange(self._keys.directory, min="-" if empty else position.partition("/")[0], count=READ_AT_ONCE)
        # Counted after reading, as in `_from_empty`.
        pipe.hget(self._keys.meta, "logged")

    def answer(self, position: str, entries: list[Any], logged: bytes | None) -> tuple[str, list[Fact]] | None:
        """As `changes`; WHOLE_PAGE when there may be more than was read at once."""
        if len(entries) >= READ_AT_ONCE:
            return WHOLE_PAGE
        if position.startswith(f"{_EMPTY}/"):
            if len(entries) != int(logged or 0) - int(position.partition("/")[2]):
                return None
            return _position(entries[-1]) if entries else position, list(map(_fact, entries))
        if not entries or _position(entries[0]) != position:
            return None
        return _position(entries[-1]), list(map(_fact, entries[1:]))

    def _from(self, position: str) -> tuple[str, list[Fact]] | None:
        facts: list[Fact] = []
        while True:
            # Each read begins with the entry known last, so that a trim or a failover between two reads does not pass unseen.
            entries = self._client.xrange(self._keys.directory, min=position.partition("/")[0], count=READ_AT_ONCE)
            if not entries or _position(entries[0]) != position:
                return None
            facts += map(_fact, entries[1:])
            position = _position(entries[-1])
            if len(entries) < READ_AT_ONCE:
                return position, facts

    def _from_empty(self, position: str) -> tuple[str, list[Fact]] | None:
        first = self._client.xrange(self._keys.directory, count=1)
        later = self._from(_position(first[0])) if first else (position, [])
        if later is None:
            return None
        facts = [*map(_fact, first), *later[1]]
        # Counted after reading: whoever adds in between makes the follower load anew, never miss one.
        added = self._logged() - int(position.partition("/")[2])
        return (later[0], facts) if len(facts) == added else None

    def _logged(self) -> int:
        return int(self._client.hget(self._keys.meta, "logged") or 0)

    def _facts(self, kind: str, name: bytes) -> list[Fact]:
        # HSCAN, not HGETALL: a million accounts in one answer would stop every commit for a second. It may repeat a field.
        found: dict[bytes, bytes] = {}
        cursor = None
        while cursor != 0:
            cursor, part = self._client.hscan(name, cursor or 0, count=READ_AT_ONCE)
            found |= part
        return [Fact(kind, key.decode(), body) for key, body in found.items()]


def _position(entry: tuple[bytes, dict[bytes, bytes]]) -> str:
    return f"{entry[0].decode()}/{entry[1][b'commit'].decode()}"


def _fact(entry: tuple[bytes, dict[bytes, bytes]]) -> Fact:
    fields = entry[1]
    return Fact(fields[b"kind"].decode(), fields[b"key"].decode(), fields[b"body"])
