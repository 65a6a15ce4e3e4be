"""Why a lead goes where it goes: every step by which its account was looked for, every rule that was tried, what each saw, and which won.

It asks the very functions that route leads, with records and a directory that it only reads.
"""

from __future__ import annotations

from typing import Any, cast

from schemas.events import LeadCreated
from schemas.policy import Policy
from schemas.times import rfc3339
from streams import state
from streams.decisions import Renderer
from streams.directory.directory import Directory
from streams.routing.order import Chosen
from streams.routing.turns import next_of
from streams.rules.events import pass_time
from streams.rules.lead import assigning, duplicates, resolution, response
from streams.rules.lead.enquiries import enquiry_of, updated
from streams.rules.lead.resolution import Resolved
from streams.rules.reasons import sentence
from streams.rules.world import World
from streams.state import Lead, Record, Turns
from streams.tables.contract import Tables


class _Any(list[str]):
    """Keys of an event that changes nothing: any record may be looked at."""

    def __contains__(self, key: object) -> bool:
        return True


def explain(tables: Tables, directory: Directory, policy: Policy, event: LeadCreated, at: int) -> dict[str, Any]:
    """What would become of a lead that arrives at `at` (microseconds), as JSON has it. Nothing is written."""
    records: dict[str, Record] = {}

    def get(key: str) -> Record:
        if key not in records:
            (document,) = tables.load([key])
            records[key] = state.decode(key, document.body)
        return records[key]

    world = World(get, directory, policy, "lead-created", event.event_id, at, at)
    world.keys = _Any()
    lead = world.lead(event.lead_id)
    said = updated(lead.enquiry, event, at < lead.told) if lead.rule or lead.status else enquiry_of(event)
    world.about(address=said.email, lead_id=event.lead_id)
    pass_time(world, [key for key in (world.contact_key, world.company_key) if key])
    found, looked = resolution.looked_up(world, lead, said, event.ip or "")
    if found.account_id:
        world.about(address=said.email, account_id=found.account_id, lead_id=event.lead_id)
    suspects = duplicates.suspects(world, lead, said)
    chosen = assigning.named(world, lead, said)
    if chosen.turn is not None:
        chosen = chosen._replace(rep=next_of(cast(Turns, get(chosen.turn.key)).saved, chosen.turn.weights)[0])
    urgency = response.priority(said)
    owner = Renderer(policy.hash, directory).owner(chosen.rep or chosen.team, bool(chosen.team) and not chosen.rep)
    due = None if chosen.disqualified else rfc3339(response.respond_by(world, chosen.rep, urgency))
    return {
        "lead_id": event.lead_id,
        "at": rfc3339(at),
        "policy": policy.hash,
        "account": {"id": world.account.account_id, "name": world.account.name} if found.account_id and world.account else None,
        "match": {"method": found.method, "score": found.score},
        "steps": [{"step": one.step, "saw": one.saw, "won": one.won} for one in looked],
        "candidates": [{"account_id": one.account_id, "name": one.name, "score": round(one.score, 1) or None} for one in found.candidates],
        "rules": [{"rule": one.rule, "saw": one.saw, "won": one.won} for one in chosen.tried],
        "not_tried": [rule for rule in policy.routing.order if rule not in [one.rule for one in chosen.tried]],
        "rule": chosen.rule,
        "owner": owner,
        "reason": _reason(chosen, found),
        "disqualified": chosen.disqualified,
        "copied": list(chosen.copied),
        "notify": [{"team" if is_team else "rep": name, "why": why} for name, why, is_team in dict.fromkeys(chosen.notify)],
        "priority": urgency,
        "respond_by": due,
        "duplicates": [{"lead_id": one.lead_id, "same": one.same} for one in suspects],
        "routed_before": _before(lead, found),
    }


def _reason(chosen: Chosen, found: Resolved) -> str:
    owner = chosen.rep or chosen.team or "nobody"
    what = "it is disqualified" if chosen.disqualified else f"it waits in the queue of {owner}"
    return f"{sentence(chosen.rule, owner=owner, what=what).removesuffix('.')}{assigning.trail(chosen, found)}."


def _before(lead: Lead, found: Resolved) -> dict[str, Any] | None:
    """What is known of the same lead already; `again`: whether it would be routed again, because its company is another one now."""
    if not (lead.rule or lead.status):
        return None
    again = not lead.status and lead.home != found.home
    return {
        "at": rfc3339(lead.at),
        "rule": lead.rule or None,
        "owner": lead.owner or None,
        "status": lead.status or "routed",
        "again": again,
    }
