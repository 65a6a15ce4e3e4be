"""One batch's unit of work: records loaded once, changed in memory, written back in groups that belong together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from schemas.policy import Windows
from streams import state
from streams.decisions import Renderer
from streams.outbox import Outgoing, pack
from streams.rules import accounts, locks
from streams.rules.events import next_due
from streams.rules.said import LockView
from streams.rules.world import World
from streams.state import Change, Company, ContactRecord, Lead, Lock, Record
from streams.tables.contract import Fact, Group, Tables, Write

KEPT = 8
"""History lines that stay in a record; when there are twice as many the older half leaves for the target's own list."""

HOUR = 3_600_000_000
"""A lock that only lives longer is published again when its end has moved by an hour: windows are days, and mail comes in minutes."""

UNRECORDED = frozenset({"send_verdict", "claim_denied", "command_refused"})
"""Answers that change nothing, so no history (rule 24)."""


Signature = tuple[object, ...] | None
"""What of a lock is worth publishing at once; None for no lock."""

Before = dict[str, Mapping[str, Signature]]
"""Record key -> lock key -> signature."""


class Missing(Exception):
    """A rule asked for a record that is not loaded."""

    def __init__(self, key: str) -> None:
        self.key = key


class Part:
    """What belongs together: the keys it touched, the events it came from, what is to be published."""

    __slots__ = ("due", "events", "facts", "history", "keys", "locks", "outgoing")

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.events: list[int] = []
        self.outgoing: list[Outgoing] = []
        self.locks: dict[str, Outgoing] = {}
        self.due: dict[str, int | None] = {}
        self.facts: list[Fact] = []
        self.history: list[tuple[str, bytes]] = []

    def records(self) -> list[Outgoing]:
        """What is to be published, the locks as they stand last."""
        return [*self.outgoing, *self.locks.values()]

    def absorb(self, other: Part) -> None:
        """Join another part that turned out to belong here."""
        self.keys |= other.keys
        self.events += other.events
        self.outgoing += other.outgoing
        self.locks |= other.locks
        self.due |= other.due
        self.facts += other.facts
        self.history += other.history


class Work:
    """Records by key, and the parts that they fall into."""

    def __init__(self, tables: Tables, render: Renderer) -> None:
        self._tables, self._render = tables, render
        self._records: dict[str, Record] = {}
        self._stored: dict[str, tuple[int, bytes]] = {}
        self._part_of: dict[str, Part] = {}
        self.parts: list[Part] = []

    def load(self, keys: Iterable[str]) -> None:
        """Bring the records of `keys` to hand; those at hand stay as they are."""
        wanted = [key for key in dict.fromkeys(keys) if key not in self._stored]
        for key, document in zip(wanted, self._tables.load(wanted) if wanted else (), strict=True):
            self._stored[key] = document.version, document.body

    def get(self, key: str) -> Record:
        """The record under `key`. Raises Missing."""
        record = self._records.get(key)
        if record is None:
            stored = self._stored.get(key)
            if stored is None:
                raise Missing(key)
            record = self._records[key] = state.decode(key, stored[1])
        return record

    def part(self, keys: Sequence[str], event: int) -> Part:
        """The part that an event with these keys belongs to; parts that it ties together become one."""
        part: Part | None = None
        for key in keys:
            known = self._part_of.get(key)
            if part is None:
                part = known
            elif known is not None and known is not part:
                part.absorb(known)
                self.parts.remove(known)
                for one in known.keys:
                    self._part_of[one] = part
        if part is None:
            part = Part()
            self.parts.append(part)
        for key in keys:
            if key not in part.keys:
                part.keys.add(key)
                self._part_of[key] = part
        part.events.append(event)
        return part

    def finish(self, world: World, keys: Sequence[str], before: Before, part: Part) -> None:
        """After the rules: tokens, sequence numbers, history, deadlines, and what is to be published."""
        for key in world.cleared:
            self._records[key] = Company()
        for said in world.out:
            shown = said.fields.get("lock")
            holder = self._recorder(said.target, world)
            if shown is not None and holder is not None and shown.lock.token == 0:
                holder.tokens += 1
                shown.lock.token = holder.tokens
            counter = self._records.get(world.company_key) or holder
            number = 0
            if counter is not None:
                counter.sequence += 1
                number = counter.sequence
            part.outgoing.append(self._render.decision(said, world.topic, world.account, world.address, world.lead_id, number))
            if holder is not None and said.kind not in UNRECORDED:
                owner = str(said.fields.get("owner") or said.fields.get("previous") or "")
                by, note = str(said.fields.get("by") or said.fields.get("rep") or ""), str(said.fields.get("note") or "")
                holder.history.append(Change(said.at, said.kind, said.rule, said.cause, owner, by, note))
                self._spill(said.target if said.target[:7] != "domain:" else world.company_key or said.target, holder, part)
        for key in keys:
            self._after(world, key, before[key], part)
        part.facts += world.facts

    def before(self, keys: Sequence[str], windows: Windows) -> Before:
        """The locks of these records as they are now, to compare with afterwards."""
        return {key: {one: _signature(shown) for one, shown in _locks(key, self.get(key), windows).items()} for key in keys}

    def groups(self) -> list[Group]:
        """Every part as the tables commit it."""
        return [self._group(part) for part in self.parts]

    def _group(self, part: Part) -> Group:
        writes = []
        for key in part.keys:
            record = self._records.get(key)
            if record is None:
                continue
            version, old = self._stored[key]
            body = b"" if isinstance(record, Company) and record == _BLANK else state.encode(record)
            if body != old:
                writes.append(Write(key, version, body))
        return Group(writes, part.due, pack(part.records()), part.history, part.facts)

    def _recorder(self, target: str, world: World) -> Record | None:
        """The record that keeps a target's tokens and history: a domain's lock lies with its company."""
        record = self._records.get(target)
        return record if record is not None else self._records.get(world.company_key)

    def _spill(self, key: str, record: Record, part: Part) -> None:
        if len(record.history) >= 2 * KEPT:
            part.history += [(key, state.encode(change)) for change in record.history[:KEPT]]
            record.history = record.history[KEPT:]

    def _after(self, world: World, key: str, before: Mapping[str, Signature], part: Part) -> None:
        record, windows = self.get(key), world.policy.windows
        after = _locks(key, record, windows)
        for target, shown in after.items():
            if shown is not None and shown.lock.token == 0:
                record.tokens += 1
                shown.lock.token = record.tokens
            if _signature(shown) != before.get(target) or (
                shown is not None and abs(shown.until - shown.lock.told) >= HOUR and shown.until != shown.lock.told
            ):
                if shown is not None:
                    shown.lock.told = shown.until
                part.locks[target] = self._render.lock_change(target, shown, "locked", world.account, world.at)
        for target in before.keys() - after.keys():
            part.locks[target] = self._render.lock_change(target, None, "open", world.account, world.at)
        self._arm(key, record, world, part)

    def _arm(self, key: str, record: Record, world: World, part: Part) -> None:
        """A deadline that comes later than the armed one is armed when that comes; only an earlier one is armed at once."""
        due = next_due(record, world.policy.windows)
        if due and (record.armed == 0 or due < record.armed):
            record.armed = due
            part.due[key] = due


_BLANK = Company()


def _locks(key: str, record: Record, windows: Windows) -> dict[str, LockView | None]:
    if isinstance(record, ContactRecord):
        lock = record.state.lock
        return {key: locks.view(record.state, lock, windows) if lock is not None else None}
    if isinstance(record, Lead):
        return {key: LockView("lead", record.lock, record.lock.ends) if record.lock else None}
    shown: dict[str, LockView | None] = {
        f"domain:{name}": accounts.view(record, "domain", one, windows) for name, one in record.domains.items()
    }
    if key[:8] == "account:":
        shown[key] = accounts.view(record, "account", record.lock, windows) if record.lock else None
    return shown


def _signature(shown: LockView | None) -> Signature:
    if shown is None:
        return None
    lock: Lock = shown.lock
    running = shown.sequence.id if shown.sequence else ""
    return lock.owner, lock.is_team, lock.reason, lock.note, lock.claimed_at, lock.token, lock.phase, running, shown.mailbox
