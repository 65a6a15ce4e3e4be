"""What the path tells of itself: the few places where somebody may look on, and nobody has to.

Every method is called once a batch or rarer, never once an event. `Watch` itself does not listen; `streams.metrics.Metrics` counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from streams.outbox import Outgoing
from streams.path import Batch
from streams.rules.said import Said


class Fault(NamedTuple):
    """Why a record became a dead letter: where it stood, and the class of the error, which shows nothing of what was in it."""

    topic: str
    partition: int
    offset: int
    reason: str


class Passed(NamedTuple):
    """A batch that is in the tables. `topics`: how many records of each. Seconds of the monotonic clock: when it was taken in, when its
    records were read, when the engine began and ended."""

    batch: Batch
    topics: Mapping[str, int]
    opened: float
    read: float
    began: float
    ended: float


class Watch:
    """Called in whatever thread does the work."""

    def decided(self, said: Sequence[Said], outgoing: Sequence[Outgoing]) -> None:
        """These decisions are committed; `outgoing` are the records that tell of them, among others. The engine's thread."""

    def noted(self, names: Sequence[str]) -> None:
        """These things happened, by what is committed, and no decision tells of them. The engine's thread."""

    def refused(self, faults: Sequence[Fault]) -> None:
        """These records are dead letters, and that is committed. The engine's thread."""

    def begins(self) -> None:
        """The engine begins with a batch. Its thread."""

    def passed(self, passed: Passed) -> None:
        """A batch is committed. The engine's thread."""

    def delivered(self, batch: Batch, committed: float) -> None:
        """Everything that a batch said is in its topics; `committed`: the monotonic second when it was in the tables. The publisher's
        thread."""

    def rewound(self) -> None:
        """The tables hold other offsets than a batch was read from. The engine's thread."""

    def swept(self, entries: int) -> None:
        """So many outbox entries that were left behind are published. The engine's thread."""

    def complained(self, client: str, error: str) -> None:
        """A Kafka client reports an error, by librdkafka's name for it. The client's thread."""

    def reported(self, client: str, statistics: str) -> None:
        """A Kafka client's statistics, as JSON. The client's thread."""
