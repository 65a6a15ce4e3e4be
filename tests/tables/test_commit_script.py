"""What commit.lua says of itself is what it does and what Python sends."""

from __future__ import annotations

import re

import msgspec

from streams.tables.commit import Header, of_offsets, packed
from streams.tables.contract import Group, Moved, Write
from streams.tables.joined import Batch, join
from streams.tables.keys import Keys
from streams.tables.redis import COMMIT

HEADER = COMMIT[: COMMIT.index("local ")]
BODY = COMMIT[COMMIT.index("local ") :]


def test_the_header_lists_the_keys_that_the_body_reads_and_python_sends() -> None:
    listed = re.findall(r"^-- KEYS\[(\d+)\] (\w+)", HEADER, re.M)
    read = [(number, name) for name, number in re.findall(r"^local (\w+) = KEYS\[(\d+)\]", BODY, re.M)]
    keys = Keys("p")
    sent = [(str(number), key.decode().removeprefix("{p}")) for number, key in enumerate(keys.of_commit(), 1)]
    assert listed == read == sent
    assert len(re.findall(r"KEYS\[", BODY)) == len(listed)


def test_the_header_lists_the_arguments_that_the_body_reads_and_python_sends() -> None:
    listed = re.findall(r"^-- ARGV\[(\d+)\]", HEADER, re.M)
    (values,) = re.findall(r"for first = (\d+), #ARGV", BODY)
    assert listed == [*sorted(set(re.findall(r"ARGV\[(\d+)\]", BODY))), values]
    sent = packed(Keys("p"), Batch([Group([Write("a", 0, b""), Write("b", 0, b"")])]), {}, {}, "token", 1)
    assert len(sent) == len(listed) - 1 + 2, "a value for each document"


def test_the_header_lists_the_fields_of_argv_1() -> None:
    described = HEADER[HEADER.index("-- ARGV[1]") : HEADER.index("-- ARGV[2]")]
    fields = list(Header.__struct_fields__)
    assert re.findall(r"`(\w+)`", described) == fields
    assert re.findall(r"header\.(\w+)", BODY) == fields


def test_the_header_lists_the_parts_in_order() -> None:
    described = HEADER[HEADER.index("-- ARGV[2]") : HEADER.index("-- ARGV[3]")]
    assert re.findall(r"^--   (\w+) ", described, re.M) == list(Header.__struct_fields__)


def test_the_header_lists_what_every_return_gives() -> None:
    described = HEADER[HEADER.index("-- Result") :]
    named = re.findall(r"\w+", re.findall(r"Result: \{(.*)\}", described)[0])
    assert re.findall(r"^--   (\w+) ", described, re.M) == named
    returns = re.findall(r"^ *return \{(.*)\}$", BODY, re.M)
    assert [len(result.split(", ")) for result in returns] == [len(named)] * 3


def test_parts_are_cut_where_the_formats_say() -> None:
    holdings = [("ann", "contact:é", True), ("bob", "lead:é", False)]
    history = [("é", b"")]
    writes = [Write("é", 1, b"body")]
    group = Group(writes, {"contact:é": 5, "a": None}, b"out", reads={"r": 3}, history=history, holdings=holdings)
    batch, conflicts = join([group], {})
    assert conflicts == []
    header, blob, outbox, *values = packed(Keys("p"), batch, *of_offsets({"t:0": Moved(None, 9)}, True), "token", 7)
    assert (outbox, values) == (b"out", [bytes(7) + b"\x02body"])
    told = msgspec.msgpack.decode(header, type=Header)
    parts, at = [], 0
    for form in [*told.known, told.versions, *told.compared, *told.commands]:
        cut = []
        for length in re.findall(r"c(\d+)|s", form):
            end = at + int(length) if length else blob.index(b"\0", at)
            cut.append(blob[at:end])
            at = end + (not length)
        parts.append(cut)
    assert at == len(blob)
    key = "é".encode()
    assert parts == [
        [b"t:0", b"-"],
        [bytes(7) + b"\x01" + bytes(7) + b"\x03"],
        [b"{p}d:" + key, b"{p}d:r"],
        [b"ZADD", b"{p}due", b"5", b"c" + key],
        [b"RPUSH", b"{p}h:" + key, b""],
        [b"ZADD", b"{p}o:ann", b"0", b"c" + key],
        [b"HSET", b"{p}offsets", b"t:0", b"9"],
        [b"ZREM", b"{p}due", b"~a"],
        [b"ZREM", b"{p}o:bob", b"l" + key],
    ]


def test_groups_that_name_one_target_twice_are_joined_as_far_as_they_fit() -> None:
    def put(version: int) -> Group:
        return Group([Write("a", version, b"%d" % version)])

    batch, conflicts = join([put(3), put(3), put(4), Group(reads={"a": 4}), Group(reads={"a": 5, "b": 0})], {})
    assert (batch.written, batch.read, batch.values, conflicts) == ({"a": 3}, {"b": 0}, {"a": (5).to_bytes(8, "big") + b"4"}, [1, 3])
    batch, conflicts = join([put(3), put(4), Group(reads={"a": 4})], {"a": 4})
    assert (batch.written, batch.read, conflicts) == ({"a": 4}, {}, [0, 2])
