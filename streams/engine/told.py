"""Which lock changes are on their way, so that the compacted `lock-changes` ends with the lock as it stands.

Two workers may commit changes of one lock one after the other and publish them the other way round: a worker that was stopped between
its commit and its publishing, for example. So once a change is delivered, its worker looks whether the record has moved on by another
hand, and if so tells the lock again as it now is, and looks again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import NamedTuple

from streams.tables.contract import Document, Group, Tables

AGAIN = "again:"
"""What the ids of changes told again begin with: they have no outbox entry."""


class Change(NamedTuple):
    """A published lock: the record that it is in, and the record's version that it tells of."""

    record: str
    version: int


class Stale(NamedTuple):
    """A lock that another worker has changed since it was published here."""

    target: str
    record: str
    document: Document


class Told:
    """Not thread-safe: the engine's thread owns it."""

    def __init__(self) -> None:
        self._under_way: dict[str, dict[str, Change]] = {}
        self._watched: Counter[str] = Counter()
        self._own: dict[str, int] = {}
        self._ids = count(1)

    def committed(self, entry: str | None, groups: Iterable[tuple[Group, Iterable[str], Mapping[str, str]]]) -> None:
        """Note what was committed: groups with the lock keys that each tells of, and in which record those lie that have none of their
        own, under the outbox entry that holds them."""
        changes: dict[str, Change] = {}
        for group, targets, lies in groups:
            written = {write.key: write.version + 1 for write in group.writes}
            for key in written.keys() & self._own.keys():
                self._own[key] = written[key]
            for target in targets:
                # A domain's lock lies in the record of the account that the domain belongs to, where there is one.
                record = lies.get(target, target)
                if record in written:
                    changes[target] = Change(record, written[record])
        if entry is not None and changes:
            self._watch(entry, changes)

    def delivered(self, entries: Sequence[str], tables: Tables) -> list[Stale]:
        """The locks among these entries that are no longer as they were published, by another's hand. Raises StoreUnavailable."""
        changes = {target: change for entry in entries for target, change in self._under_way.get(entry, {}).items()}
        if not changes:
            return []
        documents: Mapping[str, Document] = dict(
            zip(keys := sorted({change.record for change in changes.values()}), tables.load(keys), strict=True)
        )
        stale = [
            Stale(target, change.record, documents[change.record])
            for target, change in changes.items()
            if documents[change.record].version != self._own[change.record]
        ]
        for entry in entries:
            for change in self._under_way.pop(entry, {}).values():
                self._watched[change.record] -= 1
                if not self._watched[change.record]:
                    del self._watched[change.record], self._own[change.record]
        return stale

    def again(self, stale: Iterable[Stale]) -> str:
        """Note that these locks are told again; the id under which they are delivered."""
        entry = f"{AGAIN}{next(self._ids)}"
        self._watch(entry, {one.target: Change(one.record, one.document.version) for one in stale})
        return entry

    def _watch(self, entry: str, changes: dict[str, Change]) -> None:
        self._under_way[entry] = changes
        for change in changes.values():
            self._watched[change.record] += 1
            self._own[change.record] = change.version
