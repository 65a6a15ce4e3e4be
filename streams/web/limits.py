"""How often one caller may ask: a bucket of tokens each, in this process's memory."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

MOST: Final = 50_000
"""Callers remembered; beyond it the longest unseen is forgotten, whose bucket is full again by then."""


class Limit:
    """`rate` requests a second, `burst` at once. `clock` in seconds."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, who: str) -> float:
        """Take a token of `who`: 0, or the seconds until there is one."""
        now = self._clock()
        left, at = self._left.pop(who, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._rate)
        short = 1 - left
        self._left[who] = (left if short > 0 else left - 1, now)
        if len(self._left) > MOST:
            self._left.popitem(last=False)
        return max(0.0, short / self._rate)
