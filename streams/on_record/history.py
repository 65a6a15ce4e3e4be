"""A target's history as somebody would tell it: one sentence a line, with who had it before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from streams.state import Change

TOLD = {
    "claim_granted": "{owner} got it ({rule})",
    "claim_renewed": "{owner} keeps it ({rule})",
    "ownership_transferred": "it went from {previous} to {owner} ({rule})",
    "ownership_released": "{owner} no longer has it ({rule})",
    "ownership_expired": "{owner} lost it by waiting ({rule})",
    "overlap_detected": "{by} wrote too and stops, {owner} goes on",
    "outreach_paused": "outreach stopped ({rule})",
    "outreach_resumed": "outreach may go on ({rule})",
    "contact_suppressed": "nobody writes there any more ({rule})",
    "suppression_lifted": "people may write there again ({rule})",
    "suppression_violated": "{by} wrote although nobody may",
    "permit_granted": "{owner} let somebody in ({rule})",
    "lead_routed": "a lead went to {owner} ({rule})",
    "lead_disqualified": "a lead was turned away ({rule})",
    "review_opened": "{by} asked for a review of {owner}'s ownership",
    "review_escalated": "the review went on to the next level ({rule})",
    "review_decided": "the review was decided: {owner} sends ({rule})",
}
"""Kind -> sentence. Another kind is told by its name and rule."""

ENDS = frozenset({"ownership_released", "ownership_expired"})
HOLDS = frozenset({"claim_granted", "claim_renewed", "ownership_transferred"})


def words(name: str) -> str:
    """A name of the contract as words: `contact_locked` -> `contact locked`."""
    return name.replace("_", " ")


class Line(NamedTuple):
    """One line of the history. `by`: who said so, where it is somebody else than the sentence names."""

    at: int
    what: str
    by: str
    note: str


def told(history: Iterable[Change]) -> Iterator[Line]:
    """The lines, oldest first."""
    holder = ""
    for one in history:
        text = TOLD.get(one.kind, f"{words(one.kind)} ({{rule}})")
        owner, by = one.owner or "nobody", one.by or "somebody"
        what = text.format(owner=owner, by=by, previous=holder or "somebody", rule=words(one.rule))
        yield Line(one.at, what, one.by if one.by not in ("", one.owner) and "{by}" not in text else "", one.note)
        if one.kind in HOLDS:
            holder = one.owner
        elif one.kind in ENDS:
            holder = ""
