"""`routing-decisions`: one model a kind, with exactly the fields that the kind has."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, TypeAdapter

from schemas.decision_parts import Candidate, DecisionBase, Evidence, Lock, Outbound, Owner, Sequence
from schemas.fields import Flag, Stage, Text, Time
from schemas.lead_decisions import (
    AccountCreated,
    DuplicateMerged,
    DuplicateSeparated,
    DuplicateSuspected,
    HighActivity,
    LeadDisqualified,
    LeadRouted,
    MatchConfirmationNeeded,
    SlaMissed,
)

Level = Literal[1, 2, 3]
Where = Annotated[str, Field(pattern="^(contact|lead|account|domain)(:.+)?$")]


class ClaimGranted(DecisionBase):
    kind: Literal["claim_granted"]
    lock: Lock


class ClaimDenied(DecisionBase):
    """`lock`, `held_by`: of what stands in the way; null where that is no lock, such as a suppression."""

    kind: Literal["claim_denied"]
    lock: Lock | None = None
    held_by: Owner | None = None


class ClaimRenewed(DecisionBase):
    kind: Literal["claim_renewed"]
    lock: Lock


class SendVerdict(DecisionBase):
    """`similar`: near-duplicate accounts."""

    kind: Literal["send_verdict"]
    verdict: Literal["allow", "warn", "block"]
    stage: Stage
    held_by: Owner | None = None
    held_because: Text | None = None
    held_until: Time | None = None
    similar: list[Candidate] = Field(default_factory=list)


class OverlapDetected(DecisionBase):
    """`reply_in_thread`: the thread of the prospect's newest message. `restart`: when outreach may restart."""

    kind: Literal["overlap_detected"]
    pause: list[Sequence]
    reply_in_thread: str | None = None
    apology: Text
    restart: Time | None = None


class OutreachPaused(DecisionBase):
    kind: Literal["outreach_paused"]
    pause: list[Sequence]
    resume_at: Time | None = None


class OutreachResumed(DecisionBase):
    kind: Literal["outreach_resumed"]
    resume: list[Sequence]
    resume_at: Time | None = None


class _OwnershipEnded(DecisionBase):
    lock: Lock | None = None
    previous_owner: Owner | None = None
    last_outbound: Outbound | None = None


class OwnershipReleased(_OwnershipEnded):
    kind: Literal["ownership_released"]


class OwnershipExpired(_OwnershipEnded):
    kind: Literal["ownership_expired"]


class OwnershipTransferred(_OwnershipEnded):
    kind: Literal["ownership_transferred"]


class ContactSuppressed(DecisionBase):
    """`scope`: what is suppressed, a `contact`, `account` or `domain`, with its key after a colon where no other field names it."""

    kind: Literal["contact_suppressed"]
    flag: Flag
    scope: Where


class SuppressionLifted(DecisionBase):
    kind: Literal["suppression_lifted"]
    flag: Flag
    scope: Where


class _Review(DecisionBase):
    """`level`: 1 rep to rep, 2 team lead, 3 RevOps."""

    level: Level
    due_at: Time | None = None
    active_sender: Text | None = None
    paused: list[Text] = Field(default_factory=list)
    evidence: Evidence | None = None
    decided_by: Text | None = None
    recheck_at: Time | None = None
    collaborators: list[Text] = Field(default_factory=list)
    thread_id: str | None = None
    note: str | None = None


class ReviewOpened(_Review):
    kind: Literal["review_opened"]


class ReviewEscalated(_Review):
    kind: Literal["review_escalated"]


class ReviewDecided(_Review):
    kind: Literal["review_decided"]


class PermitGranted(DecisionBase):
    kind: Literal["permit_granted"]
    to: Text
    approved_by: Text | None = None


class SuppressionViolated(DecisionBase):
    kind: Literal["suppression_violated"]
    flag: Flag
    suppressed_at: Time


class CommandRefused(DecisionBase):
    kind: Literal["command_refused"]
    command: Text


Decision = Annotated[
    LeadRouted
    | MatchConfirmationNeeded
    | AccountCreated
    | LeadDisqualified
    | ClaimGranted
    | ClaimDenied
    | ClaimRenewed
    | SendVerdict
    | OverlapDetected
    | OutreachPaused
    | OutreachResumed
    | OwnershipReleased
    | OwnershipExpired
    | OwnershipTransferred
    | ContactSuppressed
    | SuppressionLifted
    | ReviewOpened
    | ReviewEscalated
    | ReviewDecided
    | DuplicateSuspected
    | DuplicateMerged
    | DuplicateSeparated
    | PermitGranted
    | SlaMissed
    | HighActivity
    | SuppressionViolated
    | CommandRefused,
    Field(discriminator="kind"),
]

_adapter: TypeAdapter[DecisionBase] = TypeAdapter(Decision)

KINDS: dict[str, type[DecisionBase]] = {
    get_args(model.model_fields["kind"].annotation)[0]: model for model in get_args(get_args(Decision)[0])
}
"""Kind -> its model."""


def decision(value: bytes | str) -> DecisionBase:
    """The decision that a record of `routing-decisions` holds. Raises pydantic's ValidationError naming every field that is wrong."""
    return _adapter.validate_json(value)
