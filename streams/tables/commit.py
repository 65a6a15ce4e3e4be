"""A commit as `lua/commit.lua` takes it: what is compared, what documents become, and ready commands for all else."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from streams.tables.contract import Moved
from streams.tables.joined import Batch
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
