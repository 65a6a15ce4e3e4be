"""Where reading starts, and what may be committed."""

from __future__ import annotations

import pytest

from streams.feed.positions import BEGINNING, Flight, start_at
from streams.path import Batch
from streams.tables.contract import Moved


@pytest.mark.parametrize(
    ("stored", "committed", "start"),
    [
        (None, None, BEGINNING),
        (None, 40, BEGINNING),  # the store was lost
        (40, None, 40),
        (40, 60, 40),  # the store came back older
        (60, 40, 40),  # decided, not delivered
        (0, 5, 0),
    ],
)
def test_where_reading_starts(stored: int | None, committed: int | None, start: int) -> None:
    assert start_at(stored, committed) == start


def batch(first: int, end: int) -> Batch:
    return Batch([], {"lead-created:1": Moved(first, end)}, 1, 0)


def test_only_what_is_delivered_without_a_gap_is_committed() -> None:
    flight = Flight()
    one, two, three = batch(0, 5), batch(5, 9), batch(9, 12)
    flight.batches.extend([one, two, three])
    two.delivered = True
    assert flight.collect() == 0 and flight.to_commit() == {}
    one.delivered = True
    assert flight.collect() == 2
    assert flight.to_commit() == {("lead-created", 1): 9}
    flight.committed["lead-created", 1] = 9
    assert flight.to_commit() == {}


def test_what_is_read_again_is_committed_and_what_is_only_checked_is_not() -> None:
    """After a crash between the tables' commit and the group's, a batch may end where the tables stand already."""
    flight = Flight()
    moves = {"lead-created:1": Moved(5, 5), "lead-created:0": Moved(8, 8)}
    again = Batch([], moves, 1, 0, checked=["lead-created:0"])
    again.delivered = True
    flight.batches.append(again)
    assert flight.collect() == 1
    assert flight.to_commit() == {("lead-created", 1): 5}
    assert str(again) == "lead-created:1 [5, 5)"


def test_a_rewind_drops_what_the_tables_do_not_hold() -> None:
    flight = Flight()
    one, two = batch(0, 5), batch(5, 9)
    one.processed = True
    flight.batches.extend([one, two])
    flight.drop_unprocessed()
    assert list(flight.batches) == [one]
