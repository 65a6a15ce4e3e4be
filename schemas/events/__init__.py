"""The inbound events: one model a topic. A new topic is a file beside these and a line in `BY_TOPIC`."""

from __future__ import annotations

from schemas.events.account_updated import AccountUpdated
from schemas.events.base import Event
from schemas.events.email_sent import EmailSent
from schemas.events.lead_created import LeadCreated
from schemas.events.ownership_commands import OwnershipCommand
from schemas.events.rep_updated import RepUpdated
from schemas.events.reply_classified import ReplyClassified
from schemas.events.send_requested import SendRequested
from schemas.events.touch_logged import TouchLogged

BY_TOPIC: dict[str, type[Event]] = {
    "lead-created": LeadCreated,
    "email-sent": EmailSent,
    "reply-classified": ReplyClassified,
    "touch-logged": TouchLogged,
    "send-requested": SendRequested,
    "ownership-commands": OwnershipCommand,
    "account-updated": AccountUpdated,
    "rep-updated": RepUpdated,
}
"""Inbound topic -> its model."""

__all__ = [
    "BY_TOPIC",
    "AccountUpdated",
    "EmailSent",
    "Event",
    "LeadCreated",
    "OwnershipCommand",
    "RepUpdated",
    "ReplyClassified",
    "SendRequested",
    "TouchLogged",
]
