"""Northwind's day: two reps, one account, and what each decision spared the prospect. Sam of inbound and Priya of outbound do not know
of each other; their tools do not either."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from streams.day.planned import HOUR, MINUTE, Act, Life

ACCOUNT: Final = "nw"
FIRST: Final = ("claim_granted", "first_touch")
_SITE: Final = "northwind-logistics.com"
OPS, VP, CFO, DOCK, INFO = (f"{name}@{_SITE}" for name in ("ops", "vp.ops", "cfo", "dock", "info"))


class Beat(NamedTuple):
    """One event of the story. `told`: (kind, rule) of a decision that it may be answered with -> a line of plain explanation."""

    at: int
    topic: str
    value: dict[str, Any]
    told: dict[tuple[str, str], str]


def _clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * HOUR + int(minutes) * MINUTE


def _mail(at: str, rep: str, contact: str, step: int, told: dict[tuple[str, str], str], thread: str) -> Beat:
    tool, sequence = ("leadtrain", "nw-1") if rep == "sam" else ("outreach", "logistics-7")
    campaign = "Northwind - Ops Leaders - Wave 1" if rep == "sam" else "Logistics leaders"
    value = {"message_id": f"nw-{thread}-{step}", "contact": contact, "rep": rep, "mailbox": f"{rep}@ours.example", "tool": tool}
    more = {"sequence_id": sequence, "campaign": campaign, "step": step, "thread_id": thread}
    return Beat(_clock(at), "email-sent", value | more, told)


def _check(at: str, rep: str, contact: str, stage: str, told: dict[tuple[str, str], str], sequence: str = "logistics-7") -> Beat:
    return Beat(_clock(at), "send-requested", {"contact": contact, "rep": rep, "stage": stage, "sequence_id": sequence}, told)


def _reply(at: str, contact: str, kind: str, thread: str, told: dict[tuple[str, str], str]) -> Beat:
    return Beat(_clock(at), "reply-classified", {"contact": contact, "class": kind, "rep": "sam", "thread_id": thread}, told)


def _command(at: str, verb: str, by: str, told: dict[tuple[str, str], str], **fields: str) -> Beat:
    return Beat(_clock(at), "ownership-commands", {"command": verb, "by": by, **fields}, told)


BEATS: Final = (
    _command(
        "9:40",
        "claim",
        "sam",
        {("claim_granted", "claim"): "Sam claims the CFO before touching; it is his for 48 hours, then anyone's."},
        contact=CFO,
        reason="prospecting",
        note="met at the logistics fair",
    ),
    _mail("10:05", "sam", OPS, 1, {FIRST: "Sam writes first: the contact is his, for three weeks at least."}, "t1"),
    _mail("10:20", "sam", DOCK, 1, {FIRST: "He also tries the dock's address ..."}, "t2"),
    _reply(
        "10:22",
        DOCK,
        "bounce",
        "t2",
        {
            ("ownership_released", "bounce"): "... which does not exist. The bounce gives the lock back by itself,",
            ("contact_suppressed", "bounce"): "and nobody sends to a dead address again.",
        },
    ),
    _mail("10:40", "sam", INFO, 1, {FIRST: "The info desk hears from Sam as well."}, "t3"),
    _reply(
        "11:15",
        INFO,
        "unsubscribe",
        "t3",
        {
            ("ownership_released", "unsubscribe"): "It unsubscribes: Sam's lock ends at once,",
            ("contact_suppressed", "unsubscribe"): "for both teams and every tool, for good.",
        },
    ),
    _check(
        "14:30",
        "priya",
        OPS,
        "import",
        {("send_verdict", "contact_locked"): "Priya's tool imports the same person and is told to stop: one prospect, one voice."},
    ),
    _check(
        "14:31",
        "priya",
        VP,
        "import",
        {("send_verdict", "account_overlap"): "The VP is nobody's yet, but Priya learns that Sam is at work there before she writes."},
    ),
    _check("14:33", "priya", INFO, "import", {("send_verdict", "suppressed"): "Who unsubscribed from Sam is not asked again by Priya."}),
    _mail(
        "14:45",
        "priya",
        OPS,
        1,
        {("overlap_detected", "overlap"): "One mail of Priya's went out all the same: her sequence stops, Sam stays the one voice."},
        "t4",
    ),
    _reply(
        "15:20",
        OPS,
        "interested",
        "t1",
        {
            ("outreach_paused", "manual_reply_replaces_sequence"): "The prospect answers Sam with interest: no robot writes now,",
            ("claim_granted", "live_conversation"): "and with a live conversation Sam is the account's captain.",
        },
    ),
    _command(
        "15:50",
        "permit",
        "sam",
        {("permit_granted", "permit"): "They talk. Sam lets Priya have the VP,"},
        account_id=ACCOUNT,
        to="priya",
        contact=VP,
        note="Priya has the better offer for the VP",
    ),
    _check(
        "15:55",
        "priya",
        VP,
        "launch",
        {
            ("send_verdict", "free"): "so that her launch is allowed,",
            ("claim_granted", "claim"): "and takes the VP for her: two contacts, two reps who know of each other.",
        },
    ),
)


def lives(start: int) -> list[Life]:
    """The story in the day that begins at `start` (microseconds)."""
    facts = {"account_id": ACCOUNT, "name": "Northwind Logistics", "domains": [_SITE], "status": "prospect"}
    told = [Life(f"northwind-{index}", start + beat.at, [Act(0, beat.topic, beat.value)]) for index, beat in enumerate(BEATS)]
    return [Life("northwind", start, [Act(0, "account-updated", facts)]), *told]


def line(decision: dict[str, Any]) -> str | None:
    """What a decision means for Northwind, in plain words; None when it is not of this story."""
    name, _, act = str(decision["event_id"]).rpartition("-")
    head, _, number = name.rpartition("-")
    if head != "northwind" or act != "0" or not number.isdecimal():
        return None
    # Under another policy the story may turn out otherwise: then the decision's own sentence tells it.
    return BEATS[int(number)].told.get((decision["kind"], decision["rule"]), str(decision["reason"]))
