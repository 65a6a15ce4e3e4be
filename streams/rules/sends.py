"""The pre-send check: allow, warn or block, by whom, why and until when (rule 15). First match wins."""

from __future__ import annotations

from schemas.events import SendRequested
from streams.rules.checks import CHECKS, Case, Finding
from streams.rules.company import levels
from streams.rules.contact import contacts, locks
from streams.rules.lead import resolution
from streams.rules.world import World
from streams.state import Company, ContactRecord, Enquiry, Lead


def send_requested(world: World, event: SendRequested) -> None:
    """Answer the check; at `launch` claim the contact in the same step."""
    record, windows = world.contact(event.contact), world.policy.windows
    lock = record.state.lock
    holds = lock is not None and lock.owner == (world.directory.team(event.rep) if lock.is_team else event.rep)
    verdict, found = judge(_cases(world, event, record, holds))
    wants = event.stage == "launch" and (event.claim is None or event.claim)
    fields = {
        "verdict": verdict,
        "stage": event.stage,
        "rep": event.rep,
        "held_by": found.holder,
        "held_by_is_team": found.is_team,
        "owner": found.holder,
        "owner_is_team": found.is_team,
        "held_because": found.because or None,
        "held_until": found.until,
        "until": found.until,
        "what": found.because or found.rule,
        "similar": [{"account_id": one.account_id, "name": one.name} for one in found.similar],
    }
    if found.rule == "own_lock" and lock is not None:
        shown = locks.view(record.state, lock, windows)
        fields |= {"until": shown.until, "held_until": shown.until, "held_because": lock.reason}
    world.say("send_verdict", found.rule, f"contact:{event.contact}", **fields)
    if verdict != "block" and wants:
        entry = contacts.entry_of(world, "launch", "active_sequence" if event.sequence_id else "prospecting", event.rep)
        entry.when = world.at
        entry.sequence, entry.tool = event.sequence_id or "", event.tool or ""
        entry.campaign, entry.mailbox = event.campaign or "", event.mailbox or ""
        contacts.take_in(world, event.contact, entry)


def _cases(world: World, event: SendRequested, record: ContactRecord, holds: bool) -> list[Case]:
    """Where the contact works. Where no account has the address, whether it tells of no company (free, personal) or of one that is not
    known, it is asked too about the account of the company that the asker names, if that is sure; what is recorded stays where it is."""
    places = [world]
    if world.account is None and event.company:
        found = resolution.resolve(world, Lead(""), Enquiry(email=event.contact, company=event.company))
        if found.account_id:
            there = world.of(f"account:{found.account_id}")
            there.address, there.contact_key = world.address, world.contact_key
            places.append(there)
    team = frozenset[str]().union(*(levels.team(place, event.contact) for place in places))
    companies = [place.company() if place.company_key else Company() for place in places]
    return [
        Case(place, event, record.state, company, place.account, team, holds, record, levels.cover(place))
        for place, company in zip(places, companies, strict=True)
    ]


def judge(cases: list[Case]) -> tuple[str, Finding]:
    """The verdict and the first rule that says so, at whichever company."""
    warnings: list[Finding] = []
    for check, severity in CHECKS:
        for case in cases:
            found = check(case)
            if found is None:
                continue
            if severity(case) == "block":
                return "block", found
            warnings.append(found)
    if warnings:
        return "warn", warnings[0]
    lock = cases[0].state.lock
    if cases[0].holds and lock is not None:
        return "allow", Finding("own_lock", lock.owner, lock.reason, 0, (), lock.is_team)
    return "allow", Finding("free")
