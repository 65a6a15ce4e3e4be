"""Named steps between consume and offset commit at which a worker can be told to die, so that tests show what a crash there leaves.

The environment variable LEADLOCK_CRASH_AT is `STEP` or `STEP:N`: at the Nth time (the first, without N) that the process reaches the step
it kills itself with SIGKILL, which nothing can catch or tidy up after. Without the variable `reached` does nothing.
"""

from __future__ import annotations

import os
import signal
from difflib import get_close_matches

from streams.errors import BadSettings

VARIABLE = "LEADLOCK_CRASH_AT"
STEPS = ("consumed", "parsed", "decided", "committed", "published", "delivered", "trimmed", "offsets_committed")
"""In the order in which a batch reaches them: fetched from Kafka; read into events; decided but not stored; stored with its offsets; handed
to the producer; all delivery reports in; out of the outbox; the group's offsets moved."""


class Plan:
    """Which step kills the process, and how often it must still be reached. `text` is the variable's value, empty for none.
    Raises BadSettings for an unknown step or a count below 1."""

    def __init__(self, text: str) -> None:
        self.step, _, count = text.partition(":")
        if text and self.step not in STEPS:
            near = next(iter(get_close_matches(self.step, STEPS, 1)), STEPS[0])
            raise BadSettings(field=VARIABLE, value=text, problem=f"{self.step!r} is no step: nearest {near}")
        if text and count and not (count.isdecimal() and int(count)):
            raise BadSettings(field=VARIABLE, value=text, problem=f"{count!r} is no count: nearest {self.step}:1")
        self.left = int(count or 1)

    def strikes(self, step: str) -> bool:
        """Whether this time is the one. Each step is reached in one thread only, so the count needs no lock."""
        if step != self.step:
            return False
        self.left -= 1
        return self.left == 0


_plan = Plan(os.environ.get(VARIABLE, ""))


def reached(step: str) -> None:
    """Says that the process is at `step`, one of STEPS; ends it if that was planned."""
    if _plan.strikes(step):
        os.kill(os.getpid(), signal.SIGKILL)
