"""What a company keeps of each of its contacts: who holds them, and whose live conversation they are in (rules 6, 15, 17)."""

from __future__ import annotations

from typing import NamedTuple

from schemas.policy import Windows
from streams.state import Company, Contact, Conversation


class Standing(NamedTuple):
    """What a company keeps of one contact: its holder, since and until when the holder's live conversation is, and since when the holder
    has it."""

    holder: str
    since: int
    until: int
    gained: int = 0


NOBODY = Standing("", 0, 0)

HELD = 64
"""Held contacts that a company knows by name, those that came last: what a review needs to find who is most at work there, and far above
what one company is usually written to. Bounds the document."""


def standing(state: Contact, windows: Windows) -> Standing:
    """The contact as its company sees it."""
    lock = state.lock
    if lock is None or lock.is_team:
        return NOBODY
    if state.positive and state.talker == lock.owner:
        return Standing(lock.owner, state.talking_since, state.positive + windows.replied_recently, lock.claimed_at)
    return Standing(lock.owner, 0, 0, lock.claimed_at)


def follow(company: Company, contact: str, before: Standing, after: Standing) -> None:
    """Bring the summaries up to what one contact now is."""
    if before.holder != after.holder:
        if before.holder:
            left = company.holders.get(before.holder, 0) - 1
            if left > 0:
                company.holders[before.holder] = left
            else:
                company.holders.pop(before.holder, None)
                _sends_on(company, before.holder, after.holder)
        if after.holder:
            company.holders[after.holder] = company.holders.get(after.holder, 0) + 1
        _index(company, contact, after)
    if after.until:
        company.conversations[contact] = Conversation(after.holder, after.since, after.until)
    else:
        company.conversations.pop(contact, None)


def _sends_on(company: Company, was: str, now: str) -> None:
    """Who alone was to send by a review, and has nothing there any more, is followed by who has it instead (rule 17)."""
    for dispute in company.disputes.values():
        if now and dispute.review is not None and dispute.review.sender == was:
            dispute.review.sender = now


def _index(company: Company, contact: str, after: Standing) -> None:
    company.held.pop(contact, None)
    if after.holder:
        company.held[contact] = after.gained
        if len(company.held) > HELD:
            del company.held[min(company.held, key=lambda one: (company.held[one], one))]
