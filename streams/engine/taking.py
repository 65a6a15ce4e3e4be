"""Deciding one job after the other of a batch: by the rules, or by the short ways of the most common events."""

from __future__ import annotations

from typing import cast

from schemas.policy import Policy
from streams.directory.directory import Directory
from streams.engine.finishing import Finish
from streams.engine.jobs import Job, Worlds
from streams.engine.part import Part
from streams.engine.shelf import Slot
from streams.engine.work import Before, Work
from streams.rules import remembered
from streams.rules.contact.steady import TOLD
from streams.rules.events import pass_time
from streams.rules.world import Missing
from streams.state import Company, ContactRecord


class Taking:
    """Of one batch. `loose` takes what belongs to no record."""

    def __init__(self, work: Work, finish: Finish, loose: Part, worlds: Worlds, directory: Directory, policy: Policy) -> None:
        self._work, self._finish, self._loose, self._worlds = work, finish, loose, worlds
        self._directory, self._policy = directory, policy

    def take(self, index: int, job: Job) -> None:
        """Decide the batch's job of this number."""
        work, loose, worlds, known = self._work, self._loose, self._worlds, self._directory
        if job.changes != known.changes or (known.relinked and not known.relinked.isdisjoint(job.keys)):
            # An earlier job of this batch changed what accounts there are, or whose this contact is.
            work.load(job.look(known, worlds, work.load))
        if job.mark and job.keys:
            slot = work.slots[job.keys[0]]
            if not slot.body and slot.record is None and (self._first(index, job, slot) if job.world is None else self._fresh(index, job)):
                return
            first = slot.read()
            if remembered.knows(first.seen, job.mark):
                return
            if job.world is None and self._steadily(index, job):
                return
        world = job.long(worlds, work.load)
        keys = job.keys
        before: Before | None = None
        work.asked.clear()
        while True:
            world.keys = keys
            try:
                if before is None:
                    before = work.before(keys)
                pass_time(world, keys)
                job.handler.decide(world, job.said)
            except Missing as missing:
                # In the same world again: what time has brought stays said.
                wanted = [missing.key, *missing.more]
                work.load([*keys, *wanted])
                if missing.joins:
                    keys = [*keys, *wanted]
                    if before is not None:
                        before = before + work.before(wanted)
                continue
            break
        if not keys:
            loose.events.append(index)
            self._finish.finish(world, keys, before, loose)
            return
        part = work.part([*keys, *work.asked], index)
        first = work.get(keys[0])
        if job.deadline:
            first.armed = 0
            part.due[job.deadline] = None
        if job.mark:
            first.seen = remembered.remember(first.seen, job.mark, job.at, self._policy.windows.remember_events)
        self._finish.finish(world, keys, before, part)

    def _first(self, index: int, job: Job, slot: Slot) -> bool:
        """Decide the job the short way of a contact's first event, if it can be."""
        work, first, keys = self._work, job.handler.first, job.keys
        if first is None or self._in_a_family(job):
            return False
        company = self._company(keys)
        record = first(company, job.account, job.said, job.cause, job.at, job.when, self._directory, self._policy)
        if record is None:
            return False
        record.seen = remembered.remember(b"", job.mark, job.at, self._policy.windows.remember_events)
        slot.record = record
        self._finish.granted(job, record, company, work.part(keys, index))
        return True

    def _fresh(self, index: int, job: Job) -> bool:
        """Decide the job the short way of an event of whose records only the company's are known, if it can be."""
        work, fresh, keys, world = self._work, job.handler.fresh, job.keys, job.world
        if fresh is None or world is None or not world.company_key or keys[-1] != world.company_key:
            return False
        own = [work.slots[key] for key in keys[:-2]]
        if any(slot.body or slot.record is not None for slot in own):
            return False
        work.asked.clear()
        while True:
            try:
                if not fresh(world, job.said):
                    return False
            except Missing as missing:
                work.load([missing.key, *missing.more])
                continue
            break
        part = work.part([*keys, *work.asked], index)
        own[0].read().seen = remembered.remember(b"", job.mark, job.at, self._policy.windows.remember_events)
        self._finish.routed(world, keys[0], part)
        return True

    def _steadily(self, index: int, job: Job) -> bool:
        """Decide the job the short way, if it can be."""
        work, steady, keys, event, at, windows = self._work, job.handler.steady, job.keys, job.said, job.at, self._policy.windows
        if steady is None or self._in_a_family(job):
            return False
        record = cast(ContactRecord, work.slots[keys[0]].read())
        answer = steady(record, self._company(keys), event, job.cause, at, job.when, self._directory.team(event.rep), windows)
        if not answer:
            return False
        part = work.part(keys, index)
        record.seen = remembered.remember(record.seen, job.mark, at, windows.remember_events)
        if answer == TOLD:
            self._finish.tell(keys[0], job.account, at, part)
        return True

    def _company(self, keys: list[str]) -> Company | None:
        return cast(Company, self._work.slots[keys[1]].read()) if len(keys) > 1 else None

    def _in_a_family(self, job: Job) -> bool:
        """Whether a parent's lock may cover what the job is about."""
        return job.account is not None and bool(job.account.parent_id) and self._policy.ownership.family == "parent"
