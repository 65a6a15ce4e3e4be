"""Who is at work at a company: each rep's newest touches there, kept for 30 days (rules 3, 6, 15)."""

from __future__ import annotations

from streams.rules.contact.locks import DERIVED
from streams.state import ORDINARY, Company, Lock, Touched
from streams.state.brief import MAIL

LATELY = 30 * 86_400_000_000
"""Rule 15, `account_overlap`: another rep touched another contact there in 30 days. Microseconds."""


def touched(company: Company, rep: str, contact: str, domain: str, at: int, kind: str = "") -> None:
    """A rep's touch at the company: remembered for 30 days, and the sign of life that a captain's claim waits for (rules 3, 6). `kind`:
    empty for an e-mail."""
    known = company.touched.get(rep)
    if known is None:
        company.touched[rep] = Touched(at, contact, kind=kind)
        stale = [name for name, one in company.touched.items() if one.at < at - LATELY]
        for name in stale:
            del company.touched[name]
    elif contact == known.contact:
        if (at, kind) > (known.at, known.kind):
            known.at, known.kind = at, kind
    elif (at, contact) > (known.at, known.contact):
        known.other_at, known.other, known.other_kind = known.at, known.contact, known.kind
        known.at, known.contact, known.kind = at, contact, kind
    elif (at, contact) > (known.other_at, known.other):
        known.other_at, known.other, known.other_kind = at, contact, kind
    if company.lock is not None or company.domains:
        active(company.lock, rep, at, company.via)
        active(company.domains.get(domain), rep, at)


def kind_of(touch: str) -> str:
    """A touch's kind as it is kept: nearly all are e-mails."""
    return "" if touch == MAIL else touch


def acts(one: Touched) -> list[tuple[int, str, str]]:
    """(when, to whom, kind) of what is known of a rep's touches, the newest last."""
    found = [(one.other_at, one.other, one.other_kind), (one.at, one.contact, one.kind)]
    return [act for act in found if act[0]]


def active(lock: Lock | None, rep: str, at: int, via: str = "") -> None:
    """The holder's activity there keeps an account's or a domain's claim alive. What happened before a claim does not activate it, unless
    it came along with a contact (`via`), which is the holder's from the earlier touch on."""
    if lock is not None and lock.owner == rep and lock.reason not in DERIVED and (via or lock.phase == ORDINARY or at >= lock.claimed_at):
        lock.phase, lock.last = ORDINARY, max(lock.last, at)


def latest(company: Company) -> tuple[int, str, str] | None:
    """(when, rep, kind) of the newest outbound there."""
    found = ((one.at, rep, one.kind or MAIL) for rep, one in company.touched.items())
    return max(found, default=None)


def another(company: Company, rep: str, now: int, contact: str) -> tuple[int, str] | None:
    """(when, who): the newest touch of another rep there, to a contact other than `contact`, in the last 30 days."""
    newest: tuple[int, str] | None = None
    for other, one in company.touched.items():
        if other == rep:
            continue
        at = one.at if one.contact != contact else one.other_at
        if at > now - LATELY and (newest is None or (at, other) > newest):
            newest = at, other
    return newest
