"""What a lead's person did to become one is a positive signal of theirs, as if it had been logged (rules 3, 17)."""

from __future__ import annotations

from schemas.events import LeadCreated
from streams.rules.contact import fold, heard, touches
from streams.rules.world import World
from streams.state import ContactRecord


def heard_of(world: World, event: LeadCreated, record: ContactRecord) -> None:
    """Note the intent that the lead came with, of whom it is about. Judged as it arrives, like the lead."""
    kind = event.intent or ""
    if kind not in heard.INTENTS:
        return
    touches.noted(record.state, kind, world.when)
    fold.checkpoint(record)
    if world.company_key:
        heard.intent(heard.of(world.company()), world.when, kind)
