"""What outlives a batch is put aside, and cycles are found all the same."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from streams import collector
from streams.collector import Collector, spare


class Loop:
    """Refers to itself, so that only the search for cycles ends it."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture
def spared() -> Iterator[None]:
    threshold = gc.get_threshold()
    spare()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


def test_nothing_is_put_aside_where_nobody_has_asked_for_it() -> None:
    assert gc.get_freeze_count() == 0
    Collector().after_batch()
    assert gc.get_freeze_count() == 0


def test_a_cycle_that_was_put_aside_ends_with_the_next_whole_look(spared: None, monkeypatch: pytest.MonkeyPatch) -> None:
    between = Collector()
    one = Loop()
    seen = weakref.ref(one)
    between.after_batch()
    del one
    gc.collect()
    assert seen() is not None, "it is put aside"
    monkeypatch.setattr(collector, "INTERVAL_S", -1.0)
    between.after_batch()
    assert seen() is None
    assert gc.get_freeze_count() > 0
