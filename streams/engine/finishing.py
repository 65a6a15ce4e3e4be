"""After the rules: tokens, sequence numbers, history, deadlines, and what is to be published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from schemas.policy import Windows
from streams import state
from streams.decisions import Renderer
from streams.directory.directory import Account, Directory
from streams.engine.held import Signature, end_of, holder_of, is_free, locks_in, signature, taken, unheld, view_of
from streams.engine.jobs import Job
from streams.engine.part import Part
from streams.engine.work import Before, Work
from streams.matters import CLOSES, OPENS, Matters
from streams.outbox import Outgoing
from streams.rules.contact import locks
from streams.rules.events import next_due
from streams.rules.review import disputes
from streams.rules.said import About, LockView, Said
from streams.rules.world import World
from streams.state import Change, Company, ContactRecord, Lead, Lock, Record
from streams.tables.contract import Document

KEPT = 8
"""History lines that stay in a record; when there are twice as many the older half leaves for the target's own list."""

UNRECORDED = frozenset({"send_verdict", "claim_denied", "command_refused"})
"""Answers that change nothing, so no history (rule 24)."""

MATTER = OPENS.keys() | CLOSES.keys()
"""Kinds of decisions that open or close a matter."""


class Finish:
    """Writes what follows from decided events into the records and parts of one batch's work."""

    def __init__(self, work: Work, render: Renderer, directory: Directory, windows: Windows) -> None:
        self._work, self._render, self._matters, self._windows = work, render, Matters(directory), windows

    def finish(self, world: World, keys: Sequence[str], before: Before, part: Part) -> None:
        """After the rules: tokens, sequence numbers, history, deadlines, and what is to be published."""
        for key in world.cleared:
            # What only rises goes on from where it was, should there be something under this key again.
            old = cast(Company, self._work.get(key))
            self._work.slots[key].record = Company(seen=old.seen, tokens=old.tokens, sequence=old.sequence)
        wide = world.listed is not None
        for said in world.out:
            self._say(said, world.of(said.target) if wide or _is_elsewhere(said.target, world) else world, part)
        windows = world.policy.windows
        for key, was in zip(keys, before, strict=True):
            record = self._work.get(key)
            if was or not is_free(record):
                held, senders = locks_in(key, record), disputes.senders(key, record)
                self._publish(world.of(key) if wide or _is_elsewhere(key, world) else world, key, record, held, senders, was, part)
                for change in taken(held, was):
                    self._work.hold(change, part)
                for target, told in was.items():
                    # A domain's lock may have gone over to the account that now has the domain.
                    homes = keys if target[:7] == "domain:" else [key]
                    if target not in held and not any(target in locks_in(other, self._work.get(other)) for other in homes):
                        if not any(target in disputes.senders(other, self._work.get(other)) for other in homes):
                            part.locks[target] = self._render.lock_change(target, None, "open", None, world.at)
                            if target != key:
                                part.lies[target] = key
                        if holder := holder_of(told):
                            self._work.hold((holder, target, False), part)
            # A deadline that comes later than the armed one is armed when that comes; only an earlier one is armed at once.
            due = next_due(record, windows)
            if due and (record.armed == 0 or due < record.armed):
                record.armed = due
                part.due[key] = due
        if world.facts:
            self._work.learn(world.facts, part)
        if world.noted:
            part.noted += world.noted
        if world.closes:
            self._work.learn(self._matters.closed(world.closes), part)

    def tell(self, key: str, account: Account | None, at: int, part: Part) -> None:
        """A contact's lock that lives on is told again."""
        record = cast(ContactRecord, self._work.slots[key].read())
        lock = record.state.lock
        assert lock is not None, "only a lock that is held lives on"
        until = end_of(record, lock, self._windows)
        locks.tell(lock, until)
        part.locks[key] = self._render.lock_change(key, view_of(key, record, lock, until), "locked", account, at)

    def granted(self, job: Job, record: ContactRecord, company: Company | None, part: Part) -> None:
        """What `finish` does for a contact that its first event took."""
        key, lock, until = job.keys[0], record.state.lock, record.state.due
        assert lock is not None, "what was granted is held"
        fields = {"owner": lock.owner, "until": until, "lock": view_of(key, record, lock, until)}
        said = Said("claim_granted", lock.rule, job.at, job.cause, key, fields)
        self._taken(said, job.topic, About(job.account, job.said.contact, "", ""), record, company or record, part)

    def routed(self, world: World, key: str, part: Part) -> None:
        """What `finish` does for a lead under `key` of whom nothing was known, nor of its contact."""
        (said,) = world.out
        get = self._work.get
        record, lead = cast(ContactRecord, get(world.contact_key)), cast(Lead, get(key))
        lead.history.append(self._taken(said, world.topic, world, record, get(world.company_key), part))
        part.due[key] = lead.armed = lead.waits
        if world.facts:
            self._work.learn(world.facts, part)

    def _taken(self, said: Said, topic: str, about: About | World, record: ContactRecord, counter: Record, part: Part) -> Change:
        """A contact of whom nothing was known is held by a rep, and nothing else is said; the line of its history."""
        key, shown = said.target, said.fields["lock"]
        lock: Lock = shown.lock
        locks.tell(lock, shown.until)
        record.tokens = lock.token = 1
        counter.sequence += 1
        part.said.append(said)
        part.outgoing.append(self._render.decision(said, topic, said.cause, about.account, about.address, about.lead_id, counter.sequence))
        part.locks[key] = self._render.lock_change(key, shown, "locked", about.account, said.at)
        change = Change(said.at, said.kind, said.rule, said.cause, lock.owner)
        record.history.append(change)
        self._work.hold((lock.owner, key, True), part)
        part.due[key] = record.armed = shown.until
        return change

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
            self._work.learn(self._matters.told(said, about, decision.value or b""), part)
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
        return self._work.get(key) if key in self._work.asked else None

    def _spill(self, key: str, record: Record, part: Part) -> None:
        part.history += [(key, state.encode(change)) for change in record.history[:KEPT]]
        record.history = record.history[KEPT:]

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
            if locks.to_be_told(lock, until) or signature(record, lock, sender) != before.get(target):
                locks.tell(lock, until)
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


def _is_elsewhere(key: str, world: World) -> bool:
    """Whether it is another contact or account than the event is about, as a parent whose lock moves with it."""
    return key != world.company_key and key != world.contact_key and key.startswith(("contact:", "account:"))
