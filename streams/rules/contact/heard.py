"""What came back from prospects, noted as it comes: replies, meetings, positive and intent signals (rules 17, 18).

A contact keeps it in its fold, its company keeps the newest of all its contacts. Mail costs nothing here.
"""

from __future__ import annotations

from streams.state import Company, Contact, Entry, Heard

MEETINGS = frozenset({"meeting", "meeting_note"})
POSITIVE = frozenset({"interested", "replied", "meeting_booked"})
INTENTS = frozenset({"demo_request", "pricing_page", "contact_form"})
SILENT = frozenset({"bounce", "unsubscribe", "complaint"})
"""Classes of replies that nobody wrote, or that are no answer (as `Contact.replies` counts)."""


def of(kept: Contact | Company) -> Heard:
    """What came back, to be added to."""
    if kept.heard is None:
        kept.heard = Heard()
    return kept.heard


def signal(heard: Heard, at: int, rep: str, kind: str) -> None:
    """A positive signal to one of our reps; the newest stands, of equal ones the greater name: the order of arrival does not matter."""
    if rep and (at, rep) > (heard.at, heard.rep):
        heard.at, heard.rep, heard.kind = at, rep, kind


def intent(heard: Heard, at: int, kind: str) -> None:
    """An intent signal: to nobody in particular."""
    heard.intents[kind] = max(heard.intents.get(kind, 0), at)


def met(heard: Heard, at: int, rep: str, kind: str) -> None:
    """A meeting, or a note of one."""
    heard.meetings += 1
    signal(heard, at, rep, kind)


def answered(heard: Heard, at: int, rep: str, kind: str) -> None:
    """A reply to a message of `rep`."""
    heard.replied = max(heard.replied, at)
    if kind in POSITIVE:
        signal(heard, at, rep, kind)


def gather(company: Company, state: Contact, entry: Entry) -> None:
    """Let the company know what one of its contacts has just been heard of."""
    told = state.heard
    if told is None:
        return
    heard, at = of(company), entry.occurred
    if entry.kind == "reply" and entry.what not in SILENT:
        heard.replies += 1
        heard.replied = max(heard.replied, at)
    elif entry.what in MEETINGS:
        heard.meetings += 1
    elif entry.kind == "signal":
        intent(heard, at, entry.what)
    signal(heard, told.at, told.rep, told.kind)


def logged(company: Company, kind: str, rep: str, at: int) -> None:
    """Something that was logged on the company rather than on a person there."""
    if kind in MEETINGS:
        met(of(company), at, rep, kind)
    elif kind in INTENTS:
        intent(of(company), at, kind)


def join(company: Company, other: Company) -> None:
    """Take over what was heard from a company that is one with this."""
    told = other.heard
    if told is None:
        return
    heard = of(company)
    heard.replies, heard.meetings = heard.replies + told.replies, heard.meetings + told.meetings
    heard.replied = max(heard.replied, told.replied)
    signal(heard, told.at, told.rep, told.kind)
    for kind, at in told.intents.items():
        intent(heard, at, kind)
