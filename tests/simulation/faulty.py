"""Tables that fail as a store over a network does, from a seed."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random

from streams.errors import StoreUnavailable
from streams.tables.contract import Committed, Document, Fact, Group, Moved
from streams.tables.figures import Figures
from streams.tables.memory import MemoryTables


class FaultyTables:
    """`contract.Tables` over a model. `rate`: the share of calls that fail before they reach it, and of commits whose reply is lost after
    they landed. `meanwhile` is called before some commits: others work on the same tables in between."""

    def __init__(self, rng: Random, rate: float) -> None:
        self.model = MemoryTables()
        self._rng, self._rate = rng, rate
        self.meanwhile: Callable[[], None] | None = None
        self.faults = 0

    def snapshot(self) -> MemoryTables:
        """Everything in them now, as a replica that lags would have it."""
        return _twin(self.model)

    def turn_back(self, copy: MemoryTables) -> None:
        """Become what they were at a snapshot, which stays as it is."""
        self.model = _twin(copy)

    def load(self, keys: Sequence[str]) -> list[Document]:
        self._may_fail("load")
        return self.model.load(keys)

    def commit(self, groups: Sequence[Group], offsets: Mapping[str, Moved] | None = None) -> Committed:
        self._may_fail("commit")
        if self.meanwhile is not None and self._strikes():
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        committed = self.model.commit(groups, offsets)
        self._may_fail("commit, whose reply was lost")
        return committed

    def due(self, until: int, limit: int) -> list[tuple[str, int]]:
        self._may_fail("due")
        return self.model.due(until, limit)

    def next_due(self) -> int | None:
        self._may_fail("next_due")
        return self.model.next_due()

    def figures(self, now: int) -> Figures:
        self._may_fail("figures")
        return self.model.figures(now)

    def offsets(self) -> dict[str, int]:
        self._may_fail("offsets")
        return self.model.offsets()

    def forget_offsets(self, keys: Sequence[str]) -> None:
        self._may_fail("forget_offsets")
        self.model.forget_offsets(keys)

    def outbox(self, limit: int) -> list[tuple[str, bytes]]:
        self._may_fail("outbox")
        return self.model.outbox(limit)

    def published(self, ids: Sequence[str]) -> None:
        self._may_fail("published")
        self.model.published(ids)

    def history(self, key: str) -> list[bytes]:
        self._may_fail("history")
        return self.model.history(key)

    def held(self, holder: str, after: str, limit: int) -> list[str]:
        self._may_fail("held")
        return self.model.held(holder, after, limit)

    def scan(self, prefix: str) -> Iterator[tuple[str, Document]]:
        return self.model.scan(prefix)

    def directory(self) -> tuple[str, list[Fact]]:
        self._may_fail("directory")
        return self.model.directory()

    def changes(self, position: str) -> tuple[str, list[Fact]] | None:
        self._may_fail("changes")
        return self.model.changes(position)

    def look(self, position: str, keys: Sequence[str]) -> tuple[tuple[str, list[Fact]] | None, list[Document]]:
        self._may_fail("look")
        return self.model.look(position, keys)

    def _strikes(self) -> bool:
        return self._rng.random() < self._rate

    def _may_fail(self, operation: str) -> None:
        if self._strikes():
            self.faults += 1
            raise StoreUnavailable(operation=operation, error="fault of the simulation")


def _twin(model: MemoryTables) -> MemoryTables:
    twin = MemoryTables()
    kept = {name: value for name, value in vars(model).items() if name != "_committing"}  # a lock cannot be copied
    vars(twin).update(copy.deepcopy(kept))
    return twin
