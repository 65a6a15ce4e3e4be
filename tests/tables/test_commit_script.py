"""What commit.lua says of itself is what it does and what Python sends."""

from __future__ import annotations

import re

import msgspec

from streams.tables.commit import COLUMNS, Header, packed
from streams.tables.contract import Group, Moved, Write
from streams.tables.keys import Keys
from streams.tables.redis import COMMIT

HEADER = "\n".join(line for line in COMMIT.splitlines() if line.startswith("--"))[: COMMIT.index("local due")]
BODY = COMMIT[COMMIT.index("local due") :]


def test_the_header_lists_the_keys_that_the_body_reads_and_python_sends() -> None:
    listed = re.findall(r"^-- KEYS\[(\d+)\] (\w+)", HEADER, re.M)
    read = [(number, name) for name, number in re.findall(r"^local (\w+) = KEYS\[(\d+)\]", BODY, re.M)]
    keys = Keys("p")
    sent = [(str(number), key.decode().removeprefix("{p}")) for number, key in enumerate(keys.of_commit(), 1)]
    assert listed == read == sent
    assert len(re.findall(r"KEYS\[", BODY)) == len(listed)


def test_the_header_lists_the_arguments_that_the_body_reads_and_python_sends() -> None:
    listed = re.findall(r"^-- ARGV\[(\d+)\]", HEADER, re.M)
    assert listed == sorted(set(re.findall(r"ARGV\[(\d+)\]", BODY))) == ["1", "2"]
    assert len(packed(Keys("p"), [], {}, "token", 1)) == len(listed)


def test_the_header_lists_the_fields_of_argv_1() -> None:
    described = HEADER[HEADER.index("-- ARGV[1]") : HEADER.index("-- ARGV[2]")]
    fields = list(Header.__struct_fields__)
    assert re.findall(r"`(\w+)`", described) == fields
    assert set(re.findall(r"header\.(\w+)", BODY)) == set(fields)


def test_the_header_lists_the_columns_in_order() -> None:
    described = HEADER[HEADER.index("-- ARGV[2]") : HEADER.index("-- Result")]
    assert tuple(re.findall(r"^--   (\w+) ", described, re.M)) == COLUMNS
    assert {int(number) for number in re.findall(r"columns\[(\d+)\]", BODY)} == set(range(1, len(COLUMNS) + 1))


def test_the_header_lists_what_every_return_gives() -> None:
    described = HEADER[HEADER.index("-- Result") :]
    named = re.findall(r"\w+", re.findall(r"Result: \{(.*)\}", described)[0])
    assert re.findall(r"^--   (\w+) ", described, re.M) == named
    returns = re.findall(r"^ *return \{(.*)\}$", BODY, re.M)
    assert [len(result.split(", ")) for result in returns] == [len(named)] * 2


def test_parts_are_cut_where_the_lengths_say() -> None:
    holdings = [("ann", "contact:é", True), ("bob", "lead:é", False)]
    group = Group(writes=[Write("é", 1, b"body")], due={"contact:é": 5, "a": None}, outbox=b"out", reads={"r": 3}, holdings=holdings)
    header, blob = packed(Keys("p"), [group], {"t:0": Moved(None, 9)}, "token", 7)
    told = msgspec.msgpack.decode(header, type=Header)
    parts, at = [], 0
    for length in told.lengths:
        parts.append(blob[at : at + length])
        at += length
    assert at == len(blob)
    assert told.sizes == [1, 1, 2, 0, 0, 2]
    assert told.columns == [1, 3, 2, 1, 4, 0, 0, 6, 1]
    key = "é".encode()
    assert parts == [
        bytes(7) + b"\x01" + bytes(7) + b"\x03",
        *(b"t:0", b"", b"9"),
        *(b"{p}d:" + key, b"{p}d:r"),
        bytes(7) + b"\x02body",
        *(b"c" + key, b"5", b"~a", b""),
        *(b"{p}o:ann", b"c" + key, b"1", b"{p}o:bob", b"l" + key, b""),
        b"out",
    ]
