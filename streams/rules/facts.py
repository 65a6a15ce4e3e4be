"""What the CRM says of accounts and reps: taken into the directory, and into the account lock where a deal opens or closes (rule 6)."""

from __future__ import annotations

import msgspec

from schemas.events import AccountUpdated, RepUpdated
from streams.directory import Account, Rep, normal_domains
from streams.routing.people import has_left
from streams.rules import accounts, auto_accounts, hand_offs, reps
from streams.rules.world import World
from streams.state import Company
from streams.tables.contract import Fact

_ENVELOPE = {"event_id", "occurred_at", "source"}


def account_of(event: AccountUpdated, occurred: int) -> Account:
    """The account as the directory keeps it."""
    said = event.model_dump(mode="json", exclude=_ENVELOPE, exclude_none=True)
    account = msgspec.convert(said, Account, strict=False)
    account.occurred = occurred
    account.domains, account.shared_domains = normal_domains(account.domains), normal_domains(account.shared_domains)
    return account


def rep_of(event: RepUpdated, occurred: int) -> Rep:
    """The rep as the directory keeps them."""
    said = event.model_dump(mode="json", exclude=_ENVELOPE, exclude_none=True)
    rep = msgspec.convert(said, Rep, strict=False)
    rep.occurred = occurred
    return rep


def account_updated(world: World, event: AccountUpdated) -> None:
    """Know the account; take over what is recorded under its domains; a deal that opened or closed moves the account lock."""
    account = account_of(event, world.when)
    known = world.directory.accounts.get(account.account_id)
    if known is not None and known.occurred > account.occurred:
        return
    company = world.company()
    made = auto_accounts.made_before(world, account)
    let_go = [domain for domain in known.domains if domain not in account.domains] if known is not None else []
    for domain in let_go:
        for key in (f"domain:{domain}", *(f"account:{one}" for one in world.directory.of_any(domain))):
            world.company(key)
    others = {domain: world.company(f"domain:{domain}") for domain in account.domains}
    auto_accounts.inherit(account, known)
    auto_accounts.take_over(world, account, made)
    world.directory.put_account(account)
    world.facts.append(Fact("account", account.account_id, msgspec.json.encode(account)))
    world.account = account
    blank = Company()
    for domain, other in others.items():
        if world.directory.of_domain(domain) is account and other != blank:
            accounts.absorb(company, other, domain)
            world.clear(f"domain:{domain}")
    for domain in let_go:
        accounts.let_go(company, world.company(world.directory.company_of_domain(domain)[0] or f"domain:{domain}"), domain)
    accounts.settle(company, world.company_key, account, world.at, world.cause, world.policy, world.out)


def rep_updated(world: World, event: RepUpdated) -> None:
    """Know the rep; one who has left hands off what they hold (rule 8)."""
    rep = rep_of(event, world.when)
    known = world.directory.reps.get(rep.rep)
    if known is not None and known.occurred > rep.occurred:
        return
    if has_left(rep, world.at):
        rep.active = False
    reps.know(world, rep)
    hand_offs.rep_told(world, rep)
