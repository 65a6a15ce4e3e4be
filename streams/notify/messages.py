"""From a decision to the messages that it is worth: one for each person and matter, when it may be sent. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from schemas.policy import Policy
from streams.directory.directory import Directory
from streams.matters import CLOSES, OPENS, key_of
from streams.rules.review.asked import hours_of


class Message(msgspec.Struct):
    """`matter`: what it is about; a newer message of the same matter to the same person takes the place of one that still waits. `to`: a
    rep, or empty where it is for the whole `team`. `tries`: how often sending it has failed. `first`: when it was first due,
    microseconds."""

    matter: str
    decision_id: str
    kind: str
    rule: str
    why: str
    text: str
    about: str
    decided_at: str
    to: str = ""
    email: str = ""
    team: str = ""
    hot: bool = False
    tries: int = 0
    first: int = 0

    @property
    def name(self) -> str:
        """Of one matter and person there is one message at a time."""
        return f"{self.matter}|{self.to or 'team ' + self.team}"


HOT: Final = frozenset({"sla_missed"})
"""Kinds that do not wait for the morning beside leads of priority hot: somebody waits for an answer already."""


def messages(decision: Mapping[str, Any], directory: Directory) -> Iterator[Message]:
    """The messages of one decision."""
    about = decision["contact"] or (decision["account"] or {}).get("name") or decision["lead_id"] or ""
    hot = decision.get("priority") == "hot" or decision["kind"] in HOT
    for told in {(one.get("rep"), one.get("team")): one for one in decision["notify"]}.values():
        rep = told.get("rep") or ""
        known = directory.reps.get(rep)
        yield Message(
            matter_of(decision),
            decision["decision_id"],
            decision["kind"],
            decision["rule"],
            told.get("why") or "",
            decision["reason"],
            about,
            decision["decided_at"],
            rep,
            known.email if known else "",
            told.get("team") or (known.team if known else ""),
            hot,
        )


def matter_of(decision: Mapping[str, Any]) -> str:
    """What a decision is about: a review is one matter from its opening to its decision; anything else is its own."""
    kind, lead = decision["kind"], decision["lead_id"] or ""
    what = OPENS.get(kind) or next(iter(CLOSES.get(kind, ())), "")
    account = decision["account"]
    target = f"contact:{decision['contact']}" if decision["contact"] else f"account:{account['id']}" if account else ""
    if not what or not (target or lead):
        return f"decision:{decision['decision_id']}"
    return key_of(what, target, lead)


def due(message: Message, directory: Directory, policy: Policy, quiet: bool, now: int) -> int:
    """When the message may be sent: now, or with `quiet` at the next business time of whoever is told, unless it is hot."""
    hours = hours_of(directory, policy, message.to)
    if message.hot or not quiet or hours.is_open(now):
        return now
    return hours.after(now, 1)
