"""A lead of whom nothing is known, from a company that its address tells and where nothing is in its way: most of all leads.

A shorter way to what `leads.lead_created` does with it (docs/performance.md says what it saves), for the case in which nothing has to be
compared with what was before: whose company, whose lead and until when are asked as there. tests/bench/test_fresh.py holds both ways
against each other; whoever changes what routing a lead does changes both.
"""

from __future__ import annotations

from schemas.events import LeadCreated
from streams.routing.asked import Asked
from streams.routing.order import choose
from streams.rules.company import levels, places, standings
from streams.rules.lead import activity, assigning, leads, linking, resolution, response, signals
from streams.rules.lead.enquiries import enquiry_of
from streams.rules.world import World


def lead_created(world: World, event: LeadCreated) -> bool:
    """Route the lead and say so; its contact is held, but for the lock's token and the next deadlines. False: it is not such a lead, and
    nothing was changed. Raises Missing. Of its own records, its contact's among them, nothing is known."""
    company, account, policy = world.company(), world.account, world.policy
    if not levels.is_open(company, account, policy):
        return False
    lead, said = world.lead(event.lead_id), enquiry_of(event)
    found = resolution.resolve(world, lead, said, event.ip or "")
    if found.home != world.company_key or found.candidates or found.method not in ("domain", "none"):
        return False
    inflow, day = world.inflow(found.home), activity.day_of(world)
    if not found.account_id and len(inflow.unmatched) + 1 >= policy.routing.auto_account:
        return False
    if len(activity.earlier(lead, inflow, day)) + 1 >= policy.routing.high_activity:
        return False
    chosen = choose(Asked(said, None, account, company, company, world.directory, policy, world.at))
    if chosen.disqualified or not (chosen.rep or chosen.turn):
        return False
    record, chosen = world.contact(said.email), assigning.taken(world, chosen)
    if not found.account_id:
        inflow.unmatched.append(lead.lead_id)
    activity.begin(inflow, day)
    similar = activity.similar(lead, said, inflow)
    activity.count_in(lead, said, inflow)
    linking.apply(world, lead, said, found)
    places.note(said, record, company)
    assigning.note(lead, said, found, chosen, world.at)
    assigning.time(world, lead, chosen, world.at)
    lock = assigning.claim(world, lead, chosen, world.at, world.cause)
    record.state.lock, record.state.due = lock, lock.ends
    standings.follow(company, said.email, standings.NOBODY, standings.Standing(lock.owner, 0, 0, lock.claimed_at))
    response.wait(lead, record, world.when)
    world.out.append(assigning.routed(world, lead, found, chosen, similar=similar))
    leads.update(world, lead, said, [])
    if event.intent:
        signals.heard_of(world, event, record)
    return True
