"""The lock tables in memory: the model that the Redis backend is compared with, and what `simulate` runs on."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice
from threading import Lock

from streams.tables.checks import check
from streams.tables.contract import ABSENT, Committed, Document, Fact, Group, Moved
from streams.tables.figures import Figures


class MemoryTables:
    """`contract.Tables` in dictionaries. Outbox ids are `0-1`, `0-2`, ...: no clock, so that a run repeats to the byte.
    `log_limit`: how many directory changes are kept at least."""

    def __init__(self, log_limit: int = 1_000_000) -> None:
        self._documents: dict[str, Document] = {}
        self._armed: dict[str, int] = {}
        # Sorted by time and key. A list, because deadlines mostly come in near the end, where an insertion moves little.
        self._deadlines: list[tuple[int, str]] = []
        self._offsets: dict[str, int] = {}
        self._outbox: dict[str, bytes] = {}
        self._outbox_ids = count(1)
        self._history: dict[str, list[bytes]] = {}
        self._holdings: dict[str, list[str]] = {}
        self._facts: dict[tuple[str, str], Fact] = {}
        self._log: list[Fact] = []
        self._log_start = 0
        self._log_limit = log_limit
        self._committing = Lock()

    def load(self, keys: Sequence[str]) -> list[Document]:
        get = self._documents.get
        return [get(key, ABSENT) for key in keys]

    def commit(self, groups: Sequence[Group], offsets: Mapping[str, Moved] | None = None) -> Committed:
        check(groups)
        moves = offsets or {}
        with self._committing:
            if any(self._offsets.get(name) != moved.expected for name, moved in moves.items()):
                return Committed((), None, True)
            conflicts, outboxes = [], []
            for index, group in enumerate(groups):
                if self._moved(group):
                    conflicts.append(index)
                else:
                    self._write(group)
                    outboxes.append(group.outbox)
            outbox_id = self._send(b"".join(outboxes))
            if not conflicts:
                self._offsets.update((name, moved.next) for name, moved in moves.items())
            return Committed(conflicts, outbox_id, False)

    def _moved(self, group: Group) -> bool:
        get = self._documents.get
        return any(get(write.key, ABSENT).version != write.version for write in group.writes) or any(
            get(key, ABSENT).version != version for key, version in group.reads.items()
        )

    def _write(self, group: Group) -> None:
        for key, version, body in group.writes:
            self._documents[key] = Document(version + 1, body)
        for key, at in group.due.items():
            self._arm(key, at)
        for key, entry in group.history:
            self._history.setdefault(key, []).append(entry)
        for holder, key, holds in group.holdings:
            self._hold(holder, key, holds)
        for fact in group.facts:
            self._learn(fact)

    def _arm(self, key: str, at: int | None) -> None:
        before = self._armed.pop(key, None)
        if before is not None:
            del self._deadlines[bisect_left(self._deadlines, (before, key))]
        if at is not None:
            self._armed[key] = at
            insort(self._deadlines, (at, key))

    def _hold(self, holder: str, key: str, holds: bool) -> None:
        held = self._holdings.setdefault(holder, [])
        at = bisect_left(held, key)
        known = at < len(held) and held[at] == key
        if holds and not known:
            held.insert(at, key)
        elif known and not holds:
            del held[at]

    def _learn(self, fact: Fact) -> None:
        if fact.body:
            self._facts[fact.kind, fact.key] = fact
        else:
            self._facts.pop((fact.kind, fact.key), None)
        self._log.append(fact)
        if len(self._log) >= 2 * self._log_limit:  # by halves, so that keeping the limit costs nothing a change
            self._log_start += len(self._log) - self._log_limit
            del self._log[: -self._log_limit]

    def _send(self, blob: bytes) -> str | None:
        if not blob:
            return None
        outbox_id = f"0-{next(self._outbox_ids)}"
        self._outbox[outbox_id] = blob
        return outbox_id

    def due(self, until: int, limit: int) -> list[tuple[str, int]]:
        end = bisect_right(self._deadlines, until, key=lambda deadline: deadline[0])
        return [(key, at) for at, key in self._deadlines[: min(end, limit)]]

    def next_due(self) -> int | None:
        return self._deadlines[0][0] if self._deadlines else None

    def offsets(self) -> dict[str, int]:
        return dict(self._offsets)

    def forget_offsets(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._offsets.pop(key, None)

    def outbox(self, limit: int) -> list[tuple[str, bytes]]:
        return list(islice(self._outbox.items(), limit))

    def published(self, ids: Sequence[str]) -> None:
        for outbox_id in ids:
            self._outbox.pop(outbox_id, None)

    def history(self, key: str) -> list[bytes]:
        return list(self._history.get(key, ()))

    def held(self, holder: str, after: str, limit: int) -> list[str]:
        held = self._holdings.get(holder, [])
        start = bisect_right(held, after)
        return held[start : start + limit]

    def scan(self, prefix: str) -> Iterator[tuple[str, Document]]:
        for key, document in list(self._documents.items()):
            if document.body and key.startswith(prefix):
                yield key, document

    def directory(self) -> tuple[str, list[Fact]]:
        return str(self._log_start + len(self._log)), list(self._facts.values())

    def changes(self, position: str) -> tuple[str, list[Fact]] | None:
        known = int(position) - self._log_start
        if not 0 <= known <= len(self._log):
            return None
        return str(self._log_start + len(self._log)), self._log[known:]

    def look(self, position: str, keys: Sequence[str]) -> tuple[tuple[str, list[Fact]] | None, list[Document]]:
        return self.changes(position), self.load(keys)

    def figures(self, now: int) -> Figures:
        overdue = bisect_right(self._deadlines, now, key=lambda deadline: deadline[0])
        oldest = int(next(iter(self._outbox)).split("-")[0]) if self._outbox else None
        return Figures(
            len(self._documents) + len(self._history), len(self._deadlines), overdue, self.next_due(), len(self._outbox), oldest
        )
