"""Which rule answers which topic, and which records an event needs. A new event type is a line in `TOPICS` and a file beside this one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from schemas.policy import Policy, Windows
from streams.directory.directory import Account, Directory, normal_domains
from streams.matching.domains import registrable
from streams.rules import sends
from streams.rules.command import commands, link_commands
from streams.rules.company import accounts, facts, levels, whole
from streams.rules.contact import contacts, first, steady
from streams.rules.hand_off import hand_offs
from streams.rules.lead import duplicates, fresh, lead_touches, leads, missed
from streams.rules.review import disputes, reviews
from streams.rules.world import World
from streams.state import Company, ContactRecord, HandOffs, Lead, Record

Steady = Callable[[ContactRecord, Company | None, Any, str, int, int, str, Windows], int]
"""See `steady.email_sent`."""

First = Callable[[Company | None, Account | None, Any, str, int, int, Directory, Policy], ContactRecord | None]
"""See `first.email_sent`."""


class Handler(NamedTuple):
    """`about` sets whom the event is about and answers with the keys of the records it needs, first the one that remembers the event (an
    empty list: none). `decide` applies the rules. `steady`: a shorter way for the most common case of an event about a contact alone;
    `first`: for its contact's first event; `fresh`: for one of whose records only its company's, the last, is known. `ahead`: keys of what
    `decide` will probably ask for, so that a whole batch's are read at once."""

    about: Callable[[World, Any], list[str]]
    decide: Callable[[World, Any], None]
    steady: Steady | None = None
    first: First | None = None
    fresh: Callable[[World, Any], bool] | None = None
    ahead: Callable[[World, Any], list[str]] | None = None


def _contact(world: World, event: Any) -> list[str]:
    world.about(event.contact)
    return _at_company(world, [world.contact_key])


def _at_company(world: World, keys: list[str]) -> list[str]:
    """The company too, and the parent whose lock covers it, where there are such."""
    if not world.company_key:
        return keys
    cover = levels.cover_key(world)
    return [*keys, world.company_key] if cover == world.company_key else [*keys, world.company_key, cover]


def _touch(world: World, event: Any) -> list[str]:
    if event.contact:
        return _contact(world, event)
    if event.account_id:
        world.about(account_id=event.account_id)
        return _at_company(world, [])
    world.about(lead_id=event.lead_id)
    return [f"lead:{event.lead_id}"]


def _touch_logged(world: World, event: Any) -> None:
    if event.lead_id and not (event.contact or event.account_id):
        lead_touches.touch_logged(world, event)
    else:
        contacts.touch_logged(world, event)


def _command(world: World, event: Any) -> list[str]:
    if event.command == "hand_off":
        return hand_offs.about(world, event)
    if event.command in link_commands.VERBS:
        return link_commands.about(world, event)
    if lead := commands.lead_of(event):
        world.about(lead_id=lead)
        return [f"lead:{lead}"]
    if event.contact and event.command not in commands.OF_COMPANIES:
        return _contact(world, event)
    if event.account_id:
        world.about(account_id=event.account_id)
        if event.account_id not in world.directory.accounts:
            return [world.company_key]  # that it was refused is remembered: the same command again is none, once the account is known
    elif event.domain:
        world.about(domain=registrable(event.domain))
    return _at_company(world, [])


def _lead(world: World, event: Any) -> list[str]:
    world.about(address=event.email or "", lead_id=event.lead_id)
    recognised = duplicates.identities(event.email or "", (event.phone or "").strip(), event.country or "")
    keys = [f"lead:{event.lead_id}", *recognised]
    if event.email:
        keys.append(f"contact:{event.email}")
    return _at_company(world, [*keys, f"leads:{world.company_key}"] if world.company_key else keys)


def _account(world: World, event: Any) -> list[str]:
    world.about(account_id=event.account_id)
    return facts.concerned(world, event.account_id, normal_domains(getattr(event, "domains", ())))


def _rep(world: World, event: Any) -> list[str]:
    return hand_offs.about_rep(world, event)


TOPICS: dict[str, Handler] = {
    "lead-created": Handler(_lead, leads.lead_created, fresh=fresh.lead_created, ahead=leads.ahead),
    "email-sent": Handler(_contact, contacts.email_sent, steady.email_sent, first.email_sent),
    "reply-classified": Handler(_contact, contacts.reply_classified),
    "touch-logged": Handler(_touch, _touch_logged),
    "send-requested": Handler(_contact, sends.send_requested),
    "ownership-commands": Handler(_command, commands.decide),
    "account-updated": Handler(_account, facts.account_updated),
    "rep-updated": Handler(_rep, facts.rep_updated),
}


def about_target(world: World, key: str) -> list[str]:
    """The records that a deadline of `key` needs."""
    kind, _, name = key.partition(":")
    if kind == "hand_off":
        return hand_offs.goes_on(world, name)
    if kind == "contact":
        world.about(address=name)
        return _at_company(world, [key])
    if kind == "lead":
        world.about(lead_id=name)
    elif kind == "account":
        world.about(account_id=name)
    else:
        world.about(domain=name)
    return [key]


def pass_time(world: World, keys: list[str]) -> None:
    """Fire what is due at these records by the event's arrival, so that it does not matter whether a timer or an event comes first."""
    get, windows, at = world.get, world.policy.windows, world.at
    wide = world.listed is not None
    for key in keys[1:] if wide else keys:
        record = get(key)
        while 0 < (due := next_due(record, windows)) <= at:
            tick(world.of(key) if wide else world, key, due)


def next_due(record: Record, windows: Windows) -> int:
    """When time alone next changes a record, microseconds; 0 for never."""
    if isinstance(record, ContactRecord):
        due = record.state.due
        if record.dispute is None:
            return due
    elif isinstance(record, Company):
        due = accounts.next_due(record, windows)
        if not record.disputes:
            return due
    elif isinstance(record, Lead):
        ends = record.lock.ends if record.lock else 0
        return min(ends, record.waits) if ends and record.waits else ends or record.waits
    elif isinstance(record, HandOffs):
        return record.waiting[0].at if record.waiting else 0
    else:
        return 0
    later = disputes.next_due(record)
    return min(due, later) if due and later else due or later


def tick(world: World, key: str, now: int) -> None:
    """Fire what has come due at `key` by `now`."""
    kind, _, name = key.partition(":")
    if kind == "contact":
        contacts.tick(world, name, now)
    elif kind == "lead":
        missed.tick(world, name, now)
    elif kind in ("account", "domain"):
        account = world.directory.accounts.get(name) if kind == "account" else None
        company = world.company(key)
        was = whole.held(company) if company.whole is not None else None
        accounts.tick(company, key, account, now, world.policy, world.out)
        if was is not None:
            whole.ticked(world, company, now, was)
    for subject in disputes.subjects(key, world.get(key)):
        reviews.tick(world, subject, now)


def fire(world: World, key: str) -> None:
    """A deadline of `key` has come, at the world's time."""
    if key.startswith(hand_offs.KEY):
        hand_offs.go_on(world, key[len(hand_offs.KEY) :])
    else:
        tick(world, key, world.at)


DEADLINE = Handler(about_target, fire)
"""A deadline is decided as an event is; what it is about is the target's key."""
