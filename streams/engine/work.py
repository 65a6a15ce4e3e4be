"""One batch's unit of work: records loaded once, changed in memory, written back in groups that belong together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from schemas.policy import Windows
from streams import state
from streams.engine.held import Signature, signatures
from streams.engine.part import Part
from streams.engine.shelf import Shelf, Slot
from streams.outbox import pack
from streams.rules.contact import fold
from streams.rules.world import Missing
from streams.state import Company, ContactRecord, Record
from streams.tables.contract import Document, Fact, Group, Tables, Write

MATTERS = "matter"
"""The kind of fact that no rule asks for."""

Before = list[Mapping[str, Signature]]
"""For each of an event's records: lock key -> signature."""


class Work:
    """Records by key, and the parts that they fall into. `shelf`: records kept from earlier batches. `asked`: the keys that `get` was
    asked for since somebody last cleared it."""

    def __init__(self, tables: Tables, shelf: Shelf, windows: Windows) -> None:
        self._windows = windows
        self._tables, self._shelf = tables, shelf
        self.slots: dict[str, Slot] = {}
        self.asked: dict[str, None] = {}
        self._part_of: dict[str, Part] = {}
        self._holdings: dict[str, dict[str, bool]] = {}
        self.parts: list[Part] = []
        self._facts: list[Fact] = []

    def load(self, keys: Iterable[str]) -> None:
        """Bring the records of `keys` to hand; those at hand stay as they are."""
        slots, kept, doubted = self.slots, self._shelf.get, self._shelf.is_doubted
        wanted: dict[str, Slot | None] = {}
        for key in keys:
            if key not in slots:
                slot = kept(key)
                if slot is None or doubted:
                    wanted[key] = slot
                else:
                    slots[key] = slot
        if wanted:
            for (key, slot), (version, body) in zip(wanted.items(), self._tables.load(list(wanted)), strict=True):
                slots[key] = slot if slot is not None and slot.version == version else Slot(key, version, body)

    def put(self, keys: Iterable[str], documents: Iterable[Document]) -> None:
        """Have these at hand, as they were read elsewhere."""
        for key, (version, body) in zip(keys, documents, strict=True):
            self.slots.setdefault(key, Slot(key, version, body))

    def get(self, key: str) -> Record:
        """The record under a key, as rules see it. Raises Missing."""
        slot = self.slots.get(key)
        if slot is None:
            raise Missing(key)
        self.asked[key] = None
        record = slot.record or slot.read()
        if record.__class__ is ContactRecord and (record.left or record.steps or record.undo is not None):
            fold.restore(record, self._windows)
        return record

    def held(self, holder: str, after: str, limit: int) -> list[str]:
        """As `Tables.held`, with what this batch has changed so far."""
        changed = self._holdings.get(holder)
        if not changed:
            return self._tables.held(holder, after, limit)
        stored = self._tables.held(holder, after, limit + len(changed))
        ends = len(stored) < limit + len(changed)
        got = {key for key, holds in changed.items() if holds and key > after and (ends or key < stored[-1])}
        return sorted({*(key for key in stored if changed.get(key, True)), *got})[:limit]

    def part(self, keys: Sequence[str], event: int) -> Part:
        """The part that an event with these keys belongs to; parts that it ties together become one."""
        part_of = self._part_of
        part = part_of.get(keys[0])
        if part is not None and (len(keys) == 1 or (len(keys) == 2 and part_of.get(keys[1]) is part)):
            part.events.append(event)
            return part
        part = None
        for key in keys:
            known = part_of.get(key)
            if part is None:
                part = known
            elif known is not None and known is not part:
                part.absorb(known)
                self.parts.remove(known)
                for one in known.keys:
                    part_of[one] = part
        if part is None:
            part = Part()
            self.parts.append(part)
        for key in keys:
            if key not in part.keys:
                part.keys.add(key)
                part_of[key] = part
        part.events.append(event)
        return part

    def before(self, keys: Sequence[str]) -> Before:
        """The locks of these records as they are now, to compare with afterwards."""
        return [signatures(key, self.get(key)) for key in keys]

    def learn(self, facts: Iterable[Fact], part: Part) -> None:
        """Note facts that an event tells the directory."""
        before = len(part.facts)
        part.facts += facts
        self._facts += part.facts[before:]

    def hold(self, change: tuple[str, str, bool], part: Part) -> None:
        """Note how the list of what a rep holds changes."""
        part.holdings.append(change)
        self._holdings.setdefault(change[0], {})[change[1]] = change[2]

    def in_order(self) -> None:
        """Make one part of all where the batch has changed the directory: each event was decided by what the ones before it had told. If
        one of them has to be decided again, so have those after it, and what they tell may not be there yet."""
        if len(self.parts) < 2 or all(fact.kind == MATTERS for fact in self._facts):
            return
        whole, *others = self.parts
        for other in others:
            whole.absorb(other)
        whole.facts, self.parts = self._facts, [whole]

    def groups(self) -> list[Group]:
        """Every part as the tables commit it."""
        return [self._group(part) for part in self.parts]

    def _group(self, part: Part) -> Group:
        writes, reads = [], {}
        slots = self.slots
        for key in part.keys:
            slot = slots[key]
            record = slot.record
            body = slot.body if record is None else _encode(record)
            if body == _BLANK:
                body = b""
            if body == slot.body:
                reads[key] = slot.version
            else:
                writes.append(Write(key, slot.version, body))
        outbox = pack(part.records()) if part.outgoing or part.locks else b""
        return Group(writes, part.due, outbox, part.history, part.facts, reads, part.holdings)

    def committed(self, groups: Iterable[Group], conflicts: bool) -> None:
        """These groups are in the tables: their records are kept for the batches to come. `conflicts`: others are not."""
        slots = self.slots
        for group in groups:
            for key, version, body in group.writes:
                slot = slots[key]
                slot.version, slot.body = version + 1, body
        self._shelf.keep(slots, conflicts)

    def lost(self, groups: Iterable[Group]) -> None:
        """These groups are not in the tables: their records are other than they should be, or the tables' are."""
        for group in groups:
            for key in (*(write.key for write in group.writes), *group.reads):
                self.slots.pop(key, None)
                self._shelf.drop((key,))


_encode = state.encode
_BLANK = _encode(Company())
