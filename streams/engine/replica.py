"""The worker's replica of the directory, brought up to date before a batch is decided."""

from __future__ import annotations

from collections.abc import Sequence

from streams.directory.directory import Directory
from streams.engine.jobs import Job, Worlds
from streams.engine.work import Work
from streams.tables.contract import Fact, Tables


class TakesLong(Exception):
    """What was to be brief would load the whole directory."""


class Replica:
    """`directory` as the store's change log has it, and how far that was followed."""

    def __init__(self, tables: Tables, directory: Directory) -> None:
        self._tables, self._directory = tables, directory
        self._position: str | None = None

    @property
    def is_current(self) -> bool:
        """Whether the directory is at hand, and has only to be brought up to date."""
        return self._position is not None

    def catch_up(self) -> None:
        """Follow the change log, without what an attempt that came to nothing had put there: in the next one it would be known before it
        happened. Raises StoreUnavailable."""
        self._directory.undo()
        self._learn(self._tables.changes(self._position) if self._position is not None else None)

    def lost(self) -> None:
        """The store came back with less than it had: load the whole anew next time."""
        self._position = None

    def look(self, work: Work, jobs: Sequence[Job], worlds: Worlds, briefly: bool = False) -> list[str]:
        """Catch up, and read in the same breath what the jobs need by the directory as it was; a job that needs something else by what is
        new in it looks again in its turn. What they need. Raises TakesLong if it is to be brief and the whole has to be loaded."""
        self._directory.undo()
        if self._position is not None:
            try:
                keys = list(dict.fromkeys(key for job in jobs for key in job.look(self._directory, worlds, _not_yet)))
            except _NotYet:
                pass
            else:
                changed, documents = self._tables.look(self._position, keys)
                if changed is None and briefly:
                    self.lost()
                    raise TakesLong
                self._learn(changed)
                if changed is not None:
                    work.put(keys, documents)
                return keys
        if briefly and self._position is None:
            raise TakesLong
        self.catch_up()
        return [key for job in jobs for key in job.look(self._directory, worlds, work.load)]

    def _learn(self, changed: tuple[str, list[Fact]] | None) -> None:
        if changed is None:
            self._position = None  # until the whole is loaded the replica has no place in the log
            self._directory.clear()
            changed = self._tables.directory()
        self._position, facts = changed
        for fact in facts:
            self._directory.learn(fact)


class _NotYet(Exception):
    """What a job needs is in a record, not in the directory alone."""


def _not_yet(keys: Sequence[str]) -> None:
    raise _NotYet
