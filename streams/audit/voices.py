"""More than one voice: accounts contacted by several reps, contacts written to first from several mailboxes."""

from __future__ import annotations

from collections.abc import Iterator

from streams.audit.finding import Base, Finding, Mend, Seen
from streams.state import Company, ContactRecord


class SeveralReps:
    """Companies contacted by more than one rep since then."""

    name = "several_reps"
    title = "Accounts contacted by more than one rep"

    def __init__(self, base: Base) -> None:
        self._base = base
        self._found: list[Finding] = []

    def see(self, seen: Seen) -> None:
        company = seen.record
        if not isinstance(company, Company) or len(company.touched) < 2:
            return
        at = {rep: one.at for rep, one in company.touched.items() if one.at >= self._base.since}
        if len(at) < 2:
            return
        let_in = {one.to for one in company.permits} | set(company.collaborators)
        reps = sorted(at, key=lambda rep: (-at[rep], rep))
        known = ", ".join(rep for rep in reps if rep in let_in)
        captain = f", {company.lock.owner} is captain" if company.lock is not None else ", nobody is captain"
        what = f"{len(reps)} reps at {seen.place}{captain}" + (f"; let in: {known}" if known else "")
        target = {"account_id": seen.name} if seen.kind == "account" else {"domain": seen.name}
        mend = Mend({"command": "request_review", **target, "note": "several reps at work"})
        if company.lock is not None and not known:
            mend = Mend({"command": "permit", **target, "to": next(rep for rep in reps if rep != company.lock.owner)})
        self._found.append(Finding(tuple(reps), what, min(at.values()), mend, 1, (f"{seen.kind}:{seen.name}",)))

    def findings(self) -> Iterator[Finding]:
        yield from self._found


class SeveralMailboxes:
    """Contacts that got first e-mails from several mailboxes since then."""

    name = "several_mailboxes"
    title = "Contacts with first e-mails from different mailboxes"

    def __init__(self, base: Base) -> None:
        self._base = base
        self._found: list[Finding] = []

    def see(self, seen: Seen) -> None:
        record = seen.record
        if not isinstance(record, ContactRecord) or len(record.state.openers) < 2:
            return
        openers = record.state.openers
        if max(openers.values()) < self._base.since:
            return
        boxes = sorted(openers, key=lambda box: (openers[box], box))
        lock, sent = record.state.lock, record.state.sent
        reps = tuple(sorted(rep for rep, last in sent.items() if last.mailbox in openers)) or tuple(sorted(sent))
        what = f"{seen.name} got first e-mails from {', '.join(boxes)}"
        others = [rep for rep in reps if lock is None or rep != lock.owner]
        mend = Mend({"command": "request_review", "contact": seen.name, "note": "several first e-mails"})
        if lock is not None and others:
            mend = Mend(text=f"{', '.join(others)} stops; {lock.owner} answers alone")
        elif lock is not None:
            mend = Mend(text=f"{lock.owner} goes on from one mailbox")
        self._found.append(Finding(reps, what, openers[boxes[1]], mend, 1, (f"contact:{seen.name}",)))

    def findings(self) -> Iterator[Finding]:
        yield from self._found
