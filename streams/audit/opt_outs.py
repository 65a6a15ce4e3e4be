"""Unsubscribes and complaints by segment, held against what is usual there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import sqrt

from streams.audit.finding import Base, Finding, Mend, Seen, many
from streams.state import ContactRecord

FLAGS = {"unsubscribed": "unsubscribe", "complaint": "complaint"}
BEFORE = 4
"""Periods before this one that tell what is usual: a month of weeks."""

MORE = 1.25
"""And a quarter more than usual: of thousands chance moves little, so that any growth would be beyond it."""

FEWEST = 3
"""Fewer than three are no pattern."""

BEYOND = 2.0
"""Standard deviations beyond the usual number (of rare, independent events: its square root), which chance passes one time in forty."""


class OptOuts:
    """Segments in which more people opted out since then than is usual in as long a time."""

    name = "opt_outs"
    title = "Unsubscribes and complaints beyond the usual"

    def __init__(self, base: Base) -> None:
        self._base = base
        self._length = base.now - base.since
        self._now: Counter[tuple[str, str]] = Counter()
        self._before: Counter[tuple[str, str]] = Counter()
        self._written: Counter[str] = Counter()
        self._first: dict[tuple[str, str], int] = {}
        self._reps: dict[tuple[str, str], Counter[str]] = {}

    def see(self, seen: Seen) -> None:
        record = seen.record
        if not isinstance(record, ContactRecord) or not (record.state.sent or record.state.flags):
            return
        place = record.place
        segment = (seen.account.segment if seen.account is not None else "") or (place.segment if place is not None else "") or "no segment"
        now, since = record.state, self._base.since
        start = since - BEFORE * self._length
        if any(last.at >= start for last in now.sent.values()):
            self._written[segment] += 1
        for flag in FLAGS.keys() & now.flags.keys():
            at, key = now.flags[flag].since, (segment, flag)
            if at >= since:
                self._now[key] += 1
                self._first[key] = min(self._first.get(key, at), at)
                last = max(now.sent, key=lambda rep: (now.sent[rep].at, rep), default="")
                self._reps.setdefault(key, Counter())[last or "nobody known"] += 1
            elif at >= start:
                self._before[key] += 1

    def findings(self) -> Iterator[Finding]:
        for key, count in sorted(self._now.items(), key=lambda item: (-item[1], item[0])):
            usual = self._before[key] / BEFORE
            if count < FEWEST or count <= max(MORE * usual, usual + BEYOND * sqrt(max(usual, 1))):
                continue
            segment, flag = key
            reps = tuple(rep for rep, _ in self._reps[key].most_common(3))
            written = self._written[segment]
            share = f" of {many(written, 'contact')} written to" if written else ""
            what = f"{segment}: {many(count, FLAGS[flag])}, usually {usual:.0f},{share or ' nobody written to'}"
            yield Finding(reps, what, self._first[key], Mend(text=f"pause {reps[0]}'s sequences there"), count)
