"""From an event about a contact to its fold, and on to the company's summaries and account lock."""

from __future__ import annotations

from schemas.events import ReplyClassified, TouchLogged
from schemas.times import micros
from streams.matching.domains import domain_of
from streams.plain import Mail
from streams.rules import suppression
from streams.rules.company import accounts, at_work, levels, standings, whole
from streams.rules.contact import fold, heard, locks, touches
from streams.rules.hand_off import handing, reps
from streams.rules.lead import response
from streams.rules.review import reviewing
from streams.rules.world import World
from streams.state import Company, Contact, ContactRecord, Entry


def email_sent(world: World, event: Mail) -> None:
    """Rules 2-5, 13, 16."""
    address, token = event.contact, event.fencing_token
    entry = entry_of(world, "touch", touches.MAIL, event.rep)
    entry.sequence, entry.tool, entry.campaign = event.sequence_id or "", event.tool or "", event.campaign or ""
    entry.mailbox, entry.thread, entry.final = event.mailbox or "", event.thread_id or "", bool(event.final_step)
    if entry.mailbox and event.step in touches.FIRST:
        entry.opener = entry.mailbox not in world.contact(address).state.openers
    if token is not None:
        lock = world.contact(address).state.lock
        entry.stale = lock is not None and token < lock.token
    take_in(world, address, entry)


def touch_logged(world: World, event: TouchLogged) -> None:
    """Rules 2-4; a `no_show` is on record and moves nothing."""
    if not event.contact:
        on_company(world, event)
        return
    kind = "touch" if event.kind in touches.TOUCHES else "signal"
    if event.kind == "no_show":
        return
    take_in(world, event.contact, entry_of(world, kind, event.kind, event.rep or ""))


def reply_classified(world: World, event: ReplyClassified) -> None:
    """Rules 6, 9-14."""
    entry = entry_of(world, "reply", event.class_, event.rep or "")
    entry.mailbox, entry.thread, entry.soft = event.mailbox or "", event.thread_id or "", event.bounce_kind == "soft"
    entry.number = micros(event.returns_at) if event.returns_at else 0
    take_in(world, event.contact, entry)


def entry_of(world: World, kind: str, what: str, rep: str) -> Entry:
    """The event as a contact's window keeps it: in its own time's place, or in its arrival's when it is too late for that (rule 26)."""
    late = world.at - world.when > world.policy.windows.late_touch
    return Entry(world.at if late else world.when, world.cause, kind, what, rep, world.when, late, world.directory.team(rep))


def take_in(world: World, address: str, entry: Entry) -> None:
    """Fold an entry into the contact and let its company follow."""
    record, target = world.contact(address), f"contact:{address}"
    company = world.company() if world.company_key else None
    entry.captain = levels.bars(world, entry, address)
    if entry.kind == "touch" and (company is not None or record.dispute is not None):
        entry.sender = reviewing.shuts_out(world, record, company or Company(), levels.cover(world), address, entry.rep)
    folded = company if company is not None and whole.applies(world) else None
    if folded is not None and whole.is_late(folded, entry):
        foldings = whole.reach(world, folded, address, entry)
        _meet(world, folded, address, entry)
        began = len(world.out)
        whole.refold(world, folded, foldings, entry)
        _explain(world, began)
    else:
        before, was = standings.standing(record.state, world.policy.windows), whole.held(folded) if folded is not None else None
        if company is not None:
            _meet(world, company, address, entry)
        began = len(world.out)
        world.out += fold.arrive(record, entry, target, world.policy, world.at, folded is None)
        if entry.captain:
            _explain(world, began)
        if (lock := record.state.lock) is not None and lock.owner != before.holder and not lock.is_team and folded is None:
            _pass_on(world, record, target, lock.owner)
        if entry.late and folded is None and record.state.lock is not None and record.state.lock.first_id == entry.id:
            fold.checkpoint(record)  # the first touch is known to be older than what may still find a place before this arrival (rule 4)
        if company is not None:
            caught_up(world, company, address, before, record.state)
        if folded is not None and was is not None:
            whole.note(world, folded, address, entry.when, entry.id, was)
            while 0 < record.state.due <= world.at:  # the account is to see each step
                tick(world, address, record.state.due)
    if record.awaited and entry.kind == "touch":
        response.touched(world, record, entry)
    if company is not None and entry.what != touches.MAIL:
        heard.gather(company, record.state, entry)


def _meet(world: World, company: Company, address: str, entry: Entry) -> None:
    """What an entry meets at its company, and leaves there whatever becomes of it."""
    domain = domain_of(address)
    entry.barred, since = barred(company, domain)
    if entry.kind != "touch":
        return
    entry.number = since
    at_work.touched(company, entry.rep, address, domain, entry.occurred, at_work.kind_of(entry.what))
    if (cover := levels.cover(world)) is not company:
        at_work.active(cover.lock, entry.rep, entry.occurred, cover.via)


def _explain(world: World, began: int) -> None:
    for said in world.out[began:]:
        levels.explain(world, said)


def _pass_on(world: World, record: ContactRecord, target: str, owner: str) -> None:
    """Rule 8: what comes to somebody who has left goes on to who takes their place, as what they held did."""
    if reps.takes(owner, world.directory, world.at):
        return
    windows = world.policy.windows
    to, rule = reps.heir(owner, world.directory, world.at)
    if to:
        handing.contact(world, record, target, to, rule, world.at, world.cause, f"{owner} has left.", "")
    else:
        locks.release(record.state, "ownership_released", rule, target, world.at, world.at, world.cause, windows, world.out)
        fold.checkpoint(record)
    record.state.due = locks.next_due(record.state, windows)


def caught_up(
    world: World, company: Company, address: str, before: standings.Standing, state: Contact, at: int = 0, cause: str = ""
) -> None:
    """Bring the company up to what the contact now is, because of the event or, with `at` and `cause`, of a deadline."""
    after = standings.standing(state, world.policy.windows)
    if before != after:
        at, cause = at or world.at, cause or world.cause
        standings.follow(company, address, before, after)
        if after.holder and after.holder != before.holder and levels.is_whole(world.policy, world.account):
            levels.gain(world, address, state, at, cause)
        accounts.settle(company, world.company_key, world.account, at, cause, world.policy, world.out)


def settle(world: World, target: str, record: ContactRecord, before: standings.Standing, at: int, cause: str) -> None:
    """After what is judged as it comes: the contact's next deadline, and its company's summaries."""
    record.state.due = locks.next_due(record.state, world.policy.windows)
    if world.company_key:
        company = world.company()
        caught_up(world, company, target[8:], before, record.state, at, cause)
        whole.checkpoint(company, at)


def tick(world: World, address: str, now: int) -> None:
    """Deadlines of a contact that have come by `now`."""
    record, target = world.contact(address), f"contact:{address}"
    company = world.company() if world.company_key else None
    before = standings.standing(record.state, world.policy.windows)
    folded = company if company is not None and whole.applies(world) else None
    was = whole.held(folded) if folded is not None else None
    world.out += fold.tick(record, target, world.policy, now)
    if company is not None:
        caught_up(world, company, address, before, record.state, now, f"deadline:conversation_ended:{target}")
    if folded is not None and was is not None and before != standings.standing(record.state, world.policy.windows):
        whole.note(world, folded, address, now, "", was)


def barred(company: Company, domain: str) -> tuple[str, int]:
    """The suppression of the whole domain or account that stands in the way of a contact there, and since when; empty when there
    is none."""
    if not company.flags:
        return "", 0
    for scope in ("account", domain):
        named = suppression.strongest(company.flags.get(scope, {}))
        if named is not None:
            return named[0], named[1].since
    return "", 0


def on_company(world: World, event: TouchLogged) -> None:
    """A touch logged on an account or a lead rather than on a person is the captain's sign of life, and evidence in a review;
    nothing else."""
    if not world.company_key:
        return
    company = world.company()
    if event.rep and event.kind in touches.TOUCHES:
        at_work.touched(company, event.rep, "", "", world.when, at_work.kind_of(event.kind))
        if (cover := levels.cover(world)) is not company:
            at_work.active(cover.lock, event.rep, world.when, cover.via)
    heard.logged(company, event.kind, event.rep or "", world.when)
