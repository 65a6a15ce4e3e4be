"""Matters that wait for somebody: ownership reviews, possible duplicates, matches to confirm, missed response times.

A decision that asks something of somebody opens a matter, the decision that answers it closes it. Open matters are kept beside the
directory, written by the same commit as the decision, so whoever shows what waits for whom reads a replica and never scans records. It
costs a look into a table for each decision, and a change log entry for each matter opened or closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

from streams.directory.directory import Directory
from streams.rules.said import Said
from streams.tables.contract import Fact

OPENS: Final = {
    "review_opened": "review",
    "review_escalated": "review",
    "duplicate_suspected": "duplicate",
    "match_confirmation_needed": "match",
    "sla_missed": "sla",
}
"""Kind of decision -> what it opens, or tells anew."""

CLOSES: Final = {
    "review_decided": ("review",),
    "duplicate_merged": ("duplicate", "match", "sla"),
    "duplicate_separated": ("duplicate",),
    "lead_disqualified": ("match", "sla"),
}
"""Kind of decision -> what it closes."""

ABOUT_LEADS: Final = frozenset({"duplicate", "match", "sla"})


class OfLead(Protocol):
    """What a decision is about."""

    @property
    def lead_id(self) -> str:
        """The lead; empty for none."""
        ...


class Matters:
    """Of one batch: what it has opened and closed so far, on top of what the directory's replica knows."""

    def __init__(self, directory: Directory) -> None:
        self._known = directory.matters
        self._now: dict[str, bool] = {}

    def told(self, said: Said, about: OfLead, decision: bytes) -> Iterator[Fact]:
        """The facts that a decision, as it is published, makes of the matters."""
        opens = OPENS.get(said.kind)
        if opens is not None:
            key = key_of(opens, said.target, about.lead_id)
            self._now[key] = True
            yield Fact("matter", key, decision)
        for what in CLOSES.get(said.kind, ()):
            yield from self._close(key_of(what, said.target, about.lead_id))

    def closed(self, keys: list[str]) -> Iterator[Fact]:
        """The facts that close these matters, as far as they are open: answers that no decision tells of."""
        for key in keys:
            yield from self._close(key)

    def _close(self, key: str) -> Iterator[Fact]:
        if self._now.get(key, key in self._known):
            self._now[key] = False
            yield Fact("matter", key, b"")


def key_of(what: str, target: str, lead_id: str) -> str:
    """`review:account:nw`, `duplicate:lead:L-1`: what waits, and the key of what it is about."""
    return f"{what}:lead:{lead_id}" if what in ABOUT_LEADS and lead_id else f"{what}:{target}"
