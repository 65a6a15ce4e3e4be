"""Python's search for reference cycles, kept from what has none.

Records and events make no cycles, but hundreds of thousands of them are alive at once: looked through at the default threshold they cost a
third to half of the path's time, and at a high one still a third of a first touch. So what outlives a batch is put aside, and
everything is looked through at an interval only, between two batches.
"""

from __future__ import annotations

import gc
import time
from typing import Final

YOUNG: Final = 500_000
"""New containers after which Python looks on its own: more than a batch of first touches makes, some forty each."""

INTERVAL_S: Final = 600.0
"""From one whole look to the next. It takes 0.3 s with 600,000 containers (a shelf of 60,000 records): 0.05 % of the time."""


def spare() -> None:
    """Put aside what is there by now, and look rarely from now on. Process-wide; for whoever has something like a shelf."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 100)


class Collector:
    """Of the one thread that works in batches. It does nothing in a process that has not called `spare`, as a demo or a test, which has
    other things alive than records."""

    def __init__(self) -> None:
        self._whole = time.monotonic()

    def after_batch(self) -> None:
        """Put aside what the batch has left; look through all when that was long ago."""
        if gc.get_threshold()[0] != YOUNG:  # how much is put aside would be counted one by one: 15 ms of a large directory
            return
        now = time.monotonic()
        if now - self._whole > INTERVAL_S:
            self._whole = now
            gc.unfreeze()
            gc.collect()
        gc.freeze()
