"""Packed records: joined blindly, read back whole, or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.outbox import Outgoing, pack, unpack

some_bytes = st.binary(max_size=300)
records = st.builds(
    Outgoing,
    st.text(max_size=20),
    st.none() | some_bytes,
    st.none() | some_bytes,
    st.lists(st.tuples(st.text(max_size=10), some_bytes), max_size=3).map(tuple),
)
lists = st.lists(records, max_size=4)
DECISION = Outgoing("routing-decisions", b"acme", b'{"kind":"lead_routed"}', (("ce_id", b"1"), ("ce_id", b"2")))


@given(lists, lists)
def test_packed_lists_can_be_joined(first: list[Outgoing], second: list[Outgoing]) -> None:
    read = unpack(pack(first) + pack(second))
    assert read == first + second
    assert all(type(item) is Outgoing and type(item.headers) is tuple for item in read)


def test_no_records_are_no_bytes() -> None:
    assert pack([]) == b""
    assert unpack(b"") == []


def test_a_blob_cut_anywhere_is_refused_or_ends_between_frames() -> None:
    frame = pack([DECISION])
    whole = frame + frame
    for end in set(range(1, len(whole))) - {len(frame)}:
        with pytest.raises(ValueError, match="outbox frame at byte"):
            unpack(whole[:end])
    assert unpack(whole[: len(frame)]) == [DECISION]


@pytest.mark.parametrize("body", [b"\x93\x01\x02\x03", b"\x81\xa1a\x01", b"\xc1", b"\x90\x90"])
def test_other_bytes_are_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="outbox frame at byte 0 is not a list of records"):
        unpack(len(body).to_bytes(4, "big") + body)
