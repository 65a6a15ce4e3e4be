"""Python's cycle collector, set for a process that lives on large batches and large tables.

Counting references frees what a batch makes; what is left to the collector is rare. At Python's own thresholds (700 new objects) it looks
through every batch dozens of times and, since the directory of accounts only grows, again and again through that: measured at a third
of the worker's time (docs/performance.md).
"""

from __future__ import annotations

import gc

NEW_OBJECTS = 200_000
"""More than two batches of 2,000 records hold at once (some 30 objects each), so a look finds them gone again. Cycles that wait for it take
some tens of megabytes at most."""


def relax() -> None:
    """Let the collector look less often. What is loaded by now, code and libraries, is left out of its looks for good."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)
