"""Ownership reviews: opened by whoever asks, escalated by time, settled by who may or by default (rules 17, 18).

A review lies in its target's record and moves on by that record's deadlines. While it is open one rep alone may send; what it comes to
is carried out by `rulings`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schemas.events import OwnershipCommand
from schemas.times import micros
from streams.rules.command import authority
from streams.rules.company import levels
from streams.rules.review import asked, disputes, evidence, rulings
from streams.rules.review.disputes import Subject
from streams.rules.said import Said
from streams.rules.world import World
from streams.state import ContactRecord, Dispute, Review, Ruling

Refusal = tuple[str, str] | None

OVER = {asked.REP_TO_REP: "rep_to_rep", asked.TEAM_LEAD: "team_lead"}
"""Level -> the rule by which its time is over."""


def request(world: World, event: OwnershipCommand, subject: Subject) -> Refusal:
    """Rule 17: put the target under review."""
    dispute = subject.dispute or Dispute()
    if dispute.review is not None:
        asked_already = f"{dispute.review.requester} has asked already; the review is at level {dispute.review.level}"
        return "not_possible", f"{_kind(subject)}: {asked_already}"
    owner = disputes.holder(world, subject, levels.cover(world))
    if not owner:
        where = "" if subject.scope == "" else " or any contact there"
        return "not_possible", f"{_kind(subject)}: nobody holds it{where}, there is nothing to review; claim it"
    who, due = asked.ask(world.directory, world.policy, asked.REP_TO_REP, world.at, owner, event.by)
    review = Review(asked.REP_TO_REP, world.at, due, owner, event.by, event.note or "", list(event.evidence))
    found = _evidence(world, subject, review, owner)
    dispute.review = review
    subject.keep(dispute)
    _tell(world, subject, "review_opened", "request_review", world.at, world.cause, who, found, rep=event.by)
    if isinstance(subject.record, ContactRecord):
        rulings.stop_sequence(world, subject.record, owner, [], "under_review", world.at, world.cause, until=due)
    return None


def tick(world: World, subject: Subject, now: int) -> None:
    """What time has brought to a review, or to what one came to, by `now`. Raises Missing, before it changes anything."""
    dispute = subject.dispute
    if dispute is None:
        return
    review = dispute.review
    if review is not None and review.due <= now:
        if review.level == asked.REVOPS:
            _by_default(world, subject, dispute, review)
        else:
            _escalate(world, subject, review)
    if dispute.ruling is not None:
        rulings.tick(world, subject, dispute.ruling, now)


def _escalate(world: World, subject: Subject, review: Review) -> None:
    start, sender = review.due, disputes.active_sender(subject)
    who, due = asked.ask(world.directory, world.policy, review.level + 1, start, sender, review.requester)
    found = _evidence(world, subject, review, sender)
    rule = OVER[review.level]
    review.level, review.due, review.sender = review.level + 1, due, sender
    _tell(world, subject, "review_escalated", rule, start, f"deadline:review:{subject.key}", who, found)


def _by_default(world: World, subject: Subject, dispute: Dispute, review: Review) -> None:
    """Rule 18: nobody decided. Who had the most recent positive signal sends, else the present owner."""
    owner, at = disputes.active_sender(subject), review.due
    found = _evidence(world, subject, review, owner)
    signal = _signalled(world, subject) if world.policy.escalation.default == "most_recent_positive_signal" else ""
    sender, rule = (signal, "most_recent_positive_signal") if signal else (owner, "owner_keeps")
    ruling = Ruling(at, "", sender, review.requester, at + world.policy.windows.activation)
    ruling.paused = rulings.others(world, subject, review.requester, sender, at)
    ruling.thread = _thread(subject)
    _close(world, subject, dispute, review, ruling, rule, found, f"deadline:review:{subject.key}")


def decide(world: World, event: OwnershipCommand, subject: Subject) -> Refusal:
    """Rule 18: whoever may decides; of two who do at once the second is told what the first decided."""
    dispute = subject.dispute
    if dispute is None or dispute.review is None:
        return "not_possible", _none_open(subject, dispute)
    review, owner, sender = dispute.review, disputes.active_sender(subject), event.sender or ""
    refused = authority.decides(world.directory, event.by, review.level, owner, review.requester, sender)
    if refused is not None:
        return "not_allowed", refused
    lack = _unknown(world, event, subject, review)
    if lack is not None:
        return "not_possible", lack
    recheck = micros(event.recheck_at) if event.recheck_at else 0
    if recheck and recheck <= world.at:
        return "not_possible", "recheck_at: it is past already; name a later date, or none"
    found = _evidence(world, subject, review, owner)
    ruling = Ruling(world.at, event.by, sender, review.requester, recheck or world.at + world.policy.windows.activation)
    ruling.note, ruling.recheck, ruling.paused = event.note or "", recheck, list(dict.fromkeys(event.pause))
    ruling.collaborators, ruling.thread = list(dict.fromkeys(event.collaborators)), event.thread_id or _thread(subject)
    if event.transfer_to and event.transfer_to != sender:
        ruling.hand_to = event.transfer_to
        ruling.hand_at = max(world.at, micros(event.transfer_by)) if event.transfer_by else ruling.until
    along = rulings.unlocked(world, subject, {owner}) if event.transfer_to == sender != owner else []
    _close(world, subject, dispute, review, ruling, "decided", found, world.cause, along)
    return None


def _close(
    world: World,
    subject: Subject,
    dispute: Dispute,
    review: Review,
    ruling: Ruling,
    rule: str,
    found: dict[str, Any],
    cause: str,
    along: Sequence[str] = (),
) -> None:
    held = [rep for rep in ruling.paused if rep not in ruling.collaborators]
    ruling.alarm = ruling.until if held or ruling.recheck else 0
    ruling.owner = disputes.active_sender(subject)
    dispute.review, dispute.ruling = None, ruling
    subject.keep(dispute)
    lock = subject.lock
    team = lock.owner if lock is not None and lock.is_team else ""
    told = dict.fromkeys((ruling.sender, ruling.owner, review.requester, *ruling.paused, *ruling.collaborators))
    fields = {
        "owner": ruling.sender,
        "owner_is_team": ruling.sender == team,
        "rep": ruling.by,
        "by": ruling.by,
        "level": review.level,
        "due_at": 0,
        "active_sender": ruling.sender,
        "paused": ruling.paused,
        "evidence": found,
        "decided_by": ruling.by,
        "recheck_at": ruling.recheck,
        "collaborators": ruling.collaborators,
        "thread_id": ruling.thread,
        "note": ruling.note,
        "until": ruling.until if ruling.alarm else 0,
        "notify": [(rep, rule, rep == team) for rep in told],
    }
    world.out.append(Said("review_decided", rule, ruling.at, cause, subject.key, fields))
    rulings.carry_out(world, subject, ruling, rule, cause)
    rulings.hand_each(world, along, ruling, ruling.sender, rule, cause)


def _tell(
    world: World, subject: Subject, kind: str, rule: str, at: int, cause: str, who: list[str], found: dict[str, Any], rep: str = ""
) -> None:
    """Say that a review begins or goes on, and who is asked now."""
    dispute = subject.dispute
    assert dispute is not None and dispute.review is not None, "it is open"
    review, sender = dispute.review, disputes.active_sender(subject)
    lock, backup = subject.lock, world.account.backup_owner if world.account and review.level == asked.REP_TO_REP else ""
    team = lock.owner if lock is not None and lock.is_team else ""
    fields = {
        "owner": sender,
        "owner_is_team": bool(team),
        "rep": rep or review.requester,
        "level": review.level,
        "due_at": review.due,
        "active_sender": sender,
        "paused": rulings.others(world, subject, review.requester, sender, at),
        "evidence": found,
        "decided_by": "",
        "recheck_at": 0,
        "collaborators": [],
        "thread_id": _thread(subject),
        "note": review.note,
        "until": review.due,
        "notify": [(one, rule, one == team) for one in who] + ([(backup, "backup_owner")] if backup and backup not in who else []),
    }
    world.out.append(Said(kind, rule, at, cause, subject.key, fields))


def _evidence(world: World, subject: Subject, review: Review, owner: str) -> dict[str, Any]:
    reps = [owner, review.requester]
    if isinstance(subject.record, ContactRecord):
        return evidence.of_contact(world, subject.record.state, review.stated, reps)
    return evidence.of_company(world, subject.record, review.stated, reps)


def _signalled(world: World, subject: Subject) -> str:
    """The active rep with the most recent positive signal there; empty for none."""
    heard = subject.record.state.heard if isinstance(subject.record, ContactRecord) else subject.record.heard
    known = world.directory.reps.get(heard.rep) if heard is not None else None
    return known.rep if known is not None and known.active else ""


def _thread(subject: Subject) -> str:
    """The thread of the prospect's newest message: the one to go on in unless somebody names another."""
    return subject.record.state.thread if isinstance(subject.record, ContactRecord) else ""


def _unknown(world: World, event: OwnershipCommand, subject: Subject, review: Review) -> str | None:
    named = [("sender", event.sender or ""), ("transfer_to", event.transfer_to or "")]
    named += [("collaborators", rep) for rep in event.collaborators]
    lack = next((lack for what, rep in named if rep and (lack := authority.known(world.directory, rep, what))), None)
    strangers = [rep for rep in event.pause if rep not in world.directory.reps]
    if lack is None and strangers:
        # A touch counts whether its rep is known or not, so that somebody unknown may be at work there.
        at_work = rulings.others(world, subject, review.requester, "", world.at)
        named = [("pause", rep) for rep in strangers if rep not in at_work and world.directory.nearest_rep(rep)]
        lack = next((lack for what, rep in named if (lack := authority.known(world.directory, rep, what))), None)
    if lack is None and event.sender in event.pause:
        lack = f"pause: {event.sender!r} is to send and cannot pause as well"
    return lack


def _none_open(subject: Subject, dispute: Dispute | None) -> str:
    kind = _kind(subject)
    if dispute is None or dispute.ruling is None:
        return f"{kind}: no review is open; request_review opens one"
    ruling = dispute.ruling
    who = f"{ruling.by} has decided" if ruling.by else "nobody decided in time, so the default applied"
    return f"{kind}: no review is open; {who}: {ruling.sender} sends" + (f" ({ruling.note})" if ruling.note else "")


def _kind(subject: Subject) -> str:
    return {"account": "account_id"}.get(subject.scope, "domain" if subject.scope else "contact")
