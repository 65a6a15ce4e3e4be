"""The account as a whole: at which level it is owned, whose lock covers it, who is on its team (rules 7 and 15).

At level `account` the first lock on any contact takes the account along, and nobody outside the account's team starts with another contact
there. With `family = "parent"` the lock that counts is the top parent's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from schemas.policy import Policy, Windows
from streams.directory.directory import Account, Directory
from streams.matching.domains import domain_of
from streams.rules.company import accounts
from streams.rules.contact import locks
from streams.rules.review import reviewing
from streams.rules.said import LockView, Out, Said
from streams.rules.world import World
from streams.state import Company, Contact, Entry, Lock

STARTS = frozenset({"touch", "claim", "launch"})
"""Kinds of entries that begin work with a contact."""


def is_whole(policy: Policy, account: Account | None) -> bool:
    """Whether the account is owned as a whole. A company without an account has contact locks only."""
    if account is None:
        return False
    owned = policy.ownership
    return (owned.by_segment.get(account.segment, owned.level) if owned.by_segment else owned.level) == "account"  # type: ignore[call-overload]


def is_open(company: Company, account: Account | None, policy: Policy) -> bool:
    """Whether nothing at a company stands in the way of a first touch or lead there, and no lock of its own follows from one."""
    if (
        company.lock is not None
        or company.domains
        or company.flags
        or company.disputes
        or company.conversations
        or company.whole is not None
        or company.opportunity
        or company.gone
    ):
        return False
    return account is None or not (account.open_opportunities or is_whole(policy, account))


def top(directory: Directory, account: Account) -> Account:
    """The account's top parent as far as it is known; of parents in a circle the one with the smallest id, so that all agree."""
    line = [account.account_id]
    while (parent := directory.accounts.get(account.parent_id)) is not None:
        if parent.account_id in line:
            return directory.accounts[min(line[line.index(parent.account_id) :])]
        line.append(parent.account_id)
        account = parent
    return account


def cover_key(world: World) -> str:
    """The key of the company whose lock covers what the event is about: its own, or the top parent's."""
    account = world.account
    if account is None or not account.parent_id or world.policy.ownership.family != "parent":
        return world.company_key  # nearly always: this is asked of every e-mail
    return f"account:{top(world.directory, account).account_id}"


def is_covered(world: World, account: Account) -> bool:
    """Whether the lock of the account that the event is about is its parent's, and so its own too (rule 7)."""
    return world.policy.ownership.family == "parent" and f"account:{top(world.directory, account).account_id}" == world.company_key


def cover(world: World) -> Company:
    """That company. Raises Missing."""
    key = cover_key(world)
    return world.company(key) if key else Company()


def team(world: World, contact: str) -> frozenset[str]:
    """An account's team: whoever has a named role on it, its captain, its collaborators, the permitted, whom a review let in; and the same
    of the parent whose lock covers it. Raises Missing."""
    captains = (one.lock.owner for one in _companies(world) if one.lock is not None)
    return members(world, contact).union(captains)


def members(world: World, contact: str) -> frozenset[str]:
    """The team without its captains. Raises Missing."""
    found = world.account.named() if world.account is not None else set()
    for company in _companies(world):
        found.update(_let_in(world, company, contact))
    if (key := cover_key(world)) != world.company_key:
        parent = world.directory.accounts.get(key[8:])
        found.update(parent.named() if parent is not None else ())
    return frozenset(found)


def _companies(world: World) -> list[Company]:
    keys = dict.fromkeys((world.company_key, cover_key(world))) if world.company_key else {}
    return [world.company(key) for key in keys]


def _let_in(world: World, company: Company, contact: str) -> Iterator[str]:
    yield from company.collaborators
    domain = domain_of(contact)
    yield from reviewing.let_in(company, domain, world.at)
    own = world.account.account_id if world.account is not None else ""
    for one in company.permits:
        if one.contact in ("", contact) and one.domain in ("", domain) and one.account in ("", own):
            yield one.to


def bars(world: World, entry: Entry, address: str) -> str:
    """The captain who keeps the entry's rep from beginning with a contact of an account owned as a whole; empty for nobody. Raises
    Missing."""
    if entry.kind not in STARTS or not is_whole(world.policy, world.account):
        return ""
    lock = owned(world).lock
    if lock is None or lock.owner == entry.rep or entry.rep in team(world, address):
        return ""
    return lock.owner


def owned(world: World) -> Company:
    """The company by whose lock the account is owned as a whole: the top parent that covers it, else itself, as where a subsidiary was
    claimed or has a deal and nobody has the parent. Raises Missing."""
    company = cover(world)
    return company if company.lock is not None or not world.company_key else world.company()


def explain(world: World, said: Said) -> None:
    """Let a denial for the account's sake show the lock that is in the way."""
    company = owned(world)
    if said.kind != "claim_denied" or said.rule != "account_owned" or company.lock is None:
        return
    shown = accounts.view(company, "account", company.lock, world.policy.windows)
    said.fields.update({"lock": shown, "until": shown.until, "held_by": company.lock.owner, "owner": company.lock.owner})


def gain(world: World, address: str, state: Contact, at: int, cause: str) -> None:
    """Rule 7: whoever has just got a contact takes the account along, if nobody has it. It lasts as the contact's lock does, and from then
    on by the captain's own activity anywhere there."""
    key = cover_key(world)
    if key != world.company_key and key not in world.keys:
        return  # a hand-off moves locks, it begins nothing with the parent
    come_along(cast(Company, world.get(key)), key, address, state, world.policy.windows, at, cause, world.out)


def come_along(company: Company, key: str, address: str, state: Contact, windows: Windows, at: int, cause: str, out: Out) -> None:
    """As `gain`, at a company that is at hand."""
    got = state.lock
    if got is None or got.is_team or company.lock is not None:
        return
    # What was handed on names who had it before, and nobody had this.
    rule = "claim" if got.former else got.rule
    lock = Lock(got.owner, got.reason, rule, got.claimed_at, got.first, got.first_id, got.phase, got.ends, got.last, got.heard)
    lock.note = got.note
    company.lock, company.via = lock, address
    shown = LockView("account", lock, accounts.until(company, lock, windows))
    out.append(Said("claim_granted", lock.rule, at, cause, key, {"owner": lock.owner, "until": shown.until, "lock": shown}))


def give_back(world: World, owner: str, at: int, cause: str) -> None:
    """An account that came along with a contact goes when its captain has given back the last contact there."""
    company = world.company()
    lock = company.lock
    if lock is None or lock.owner != owner or not company.via or owner in company.holders or lock.reason in locks.DERIVED:
        return
    windows, key = world.policy.windows, world.company_key
    accounts.end(company, key, "account", lock, "ownership_released", "released", at, cause, windows, world.out)
    accounts.settle(company, key, world.account, at, cause, world.policy, world.out)


def let_go(company: Company, key: str, owner: str, address: str, windows: Windows, at: int, cause: str, out: Out) -> None:
    """An account that came along with a contact goes when routing is about to take that from its captain, who has no other there."""
    lock = company.lock
    if lock is None or lock.owner != owner or company.via != address or lock.reason in locks.DERIVED:
        return
    if company.holders.get(owner, 0) > 1:
        return
    accounts.end(company, key, "account", lock, "ownership_released", "routed_anew", at, cause, windows, out)
