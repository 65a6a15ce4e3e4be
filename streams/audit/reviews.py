"""Reviews that nobody has decided."""

from __future__ import annotations

from collections.abc import Iterator

from streams.audit.finding import Base, Finding, Mend, Seen
from streams.on_record.next_steps import LEVELS
from streams.rules.review import disputes

LATE = 48 * 3_600_000_000
"""Disputes end within the day; after two days somebody has to be asked. Microseconds."""


class LateReviews:
    """Open reviews older than `LATE`."""

    name = "late_reviews"
    title = "Reviews without a decision after 48 hours"

    def __init__(self, base: Base) -> None:
        self._base = base
        self._found: list[Finding] = []

    def see(self, seen: Seen) -> None:
        for subject in disputes.subjects(f"{seen.kind}:{seen.name}", seen.record):
            review = subject.dispute.review if subject.dispute is not None else None
            if review is None or review.opened > self._base.now - LATE:
                continue
            sender = disputes.active_sender(subject)
            kind, _, name = subject.key.partition(":")
            target = {"account_id" if kind == "account" else kind: name}
            what = f"{subject.key}, {review.requester} against {sender}, is with {LEVELS.get(review.level, 'RevOps')}"
            mend = Mend({"command": "decide_review", **target, "sender": sender, "note": "..."})
            self._found.append(Finding((review.requester, sender), what, review.opened, mend, 1, (subject.key,)))

    def findings(self) -> Iterator[Finding]:
        yield from self._found
