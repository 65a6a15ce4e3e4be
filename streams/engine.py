"""The engine: load, decide, commit, for a batch of events or for what time has brought due. What it returns is then published.

The same engine runs behind the stream, `simulate`, the demo and the pre-send check; only the tables and the clock differ.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import orjson

from schemas.events import Event
from schemas.policy import Policy
from streams import outbox
from streams.crash_points import reached
from streams.dead_letters import dead_letter
from streams.decisions import Renderer
from streams.directory import Directory
from streams.outbox import Outgoing
from streams.path import Arrived, Processed
from streams.rules import remembered
from streams.rules.events import TOPICS, about_target, pass_time, tick
from streams.rules.world import World
from streams.tables.contract import Group, Moved, Tables
from streams.work import Missing, Part, Work

DAY = 86_400_000_000
DUE_AT_ONCE = 500
"""Deadlines fired in one commit: enough that a rush drains fast, little enough that a batch of events waits milliseconds only."""


class FutureDated(ValueError):
    """An event says that it happened later than its arrival, by more than clocks differ."""


class Job(NamedTuple):
    """One event or deadline to decide. `mark`: what the first record remembers it by (empty: it is not remembered). `deadline`:
    the target whose
    armed deadline this is."""

    topic: str
    cause: str
    at: int
    when: int
    about: Callable[[World], list[str]]
    decide: Callable[[World], None]
    mark: bytes = b""
    deadline: str = ""


class Engine:
    """`clock`: `wall`, or `records` when time is what the records say: then deadlines between two records fire before the second one.
    `max_future`: how much later than its arrival an event may say it happened, in microseconds; more is a dead letter."""

    def __init__(self, tables: Tables, policy: Policy, clock: str = "wall", max_future: int = DAY) -> None:
        self.tables, self.policy = tables, policy
        self._by_records, self._max_future = clock == "records", max_future
        self.directory = Directory(policy.matching.free_domains, policy.matching.personal_domains)
        self._position: str | None = None
        self._render = Renderer(policy.hash, self.directory)

    def process(self, arrived: Sequence[Arrived], positions: Mapping[str, Moved] | None = None) -> Processed:
        """Decide a batch and commit it with its offsets. Raises StoreUnavailable: nothing is lost, call again."""
        if not self._by_records:
            return self._decide(arrived, positions or {})
        done = Processed([], [], False)
        for index, one in enumerate(arrived):
            moved = positions if positions and index == len(arrived) - 1 else {}
            for step in (self.fire(one.record.timestamp), self._decide([one], moved)):
                if step.rewound:
                    return step
                done = Processed(done.outgoing + step.outgoing, done.outbox_ids + step.outbox_ids, False)
        return done

    def fire(self, now: int) -> Processed:
        """Fire every deadline that is due at or before `now`, each at its own time."""
        done = Processed([], [], False)
        while due := self.tables.due(now, 1 if self._by_records else DUE_AT_ONCE):
            step = self._settle([_deadline(key, at) for key, at in due], {}, Part())
            done = Processed(done.outgoing + step.outgoing, done.outbox_ids + step.outbox_ids, False)
        return done

    def ask(self, topic: str, event: Event, at: int) -> list[dict[str, object]]:
        """The decisions that an event arriving at `at` would be answered with; nothing is written."""
        self._catch_up()
        work, loose = Work(self.tables, self._render), Part()
        self._take(work, loose, 0, _event(topic, event, at)._replace(mark=b""))
        return [orjson.loads(one.value) for part in (*work.parts, loose) for one in part.outgoing if one.value]

    def stored_offsets(self) -> dict[str, int]:
        """`topic:partition` -> next offset, as the tables hold it."""
        return self.tables.offsets()

    def sweep(self, older_than_s: float) -> list[tuple[str, list[Outgoing]]]:
        """Outbox entries that nobody has published for so many seconds, oldest first."""
        latest = (time.time() - older_than_s) * 1000
        return [(entry, outbox.unpack(blob)) for entry, blob in self.tables.outbox(100) if int(entry.split("-")[0]) <= latest]

    def published(self, ids: Sequence[str]) -> None:
        """Forget outbox entries whose records are in their topics."""
        self.tables.published(ids)

    def _decide(self, arrived: Sequence[Arrived], positions: Mapping[str, Moved]) -> Processed:
        jobs, loose = [], Part()
        for record, event, error in arrived:
            if event is not None and event.occurred > record.timestamp + self._max_future:
                said = event.occurred_at.isoformat()
                loose.outgoing.append(
                    dead_letter(record, FutureDated(f"occurred_at: {said!r} is after the record's arrival; nearest: its arrival"))
                )
            elif event is not None:
                jobs.append(_event(record.topic, event, record.timestamp))
            elif error is not None:
                loose.outgoing.append(dead_letter(record, error))
        return self._settle(jobs, positions, loose)

    def _settle(self, jobs: Sequence[Job], positions: Mapping[str, Moved], loose: Part) -> Processed:
        """Decide and commit until nothing conflicts. What has no record to be remembered by, as a dead letter, is committed with the
        offsets, after everything else: so no retry doubles it."""
        outgoing: list[Outgoing] = []
        ids: list[str] = []
        while True:
            self._catch_up()
            work = Work(self.tables, self._render)
            again = Part()
            work.load(key for job in jobs for key in job.about(self._world(work, job)))
            for index, job in enumerate(jobs):
                self._take(work, again, index, job)
            groups = work.groups()
            whole = not (loose.outgoing or again.outgoing or again.facts)
            reached("decided")
            committed = self.tables.commit(groups, positions if whole else None)
            reached("committed")
            if committed.rewound:
                self._position = None
                return Processed([], [], True)
            if committed.outbox_id is not None:
                ids.append(committed.outbox_id)
            failed = set(committed.conflicts)
            outgoing += [one for index, part in enumerate(work.parts) if index not in failed for one in part.records()]
            if failed:
                events = sorted(event for index in failed for event in work.parts[index].events)
                jobs = [jobs[index] for index in sorted({*events, *again.events})]
                continue
            if not whole:
                loose.absorb(again)
                last = self.tables.commit([Group(outbox=outbox.pack(loose.records()), facts=loose.facts)], positions)
                if last.rewound:
                    self._position = None
                    return Processed([], [], True)
                ids += [last.outbox_id] if last.outbox_id is not None else []
                outgoing += loose.records()
            return Processed(outgoing, ids, False)

    def _take(self, work: Work, loose: Part, index: int, job: Job) -> None:
        while True:
            world = self._world(work, job)
            keys = job.about(world)
            try:
                first = work.get(keys[0]) if keys else None
                if first is not None and job.mark and remembered.knows(first.seen, job.mark):
                    return
                before = work.before(keys, self.policy.windows)
                pass_time(world, keys)
                job.decide(world)
            except Missing as missing:
                work.load([*keys, missing.key])
                continue
            break
        if keys:
            part = work.part([*keys, *world.cleared], index)
            record = work.get(keys[0])
            if job.deadline:
                record.armed = 0
                part.due[job.deadline] = None
            if job.mark:
                record.seen = remembered.remember(record.seen, job.mark, job.at, self.policy.windows.remember_events)
        else:
            part = loose
            part.events.append(index)
        work.finish(world, keys, before, part)

    def _world(self, work: Work, job: Job) -> World:
        return World(work.get, self.directory, self.policy, job.topic, job.cause, job.at, job.when)

    def _catch_up(self) -> None:
        """Bring the directory's replica up to the store's change log."""
        changed = self.tables.changes(self._position) if self._position is not None else None
        if changed is None:
            self.directory.clear()
            changed = self.tables.directory()
        self._position, facts = changed
        for fact in facts:
            self.directory.learn(fact)


def _event(topic: str, event: Event, at: int) -> Job:
    handler = TOPICS[topic]
    when = min(event.occurred, at)
    mark = remembered.mark(topic, event.event_id)
    return Job(topic, event.event_id, at, when, lambda world: handler.about(world, event), lambda world: handler.decide(world, event), mark)


def _deadline(key: str, at: int) -> Job:
    return Job("", "", at, at, lambda world: about_target(world, key), lambda world: tick(world, key, at), b"", key)
