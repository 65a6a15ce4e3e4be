"""A lead, from its arrival to its rep: the same one again? whose company? whose lead? by when? (rules 19-23).

Nothing is changed before everything that is needed has been read: a record that is not at hand ends the rule, which is then begun anew.
"""

from __future__ import annotations

from schemas.events import LeadCreated
from streams.routing.order import Chosen, Tried
from streams.routing.people import stand_in
from streams.rules.contact import locks
from streams.rules.lead import activity, addresses, assigning, auto_accounts, duplicates, linking, resolution, response, signals
from streams.rules.lead.activity import Rush
from streams.rules.lead.enquiries import enquiry_of, updated
from streams.rules.lead.resolution import Resolved
from streams.rules.lead.response import Owner
from streams.rules.said import LockView, Said
from streams.rules.world import Missing, World
from streams.state import PENDING, Enquiry, Lead, Suspect


def lead_created(world: World, event: LeadCreated) -> None:
    """Route a lead. The same lead again updates it, and routes again only if its company changed."""
    lead = world.lead(event.lead_id)
    said = updated(lead.enquiry, event, world.when < lead.told) if lead.rule or lead.status else enquiry_of(event)
    if said.email != world.address:
        world.about(address=said.email, lead_id=lead.lead_id)
        world.join_all([key for key in (world.contact_key, world.company_key) if key])
    found = resolution.resolve(world, lead, said, event.ip or "")
    linking.prepare(world, lead, said, found)
    suspects = duplicates.suspects(world, lead, said)
    if lead.status == duplicates.MERGED:
        update(world, lead, said, suspects)
    elif lead.rule and not lead.status:
        _again(world, lead, said, found, suspects)
    elif suspects:
        possible_duplicate(world, lead, said, found, suspects)
    else:
        if lead.status == duplicates.HELD:
            world.closes.append(f"duplicate:lead:{lead.lead_id}")
        route(world, lead, said, found)
        update(world, lead, said, suspects)
    if event.intent and said.email:
        signals.heard_of(world, event, world.contact(said.email))


def ahead(world: World, event: LeadCreated) -> list[str]:
    """Keys of what a lead asks for whose company its address does not tell, but its name. A guess: an earlier lead of the batch may teach
    otherwise."""
    if world.account is not None or not event.company:
        return []
    try:
        home = resolution.resolve(world, Lead(event.lead_id), enquiry_of(event), event.ip or "").home
    except Missing as missing:
        return [missing.key, *missing.more]
    if home.startswith("account:"):
        return [home, f"leads:{home}"]
    return [f"leads:{home}"] if home else []


def _again(world: World, lead: Lead, said: Enquiry, found: Resolved, suspects: list[Suspect]) -> None:
    """A lead in circulation is told of again. If it now looks like an earlier one that is said, and it stays where it is."""
    fresh = duplicates.fresh(lead, suspects)
    owner = duplicates.owner(world, duplicates.original_of(world, fresh[0].lead_id)) if fresh else Owner("")
    old = addresses.old(world, lead, said.email)
    if lead.home != found.home:
        if old is None and lead.lock is not None and said.email and not locks.is_routings(lead.lock):
            prepare(world, lead, said, found)
            addresses.move(world, lead, None, said.email)  # whoever worked it without an address holds the contact (rule 20)
        route(world, lead, said, found)
        if old is not None:
            addresses.leave(world, lead, old)
    elif said.email != lead.contact:
        addresses.move(world, lead, old, said.email)
    update(world, lead, said, suspects)
    if fresh:
        suspect(world, lead, fresh, owner)


def update(world: World, lead: Lead, said: Enquiry, suspects: list[Suspect]) -> None:
    """Keep with a lead what it now says of itself, and what it is recognised by."""
    lead.enquiry, lead.contact, lead.company, lead.suspects = said, said.email, said.company, suspects
    lead.told = max(lead.told, world.when)
    duplicates.register(world, lead, said)


def possible_duplicate(world: World, lead: Lead, said: Enquiry, found: Resolved, suspects: list[Suspect]) -> None:
    """Rule 23: held until somebody has verified it, or, when it is hot or the policy says so, the original owner's at once."""
    urgency, fresh = response.priority(said), duplicates.fresh(lead, suspects)
    original = duplicates.original_of(world, suspects[0].lead_id)
    owner = duplicates.owner(world, original)
    rep = owner.name if owner.is_team else stand_in(owner.name, world.directory, world.at)[0] if owner.name else ""
    if urgency == response.HOT or world.policy.duplicates.while_unverified == "route_to_original_owner":
        if rep and not _worked(world, lead, said.email, rep):
            saw = f"{original.lead_id}, which it may be a duplicate of, is {rep}'s"
            tried = [Tried("original_owner", saw, True)]
            chosen = Chosen("original_owner", tried, team=rep) if owner.is_team else Chosen("original_owner", tried, rep)
            linking.apply(world, lead, said, found)
            assigning.give(world, lead, said, found, chosen)
        else:
            route(world, lead, said, found)
        lead.status = ""
    elif not lead.status:
        lead.status, lead.priority, lead.at = duplicates.HELD, urgency, world.at
        assigning.place(lead, found)
        lead.respond_by = lead.waits = response.respond_by(world, rep, urgency)
    update(world, lead, said, suspects)
    if fresh:
        suspect(world, lead, suspects, owner._replace(name=rep))


def _worked(world: World, lead: Lead, address: str, rep: str) -> bool:
    """Whether somebody else has this very contact by their own work: then the prospect hears them, whatever its duplicate's owner."""
    held = assigning.held(world.contact(address) if address else None, lead)
    return held is not None and held.owner != rep and not locks.is_routings(held)


def suspect(world: World, lead: Lead, suspects: list[Suspect], owner: Owner) -> None:
    """Say that a lead may be a duplicate, to whoever has the original, else to RevOps."""
    told = [(owner.name, "duplicate_suspected", owner.is_team)] if owner.name else response.revops(world, "duplicate_suspected")
    fields = {"candidates": duplicates.candidates(suspects), "respond_by": lead.respond_by, "what": duplicates.shown(suspects)}
    fields["notify"] = told
    world.out.append(Said("duplicate_suspected", "duplicate_suspected", world.at, world.cause, f"lead:{lead.lead_id}", fields))


def route(world: World, lead: Lead, said: Enquiry, found: Resolved) -> None:
    """Give the lead to whom the policy's order names, or to the one rep who has all that came in of the company today (rules 20-22)."""
    activity.count_out(world, lead, found.home)
    made = auto_accounts.enough(world, lead, found)
    if made:
        owner = auto_accounts.first_owner(world, made) or assigning.taken(world, assigning.named(world, lead, said)).rep
        auto_accounts.create(world, made, said, found.home.removeprefix(auto_accounts.DOMAIN), owner)
        for one in made:
            if one is not lead:
                linking.apply(world, one, one.enquiry, resolution.resolved(one))
        found = resolution.resolve(world, lead, said)
    chosen = assigning.named(world, lead, said)
    if not found.home:
        assigning.give(world, lead, said, found, assigning.taken(world, chosen))
        ask(world, lead, found)
        return
    inflow = world.inflow(found.home)
    rush = activity.rush(world, lead, inflow, chosen)
    chosen, similar = assigning.taken(world, rush.chosen), activity.similar(lead, said, inflow)
    activity.count_in(lead, said, inflow)
    linking.apply(world, lead, said, found)
    assigning.give(world, lead, said, found, chosen, similar=similar)
    ask(world, lead, found)
    if rush.begun:
        _all_to_one(world, rush, inflow.captain)


def prepare(world: World, lead: Lead, said: Enquiry, found: Resolved) -> None:
    """Bring to hand all that routing a lead changes, for whoever has to change something before it is routed. Raises Missing."""
    auto_accounts.enough(world, lead, found)
    chosen = assigning.named(world, lead, said)
    if lead.home:
        world.inflow(lead.home)
    if found.home:
        for one in [world.lead_to_change(lead_id) for lead_id in world.inflow(found.home).today]:
            if one.contact:
                world.contact_to_change(one.contact)
    if chosen.turn is not None:
        world.turns(chosen.turn.key)


def ask(world: World, lead: Lead, found: Resolved) -> None:
    """Rule 19: a person says which account it is; meanwhile the lead is routed as one without."""
    if not found.candidates:
        return
    lead.asked = [one.account_id for one in found.candidates]
    shown = [{"account_id": one.account_id, "name": one.name, "score": round(one.score, 1) or None} for one in found.candidates]
    notify = [(lead.owner, "match_confirmation", False)] if lead.owner else response.revops(world, "match_confirmation")
    fields = {"candidates": shown, "owner": lead.owner, "notify": notify, "what": found.question}
    world.out.append(Said("match_confirmation_needed", "match_confirmation", world.at, world.cause, f"lead:{lead.lead_id}", fields))


def _all_to_one(world: World, rush: Rush, captain: str) -> None:
    """Rule 21: the rep is alerted, and what others have of the day and nobody has touched goes to them too."""
    fields = {"owner": captain, "leads_today": rush.size, "notify": [(captain, "high_activity")]}
    world.say("high_activity", "high_activity", f"lead:{world.lead_id}", **fields)
    for one in rush.moved:
        saw = f"{rush.size} leads of the company today, all of them {captain}'s"
        chosen = Chosen("high_activity", [Tried("high_activity", saw, True)], captain)
        assigning.give(world, one, one.enquiry, resolution.resolved(one), chosen, since=one.since)


def tick(world: World, lead_id: str, now: int) -> None:
    """The claim on a lead without an address comes to its end."""
    lead = world.lead(lead_id)
    lock = lead.lock
    if lock is None or lock.ends > now:
        return
    lead.lock = None
    target, rule = f"lead:{lead_id}", "activation_window" if lock.phase == PENDING else "no_activity"
    notify = [] if lock.is_team else [(lock.owner, rule)]
    fields = {"previous": lock.owner, "previous_is_team": lock.is_team, "lock": LockView("lead", lock, lock.ends), "notify": notify}
    cause = f"deadline:{rule}:{target}"
    world.out.append(Said("ownership_expired", rule, lock.ends, cause, target, fields))
