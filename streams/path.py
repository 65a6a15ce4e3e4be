"""The words in which the parts of the worker speak of records on their way: feed -> agents -> turn -> engine -> publisher.

Topics are named here without the installation's prefix, which only `feed` and `publisher` know. All times are integer microseconds
since the epoch, UTC.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from schemas.errors import Unreadable
    from schemas.events import Event
    from streams.outbox import Outgoing
    from streams.plain import PlainEmailSent
    from streams.tables.contract import Moved

TOPICS = (
    "rep-updated",
    "account-updated",
    "ownership-commands",
    "lead-created",
    "email-sent",
    "touch-logged",
    "reply-classified",
    "send-requested",
)
"""Inbound topics in the order in which records of one time are decided: who is who, what people say, what was done, what is asked."""


class Record(NamedTuple):
    """One Kafka record. `timestamp`: the record's own (LogAppendTime: the broker's), which is its arrival. A tombstone has no value."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


class Batch:
    """Records handed on together, in arrival order, and how far they move each partition (`topic:partition` -> Moved). Those of
    `checked` have no record in the batch: they are to stand where they stand.

    `epoch` is the feed's when the batch was made: once the feed has gone on to another one, the batch is void.
    `first`: its earliest arrival."""

    __slots__ = ("checked", "delivered", "epoch", "first", "positions", "processed", "records")

    def __init__(
        self, records: Sequence[Record], positions: Mapping[str, Moved], epoch: int, first: int, checked: Collection[str] = ()
    ) -> None:
        self.records = records
        self.positions = positions
        self.epoch = epoch
        self.first = first
        self.checked = checked
        self.processed = False
        self.delivered = False

    def __str__(self) -> str:
        """The batch's coordinates, for log lines: `touch-logged:0 [120, 180), …`."""
        moves = [(place, moved) for place, moved in sorted(self.positions.items()) if place not in self.checked]
        return ", ".join(f"{place} [{moved.expected}, {moved.next})" for place, moved in moves)


class Arrived(NamedTuple):
    """What an agent makes of a record: its event, or why it cannot be read. Exactly one of the two is there."""

    record: Record
    event: Event | PlainEmailSent | None
    error: Unreadable | None


class Processed(NamedTuple):
    """What the engine made of a batch. `outbox_ids`: entries to be forgotten once `outgoing` has been delivered. `rewound`: the tables
    hold other offsets than the batch was read from, and nothing was written."""

    outgoing: list[Outgoing]
    outbox_ids: list[str]
    rewound: bool


class Engine(Protocol):
    """Decides batches and deadlines. Every call blocks, and may raise `errors.StoreUnavailable`: then nothing is lost, and the same call is
    made again. Only one call is made at a time."""

    def process(self, arrived: list[Arrived], positions: Mapping[str, Moved]) -> Processed:
        """Decide a batch, commit what changed together with its offsets, and return what is to be published."""
        ...

    def fire(self, now: int) -> Processed:
        """Decide what is due at or before `now` (microseconds). `rewound` as for a batch: the tables hold other offsets than the last batch
        left there."""
        ...

    def stored_offsets(self) -> dict[str, int]:
        """`topic:partition` -> next offset, as the tables hold it."""
        ...

    def sweep(self, older_than_s: float) -> list[tuple[str, list[Outgoing]]]:
        """Outbox entries that nobody has published for so many seconds, oldest first."""
        ...

    def published(self, ids: Sequence[str]) -> Processed:
        """Forget outbox entries whose records are in their topics. What it returns is to be published in its turn."""
        ...


def place(topic: str, partition: int) -> str:
    """The name under which the tables keep a partition's offset."""
    return f"{topic}:{partition}"


def rank(topic: str) -> tuple[int, str]:
    """Where a topic stands among records of one time; a topic that is not in `TOPICS` comes after those, by name."""
    return (TOPICS.index(topic) if topic in TOPICS else len(TOPICS), topic)
