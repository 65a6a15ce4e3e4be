"""Groups joined, so that one call of the commit script writes them all: which fit together, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from streams.tables.contract import Fact, Group


class Batch:
    """Groups joined, as they are written one after the other. `written`, `read`: target -> version that it must have before. `values`: what
    each target in `written` becomes. `due`, `held` (by holder): the last word on each. `named`: how often a target is named."""

    __slots__ = ("due", "facts", "held", "history", "named", "outboxes", "read", "values", "written")

    def __init__(self, groups: Iterable[Group]) -> None:
        self.written: dict[str, int] = {}
        self.read: dict[str, int] = {}
        self.values: dict[str, bytes] = {}
        self.due: dict[str, int | None] = {}
        self.history: list[tuple[str, bytes]] = []
        self.facts: list[Fact] = []
        self.held: dict[str, dict[str, bool]] = {}
        self.outboxes: list[bytes] = []
        self.named = 0
        written, values = self.written, self.values
        for writes, deadlines, outbox, entries, records, reads, holdings in groups:
            self.named += len(writes)
            for key, version, body in writes:
                written[key] = version
                values[key] = (version + 1).to_bytes(8, "big") + body
            if reads:
                self.named += len(reads)
                self.read.update(reads)
            if deadlines:
                self.due.update(deadlines)
            if entries:
                self.history += entries
            if records:
                self.facts += records
            for holder, key, holds in holdings:
                self.held.setdefault(holder, {})[key] = holds
            if outbox:
                self.outboxes.append(outbox)

    @property
    def apart(self) -> bool:
        """No target is named twice, as in nearly every batch: then all groups fit together."""
        return len(self.written) + len(self.read) == self.named and self.written.keys().isdisjoint(self.read)

    def compared(self) -> list[str]:
        """The targets whose versions the script compares, in its order."""
        return [*self.written, *self.read]


def join(groups: Sequence[Group], stored: Mapping[str, int]) -> tuple[Batch, list[int]]:
    """The groups that can be written one after the other, and the indexes of the others. `stored`: versions that were found to be other
    than a group said; of any other target the first group that names it is believed, and the script finds out."""
    batch = Batch(groups)
    if batch.apart and not stored:
        return batch, []
    now, first = dict(stored), dict[str, int]()
    fitting, conflicts = list[Group](), list[int]()
    for index, group in enumerate(groups):
        wanted = [*((write.key, write.version) for write in group.writes), *group.reads.items()]
        here = dict(wanted)
        if any(now.get(key, here[key]) != version for key, version in wanted):
            conflicts.append(index)
            continue
        for key, version in wanted:
            first.setdefault(key, version)
            now[key] = version
        for write in group.writes:
            now[write.key] = write.version + 1
        fitting.append(group)
    batch = Batch(fitting)
    batch.read = {key: version for key, version in first.items() if key not in batch.written}
    batch.written = {key: first[key] for key in batch.written}
    return batch, conflicts
