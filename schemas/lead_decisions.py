"""Decisions about leads: where they go, whose they are, whether they are new."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.decision_parts import Candidate, DecisionBase, DuplicateCandidate, Lock, Match
from schemas.fields import Count, Text, Time


class LeadRouted(DecisionBase):
    """`similar_leads`: earlier leads of the company that may be the same person, by their names: a hint, nothing is held for it."""

    kind: Literal["lead_routed"]
    lock: Lock | None = None
    match: Match
    priority: Literal["hot", "normal"]
    respond_by: Time | None = None
    copied: list[Text] = Field(default_factory=list)
    similar_leads: list[Text] = Field(default_factory=list)


class MatchConfirmationNeeded(DecisionBase):
    kind: Literal["match_confirmation_needed"]
    candidates: Annotated[list[Candidate], Field(min_length=1)]


class AccountCreated(DecisionBase):
    kind: Literal["account_created"]
    leads: Annotated[list[Text], Field(min_length=1)]
    domain: Text


class LeadDisqualified(DecisionBase):
    kind: Literal["lead_disqualified"]


class DuplicateSuspected(DecisionBase):
    kind: Literal["duplicate_suspected"]
    candidates: Annotated[list[DuplicateCandidate], Field(min_length=1)]
    respond_by: Time | None = None


class DuplicateMerged(DecisionBase):
    kind: Literal["duplicate_merged"]
    original_lead_id: Text


class DuplicateSeparated(DecisionBase):
    kind: Literal["duplicate_separated"]
    original_lead_id: Text


class SlaMissed(DecisionBase):
    kind: Literal["sla_missed"]
    respond_by: Time


class HighActivity(DecisionBase):
    kind: Literal["high_activity"]
    leads_today: Count
