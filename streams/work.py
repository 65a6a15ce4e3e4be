"""One batch's unit of work: records loaded once, changed in memory, written back in groups that belong together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from schemas.policy import Windows
from streams import state
from streams.decisions import Renderer
from streams.directory.directory import Account, Directory
from streams.held import Signature, end_of, holder_of, is_free, locks_in, signature, signatures, taken, unheld, view_of
from streams.jobs import Job
from streams.matters import CLOSES, OPENS, Matters
from streams.outbox import Outgoing, pack
from streams.rules import disputes, fold, locks
from streams.rules.events import next_due
from streams.rules.said import About, LockView, Said
from streams.rules.world import Missing, World
from streams.shelf import Shelf, Slot
from streams.state import Change, Company, ContactRecord, Lock, Record
from streams.tables.contract import Document, Fact, Group, Tables, Write

KEPT = 8
"""History lines that stay in a record; when there are twice as many the older half leaves for the target's own list."""

UNRECORDED = frozenset({"send_verdict", "claim_denied", "command_refused"})
"""Answers that change nothing, so no history (rule 24)."""

MATTERS = "matter"
"""The kind of fact that no rule asks for."""

MATTER = OPENS.keys() | CLOSES.keys()
"""Kinds of decisions that open or close a matter."""

Before = list[Mapping[str, Signature]]
"""For each of an event's records: lock key -> signature."""


class Part:
    """What belongs together: the keys it touched, the events it came from, what was decided, what is to be published."""

    __slots__ = ("due", "events", "facts", "history", "holdings", "keys", "lies", "locks", "noted", "outgoing", "said")

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.events: list[int] = []
        self.outgoing: list[Outgoing] = []
        self.said: list[Said] = []
        self.noted: list[str] = []
        self.locks: dict[str, Outgoing] = {}
        self.lies: dict[str, str] = {}
        self.due: dict[str, int | None] = {}
        self.facts: list[Fact] = []
        self.history: list[tuple[str, bytes]] = []
        self.holdings: list[tuple[str, str, bool]] = []

    def records(self) -> list[Outgoing]:
        """What is to be published, the locks as they stand last."""
        return [*self.outgoing, *self.locks.values()]

    def absorb(self, other: Part) -> None:
        """Join another part that turned out to belong here."""
        self.keys |= other.keys
        self.events += other.events
        self.outgoing += other.outgoing
        self.said += other.said
        self.noted += other.noted
        self.locks |= other.locks
        self.lies |= other.lies
        self.due |= other.due
        self.facts += other.facts
        self.history += other.history
        self.holdings += other.holdings


class Work:
    """Records by key, and the parts that they fall into. `shelf`: records kept from earlier batches. `asked`: the keys that `get` was
    asked for since somebody last cleared it."""

    def __init__(self, tables: Tables, render: Renderer, directory: Directory, shelf: Shelf, windows: Windows) -> None:
        self._windows = windows
        self._tables, self._render, self._matters, self._shelf = tables, render, Matters(directory), shelf
        self.slots: dict[str, Slot] = {}
        self.asked: dict[str, None] = {}
        self._part_of: dict[str, Part] = {}
        self._holdings: dict[str, dict[str, bool]] = {}
        self.parts: list[Part] = []
        self._facts: list[Fact] = []

    def load(self, keys: Iterable[str]) -> None:
        """Bring the records of `keys` to hand; those at hand stay as they are."""
        slots, kept = self.slots, self._shelf.get
        wanted: dict[str, None] = {}
        for key in keys:
            if key not in slots:
                slot = kept(key)
                if slot is None:
                    wanted[key] = None
                else:
                    slots[key] = slot
        if wanted:
            for key, (version, body) in zip(wanted, self._tables.load(list(wanted)), strict=True):
                slots[key] = Slot(key, version, body)

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

    def finish(self, world: World, keys: Sequence[str], before: Before, part: Part) -> None:
        """After the rules: tokens, sequence numbers, history, deadlines, and what is to be published."""
        for key in world.cleared:
            self.slots[key].record = Company()
        wide = world.listed is not None
        for said in world.out:
            self._say(said, world.of(said.target) if wide or _is_elsewhere(said.target, world) else world, part)
        windows = world.policy.windows
        for key, was in zip(keys, before, strict=True):
            record = self.get(key)
            if was or not is_free(record):
                held, senders = locks_in(key, record), disputes.senders(key, record)
                self._publish(world.of(key) if wide or _is_elsewhere(key, world) else world, key, record, held, senders, was, part)
                for change in taken(held, was):
                    self._hold(change, part)
                for target, told in was.items():
                    # A domain's lock may have gone over to the account that now has the domain.
                    homes = keys if target[:7] == "domain:" else [key]
                    if target not in held and not any(target in locks_in(other, self.get(other)) for other in homes):
                        if not any(target in disputes.senders(other, self.get(other)) for other in homes):
                            part.locks[target] = self._render.lock_change(target, None, "open", None, world.at)
                            if target != key:
                                part.lies[target] = key
                        if holder := holder_of(told):
                            self._hold((holder, target, False), part)
            # A deadline that comes later than the armed one is armed when that comes; only an earlier one is armed at once.
            due = next_due(record, windows)
            if due and (record.armed == 0 or due < record.armed):
                record.armed = due
                part.due[key] = due
        if world.facts:
            self._learn(world.facts, part)
        if world.noted:
            part.noted += world.noted
        if world.closes:
            self._learn(self._matters.closed(world.closes), part)

    def _learn(self, facts: Iterable[Fact], part: Part) -> None:
        before = len(part.facts)
        part.facts += facts
        self._facts += part.facts[before:]

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

    def committed(self, groups: Iterable[Group]) -> None:
        """These groups are in the tables: their records are kept for the batches to come."""
        slots = self.slots
        for group in groups:
            for key, version, body in group.writes:
                slot = slots[key]
                slot.version, slot.body = version + 1, body
        self._shelf.keep(slots)

    def lost(self, groups: Iterable[Group]) -> None:
        """These groups are not in the tables: their records are other than they should be, or the tables' are."""
        for group in groups:
            for key in (*(write.key for write in group.writes), *group.reads):
                self.slots.pop(key, None)
                self._shelf.drop((key,))

    def tell(self, key: str, account: Account | None, at: int, part: Part) -> None:
        """A contact's lock that lives on is told again."""
        record = cast(ContactRecord, self.slots[key].read())
        lock = record.state.lock
        assert lock is not None, "only a lock that is held lives on"
        lock.told = end_of(record, lock, self._windows)
        part.locks[key] = self._render.lock_change(key, view_of(key, record, lock, lock.told), "locked", account, at)

    def granted(self, job: Job, record: ContactRecord, company: Company | None, part: Part) -> None:
        """What `finish` does for a contact that its first event took."""
        key, at, lock = job.keys[0], job.at, record.state.lock
        assert lock is not None, "what was granted is held"
        until = lock.told = record.state.due
        record.tokens = lock.token = 1
        counter = company or record
        counter.sequence += 1
        shown = view_of(key, record, lock, until)
        said = Said("claim_granted", lock.rule, at, job.cause, key, {"owner": lock.owner, "until": until, "lock": shown})
        decision, part.locks[key] = self._render.granted(said, job.topic, job.account, job.said.contact, counter.sequence)
        part.said.append(said)
        part.outgoing.append(decision)
        record.history.append(Change(at, said.kind, said.rule, said.cause, lock.owner))
        self._hold((lock.owner, key, True), part)
        part.due[key] = record.armed = until

    def _say(self, said: Said, world: World, part: Part) -> None:
        fields = said.fields
        about: About | World = fields.get("about") or world
        shown: LockView | None = fields.get("lock")
        holder = self._recorder(said.target, about)
        if shown is not None and holder is not None and shown.lock.token == 0:
            holder.tokens += 1
            shown.lock.token = holder.tokens
        counter = self._at_hand(about.company_key) or holder
        number = 0
        if counter is not None:
            counter.sequence += 1
            number = counter.sequence
        # A deadline of the company may be fired by the event of any contact there: it is not about that one.
        alone = said.target != world.contact_key and said.cause[:9] == "deadline:" and said.target.startswith(_COMPANIES)
        address, lead_id = ("", "") if alone else (about.address, about.lead_id)
        decision = self._render.decision(said, world.topic, world.cause, about.account, address, lead_id, number)
        part.said.append(said)
        part.outgoing.append(decision)
        if said.kind in MATTER:
            self._learn(self._matters.told(said, about, decision.value or b""), part)
        if said.kind in UNRECORDED:
            return
        for target in (said.target, *fields.get("history_of", ())):
            recorder = self._recorder(target, about)
            if recorder is None:
                continue
            owner = str(fields.get("owner") or fields.get("previous") or "")
            by, note = str(fields.get("by") or fields.get("rep") or ""), str(fields.get("note") or "")
            recorder.history.append(Change(said.at, said.kind, said.rule, said.cause, owner, by, note))
            if len(recorder.history) >= 2 * KEPT:
                self._spill(target if target[:7] != "domain:" else about.company_key or target, recorder, part)

    def _recorder(self, target: str, about: About | World) -> Record | None:
        """The record that keeps a target's tokens and history: a domain's lock lies with its company."""
        record = self._at_hand(target)
        return record if record is not None else self._at_hand(about.company_key)

    def _at_hand(self, key: str) -> Record | None:
        return self.get(key) if key in self.asked else None

    def _spill(self, key: str, record: Record, part: Part) -> None:
        part.history += [(key, state.encode(change)) for change in record.history[:KEPT]]
        record.history = record.history[KEPT:]

    def _hold(self, change: tuple[str, str, bool], part: Part) -> None:
        part.holdings.append(change)
        self._holdings.setdefault(change[0], {})[change[1]] = change[2]

    def _publish(
        self,
        world: World,
        key: str,
        record: Record,
        held: dict[str, Lock],
        senders: dict[str, str],
        before: Mapping[str, Signature],
        part: Part,
    ) -> None:
        """The locks of a record that have changed, as `lock-changes` tells it, and what is under review without one."""
        windows = world.policy.windows
        for target, lock in held.items():
            if lock.token == 0:
                record.tokens += 1
                lock.token = record.tokens
            until = end_of(record, lock, windows)
            sender = senders.get(target, "")
            if abs(until - lock.told) >= locks.TOLD_AGAIN or signature(record, lock, sender) != before.get(target):
                lock.told = until
                shown = view_of(target, record, lock, until)
                part.locks[target] = self._render.lock_change(target, shown, "locked", world.account, world.at, sender)
                if target != key:
                    part.lies[target] = key
        for target, sender in senders.items():
            if target not in held and before.get(target) != unheld(sender):
                part.locks[target] = self._render.lock_change(target, None, "under_review", world.account, world.at, sender)
                if target != key:
                    part.lies[target] = key


def lock_as_it_stands(target: str, key: str, document: Document, render: Renderer, directory: Directory, windows: Windows) -> Outgoing:
    """The `lock-changes` record of a lock as its stored record has it."""
    record = state.decode(key, document.body)
    kind, _, name = target.partition(":")
    account = directory.accounts.get(key[8:]) if key.startswith("account:") else directory.company(name)[1] if kind == "contact" else None
    lock, sender = locks_in(key, record).get(target), disputes.senders(key, record).get(target, "")
    at = record.history[-1].at if record.history else lock.claimed_at if lock else 0
    shown = view_of(target, record, lock, end_of(record, lock, windows)) if lock else None
    return render.lock_change(target, shown, "locked" if shown else "open", account, at, sender)


_COMPANIES = ("account:", "domain:")
_encode = state.encode
_BLANK = _encode(Company())


def _is_elsewhere(key: str, world: World) -> bool:
    """Whether it is another contact or account than the event is about, as a parent whose lock moves with it."""
    return key != world.company_key and key != world.contact_key and key.startswith(("contact:", "account:"))
