"""What the engine has to decide: one event, or one deadline that has come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schemas.events import Event
from streams.directory.directory import Account, Directory
from streams.plain import PlainEmailSent
from streams.rules import remembered
from streams.rules.events import DEADLINE, TOPICS, Handler
from streams.rules.world import Missing, World


class Job:
    """One event or deadline, by its handler. `said`: the event, or the target whose deadline has come. `at`: its arrival; `when`: what
    happened at; microseconds. `mark`: what the first record remembers it by (empty: it is not remembered). `deadline`: the target whose
    armed deadline this is.

    `keys`: the records that it needs, as the directory was at its count of `changes`. `world` is what it is decided in, None as long as it
    may go the short way; `account` is then what the directory says of the contact's company."""

    __slots__ = ("account", "at", "cause", "changes", "deadline", "handler", "keys", "mark", "said", "topic", "when", "world")

    def __init__(
        self, handler: Handler, said: Any, topic: str, cause: str, at: int, when: int, mark: bytes = b"", deadline: str = ""
    ) -> None:
        self.handler, self.said, self.topic, self.cause = handler, said, topic, cause
        self.at, self.when, self.mark, self.deadline = at, when, mark, deadline
        self.world: World | None = None
        self.account: Account | None = None
        self.keys: list[str] = []
        self.changes = -1

    def look(self, directory: Directory, worlds: Worlds, load: Callable[[list[str]], None], ahead: bool = False) -> list[str]:
        """Find out which records the job needs, as the directory now is; with `ahead` also what it will probably ask for."""
        self.changes = directory.changes
        if self.mark and self.handler.steady is not None:
            self.world, contact = None, self.said.contact
            company, self.account = directory.company(contact)
            self.keys = [f"contact:{contact}", company] if company else [f"contact:{contact}"]
        else:
            world = self._look(worlds, load)
            if ahead and self.handler.ahead is not None:
                return [*self.keys, *self.handler.ahead(world, self.said)]
        return self.keys

    def long(self, worlds: Worlds, load: Callable[[list[str]], None]) -> World:
        """What it is decided in, when it does not go the short way."""
        return self.world or self._look(worlds, load)

    def _look(self, worlds: Worlds, load: Callable[[list[str]], None]) -> World:
        world = self.world = worlds(self)
        while True:
            try:
                self.keys = self.handler.about(world, self.said)
            except Missing as missing:
                load([missing.key, *missing.more])
                continue
            if world.listed is not None:
                self.changes = -1  # what is about a list is asked again in its turn: an earlier job may change the list
            return world


Worlds = Callable[[Job], World]
"""Makes what a job is decided in."""


def event_job(topic: str, event: Event | PlainEmailSent, occurred: int, at: int, remember: bool = True) -> Job:
    """The job of an event that arrived at `at`."""
    event_id = event.event_id
    mark = remembered.mark(topic, event_id) if remember else b""
    return Job(TOPICS[topic], event, topic, event_id, at, min(occurred, at), mark)


def deadline_job(key: str, at: int) -> Job:
    """The job of a target's deadline that was due at `at`."""
    return Job(DEADLINE, key, "", "", at, at, b"", key)
