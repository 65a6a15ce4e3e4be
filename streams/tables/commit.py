"""A commit as `lua/commit.lua` takes it: a header, and all its parts in one string."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from streams.tables.contract import Group, Moved
from streams.tables.keys import Keys, member

COLUMNS: Final = ("versions", "offsets", "keys", "values", "due", "history", "facts", "holdings", "outboxes")


class Header(msgspec.Struct):
    """The script's ARGV[1]; `columns` are the lengths of COLUMNS."""

    sizes: list[int]
    columns: list[int]
    lengths: list[int]
    token: str
    log_limit: str


_encode: Final = msgspec.msgpack.Encoder().encode


def packed(keys: Keys, groups: Sequence[Group], offsets: Mapping[str, Moved], token: str, log_limit: int) -> tuple[bytes, bytes]:
    """The script's ARGV. Raises OverflowError or struct.error for a version outside of 0 to 2^64 - 2."""
    documents, histories, held_by = keys.documents, keys.histories, keys.held_by
    sizes: list[int] = []
    versions: list[int] = []
    names: list[bytes] = []
    values: list[bytes] = []
    due: list[bytes] = []
    history: list[bytes] = []
    facts: list[bytes] = []
    holdings: list[bytes] = []
    outboxes: list[bytes] = []
    for writes, deadlines, outbox, entries, records, reads, held in groups:
        sizes += (len(writes), len(reads), len(deadlines), len(entries), len(records), len(held))
        for key, version, body in writes:
            names.append(documents + key.encode())
            versions.append(version)
            values.append((version + 1).to_bytes(8, "big") + body)
        for key, version in reads.items():
            names.append(documents + key.encode())
            versions.append(version)
        for key, at in deadlines.items():
            due += (member(key), b"" if at is None else b"%d" % at)
        for key, entry in entries:
            history += (histories + key.encode(), entry)
        for kind, key, body in records:
            facts += (kind.encode(), key.encode(), body)
        for holder, key, holds in held:
            holdings += (held_by(holder), member(key), b"1" if holds else b"")
        outboxes.append(outbox)
    columns = ([struct.pack(f">{len(versions)}Q", *versions)], _moves(offsets), names, values, due, history, facts, holdings, outboxes)
    parts = [part for column in columns for part in column]
    header = Header(sizes, [len(column) for column in columns], [len(part) for part in parts], token, str(log_limit))
    return _encode(header), b"".join(parts)


def _moves(offsets: Mapping[str, Moved]) -> list[bytes]:
    moves: list[bytes] = []
    for name, (expected, following) in offsets.items():
        moves += (name.encode(), b"" if expected is None else b"%d" % expected, b"%d" % following)
    return moves
