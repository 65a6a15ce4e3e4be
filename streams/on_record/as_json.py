"""Locks and what else is on record, as programs read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from schemas.times import moment
from streams.on_record.view import Held, Known
from streams.state import Lead, Sequence


def stamp(at: int) -> datetime | None:
    """A time in microseconds for JSON; None for 0."""
    return moment(at) if at else None


def row(one: Held) -> dict[str, Any]:
    """A lock as JSON."""
    lock = one.view.lock
    return {
        "target": one.target,
        "status": one.status,
        "owner": {"rep": None if lock.is_team else lock.owner, "team": one.team or None},
        "account": {"id": one.account.account_id, "name": one.account.name} if one.account else None,
        "kind": one.view.kind,
        "phase": one.phase,
        "reason": lock.reason,
        "rule": lock.rule,
        "claimed_at": stamp(lock.claimed_at),
        "until": stamp(one.until),
        "note": lock.note or None,
        "fencing_token": lock.token,
        "sequence": _sequence(one.view.sequence),
        "mailbox": one.view.mailbox or None,
    }


def record(found: Known) -> dict[str, Any]:
    """All that is on record of a target as JSON."""
    return {
        "target": found.target,
        "status": found.status,
        "active_sender": found.sender or None,
        "lock": row(found.held) if found.held else None,
        "backup_owner": found.backup or None,
        "collaborators": found.collaborators,
        "last_outbound": _outbound(found.outbound),
        "next_step": {"at": stamp(found.step.at), "what": found.step.what} if found.step else None,
        "account": {"id": found.account.account_id, "name": found.account.name} if found.account else None,
        "lead": _lead(found.lead) if found.lead else None,
        "suppressed": [
            {"scope": one.scope, "flag": one.flag, "since": stamp(one.since), "until": stamp(one.until)} for one in found.suppressed
        ],
        "paused_until": stamp(found.paused_until),
        "sequence": _sequence(found.sequence),
        "mailbox": found.mailbox or None,
        "sent": [{"rep": rep, "at": stamp(sent.at), "kind": sent.kind} for rep, sent in sorted(found.sent.items())],
        "permits": [
            {"to": one.to, "by": one.by, "at": stamp(one.at), "contact": one.contact or None, "note": one.note or None}
            for one in found.permits
        ],
        "history": [
            {
                "at": stamp(one.at),
                "kind": one.kind,
                "rule": one.rule,
                "event_id": one.event,
                "owner": one.owner or None,
                "by": one.by or None,
                "note": one.note or None,
            }
            for one in found.history
        ],
    }


def _lead(lead: Lead) -> dict[str, Any]:
    return {
        "status": lead.status or "in_circulation",
        "contact": lead.contact or None,
        "company": lead.company or None,
        "product": lead.enquiry.product or None,
        "routed_to": lead.owner or None,
        "rule": lead.rule or None,
        "priority": lead.priority or None,
        "respond_by": stamp(lead.respond_by),
        "waits": bool(lead.waits),
        "original_lead_id": lead.original or None,
        "merged": lead.merged,
        "candidates": [{"lead_id": one.lead_id, "same": one.same, "product_differs": one.product_differs} for one in lead.suspects],
    }


def _outbound(last: tuple[int, str, str] | None) -> dict[str, Any] | None:
    return {"at": stamp(last[0]), "rep": last[1], "kind": last[2]} if last else None


def _sequence(running: Sequence | None) -> dict[str, Any] | None:
    if running is None:
        return None
    return {"id": running.id, "rep": running.rep, "tool": running.tool or None, "campaign": running.campaign or None}
