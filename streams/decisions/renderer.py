"""Rendering what is said as the bytes that are published.

Records are rendered by hand rather than through the pydantic models, which cost ten times as much; the tests hold every record that
they see against the models.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import orjson

from streams.decisions.kinds import KINDS
from streams.decisions.times import moment
from streams.directory.directory import Account, Directory
from streams.known import Known
from streams.outbox import Outgoing
from streams.rules.reasons import sentence
from streams.rules.said import LockView, Said

DECISIONS, LOCKS = "routing-decisions", "lock-changes"

VERBATIM = frozenset(
    {"account_created", "command_refused", "duplicate_merged", "duplicate_separated", "duplicate_suspected", "permit_granted"}
)
"""Kinds whose `what` has ids or a sentence of its own, not the name of a class, flag or reason."""


def decision_id(said: Said, topic: str, arrived: str) -> str:
    """The same for every redelivery: 32 hex digits of what was decided, about what, because of what. `arrived`: the event that had it
    decided, another than its cause where a late event makes an older one mean something new."""
    rep = said.fields.get("rep") or said.fields.get("owner") or said.fields.get("previous") or ""
    when: object = topic if said.cause == arrived else f"{topic}\0{arrived}"
    if said.cause.startswith("deadline:"):
        when = said.at
    if said.kind == "lead_routed" and (along := said.fields.get("about")) is not None:
        rep += f"\0{along.lead_id}"  # of one person's leads several may go to the one rep of a rush at once
    facts = f"{when}\0{said.cause}\0{said.kind}\0{said.rule}\0{said.target}\0{said.fields.get('flag', '')}\0{rep}"
    return blake2b(facts.encode(), digest_size=16).hexdigest()


class Renderer:
    """Renders decisions of one policy, with the teams that the directory knows."""

    def __init__(self, policy_hash: str, directory: Directory) -> None:
        self._policy, self._directory = policy_hash, directory
        self._plain = Known[tuple[str, str, str], str](_plain, 10_000)

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
            "account": _account(account),
            "contact": address or None,
            "lead_id": lead_id or None,
            "owner": self.owner(owner, bool(fields.get("owner_is_team"))),
            "until": until,
            "fencing_token": shown.lock.token if shown is not None and owner else None,
            "sequence": sequence,
            "notify": [self._told(*told) for told in fields.get("notify", ()) if self._is_there(told[0], said.kind)],
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
            unheld = {"key": key, "kind": key[: key.index(":")], "status": "under_review", "owner": None, "account": _account(account)}
            return Outgoing(LOCKS, key.encode(), orjson.dumps({**unheld, "changed_at": moment(at), "active_sender": sender}))
        lock = shown.lock
        record = {
            "key": key,
            "status": "under_review" if sender else status,
            "owner": self.owner(lock.owner, lock.is_team),
            "account": _account(account),
            **self.lock(shown),
            "kind": shown.kind,
            "fencing_token": lock.token,
            "changed_at": moment(at),
            "active_sender": sender or None,
        }
        return Outgoing(LOCKS, key.encode(), orjson.dumps(record))

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

    def _is_there(self, name: str, kind: str) -> bool:
        """Whether somebody can be told: whoever has left is not, but of why their command was refused."""
        known = self._directory.reps.get(name)
        return known is None or known.active or kind == "command_refused"

    def _told(self, name: str, why: str, is_team: bool = False) -> dict[str, str]:
        return {"team" if is_team else "rep": name, "why": why}

    def _sentence(self, said: Said, owner: str, until: str | None) -> str:
        fields = said.fields
        facts = {name: str(value) for name in ("previous", "rep", "by", "note") if (value := fields.get(name))}
        if fields.get("what"):
            facts["what"] = str(fields["what"]) if said.kind in VERBATIM else str(fields["what"]).replace("_", " ")
        if facts:
            if owner:
                facts["owner"] = owner
            if until is not None:
                facts["until"] = _minute_of(until)
            text = sentence(said.rule, **facts)
        else:
            text = self._plain[said.rule, owner, until[:16] if until is not None else ""]
        if said.target[:7] == "domain:" and said.target[7:] not in text:
            text = f"{text.removesuffix('.')} (domain {said.target[7:]})."
        if fields.get("trail"):
            text = f"{text.removesuffix('.')}{fields['trail']}."
        if fields.get("suppressed"):
            text += f" Outreach stays suppressed ({fields['suppressed'].replace('_', ' ')}): answer what they asked, nothing more."
        return text


def _account(account: Account | None) -> dict[str, str] | None:
    return {"id": account.account_id, "name": account.name} if account else None


def _minute_of(until: str) -> str:
    return f"{until[:10]} {until[11:16]} UTC"


def _plain(case: tuple[str, str, str]) -> str:
    rule, owner, until = case
    facts = {"owner": owner} if owner else {}
    return sentence(rule, **facts, **({"until": _minute_of(until)} if until else {}))
