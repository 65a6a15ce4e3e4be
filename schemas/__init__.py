"""The contract: what publishers send, what consumers get, what people configure. Imports nothing of the stream processor."""

from __future__ import annotations

from schemas.addresses import deduplication_key, domain_of, normalise, normalise_domain
from schemas.decisions import KINDS, Decision, decision
from schemas.errors import BadPolicy, ContractError, Fault, Unreadable
from schemas.events import BY_TOPIC, Event
from schemas.locks import LockChange
from schemas.policy import Policy
from schemas.reading import read

__all__ = [
    "BY_TOPIC",
    "KINDS",
    "BadPolicy",
    "ContractError",
    "Decision",
    "Event",
    "Fault",
    "LockChange",
    "Policy",
    "Unreadable",
    "decision",
    "deduplication_key",
    "domain_of",
    "normalise",
    "normalise_domain",
    "read",
]
