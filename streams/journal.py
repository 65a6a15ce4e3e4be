"""What the log says of decisions and dead letters: ids, kinds and rules, never whom it is about.

At DEBUG every decision has a line. At WARNING a suppressed person who was written to has one, and each batch that made dead letters.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from typing import Final

import orjson

from streams.outbox import Outgoing
from streams.rules.said import Said
from streams.watching.watch import Fault

log = logging.getLogger(__name__)

NOTABLE: Final = frozenset({"suppression_violated"})
"""Kinds of decision that somebody ought to look at the same day."""


class Journal:
    """Called once a batch."""

    def decided(self, said: Sequence[Said], outgoing: Sequence[Outgoing]) -> None:
        """Log what of these decisions is to be logged; `outgoing` are their records, among others."""
        everything = log.isEnabledFor(logging.DEBUG)
        if not everything and not any(one.kind in NOTABLE for one in said):
            return
        for one in outgoing:
            if one.topic != "routing-decisions" or not one.value:
                continue
            decision = orjson.loads(one.value)
            notable = decision["kind"] in NOTABLE
            if notable or everything:
                names = {name: decision[name] for name in ("event_id", "decision_id", "kind", "rule")}
                level = logging.WARNING if notable else logging.DEBUG
                log.log(level, "decided %s by %s", decision["kind"], decision["rule"], extra={"fields": names})

    def refused(self, faults: Sequence[Fault]) -> None:
        """Log that a batch made dead letters: how many of what, and where the first one is."""
        found = ", ".join(f"{count} {reason} in {topic}" for (topic, reason), count in Counter((f.topic, f.reason) for f in faults).items())
        first = faults[0]
        where = {"topic": first.topic, "partition": first.partition, "offset": first.offset, "reason": first.reason, "count": len(faults)}
        place = (first.topic, first.partition, first.offset)
        log.warning("dead letters: %s; the first is %s:%d at %d", found, *place, extra={"fields": where})
