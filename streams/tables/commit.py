"""A commit as `lua/commit.lua` takes it: what is compared, what documents become, and ready commands for all else."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from streams.tables.contract import Fact, Group, Moved
from streams.tables.keys import Keys, member

CHUNK: Final = 4_000
"""Parts of one format: Lua 5.1 unpacks fewer than 8,000 values (LUAI_MAXCSTACK). Divisible by 2, so that pairs stay together."""

NOT_STORED: Final = b"-"
"""The expected offset of a partition of which none is to be stored."""


class Header(msgspec.Struct):
    """The script's ARGV[1]."""

    known: list[str]
    versions: str
    compared: list[str]
    commands: list[str]


class Batch:
    """Groups joined, as they are written one after the other. `written`, `read`: target -> version that it must have before. `values`: what
    each target in `written` becomes. `due`, `held` (by holder): the last word on each. `named`: how often a target is named."""

    __slots__ = ("due", "facts", "held", "history", "named", "outboxes", "read", "values", "written")

    def __init__(self, groups: Iterable[Group]) -> None:
        self.written: dict[str, int] = {}
        self.read: dict[str, int] = {}
        self.values: dict[str, bytes] = {}
        self.due: dict[str, int | None] = {}
        self.history: list[tuple[str, bytes]] = []
        self.facts: list[Fact] = []
        self.held: dict[str, dict[str, bool]] = {}
        self.outboxes: list[bytes] = []
        self.named = 0
        written, values = self.written, self.values
        for writes, deadlines, outbox, entries, records, reads, holdings in groups:
            self.named += len(writes)
            for key, version, body in writes:
                written[key] = version
                values[key] = (version + 1).to_bytes(8, "big") + body
            if reads:
                self.named += len(reads)
                self.read.update(reads)
            if deadlines:
                self.due.update(deadlines)
            if entries:
                self.history += entries
            if records:
                self.facts += records
            for holder, key, holds in holdings:
                self.held.setdefault(holder, {})[key] = holds
            if outbox:
                self.outboxes.append(outbox)

    @property
    def apart(self) -> bool:
        """No target is named twice, as in nearly every batch: then all groups fit together."""
        return len(self.written) + len(self.read) == self.named and self.written.keys().isdisjoint(self.read)

    def compared(self) -> list[str]:
        """The targets whose versions the script compares, in its order."""
        return [*self.written, *self.read]


def join(groups: Sequence[Group], stored: Mapping[str, int]) -> tuple[Batch, list[int]]:
    """The groups that can be written one after the other, and the indexes of the others. `stored`: versions that were found to be other
    than a group said; of any other target the first group that names it is believed, and the script finds out."""
    batch = Batch(groups)
    if batch.apart and not stored:
        return batch, []
    now, first = dict(stored), dict[str, int]()
    fitting, conflicts = list[Group](), list[int]()
    for index, group in enumerate(groups):
        wanted = [*((write.key, write.version) for write in group.writes), *group.reads.items()]
        here = dict(wanted)
        if any(now.get(key, here[key]) != version for key, version in wanted):
            conflicts.append(index)
            continue
        for key, version in wanted:
            first.setdefault(key, version)
            now[key] = version
        for write in group.writes:
            now[write.key] = write.version + 1
        fitting.append(group)
    batch = Batch(fitting)
    batch.read = {key: version for key, version in first.items() if key not in batch.written}
    batch.written = {key: first[key] for key in batch.written}
    return batch, conflicts


def packed(keys: Keys, batch: Batch, known: Mapping[str, int | None], moves: Mapping[str, int], token: str, log_limit: int) -> list[bytes]:
    """The script's ARGV. `known`: partition -> offset that must be stored; `moves`: offset to store. `token` marks this commit in the
    change log, of which at least `log_limit` entries are kept. Raises OverflowError or struct.error for a version outside of 0 to
    2^64 - 2."""
    documents, compared = keys.documents, batch.compared()
    versions = struct.pack(f">{len(compared)}Q", *batch.written.values(), *batch.read.values())
    made = _Parts()
    of_known = made.several([part for name, offset in known.items() for part in (name.encode(), _number(offset))])
    of_versions = made.cut([versions] if versions else [])
    of_compared = made.several([documents + key.encode() for key in compared])
    commands = _commands(made, keys, batch, moves, token.encode(), log_limit)
    header = _encode(Header(of_known, of_versions, of_compared, commands))
    return [header, b"".join(made.parts), b"".join(batch.outboxes), *batch.values.values()]


def of_offsets(offsets: Mapping[str, Moved], whole: bool) -> tuple[dict[str, int | None], dict[str, int]]:
    """`known` and `moves` of `packed`; nothing moves unless the batch is written `whole`."""
    moves = {name: moved.next for name, moved in offsets.items()} if whole else {}
    return {name: moved.expected for name, moved in offsets.items()}, moves


def _commands(made: _Parts, keys: Keys, batch: Batch, moves: Mapping[str, int], token: bytes, log_limit: int) -> list[str]:
    """What is written beside documents and outbox. What needs memory comes before what frees it."""
    due, formats = batch.due, list[str]()

    def one(*parts: bytes) -> None:
        formats.append(made.cut(parts))

    def each(name: bytes, key: bytes, arguments: Sequence[bytes]) -> None:
        for at in range(0, len(arguments), CHUNK):
            one(name, key, *arguments[at : at + CHUNK])

    each(b"ZADD", keys.due, [part for key, at in due.items() if at is not None for part in (b"%d" % at, member(key))])
    for key, entry in batch.history:
        one(b"RPUSH", keys.history(key), entry)
    for holder, theirs in batch.held.items():
        each(b"ZADD", keys.held_by(holder), [part for key, holds in theirs.items() if holds for part in (b"0", member(key))])
    each(b"HSET", keys.offsets, [part for name, offset in moves.items() for part in (name.encode(), b"%d" % offset)])
    if batch.facts:
        hashes = {"account": keys.accounts, "rep": keys.reps, "matter": keys.matters, "link": keys.links}
        one(b"HINCRBY", keys.meta, b"logged", b"%d" % len(batch.facts))
        for kind, key, body in batch.facts:
            name = key.encode()
            one(b"XADD", keys.directory, b"*", b"kind", kind.encode(), b"key", name, b"body", body, b"commit", token)
            one(*((b"HSET", hashes[kind], name, body) if body else (b"HDEL", hashes[kind], name)))
        one(b"XTRIM", keys.directory, b"MAXLEN", b"~", b"%d" % log_limit)
    each(b"ZREM", keys.due, [member(key) for key, at in due.items() if at is None])
    for holder, theirs in batch.held.items():
        each(b"ZREM", keys.held_by(holder), [member(key) for key, holds in theirs.items() if not holds])
    return formats


class _Parts:
    """The parts of the script's ARGV[2]."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def cut(self, parts: Sequence[bytes]) -> str:
        """Add parts; the format by which Lua's `struct` cuts them out again."""
        if not parts:
            return ""
        form = "c" + "c".join(map(str, map(len, parts)))
        if "c0" in form:
            # No characters are to `struct` as many as the number before says; a string that ends with a zero byte may be empty.
            form = "".join(f"c{len(part)}" if part else "s" for part in parts)
            parts = [part or b"\0" for part in parts]
        self.parts += parts
        return form

    def several(self, parts: Sequence[bytes]) -> list[str]:
        """As `cut`, in as many formats as it takes."""
        return [self.cut(parts[at : at + CHUNK]) for at in range(0, len(parts), CHUNK)]


def _number(offset: int | None) -> bytes:
    return NOT_STORED if offset is None else b"%d" % offset


_encode: Final = msgspec.msgpack.Encoder().encode
