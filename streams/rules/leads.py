"""A lead, from its arrival to its rep: the same one again? whose company? whose lead? by when? (rules 19-23).

Nothing is changed before everything that is needed has been read: a record that is not at hand ends the rule, which is then begun anew.
"""

from __future__ import annotations

from schemas.events import LeadCreated
from streams.matching.domains import domain_of
from streams.routing.asked import Asked
from streams.routing.order import Chosen, choose
from streams.routing.turns import next_of
from streams.rules import accounts, contact_commands, contacts, fold, locks, places, resolution, response, suppression
from streams.rules.enquiries import enquiry_of
from streams.rules.reasons import ROUTES
from streams.rules.resolution import Resolved
from streams.rules.said import LockView, Said
from streams.rules.world import World
from streams.state import PENDING, Company, ContactRecord, Enquiry, Lead, Lock


def lead_created(world: World, event: LeadCreated) -> None:
    """Route a lead. The same lead again updates it, and routes again only if its company changed."""
    lead, said = world.lead(event.lead_id), enquiry_of(event)
    found = resolution.resolve(world, said)
    if lead.rule and lead.home == found.home:
        lead.enquiry, lead.company = said, said.company
        return
    route(world, lead, said, found)


def route(world: World, lead: Lead, said: Enquiry, found: Resolved) -> None:
    """Give the lead to whom the policy's order names, with a pending claim, and say so."""
    address = said.email
    record = world.contact(address) if address else None
    company = world.company() if world.company_key else Company()
    chosen = _taken(world, choose(Asked(said, _held(record, lead), world.account, company, world.directory, world.policy, world.at)))
    lead.enquiry, lead.contact, lead.company = said, address, said.company
    places.note(said, record, company)
    lead.account, lead.home, lead.method, lead.score = found.account_id, found.home, found.method, found.score or 0
    lead.owner, lead.rule, lead.at = chosen.rep, chosen.rule, world.at
    if chosen.disqualified:
        world.say("lead_disqualified", chosen.rule, _target(lead), what="it is disqualified", trail=trail(chosen, found))
        return
    lead.priority = response.priority(said)
    lead.respond_by = response.respond_by(world, chosen.rep, lead.priority)
    flag = suppression.strongest(record.state.flags) if record else None
    displaced = "" if flag else _claim(world, lead, record, chosen)
    _say(world, lead, found, chosen, flag[0] if flag else contacts.barred(company, domain_of(address))[0] if address else "", displaced)


def _held(record: ContactRecord | None, lead: Lead) -> Lock | None:
    return record.state.lock if record else lead.lock


def _taken(world: World, chosen: Chosen) -> Chosen:
    """Whose turn it is, where reps take turns."""
    if chosen.turn is None:
        return chosen
    turns = world.turns(chosen.turn.key)
    rep, turns.saved = next_of(turns.saved, chosen.turn.weights)
    return chosen._replace(rep=rep)


def _claim(world: World, lead: Lead, record: ContactRecord | None, chosen: Chosen) -> str:
    """Give the lead's rep a pending claim on its contact, or on the lead where it has no address; whoever had routing's claim before loses
    it, and is the answer. A lock that somebody took themselves stays."""
    owner, windows = chosen.rep or chosen.team, world.policy.windows
    held = _held(record, lead)
    if not owner or (held is not None and not (held.phase == PENDING and held.rule in ROUTES)):
        return ""
    lock = Lock(owner, "prospecting", chosen.rule, world.at, world.at, world.cause, PENDING, lead.respond_by + windows.activation)
    lock.last = lock.heard = world.at
    lock.is_team = not chosen.rep
    if record is None:
        lead.lock = lock
    else:
        before = accounts.standing(record.state, windows)
        record.state.lock = lock
        fold.checkpoint(record)
        contact_commands.settled(world, lead.contact, before)
    return held.owner if held is not None and not held.is_team and held.owner != owner else ""


def _say(world: World, lead: Lead, found: Resolved, chosen: Chosen, suppressed: str, displaced: str) -> None:
    windows = world.policy.windows
    shown: LockView | None = None
    if lead.contact:
        state = world.contact(lead.contact).state
        shown = locks.view(state, state.lock, windows) if state.lock is not None else None
    elif lead.lock is not None:
        shown = LockView("lead", lead.lock, lead.lock.ends)
    owner = chosen.rep or chosen.team
    notify: list[tuple[str, str, bool]] = [(owner, chosen.rule, not chosen.rep)] if owner else []
    notify += chosen.notify
    notify += [(rep, f"copied_{chosen.rule}", False) for rep in chosen.copied]
    notify += [(displaced, "routed_anew", False)] if displaced else []
    fields = {
        "owner": owner,
        "owner_is_team": bool(chosen.team) and not chosen.rep,
        "lock": shown,
        "until": shown.until if shown else 0,
        "match": {"method": found.method, "score": found.score},
        "priority": lead.priority,
        "respond_by": lead.respond_by,
        "copied": list(chosen.copied),
        "suppressed": suppressed,
        "notify": list(dict.fromkeys(notify)),
        "what": f"it waits in the queue of {owner}" if chosen.team else "",
        "trail": trail(chosen, found),
    }
    world.out.insert(0, Said("lead_routed", chosen.rule, world.at, world.cause, _target(lead), fields))


def trail(chosen: Chosen, found: Resolved) -> str:
    """Why it was this rule, for the decision's sentence: how the account was found, what the rule saw, which rules said nothing."""
    won = next((one.saw for one in chosen.tried if one.won), "")
    passed = [one.rule for one in chosen.tried if not one.won]
    told = f" ({'; '.join(one for one in (found.why, won) if one)})"
    return f"{told}; passed over before: {', '.join(passed)}" if passed else told


def _target(lead: Lead) -> str:
    return f"contact:{lead.contact}" if lead.contact else f"lead:{lead.lead_id}"


def tick(world: World, lead_id: str, now: int) -> None:
    """The pending claim on a lead without an address comes to its end."""
    lead = world.lead(lead_id)
    lock = lead.lock
    if lock is None or lock.ends > now:
        return
    lead.lock = None
    target = f"lead:{lead_id}"
    notify = [] if lock.is_team else [(lock.owner, "activation_window")]
    fields = {"previous": lock.owner, "previous_is_team": lock.is_team, "lock": LockView("lead", lock, lock.ends), "notify": notify}
    cause = f"deadline:activation_window:{target}"
    world.out.append(Said("ownership_expired", "activation_window", lock.ends, cause, target, fields))
