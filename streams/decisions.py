"""From what the rules say to the records that others consume: `routing-decisions` and `lock-changes` (see `schemas.decisions`,
`schemas.locks`).

Records are rendered by hand rather than through the pydantic models, which cost ten times as much; the tests hold every record that
they see against the models.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import orjson

from schemas.times import rfc3339
from streams.directory.directory import Account, Directory
from streams.known import Known
from streams.outbox import Outgoing
from streams.rules.reasons import sentence
from streams.rules.said import LockView, Said

DECISIONS, LOCKS = "routing-decisions", "lock-changes"

VERBATIM = frozenset({"command_refused", "account_created", "duplicate_suspected", "duplicate_merged", "duplicate_separated"})
"""Kinds whose `what` has ids or a sentence of its own, not the name of a class, flag or reason."""


def moment(micros: int) -> str | None:
    """Microseconds as `schemas.times.rfc3339` writes them; None for 0, which means never."""
    if not micros:
        return None
    second, fraction = divmod(micros, 1_000_000)
    return f"{_seconds[second]}.{fraction:06}Z" if fraction else f"{_seconds[second]}Z"


_seconds = Known[int, str](lambda second: rfc3339(second * 1_000_000)[:19], 10_000)
"""A batch's times are of few seconds."""


def decision_id(said: Said, topic: str, arrived: str) -> str:
    """The same for every redelivery: 32 hex digits of what was decided, about what, because of what. `arrived`: the event that had it
    decided, another than its cause where a late event makes an older one mean something new."""
    rep = said.fields.get("rep") or said.fields.get("owner") or said.fields.get("previous") or ""
    when: object = topic if said.cause == arrived else f"{topic}\0{arrived}"
    if said.cause.startswith("deadline:"):
        when = said.at
    facts = f"{when}\0{said.cause}\0{said.kind}\0{said.rule}\0{said.target}\0{said.fields.get('flag', '')}\0{rep}"
    return blake2b(facts.encode(), digest_size=16).hexdigest()


class Renderer:
    """Renders decisions of one policy, with the teams that the directory knows."""

    def __init__(self, policy_hash: str, directory: Directory) -> None:
        self._policy, self._directory = policy_hash, directory
        self._granted = Known[tuple[str, str], str](_first_touch, 10_000)

    def decision(
        self, said: Said, topic: str, arrived: str, account: Account | None, address: str, lead_id: str, sequence: int
    ) -> Outgoing:
        """One `routing-decisions` record, keyed by the account's or else the contact's key. `topic`, `arrived`: of the event that is being
        decided, and its id."""
        fields = said.fields
        shown: LockView | None = fields.get("lock")
        owner = fields.get("owner") or ""
        until = moment(fields.get("until") or 0)
        record: dict[str, Any] = {
            "decision_id": decision_id(said, topic, arrived),
            "kind": said.kind,
            "decided_at": moment(said.at),
            "event_id": said.cause,
            "policy": self._policy,
            "rule": said.rule,
            "reason": self._sentence(said, owner, until),
            "account": {"id": account.account_id, "name": account.name} if account else None,
            "contact": address or None,
            "lead_id": lead_id or None,
            "owner": self.owner(owner, bool(fields.get("owner_is_team"))),
            "until": until,
            "fencing_token": shown.lock.token if shown is not None and owner else None,
            "sequence": sequence,
            "notify": [self._told(*told) for told in fields.get("notify", ())],
        }
        extra = KINDS[said.kind](self, fields)
        record.update(extra)
        key = f"account:{account.account_id}" if account else f"contact:{address}" if address else said.target
        return Outgoing(DECISIONS, key.encode(), orjson.dumps(record))

    def lock_change(self, key: str, shown: LockView | None, status: str, account: Account | None, at: int, sender: str = "") -> Outgoing:
        """The lock under `key` as it now stands, or a tombstone when it is gone and nothing else is to be kept of it. `sender`: who alone
        may send while it is under review."""
        if shown is None and not sender:
            return Outgoing(LOCKS, key.encode(), None)
        if shown is None:
            of = {"id": account.account_id, "name": account.name} if account else None
            unheld = {"key": key, "kind": key[: key.index(":")], "status": "under_review", "owner": None, "account": of}
            return Outgoing(LOCKS, key.encode(), orjson.dumps({**unheld, "changed_at": moment(at), "active_sender": sender}))
        lock = shown.lock
        record = {
            "key": key,
            "status": "under_review" if sender else status,
            "owner": self.owner(lock.owner, lock.is_team),
            "account": {"id": account.account_id, "name": account.name} if account else None,
            **self.lock(shown),
            "kind": shown.kind,
            "fencing_token": lock.token,
            "changed_at": moment(at),
            "active_sender": sender or None,
        }
        return Outgoing(LOCKS, key.encode(), orjson.dumps(record))

    def granted(self, said: Said, topic: str, account: Account | None, address: str, sequence: int) -> tuple[Outgoing, Outgoing]:
        """As `decision` and `lock_change`, both at once, for a contact that its first event took."""
        shown: LockView = said.fields["lock"]
        lock, at, until = shown.lock, moment(said.at), moment(shown.until) or ""
        of = {"id": account.account_id, "name": account.name} if account else None
        owner, held = self.owner(lock.owner), self.lock(shown)
        decision: dict[str, Any] = {
            "decision_id": decision_id(said, topic, said.cause),
            "kind": said.kind,
            "decided_at": at,
            "event_id": said.cause,
            "policy": self._policy,
            "rule": said.rule,
            "reason": self._granted[lock.owner, until[:16]],
            "account": of,
            "contact": address,
            "lead_id": None,
            "owner": owner,
            "until": until,
            "fencing_token": lock.token,
            "sequence": sequence,
            "notify": [],
            "lock": held,
        }
        change = {
            "key": said.target,
            "status": "locked",
            "owner": owner,
            "account": of,
            **held,
            "fencing_token": lock.token,
            "changed_at": at,
            "active_sender": None,
        }
        key = f"account:{account.account_id}" if account else said.target
        return Outgoing(DECISIONS, key.encode(), orjson.dumps(decision)), Outgoing(LOCKS, said.target.encode(), orjson.dumps(change))

    def owner(self, name: str, is_team: bool = False) -> dict[str, str | None] | None:
        """`{rep, team}` of a holder; None for nobody."""
        if not name:
            return None
        return {"rep": None, "team": name} if is_team else {"rep": name, "team": self._directory.team(name) or None}

    def lock(self, shown: LockView | None) -> dict[str, Any]:
        """A lock as decisions carry it."""
        assert shown is not None, "a decision about a lock shows it"
        lock, running = shown.lock, shown.sequence
        return {
            # A lead without an address is a contact whose address is not known yet; only `lock-changes` tells them apart, by key.
            "kind": "contact" if shown.kind == "lead" else shown.kind,
            "reason": lock.reason,
            "claimed_at": moment(lock.claimed_at),
            "expires_at": moment(shown.until),
            "note": lock.note or None,
            "tool": running.tool or None if running else None,
            "sequence_id": running.id if running else None,
            "campaign": running.campaign or None if running else None,
            "mailbox": shown.mailbox or None,
        }

    def _told(self, name: str, why: str, is_team: bool = False) -> dict[str, str]:
        return {"team" if is_team else "rep": name, "why": why}

    def _sentence(self, said: Said, owner: str, until: str | None) -> str:
        fields = said.fields
        facts = {name: str(value) for name in ("previous", "rep", "note") if (value := fields.get(name))}
        if owner:
            facts["owner"] = owner
        if until is not None:
            facts["until"] = _minute_of(until)
        if fields.get("what"):
            facts["what"] = str(fields["what"]) if said.kind in VERBATIM else str(fields["what"]).replace("_", " ")
        text = sentence(said.rule, **facts)
        if fields.get("trail"):
            text = f"{text.removesuffix('.')}{fields['trail']}."
        if fields.get("suppressed"):
            text += f" Outreach stays suppressed ({fields['suppressed'].replace('_', ' ')}): answer what they asked, nothing more."
        return text


def _minute_of(until: str) -> str:
    return f"{until[:10]} {until[11:16]} UTC"


def _first_touch(case: tuple[str, str]) -> str:
    owner, until = case
    return sentence("first_touch", owner=owner, until=_minute_of(until))


def _outbound(fields: dict[str, Any]) -> dict[str, Any] | None:
    last = fields.get("last_outbound")
    return {"at": moment(last[0]), "rep": last[1], "kind": last[2]} if last else None


def _sequences(pairs: list[tuple[str, str]]) -> list[dict[str, str | None]]:
    return [{"rep": rep, "sequence_id": sequence or None} for rep, sequence in pairs]


def _granted(render: Renderer, fields: dict[str, Any]) -> dict[str, Any]:
    return {"lock": render.lock(fields["lock"])}


def _denied(render: Renderer, fields: dict[str, Any]) -> dict[str, Any]:
    holder = render.owner(fields.get("held_by") or "", bool(fields.get("held_by_is_team")))
    return {"lock": render.lock(fields["lock"]) if fields.get("lock") else None, "held_by": holder}


def _verdict(render: Renderer, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "verdict": fields["verdict"],
        "stage": fields["stage"],
        "held_by": render.owner(fields["held_by"], fields["held_by_is_team"]),
        "held_because": fields["held_because"],
        "held_until": moment(fields["held_until"]),
        "similar": fields["similar"],
    }


def _overlap(render: Renderer, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "pause": _sequences(fields["pause"]),
        "reply_in_thread": fields["reply_in_thread"],
        "apology": fields["apology"],
        "restart": moment(fields["restart"]),
    }


def _paused(render: Renderer, fields: dict[str, Any]) -> dict[str, Any]:
    return {"pause": _sequences(fields["pause"]), "resume_at": moment(fields["resume_at"] or 0)}


def _resumed(render: Renderer, fields: dict[str, Any]) -> dict[str, Any]:
    return {"resume": _sequences(fields["resume"]), "resume_at": None}


def _ended(render: Renderer, fields: dict[str, Any]) -> dict[str, Any]:
    previous = render.owner(fields["previous"], bool(fields.get("previous_is_team")))
    return {"lock": render.lock(fields["lock"]), "previous_owner": previous, "last_outbound": _outbound(fields)}


def _flag(render: Renderer, fields: dict[str, Any]) -> dict[str, Any]:
    return {"flag": fields["flag"], "scope": fields["scope"]}


def _violated(render: Renderer, fields: dict[str, Any]) -> dict[str, Any]:
    return {"flag": fields["flag"], "suppressed_at": moment(fields["suppressed_at"])}


def _permit(render: Renderer, fields: dict[str, Any]) -> dict[str, Any]:
    return {"to": fields["to"], "approved_by": fields["approved_by"]}


def _refused(render: Renderer, fields: dict[str, Any]) -> dict[str, Any]:
    return {"command": fields["command"]}


def _routed(render: Renderer, fields: dict[str, Any]) -> dict[str, Any]:
    lock = render.lock(fields["lock"]) if fields["lock"] else None
    return {
        "lock": lock,
        "match": fields["match"],
        "priority": fields["priority"],
        "respond_by": moment(fields["respond_by"]),
        "copied": fields["copied"],
        "similar_leads": fields["similar_leads"],
    }


def _made(render: Renderer, fields: dict[str, Any]) -> dict[str, Any]:
    return {"leads": fields["leads"], "domain": fields["domain"]}


def _suspected(render: Renderer, fields: dict[str, Any]) -> dict[str, Any]:
    return {"candidates": fields["candidates"], "respond_by": moment(fields["respond_by"])}


def _verified(render: Renderer, fields: dict[str, Any]) -> dict[str, Any]:
    return {"original_lead_id": fields["original_lead_id"]}


def _late(render: Renderer, fields: dict[str, Any]) -> dict[str, Any]:
    return {"respond_by": moment(fields["respond_by"])}


def _busy(render: Renderer, fields: dict[str, Any]) -> dict[str, Any]:
    return {"leads_today": fields["leads_today"]}


def _asked(render: Renderer, fields: dict[str, Any]) -> dict[str, Any]:
    return {"candidates": fields["candidates"]}


def _nothing(render: Renderer, fields: dict[str, Any]) -> dict[str, Any]:
    return {}


def _review(render: Renderer, fields: dict[str, Any]) -> dict[str, Any]:
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


KINDS: dict[str, Callable[[Renderer, dict[str, Any]], dict[str, Any]]] = {
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
"""What each kind carries beside the common fields."""
