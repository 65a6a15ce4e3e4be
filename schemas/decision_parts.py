"""What decisions and lock changes are made of. Nothing unknown is allowed in them: what is written there is promised to others."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.fields import Count, Score, Text, Time, Token, present


class Said(BaseModel):
    """Base of what is published. `extra="forbid"`: a consumer must never find a field that this contract does not name."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


class Account(Said):
    """The account that something is about."""

    id: Text
    name: str


class Owner(Said):
    """A rep with their team, or a team alone."""

    rep: Text | None = None
    team: Text | None = None

    model_config = ConfigDict(json_schema_extra={"anyOf": present("rep", "team")})

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.rep is None and self.team is None:
            raise PydanticCustomError("needed", "must name a rep or a team")
        return self


class Notify(Said):
    """Who is to be told, a rep or a team, and why."""

    rep: Text | None = None
    team: Text | None = None
    why: Text

    model_config = ConfigDict(json_schema_extra={"oneOf": present("rep", "team")})

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.rep is None) == (self.team is None):
            raise PydanticCustomError("needed", "must name either a rep or a team")
        return self


class Sequence(Said):
    """A sequence (cadence) of an outreach platform: where the rep's mail belongs to none, `sequence_id` is null and all of it is meant."""

    rep: Text
    sequence_id: str | None = None


class LockDetails(Said):
    """What decisions and lock changes both say of a lock. `expires_at` null: it lasts as long as its reason."""

    reason: Text
    claimed_at: Time | None = None
    expires_at: Time | None = None
    note: str | None = None
    tool: str | None = None
    sequence_id: str | None = None
    campaign: str | None = None
    mailbox: str | None = None


class Lock(LockDetails):
    """A lock as decisions carry it."""

    kind: Literal["contact", "account", "domain"]


class Match(Said):
    """How a lead's account was found, and how sure that is (0-100; null where nothing was scored)."""

    method: Literal["manual", "domain", "name", "ip", "profile", "none"]
    score: Score | None = None


class Candidate(Said):
    """An account that may be meant, or that is alike."""

    account_id: Text
    name: str
    score: Score | None = None


class DuplicateCandidate(Said):
    """An earlier lead with the same e-mail or phone."""

    lead_id: Text
    same: list[Literal["email", "phone"]]
    product_differs: bool = False


class Outbound(Said):
    """A touch: when, by whom, and of which kind (`email`, `call`, …)."""

    at: Time
    rep: Text
    kind: Text


class Signal(Said):
    """A positive signal: when, to whom (null where no rep was involved), and of which kind."""

    at: Time
    rep: Text | None = None
    kind: Text


class AccountEvidence(Said):
    """What the CRM says of the account under review. `relationship`: the closest that holds. `partner`: who brought it or is involved."""

    id: Text
    name: str
    status: str | None = None
    owner: Text | None = None
    backup_owner: Text | None = None
    segment: str | None = None
    relationship: Literal["customer", "open_opportunity", "partner", "churned", "closed_lost", "competitor", "prospect"] | None = None
    partner: Text | None = None


class RepEvidence(Said):
    """One of the two reps: `territories` as `countries / regions / segments`, each as far as it is said."""

    rep: Text
    team: Text | None = None
    role: Text | None = None
    territories: list[str] = Field(default_factory=list)


class Evidence(Said):
    """What is on record about the target of a review. `replies`, `meetings`: how many are. `intent_signals`: the newest of each kind.
    `stated`: what whoever asked for the review gave. `reps`: the owner and the requester."""

    last_outbound: Outbound | None = None
    last_positive_signal: Signal | None = None
    replies: Count = 0
    meetings: Count = 0
    intent_signals: list[Signal] = Field(default_factory=list)
    stated: list[str] = Field(default_factory=list)
    account: AccountEvidence | None = None
    reps: list[RepEvidence] = Field(default_factory=list)


class DecisionBase(Said):
    """What every decision has. `decision_id`: the same for every redelivery. `decided_at`: when the event arrived, or the deadline's
    time. `event_id`: the cause; for a deadline `deadline:<what>:<key>`. `policy`: its hash. `rule`: the named rule that won. `reason`: one
    sentence a person understands. `sequence`: rises by one for each decision of an account."""

    decision_id: Text
    decided_at: Time
    event_id: Text
    policy: Text
    rule: Text
    reason: Text
    account: Account | None = None
    contact: Text | None = None
    lead_id: Text | None = None
    owner: Owner | None = None
    until: Time | None = None
    fencing_token: Token | None = None
    sequence: Annotated[int, Field(ge=0, lt=2**53)]
    notify: list[Notify] = Field(default_factory=list)
