"""The weekly audit: eight questions asked of what is on record. Pure: records and a time in, findings out.

A question is a class beside this file that sees every record once; it is asked when it stands in `CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from streams.audit.finding import Base, Check, Finding, Seen
from streams.audit.idle import IdleOwners, UnclearSteps
from streams.audit.opt_outs import OptOuts
from streams.audit.reviews import LateReviews
from streams.audit.sequences import Suppressed, WrongSequences
from streams.audit.voices import SeveralMailboxes, SeveralReps
from streams.state import Company, ContactRecord, Record

CHECKS: tuple[Callable[[Base], Check], ...] = (
    SeveralReps,
    SeveralMailboxes,
    LateReviews,
    OptOuts,
    WrongSequences,
    Suppressed,
    IdleOwners,
    UnclearSteps,
)
"""In the order in which a report tells them."""


class Section(NamedTuple):
    """One question and what it found, the most and the oldest first."""

    name: str
    title: str
    findings: list[Finding]


class Report(NamedTuple):
    """`looked_at`: how many records. Times in microseconds."""

    now: int
    since: int
    looked_at: int
    sections: list[Section]


def audit(records: Iterable[tuple[str, Record]], base: Base) -> Report:
    """Ask every question of the records, which are given as (key, record)."""
    checks, looked_at = [make(base) for make in CHECKS], 0
    for key, record in records:
        looked_at += 1
        if isinstance(record, ContactRecord | Company):
            seen = _seen(key, record, base)
            for check in checks:
                check.see(seen)
    sections = [Section(check.name, check.title, sorted(check.findings(), key=_weight)) for check in checks]
    return Report(base.now, base.since, looked_at, sections)


def _seen(key: str, record: Record, base: Base) -> Seen:
    kind, _, name = key.partition(":")
    if kind == "contact":
        return Seen(kind, name, record, *base.directory.company(name))
    return Seen(kind, name, record, key, base.directory.accounts.get(name) if kind == "account" else None)


def _weight(one: Finding) -> tuple[int, int, tuple[str, ...], str]:
    return -one.number, one.since, one.who, one.what
