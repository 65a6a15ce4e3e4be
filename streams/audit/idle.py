"""Owners who do nothing with what they hold, and contacts of which nobody could say what comes next."""

from __future__ import annotations

from collections.abc import Iterator

from streams.audit.finding import Base, Finding, Group, Mend, Seen, many
from streams.on_record.next_steps import unanswered
from streams.state import ORDINARY, ContactRecord

DAY = 86_400_000_000
IDLE = (14 * DAY, 30 * DAY)
"""From two weeks without an owner's touch on it is worth asking; after a month nobody waits for an audit. Microseconds."""

UNCLEAR = 7 * DAY
"""A week without touch, sequence, conversation or pause. Microseconds."""

UNANSWERED = 2 * DAY
"""An answer that the prospect has waited for two days."""


class IdleOwners:
    """Ordinary locks whose owner has not touched for `IDLE`, by rep and company."""

    name = "idle_owners"
    title = "Owners idle for 14 to 30 days"

    def __init__(self, base: Base) -> None:
        self._base = base
        self._groups: dict[tuple[str, str], Group] = {}

    def see(self, seen: Seen) -> None:
        quiet = _quiet(seen, self._base.now)
        if quiet is None or not IDLE[0] <= self._base.now - quiet[1] <= IDLE[1]:
            return
        owner, last = quiet
        group = self._groups.setdefault((owner, seen.company or f"contact:{seen.name}"), Group())
        group.add(f"contact:{seen.name}", last)
        group.extra = seen.place

    def findings(self) -> Iterator[Finding]:
        for (owner, company), group in self._groups.items():
            what = f"{many(group.count, 'contact')} at {group.extra} without a touch"
            yield Finding((owner,), what, group.since, _release(owner, company, group), group.count, group.examples())


class UnclearSteps:
    """Held contacts that wait for an answer of ours, or for nothing at all, by rep and company."""

    name = "unclear_next_steps"
    title = "Unclear next steps"

    def __init__(self, base: Base) -> None:
        self._base = base
        self._groups: dict[tuple[str, str, bool], Group] = {}

    def see(self, seen: Seen) -> None:
        record, now = seen.record, self._base.now
        if not isinstance(record, ContactRecord) or record.state.lock is None or record.dispute is not None or record.state.lock.is_team:
            return
        asked = unanswered(record.state)
        waits = bool(asked) and asked <= now - UNANSWERED
        since = asked
        if not waits:
            quiet = _quiet(seen, now)
            busy = record.state.sequence is not None or record.state.positive or record.state.paused_until or record.awaited
            if quiet is None or busy or not UNCLEAR <= now - quiet[1] < IDLE[0]:
                return
            since = quiet[1]
        group = self._groups.setdefault((record.state.lock.owner, seen.company or f"contact:{seen.name}", waits), Group())
        group.add(f"contact:{seen.name}", since)
        group.extra = seen.place

    def findings(self) -> Iterator[Finding]:
        for (owner, company, waits), group in self._groups.items():
            if waits:
                what = f"{many(group.count, 'person wrote', 'people wrote')} at {group.extra} and got no answer"
                first = group.examples()[0].partition(":")[2]
                mend = Mend(text=f"{owner} answers {first if group.count == 1 else 'them'}")
            else:
                what = f"{many(group.count, 'contact')} at {group.extra}: no sequence, no conversation, nothing planned"
                mend = _release(owner, company, group)
            yield Finding((owner,), what, group.since, mend, group.count, group.examples())


def _quiet(seen: Seen, now: int) -> tuple[str, int] | None:
    """(owner, when the owner last touched) of a contact with an ordinary lock."""
    record = seen.record
    lock = record.state.lock if isinstance(record, ContactRecord) else None
    if lock is None or lock.is_team or lock.phase != ORDINARY or not isinstance(record, ContactRecord):
        return None
    sent = record.state.sent.get(lock.owner)
    return lock.owner, sent.at if sent is not None else lock.claimed_at


def _release(owner: str, company: str, group: Group) -> Mend:
    """Give one back, or hand the account's over."""
    if group.count == 1:
        return Mend({"command": "release", "contact": group.examples()[0].partition(":")[2], "note": "idle"})
    if company.startswith("account:"):
        return Mend({"command": "hand_off", "from": owner, "to": "...", "scope": {"account_id": company[8:]}, "note": "idle"})
    return Mend(text=f"{owner} writes, or releases them")
