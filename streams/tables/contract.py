"""What every backend of the lock tables offers: documents with versions, committed in groups, all or nothing a group.

A *document* is one target's state (a contact, a company, a lead), opaque bytes here. A *group* is everything that one
company's events changed in a batch: it is written whole or not at all. All times are integer microseconds since the epoch, UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from streams.tables.figures import Figures


class Document(NamedTuple):
    """A stored document: `version` rises by one with each commit of it; 0 means that it does not exist (body is then empty)."""

    version: int
    body: bytes


ABSENT = Document(0, b"")


class Write(NamedTuple):
    """One document's new body, valid only if the stored version still is `version` (0: it does not exist yet). An empty
    body deletes the document's content but keeps its version, so that a stale writer still conflicts."""

    key: str
    version: int
    body: bytes


class Fact(NamedTuple):
    """One directory record: `kind` is `account`, `rep`, `matter` or `link`, `body` the JSON that every worker's replica reads; an empty
    one removes it."""

    kind: str
    key: str
    body: bytes


class Group(NamedTuple):
    """What one company's events changed. `due`: target key -> microseconds when its next deadline comes, or None to disarm.
    `outbox`: the decisions that tell of it, opaque (empty: none). `history`: (target key, entry) pairs that no longer fit the document.
    `reads`: key -> version of documents that were read and not written, which must not have moved either. `holdings`: (holder, lock key,
    whether they hold it from now on), in order.
    Groups of one commit take effect one after the other: what an earlier one wrote has moved for a later one."""

    writes: Sequence[Write] = ()
    due: Mapping[str, int | None] = {}
    outbox: bytes = b""
    history: Sequence[tuple[str, bytes]] = ()
    facts: Sequence[Fact] = ()
    reads: Mapping[str, int] = {}
    holdings: Sequence[tuple[str, str, bool]] = ()


class Moved(NamedTuple):
    """How far a batch moves one partition: from the offset that the tables must hold (None: no offset stored yet) to the next one."""

    expected: int | None
    next: int


class Committed(NamedTuple):
    """What a commit did. `conflicts`: indexes of the groups that were not written because a document had moved. `outbox_id`: the
    entry that now holds the outboxes of the written groups, concatenated in order (None: nothing to publish).
    `rewound`: the stored offsets are not those that the batch was read from; then nothing at all was written."""

    conflicts: Sequence[int]
    outbox_id: str | None
    rewound: bool


class Tables(Protocol):
    """The lock tables. Implementations: `memory.MemoryTables` (the model) and `redis.RedisTables`. Raises `errors.StoreUnavailable`
    when the store cannot be reached; the caller retries, nothing is half written within a group."""

    def load(self, keys: Sequence[str]) -> list[Document]:
        """The documents in the order of `keys`; `ABSENT` for what does not exist."""
        ...

    def commit(self, groups: Sequence[Group], offsets: Mapping[str, Moved] | None = None) -> Committed:
        """Write the groups. `offsets` (`topic:partition` -> Moved) is checked before anything is written, and is stored only if no
        group conflicted. Raises ValueError, with nothing written, for an unknown kind of fact or a deadline outside 0 to 2^53 - 1.
        After StoreUnavailable it is unknown whether it was written: the same commit again then reports `rewound` or conflicts."""
        ...

    def due(self, until: int, limit: int) -> list[tuple[str, int]]:
        """Up to `limit` (target key, microseconds) whose deadline is at or before `until`, earliest first, equal times by key."""
        ...

    def next_due(self) -> int | None:
        """When the earliest deadline comes, or None."""
        ...

    def offsets(self) -> dict[str, int]:
        """`topic:partition` -> next offset to read, as stored by the last commits."""
        ...

    def forget_offsets(self, keys: Sequence[str]) -> None:
        """Drop stored offsets (a topic that was deleted and made again)."""
        ...

    def outbox(self, limit: int) -> list[tuple[str, bytes]]:
        """Up to `limit` unpublished entries (id, concatenated outboxes), oldest first. Ids start with milliseconds since the epoch."""
        ...

    def published(self, ids: Sequence[str]) -> None:
        """Forget outbox entries whose records have reached their topics."""
        ...

    def history(self, key: str) -> list[bytes]:
        """The history entries of a target that have left its document, oldest first."""
        ...

    def held(self, holder: str, after: str, limit: int) -> list[str]:
        """Up to `limit` keys of locks that a holder has, those after `after` in the order of their UTF-8 bytes (empty: from the first)."""
        ...

    def scan(self, prefix: str) -> Iterator[tuple[str, Document]]:
        """Every existing document whose key starts with `prefix`, in no particular order, at least once each."""
        ...

    def directory(self) -> tuple[str, list[Fact]]:
        """The whole directory and the position in its change log from which `changes` goes on."""
        ...

    def changes(self, position: str) -> tuple[str, list[Fact]] | None:
        """Directory records changed since `position`, in order, and the new position. None: the log no longer reaches back so far, or
        the store came back with less than it had; load `directory()` anew."""
        ...

    def look(self, position: str, keys: Sequence[str]) -> tuple[tuple[str, list[Fact]] | None, list[Document]]:
        """`changes`, then `load`, in one round trip where the store has such: the documents are no older than what has changed."""
        ...

    def figures(self, now: int) -> Figures:
        """How much is in the tables; `now`: what counts as due, microseconds. Cheap, however much there is."""
        ...
