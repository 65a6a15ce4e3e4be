"""When two voices reached one prospect anyway: the extra one stops, the owner stays (rule 16)."""

from __future__ import annotations

from schemas.policy import Policy
from streams.rules.said import Out, Said
from streams.state import Contact, Entry, Lock

APOLOGY = (
    "Sorry that you heard from two of us: our messages crossed on our side. You have one contact here from now on, "
    "and nothing more will reach you from anyone else."
)
"""Blames nobody and names nobody: whoever answers signs it."""

REMEMBERED = 32
"""How many (rep, sequence) pairs a contact remembers as told to stop: far above what ever wrote to one person; bounds the document."""


def is_second_sequence(state: Contact, entry: Entry, idle: int) -> bool:
    """Whether the entry is a step of a sequence while another one of ours is running to this contact."""
    running = state.sequence
    return bool(entry.sequence) and running is not None and running.id != entry.sequence and entry.occurred < running.stepped + idle


def overlap(state: Contact, lock: Lock, entry: Entry, target: str, policy: Policy, decided: int, out: Out) -> None:
    """Say once for a rep and sequence that it stops; moves nothing."""
    mark = f"{entry.rep}|{entry.sequence}"
    if mark in state.overlaps:
        return
    state.overlaps = [*state.overlaps[-REMEMBERED + 1 :], mark]
    fields = {
        "owner": lock.owner,
        "owner_is_team": lock.is_team,
        "rep": entry.rep,
        "pause": [(entry.rep, entry.sequence)],
        "reply_in_thread": state.thread or None,
        "apology": APOLOGY,
        "restart": entry.occurred + policy.windows.activation,
        "notify": [(entry.rep, "overlap")] + ([(lock.owner, "overlap", lock.is_team)] if lock.owner != entry.rep else []),
    }
    out.append(Said("overlap_detected", "overlap", decided, entry.id, target, fields))
