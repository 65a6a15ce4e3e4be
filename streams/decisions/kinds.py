"""What each kind of decision carries beside the common fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from streams.decisions.times import moment
from streams.rules.said import LockView


class Holders(Protocol):
    """Renders who holds something, and how."""

    def owner(self, name: str, is_team: bool = False) -> dict[str, str | None] | None:
        """`{rep, team}`; None for nobody."""
        ...

    def lock(self, shown: LockView | None) -> dict[str, Any]:
        """A lock as decisions carry it."""
        ...


def _outbound(fields: dict[str, Any]) -> dict[str, Any] | None:
    last = fields.get("last_outbound")
    return {"at": moment(last[0]), "rep": last[1], "kind": last[2]} if last else None


def _sequences(pairs: list[tuple[str, str]]) -> list[dict[str, str | None]]:
    return [{"rep": rep, "sequence_id": sequence or None} for rep, sequence in pairs]


def _granted(render: Holders, fields: dict[str, Any]) -> dict[str, Any]:
    return {"lock": render.lock(fields["lock"])}


def _denied(render: Holders, fields: dict[str, Any]) -> dict[str, Any]:
    holder = render.owner(fields.get("held_by") or "", bool(fields.get("held_by_is_team")))
    return {"lock": render.lock(fields["lock"]) if fields.get("lock") else None, "held_by": holder}


def _verdict(render: Holders, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "verdict": fields["verdict"],
        "stage": fields["stage"],
        "held_by": render.owner(fields["held_by"], fields["held_by_is_team"]),
        "held_because": fields["held_because"],
        "held_until": moment(fields["held_until"]),
        "similar": fields["similar"],
    }


def _overlap(render: Holders, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "pause": _sequences(fields["pause"]),
        "reply_in_thread": fields["reply_in_thread"],
        "apology": fields["apology"],
        "restart": moment(fields["restart"]),
    }


def _paused(render: Holders, fields: dict[str, Any]) -> dict[str, Any]:
    return {"pause": _sequences(fields["pause"]), "resume_at": moment(fields["resume_at"] or 0)}


def _resumed(render: Holders, fields: dict[str, Any]) -> dict[str, Any]:
    return {"resume": _sequences(fields["resume"]), "resume_at": None}


def _ended(render: Holders, fields: dict[str, Any]) -> dict[str, Any]:
    previous = render.owner(fields["previous"], bool(fields.get("previous_is_team")))
    return {"lock": render.lock(fields["lock"]), "previous_owner": previous, "last_outbound": _outbound(fields)}


def _flag(render: Holders, fields: dict[str, Any]) -> dict[str, Any]:
    return {"flag": fields["flag"], "scope": fields["scope"]}


def _violated(render: Holders, fields: dict[str, Any]) -> dict[str, Any]:
    return {"flag": fields["flag"], "suppressed_at": moment(fields["suppressed_at"])}


def _permit(render: Holders, fields: dict[str, Any]) -> dict[str, Any]:
    return {"to": fields["to"], "approved_by": fields["approved_by"]}


def _refused(render: Holders, fields: dict[str, Any]) -> dict[str, Any]:
    return {"command": fields["command"]}


def _routed(render: Holders, fields: dict[str, Any]) -> dict[str, Any]:
    lock = render.lock(fields["lock"]) if fields["lock"] else None
    return {
        "lock": lock,
        "match": fields["match"],
        "priority": fields["priority"],
        "respond_by": moment(fields["respond_by"]),
        "copied": fields["copied"],
        "similar_leads": fields["similar_leads"],
    }


def _made(render: Holders, fields: dict[str, Any]) -> dict[str, Any]:
    return {"leads": fields["leads"], "domain": fields["domain"]}


def _suspected(render: Holders, fields: dict[str, Any]) -> dict[str, Any]:
    return {"candidates": fields["candidates"], "respond_by": moment(fields["respond_by"])}


def _verified(render: Holders, fields: dict[str, Any]) -> dict[str, Any]:
    return {"original_lead_id": fields["original_lead_id"]}


def _late(render: Holders, fields: dict[str, Any]) -> dict[str, Any]:
    return {"respond_by": moment(fields["respond_by"])}


def _busy(render: Holders, fields: dict[str, Any]) -> dict[str, Any]:
    return {"leads_today": fields["leads_today"]}


def _asked(render: Holders, fields: dict[str, Any]) -> dict[str, Any]:
    return {"candidates": fields["candidates"]}


def _nothing(render: Holders, fields: dict[str, Any]) -> dict[str, Any]:
    return {}


def _review(render: Holders, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "level": fields["level"],
        "due_at": moment(fields["due_at"]),
        "active_sender": fields["active_sender"] or None,
        "paused": fields["paused"],
        "evidence": _evidence(fields["evidence"]),
        "decided_by": fields["decided_by"] or None,
        "recheck_at": moment(fields["recheck_at"]),
        "collaborators": fields["collaborators"],
        "thread_id": fields["thread_id"] or None,
        "note": fields["note"] or None,
    }


def _evidence(found: dict[str, Any]) -> dict[str, Any]:
    signal = found["signal"]
    return {
        "last_outbound": _outbound(found),
        "last_positive_signal": _signal(signal) if signal else None,
        "replies": found["replies"],
        "meetings": found["meetings"],
        "intent_signals": [_signal(one) for one in found["intents"]],
        "stated": found["stated"],
        "account": found["account"],
        "reps": found["reps"],
    }


def _signal(signal: tuple[int, str, str]) -> dict[str, Any]:
    return {"at": moment(signal[0]), "rep": signal[1] or None, "kind": signal[2]}


KINDS: dict[str, Callable[[Holders, dict[str, Any]], dict[str, Any]]] = {
    "claim_granted": _granted,
    "claim_renewed": _granted,
    "claim_denied": _denied,
    "send_verdict": _verdict,
    "overlap_detected": _overlap,
    "outreach_paused": _paused,
    "outreach_resumed": _resumed,
    "ownership_released": _ended,
    "ownership_expired": _ended,
    "ownership_transferred": _ended,
    "contact_suppressed": _flag,
    "suppression_lifted": _flag,
    "suppression_violated": _violated,
    "permit_granted": _permit,
    "command_refused": _refused,
    "review_opened": _review,
    "review_escalated": _review,
    "review_decided": _review,
    "lead_routed": _routed,
    "lead_disqualified": _nothing,
    "match_confirmation_needed": _asked,
    "account_created": _made,
    "duplicate_suspected": _suspected,
    "duplicate_merged": _verified,
    "duplicate_separated": _verified,
    "sla_missed": _late,
    "high_activity": _busy,
}
"""Kind -> its fields."""
