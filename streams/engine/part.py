"""What of a batch is committed together or not at all."""

from __future__ import annotations

from streams.outbox import Outgoing
from streams.rules.said import Said
from streams.tables.contract import Fact


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
