"""Any backend of the lock tables, with somebody looking on: how long each operation takes, what fails, what conflicts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast

from streams.errors import StoreUnavailable
from streams.metrics import Metrics
from streams.tables.contract import Committed, Document, Fact, Group, Moved, Tables


class WatchedTables:
    """`tables`, counted by `metrics`: each operation under its own name, whatever operations there are. `as_tables` is itself as what it
    stands for."""

    def __init__(self, tables: Tables, metrics: Metrics) -> None:
        self._tables, self._metrics = tables, metrics
        self.away = False
        """Redis did not answer when it was last asked."""
        self.caught_up = time.monotonic()
        """The monotonic second when the directory's change log was last read to its end."""

    @property
    def as_tables(self) -> Tables:
        return cast(Tables, self)

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._tables, name)
        # A scan is read by its caller, at the caller's pace: its time would say nothing.
        watched = operation if name == "scan" else partial(self._timed, name, operation)
        setattr(self, name, watched)
        return watched

    def commit(self, groups: Sequence[Group], offsets: Mapping[str, Moved] | None = None) -> Committed:
        """As the tables', with conflicts counted."""
        done: Committed = self._timed("commit", self._tables.commit, groups, offsets)
        if done.conflicts:
            self._metrics.conflicts.inc(len(done.conflicts))
        return done

    def due(self, until: int, limit: int) -> list[tuple[str, int]]:
        """As the tables', with deadlines counted that are taken up."""
        found: list[tuple[str, int]] = self._timed("due", self._tables.due, until, limit)
        if found:
            self._metrics.deadlines.inc(len(found))
        return found

    def directory(self) -> tuple[str, list[Fact]]:
        """As the tables', noted in `caught_up`."""
        found: tuple[str, list[Fact]] = self._timed("directory", self._tables.directory)
        self.caught_up = time.monotonic()
        return found

    def changes(self, position: str) -> tuple[str, list[Fact]] | None:
        """As the tables', noted in `caught_up`."""
        found: tuple[str, list[Fact]] | None = self._timed("changes", self._tables.changes, position)
        if found is not None:
            self.caught_up = time.monotonic()
        return found

    def look(self, position: str, keys: Sequence[str]) -> tuple[tuple[str, list[Fact]] | None, list[Document]]:
        """As the tables', noted in `caught_up`."""
        found: tuple[tuple[str, list[Fact]] | None, list[Document]] = self._timed("look", self._tables.look, position, keys)
        if found[0] is not None:
            self.caught_up = time.monotonic()
        return found

    def _timed(self, name: str, operation: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            answer = operation(*arguments, **named)
        except StoreUnavailable:
            self._metrics.store_errors.labels(name).inc()
            self.away = True
            raise
        self._metrics.answered(name, time.perf_counter() - began)
        if self.away:
            self.away = False
            self._metrics.store_reconnects.inc()
        return answer
