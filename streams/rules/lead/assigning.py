"""Giving a lead to whoever is chosen for it: whom the policy's order names, the claim, the time to answer, what is said (rules 20, 21)."""

from __future__ import annotations

from collections.abc import Sequence

from streams.matching.domains import domain_of
from streams.routing.asked import Asked
from streams.routing.order import Chosen, choose
from streams.routing.turns import next_of
from streams.rules import suppression
from streams.rules.company import levels, places, standings
from streams.rules.contact import contacts, fold, locks
from streams.rules.lead import response
from streams.rules.lead.resolution import Resolved
from streams.rules.said import About, LockView, Said
from streams.rules.world import World
from streams.state import PENDING, Company, ContactRecord, Enquiry, Lead, Lock


def named(world: World, lead: Lead, said: Enquiry, at: int = 0, without: frozenset[str] = frozenset()) -> Chosen:
    """Whom the policy's order names for a lead, now or as of `at`."""
    record = world.contact(said.email) if said.email else None
    company, cover = world.company() if world.company_key else Company(), levels.cover(world)
    asked = Asked(said, held(record, lead), world.account, company, cover, world.directory, world.policy, at or world.at, without)
    return choose(asked)


def give(
    world: World,
    lead: Lead,
    said: Enquiry,
    found: Resolved,
    chosen: Chosen,
    at: int = 0,
    cause: str = "",
    since: int = 0,
    similar: Sequence[str] = (),
) -> None:
    """Give a lead to whoever is chosen for it, with a pending claim, and say so. `at`, `cause`: of a deadline, else the event's. `since`:
    when the prospect asked, if not now. `similar`: leads that may be the same person's."""
    first, at, cause = len(world.out), at or world.at, cause or world.cause
    address = said.email
    record = world.contact(address) if address else None
    company = world.company() if world.company_key else Company()
    places.note(said, record, company)
    note(lead, said, found, chosen, at)
    if chosen.disqualified:
        response.stop(lead, record)
        why: dict[str, object] = {"what": "it is disqualified", "trail": trail(chosen, found)}
        why["history_of"] = [f"lead:{lead.lead_id}"] if lead.contact else []
        world.out.append(Said("lead_disqualified", chosen.rule, at, cause, target_of(lead), why))
        return
    time(world, lead, chosen, at)
    flag = suppression.strongest(record.state.flags) if record else None
    barred = flag[0] if flag else contacts.barred(company, domain_of(address))[0] if address else ""
    displaced = "" if barred else _claim(world, lead, record, chosen, at, cause)
    response.wait(lead, record, since or world.when)
    world.out.insert(first, routed(world, lead, found, chosen, displaced, barred, similar)._replace(at=at, cause=cause))


def note(lead: Lead, said: Enquiry, found: Resolved, chosen: Chosen, at: int) -> None:
    """Write into a lead what it says, and to whom it is given."""
    lead.enquiry, lead.contact, lead.company = said, said.email, said.company
    place(lead, found)
    lead.owner, lead.rule, lead.at, lead.status = chosen.rep, chosen.rule, at, ""
    if lead.contact:
        lead.lock = None  # what it held while it had no address is its contact's now


def place(lead: Lead, found: Resolved) -> None:
    """Write into a lead whose company it has turned out to be of."""
    lead.account, lead.home, lead.method, lead.score = found.account_id, found.home, found.method, found.score or 0


def time(world: World, lead: Lead, chosen: Chosen, at: int) -> None:
    """How urgent a lead is, and by when it is to be answered (rule 21)."""
    lead.priority = response.priority(lead.enquiry)
    lead.respond_by = response.respond_by(world, chosen.rep, lead.priority, at)


def claim(world: World, lead: Lead, chosen: Chosen, at: int, cause: str) -> Lock:
    """The pending claim that routing a lead gives (rule 20)."""
    owner, ends = chosen.rep or chosen.team, lead.respond_by + world.policy.windows.activation
    return Lock(owner, "prospecting", chosen.rule, at, at, cause, PENDING, ends, at, at, is_team=not chosen.rep)


def held(record: ContactRecord | None, lead: Lead) -> Lock | None:
    """The lock of a lead's contact, or its own where it has no address."""
    return record.state.lock if record else lead.lock


def taken(world: World, chosen: Chosen) -> Chosen:
    """Whose turn it is, where reps take turns."""
    if chosen.turn is None:
        return chosen
    turns = world.turns(chosen.turn.key)
    rep, turns.saved = next_of(turns.saved, chosen.turn.weights)
    return chosen._replace(rep=rep)


def _claim(world: World, lead: Lead, record: ContactRecord | None, chosen: Chosen, at: int, cause: str) -> str:
    """Give the lead's rep a pending claim on its contact, or on the lead where it has no address; whoever had routing's claim before loses
    it, and is the answer. A lock that somebody took themselves stays."""
    owner, windows = chosen.rep or chosen.team, world.policy.windows
    present = held(record, lead)
    if not owner or (present is not None and not locks.is_routings(present)):
        return ""
    lock = claim(world, lead, chosen, at, cause)
    if record is None:
        lead.lock = lock
    else:
        before = standings.standing(record.state, windows)
        record.state.lock = lock
        fold.checkpoint(record)
        if present is not None and present.owner != owner and world.company_key:
            levels.let_go(world.company(), world.company_key, present.owner, lead.contact, windows, at, cause, world.out)
        contacts.settle(world, f"contact:{lead.contact}", record, before, at, cause)
    return present.owner if present is not None and not present.is_team and present.owner != owner else ""


def routed(
    world: World, lead: Lead, found: Resolved, chosen: Chosen, displaced: str = "", barred: str = "", similar: Sequence[str] = ()
) -> Said:
    """The decision that tells of a lead as it now is. `displaced`: who had it before. `barred`: the suppression under which outreach stays.
    `similar`: leads that may be the same person's."""
    windows = world.policy.windows
    shown: LockView | None = None
    owner = chosen.rep or chosen.team
    if lead.contact:
        state = world.contact(lead.contact).state
        lock = state.lock
        # Another's lock, and its token, are none of the owner's.
        shown = locks.view(state, lock, windows) if lock is not None and (lock.owner, lock.is_team) == (owner, not chosen.rep) else None
    elif lead.lock is not None:
        shown = LockView("lead", lead.lock, lead.lock.ends)
    notify: list[tuple[str, str, bool]] = [(owner, chosen.rule, not chosen.rep)] if owner else []
    notify += chosen.notify
    notify += [(rep, f"copied_{chosen.rule}", False) for rep in chosen.copied]
    notify += [(displaced, "routed_anew", False)] if displaced else []
    fields: dict[str, object] = {
        "owner": owner,
        "owner_is_team": bool(chosen.team) and not chosen.rep,
        "lock": shown,
        "until": shown.until if shown else 0,
        "match": {"method": found.method, "score": None if found.score is None else float(found.score)},
        "priority": lead.priority,
        "respond_by": lead.respond_by,
        "copied": list(chosen.copied),
        "notify": list(dict.fromkeys(notify)),
        "what": f"it waits in the queue of {owner}" if chosen.team else "",
        "trail": trail(chosen, found),
        "suppressed": barred,
        "similar_leads": list(similar),
        "history_of": [f"lead:{lead.lead_id}"] if lead.contact else [],
    }
    if lead.lead_id != world.lead_id:
        fields["about"] = About(world.account, lead.contact, lead.lead_id, world.company_key)
    return Said("lead_routed", chosen.rule, world.at, world.cause, target_of(lead), fields)


def trail(chosen: Chosen, found: Resolved) -> str:
    """Why it was this rule, for the decision's sentence: how the account was found, what the rule saw, which rules said nothing."""
    won = next((one.saw for one in chosen.tried if one.won), "")
    passed = [one.rule for one in chosen.tried if not one.won]
    told = f" ({'; '.join(one for one in (found.why, won) if one)})"
    return f"{told}; passed over before: {', '.join(passed)}" if passed else told


def target_of(lead: Lead) -> str:
    """The key of what a decision about a lead's owner is about."""
    return f"contact:{lead.contact}" if lead.contact else f"lead:{lead.lead_id}"
