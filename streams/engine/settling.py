"""Settling a batch: decided and committed, again and again, until nothing of it conflicts with what others have written meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from schemas.policy import Policy
from streams import outbox
from streams.crash_points import reached
from streams.decisions import Renderer
from streams.directory.directory import Directory
from streams.engine.finishing import Finish
from streams.engine.jobs import Job, Worlds
from streams.engine.part import Part
from streams.engine.replica import Replica
from streams.engine.shelf import Shelf
from streams.engine.taking import Taking
from streams.engine.told import Told
from streams.engine.work import Work
from streams.outbox import Outgoing
from streams.path import Processed
from streams.rules.said import Said
from streams.rules.world import World
from streams.tables.contract import Group, Moved, Tables
from streams.watching.watch import Watch


class Settling:
    """Of one engine: its tables, and the shelf of what it knows of them."""

    def __init__(
        self, tables: Tables, policy: Policy, directory: Directory, replica: Replica, render: Renderer, told: Told, watch: Watch
    ) -> None:
        self._tables, self._policy, self._directory, self._replica = tables, policy, directory, replica
        self._render, self._told, self._watch = render, told, watch
        self._shelf = Shelf()
        self._memo: object = None

    def forget(self) -> None:
        """The tables may be other than they were left: nothing that is kept of them counts."""
        self._shelf.clear()

    def settle(self, jobs: Sequence[Job], positions: Mapping[str, Moved], loose: Part) -> Processed:
        """Decide and commit until nothing conflicts."""
        try:
            done = self._committed(jobs, positions, loose)
        except BaseException:
            self._shelf.clear()  # what was decided is not stored, or nobody knows whether it is
            raise
        if done.rewound:
            self._shelf.clear()
            self._replica.lost()
        else:
            self._directory.keep()
        return done

    def _committed(self, jobs: Sequence[Job], positions: Mapping[str, Moved], loose: Part) -> Processed:
        """What has no record to be remembered by, as a dead letter, is committed with the offsets, after everything else: so no retry
        doubles it."""
        outgoing: list[Outgoing] = []
        ids: list[str] = []
        while True:
            self._replica.catch_up()
            work = Work(self._tables, self._shelf, self._policy.windows)
            again = Part()
            world = self.worlds(work)
            # Where accounts change with every batch, what is looked up by name ahead would be looked up again after them.
            memo, self._memo = self._memo, self._directory.accounts.memo
            calm = memo is self._memo
            work.load([key for job in jobs for key in job.look(self._directory, world, work.load, calm)])
            taking = self.taking(work, again, world)
            for index, job in enumerate(jobs):
                taking.take(index, job)
            work.in_order()
            groups = work.groups()
            whole = not (loose.outgoing or again.outgoing or again.facts)
            reached("decided")
            committed = self._tables.commit(groups, positions if whole else _unmoved(positions))
            reached("committed")
            if committed.rewound:
                return Processed([], [], True)
            if committed.outbox_id is not None:
                ids.append(committed.outbox_id)
            failed = set(committed.conflicts)
            outgoing += self._written(work, groups, failed, committed.outbox_id)
            if failed:
                events = sorted(event for index in failed for event in work.parts[index].events)
                jobs = [jobs[index] for index in sorted({*events, *again.events})]
                continue
            if not whole:
                loose.absorb(again)
                last = self._tables.commit([Group(outbox=outbox.pack(loose.records()), facts=loose.facts)], positions)
                if last.rewound:
                    return Processed([], [], True)
                ids += [last.outbox_id] if last.outbox_id is not None else []
                outgoing += loose.records()
                if loose.said:
                    self._watch.decided(loose.said, loose.outgoing)
            return Processed(outgoing, ids, False)

    def _written(self, work: Work, groups: Sequence[Group], failed: Set[int], outbox_id: str | None) -> list[Outgoing]:
        """Keep what is stored, forget the groups that are not, tell the watch; what is to be published."""
        work.lost(groups[index] for index in failed)
        written = [(group, part) for index, (group, part) in enumerate(zip(groups, work.parts, strict=True)) if index not in failed]
        work.committed((group for group, _ in written), bool(failed))
        self._told.committed(outbox_id, ((group, part.locks, part.lies) for group, part in written if part.locks))
        outgoing, said, noted = list[Outgoing](), list[Said](), list[str]()
        for _, part in written:
            if part.outgoing or part.locks:
                outgoing += part.records()
                said += part.said
            noted += part.noted
        if said:
            self._watch.decided(said, outgoing)
        if noted:
            self._watch.noted(noted)
        return outgoing

    def taking(self, work: Work, loose: Part, worlds: Worlds) -> Taking:
        """What decides the jobs of one batch."""
        finish = Finish(work, self._render, self._directory, self._policy.windows)
        return Taking(work, finish, loose, worlds, self._directory, self._policy)

    def worlds(self, work: Work) -> Worlds:
        """Makes what a job is decided in, with the records of `work`."""
        get, held, directory, policy = work.get, work.held, self._directory, self._policy
        return lambda job: World(get, directory, policy, job.topic, job.cause, job.at, job.when, held)


def _unmoved(positions: Mapping[str, Moved]) -> dict[str, Moved]:
    """The same partitions, to be checked only. One that has no offset yet cannot have lost any."""
    return {where: Moved(moved.expected, moved.expected) for where, moved in positions.items() if moved.expected is not None}
