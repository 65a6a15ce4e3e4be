"""Who answered an open matter, for whoever comes to it later."""

from __future__ import annotations

from streams.on_record.view import known
from streams.rules.lead.duplicates import MERGED
from streams.state import Change, Lead
from streams.web.service import Service

ANSWERS = {"match": ("confirm_match",), "duplicate": ("duplicate_merged", "duplicate_separated")}
"""What waits -> kinds of changes that answer it."""


def answered(service: Service, key: str, caller: str) -> str:
    """A sentence that says by whom the matter of this key was answered, and how; empty while it is open, where the caller did so
    themselves, and where nothing is known of it. Engine's thread. Raises StoreUnavailable."""
    directory = service.decider.engine.directory
    what, _, target = key.partition(":")
    if key in directory.matters or what not in ANSWERS or not target.startswith("lead:"):
        return ""
    record = known(service.tables, directory, service.policy.windows, target)
    lead = record.lead
    if lead is None:
        return ""
    last = next((one for one in reversed(record.history) if one.kind in ANSWERS[what]), None)
    by, how = _match(lead, last, service) if what == "match" else _duplicate(lead, last)
    return f"{directory.called(by)} has answered: {how}." if by and by != caller else ""


def _match(lead: Lead, last: Change | None, service: Service) -> tuple[str, str]:
    """(who, what they said)"""

    def name(account_id: str) -> str:
        account = service.decider.engine.directory.accounts.get(account_id)
        return account.name if account else account_id

    if lead.linked:
        return lead.linked_by, f"it is {name(lead.linked)}"
    return (last.by, f"it is not {name(last.note)}") if last is not None else ("", "")


def _duplicate(lead: Lead, last: Change | None) -> tuple[str, str]:
    if last is None:
        return "", ""
    return last.by, f"it is merged into {lead.original}" if lead.status == MERGED else "they are separate people"
