"""A response time that is over: nobody has answered the lead, or verified it (rule 21)."""

from __future__ import annotations

from streams.routing.order import Chosen, Tried
from streams.routing.people import present, stand_in
from streams.rules.contact import locks
from streams.rules.lead import assigning, duplicates, leads, resolution, response
from streams.rules.lead.response import Owner
from streams.rules.review import asked
from streams.rules.said import About, Said
from streams.rules.world import World
from streams.state import ContactRecord, Lead


def tick(world: World, lead_id: str, now: int) -> None:
    """What has come due at a lead by `now`: its response time, or the claim on one without an address."""
    lead = world.lead(lead_id)
    _at_hand(world, lead)
    if not 0 < lead.waits <= now:
        leads.tick(world, lead_id, now)
        return
    record = world.contact_to_change(lead.contact) if lead.contact else None
    if lead.status == duplicates.HELD:
        original = duplicates.original_of(world, lead.suspects[0].lead_id) if lead.suspects else lead
        _say(world, lead, duplicates.owner(world, original), "sla_missed")
        lead.waits = 0
        return
    owner = response.owner_of(lead, record.state.lock if record else None)
    if owner.name and not owner.is_team:
        owner = Owner(stand_in(owner.name, world.directory, now)[0])
    answered = response.answered_at(world, lead, record, owner)
    if 0 < answered < lead.waits:
        world.noted.append("response_met")
        response.stop(lead, record)
        return
    if _unwelcome(lead, record):
        response.stop(lead, record)
        return
    if owner.name and world.policy.sla.on_miss == "reassign" and (chosen := _another(world, lead, record, owner)) is not None:
        at, since = lead.waits, lead.since
        _say(world, lead, owner, "sla_reassigned")
        lead.missed.append(owner.name)
        found = resolution.resolved(lead)
        assigning.give(world, lead, lead.enquiry, found, chosen, at, _cause(lead, "sla_reassigned"), since)
        return
    _say(world, lead, owner, "sla_missed")
    lead.waits = 0
    if answered:  # after its time, and before this timer came
        response.stop(lead, record)
        world.closes.append(f"sla:lead:{lead.lead_id}")
    for one in record.awaited if record else ():
        one.missed = one.missed or one.lead_id == lead.lead_id


def _at_hand(world: World, lead: Lead) -> None:
    """Whom the lead's decisions are about; the company's record numbers them."""
    if world.lead_id == lead.lead_id and not world.address:
        account = lead.account if lead.account in world.directory.accounts else ""
        world.about(address=lead.contact, account_id=account, lead_id=lead.lead_id)
    if world.company_key:
        world.join(world.company_key)


def _unwelcome(lead: Lead, record: ContactRecord | None) -> bool:
    """Whether the prospect has said meanwhile, or the mail has shown, that there is nobody to answer."""
    return record is not None and any(flag.since >= lead.since for name, flag in record.state.flags.items() if name != "existing_customer")


def _another(world: World, lead: Lead, record: ContactRecord | None, owner: Owner) -> Chosen | None:
    """Who takes it instead: the owner's backup, else whoever routing names without those who let it wait. A contact that somebody holds by
    their own work is not taken from them."""
    held = assigning.held(record, lead)
    if held is not None and not locks.is_routings(held):
        return None
    without = frozenset({*lead.missed, owner.name})
    known = world.directory.reps.get(owner.name)
    backup = known.backup if known else ""
    if backup and backup not in without and present(backup, world.directory, lead.waits):
        saw = f"{backup} stands in for {owner.name}"
        return Chosen("sla_reassigned", [Tried("sla_reassigned", saw, True)], backup)
    chosen = assigning.taken(world, assigning.named(world, lead, lead.enquiry, lead.waits, without))
    if chosen.disqualified or not (chosen.rep or chosen.team) or (chosen.rep or chosen.team) in without:
        return None  # what waits in a queue is not handed to the same queue again
    return chosen._replace(rule="sla_reassigned")


def _say(world: World, lead: Lead, owner: Owner, rule: str) -> None:
    """Tell the owner and their manager; of a team its leads, of nobody RevOps."""
    fields = {
        "owner": owner.name,
        "owner_is_team": owner.is_team,
        "previous": owner.name,
        "respond_by": lead.waits,
        "notify": _told(world, owner),
    }
    if world.lead_id != lead.lead_id:
        account = world.directory.accounts.get(lead.account)
        fields["about"] = About(account, lead.contact, lead.lead_id, world.company_key)
    world.out.append(Said("sla_missed", rule, lead.waits, _cause(lead, rule), f"lead:{lead.lead_id}", fields))


def _told(world: World, owner: Owner) -> list[tuple[str, str, bool]]:
    if not owner.name:
        return response.revops(world, "sla_missed")
    known = world.directory.reps.get(owner.name)
    manager = known.manager if known and present(known.manager, world.directory, world.at) else ""
    above = [manager] if manager else asked.leads(world.directory, owner.name)
    return [(owner.name, "sla_missed", owner.is_team), *((rep, "sla_missed", False) for rep in above)]


def _cause(lead: Lead, rule: str) -> str:
    return f"deadline:{rule}:lead:{lead.lead_id}"
