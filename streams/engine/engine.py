"""The engine: load, decide, commit, for a batch of events or for what time has brought due. What it returns is then published.

The same engine runs behind the stream, `simulate`, the demo and the pre-send check; only the tables and the clock differ.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence

import orjson

from schemas.events import Event
from schemas.policy import Policy
from schemas.times import rfc3339
from streams import outbox
from streams.dead_letters import dead_letter
from streams.decisions import DECISIONS, Renderer
from streams.directory.directory import Directory
from streams.engine.finishing import lock_as_it_stands
from streams.engine.jobs import deadline_job, event_job
from streams.engine.part import Part
from streams.engine.replica import Replica
from streams.engine.settling import Settling
from streams.engine.shelf import Shelf
from streams.engine.told import AGAIN, Told
from streams.engine.work import Work
from streams.outbox import Outgoing
from streams.path import Arrived, Processed, place
from streams.rules.hand_off import hand_offs
from streams.tables.contract import Moved, Tables
from streams.watching.watch import Fault, Watch

DAY = 86_400_000_000
STEPS = 3
"""Steps of one hand-off between two batches of events: 750 locks at some 70 µs each, so that a batch waits 50 ms for them, and 100,000
locks are 134 firings (docs/performance.md)."""

DUE_AT_ONCE = 500
"""Deadlines fired in one commit: enough that a rush drains fast, little enough that a batch of events waits milliseconds only."""


class FutureDated(ValueError):
    """An event says that it happened later than its arrival, by more than clocks differ."""


class Engine:
    """`clock`: `wall`, or `records` when time is what the records say: then deadlines between two records fire before the second one.
    `max_future`: how much later than its arrival an event may say it happened, in microseconds; more is a dead letter. `watch` is told
    what is committed."""

    def __init__(self, tables: Tables, policy: Policy, clock: str = "wall", max_future: int = DAY, watch: Watch | None = None) -> None:
        self.tables, self.policy = tables, policy
        self._by_records, self._max_future = clock == "records", max_future
        self.directory = Directory(policy.matching.free_domains, policy.matching.personal_domains)
        self._replica = Replica(tables, self.directory)
        self._held: dict[str, int] = {}
        self._told = Told()
        self._watch = watch or Watch()
        self._render = Renderer(policy.hash, self.directory)
        self._settling = Settling(tables, policy, self.directory, self._replica, self._render, self._told, self._watch)

    def process(self, arrived: Sequence[Arrived], positions: Mapping[str, Moved] | None = None) -> Processed:
        """Decide a batch and commit it with its offsets. Raises StoreUnavailable: nothing is lost, call again."""
        positions = positions or {}
        self._held.update((where, moved.expected) for where, moved in positions.items() if moved.expected is not None)
        if not self._by_records:
            done = self._decide(arrived, positions)
            if not done.rewound:
                self._held.update((where, moved.next) for where, moved in positions.items())
            return done
        done = Processed([], [], False)
        for one in arrived:
            # Each record moves its own partition: whatever stops the batch, what is decided by then is not read again.
            where, following = place(one.record.topic, one.record.partition), one.record.offset + 1
            moved = self._unmoved() | ({where: Moved(self._held.get(where), following)} if where in positions else {})
            for step in (self.fire(one.record.timestamp), self._decide([one], moved)):
                if step.rewound:
                    return step
                done = Processed(done.outgoing + step.outgoing, done.outbox_ids + step.outbox_ids, False)
            if where in positions:
                self._held[where] = following
        return done

    def fire(self, now: int) -> Processed:
        """Fire every deadline that is due at or before `now`, each at its own time. Tables that came back older fire nothing: what they
        have lost may have put a deadline off."""
        done = Processed([], [], False)
        if not self._by_records and self._held.items() - self.tables.offsets().items():
            return Processed([], [], True)
        steps: Counter[str] = Counter()
        while due := self.tables.due(now, 1 if self._by_records else DUE_AT_ONCE):
            if not self._by_records:
                # A hand-off goes on at its next deadline, which has come already: events are decided in between.
                due = [one for one in due if steps[one[0]] < STEPS]
                if not due:
                    break
                steps.update(key for key, _ in due if key.startswith(hand_offs.KEY))
            step = self._settling.settle([deadline_job(key, at) for key, at in due], self._unmoved(), Part())
            if step.rewound:
                return step
            done = Processed(done.outgoing + step.outgoing, done.outbox_ids + step.outbox_ids, False)
        return done

    def ask(self, topic: str, event: Event, at: int) -> list[dict[str, object]]:
        """The decisions that an event arriving at `at` would be answered with; nothing is written."""
        return self._ask([(topic, event, at)])

    @property
    def is_current(self) -> bool:
        """Whether the directory is at hand, and has only to be brought up to date."""
        return self._replica.is_current

    def ask_each(self, asked: Sequence[tuple[str, Event, int]], briefly: bool = False) -> list[list[dict[str, object]]]:
        """As `ask`, for events that change nothing, with ids of their own: each one's decisions, of one state of the tables. Raises
        TakesLong if it is to be brief and the whole directory has to be loaded."""
        answers: dict[object, list[dict[str, object]]] = {event.event_id: [] for _, event, _ in asked}
        for decision in self._ask(asked, briefly):
            if (answer := answers.get(decision["event_id"])) is not None:
                answer.append(decision)
        return [answers[event.event_id] for _, event, _ in asked]

    def _ask(self, asked: Sequence[tuple[str, Event, int]], briefly: bool = False) -> list[dict[str, object]]:
        # A shelf of its own: no commit compares the versions, so that records must be the stored ones, and what is changed stays here.
        work, loose = Work(self.tables, Shelf(), self.policy.windows), Part()
        jobs = [event_job(topic, event, event.occurred, at, remember=False) for topic, event, at in asked]
        worlds = self._settling.worlds(work)
        work.load(self._replica.look(work, jobs, worlds, briefly))
        taking = self._settling.taking(work, loose, worlds)
        for index, job in enumerate(jobs):
            taking.take(index, job)
        outgoing = (one for part in (*work.parts, loose) for one in part.outgoing)
        return [orjson.loads(one.value) for one in outgoing if one.topic == DECISIONS and one.value]

    def catch_up(self) -> None:
        """Bring the directory's replica up to date, as before each batch; between batches only. Raises StoreUnavailable."""
        self._replica.catch_up()

    def stored_offsets(self) -> dict[str, int]:
        """`topic:partition` -> next offset, as the tables hold it. Whoever asks is about to read from there: what was held before counts
        no longer."""
        self._held.clear()
        self._settling.forget()
        return self.tables.offsets()

    def sweep(self, older_than_s: float) -> list[tuple[str, list[Outgoing]]]:
        """Outbox entries that nobody has published for so many seconds, oldest first."""
        latest = (time.time() - older_than_s) * 1000
        return [(entry, outbox.unpack(blob)) for entry, blob in self.tables.outbox(100) if int(entry.split("-")[0]) <= latest]

    def published(self, ids: Sequence[str]) -> Processed:
        """Forget outbox entries whose records are in their topics. What it returns is to be published too: locks that another worker
        changed meanwhile, as they now stand."""
        stale = self._told.delivered(ids, self.tables)
        self.tables.published([entry for entry in ids if not entry.startswith(AGAIN)])
        if not stale:
            return Processed([], [], False)
        windows = self.policy.windows
        outgoing = [lock_as_it_stands(one.target, one.record, one.document, self._render, self.directory, windows) for one in stale]
        return Processed(outgoing, [self._told.again(stale)], False)

    def _decide(self, arrived: Sequence[Arrived], positions: Mapping[str, Moved]) -> Processed:
        jobs, loose, faults = [], Part(), []
        for record, event, error in arrived:
            if event is not None:
                occurred = event.occurred
                if occurred <= record.timestamp + self._max_future:
                    jobs.append(event_job(record.topic, event, occurred, record.timestamp))
                    continue
                said = rfc3339(occurred)
                fault: Exception | None = FutureDated(f"occurred_at: {said!r} is after the record's arrival; nearest: its arrival")
            else:
                fault = error
            if fault is not None:
                loose.outgoing.append(dead_letter(record, fault))
                faults.append(Fault(record.topic, record.partition, record.offset, type(fault).__name__))
        done = self._settling.settle(jobs, positions, loose)
        if faults and not done.rewound:
            self._watch.refused(faults)
        return done

    def _unmoved(self) -> dict[str, Moved]:
        return {where: Moved(offset, offset) for where, offset in self._held.items()}
