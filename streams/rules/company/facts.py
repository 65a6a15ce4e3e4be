"""What the CRM says of accounts and reps: taken into the directory, and into the account lock where a deal opens or closes (rule 6)."""

from __future__ import annotations

import msgspec

from schemas.events import AccountUpdated, RepUpdated
from schemas.events.tombstones import AccountGone, RepGone
from streams.directory.directory import Account, Directory, Link, Rep, normal_domains
from streams.directory.records import MERGED, SEEN
from streams.matching.normal import normalise
from streams.matching.similar import similar
from streams.routing.people import has_left
from streams.rules.company import accounts, rehoming, whole
from streams.rules.hand_off import hand_offs, moving, reps
from streams.rules.lead import auto_accounts, linking
from streams.rules.world import World
from streams.state import Company, HandOff

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


def concerned(world: World, account_id: str, domains: list[str]) -> list[str]:
    """The companies that a change of an account's domains may move records between, as keys of their records."""
    directory, keys = world.directory, [f"account:{account_id}"]
    for domain in _now_and_before(directory, account_id, domains):
        keys.append(f"domain:{domain}")
        keys += [f"account:{one}" for one in directory.owners(domain)]
        home = directory.company_of_domain(domain)[0]
        keys += [home] if home else []
        linked = directory.links.linked_by_word(domain)  # whose it is where no account lists it any more
        keys += [f"account:{linked}"] if linked else []
    return list(dict.fromkeys(keys))


def _now_and_before(directory: Directory, account_id: str, domains: list[str]) -> list[str]:
    """An account's domains as it tells them, and those that it had. What was linked to one that is gone is its own again when it comes
    back."""
    known = directory.accounts.get(account_id)
    return list(dict.fromkeys([*domains, *(known.domains if known is not None else directory.links.domains_of(account_id))]))


def account_updated(world: World, event: AccountUpdated | AccountGone) -> None:
    """Know the account; take over what is recorded under its domains; a deal that opened or closed moves the account lock."""
    if isinstance(event, AccountGone):
        _account_gone(world, event)
        return
    account = account_of(event, world.when)
    directory = world.directory
    known = directory.accounts.get(account.account_id)
    if known is not None and known.occurred > account.occurred:
        _keep_name(world, account, known.name)
        return
    made = auto_accounts.made_before(world, account)
    companies = {key: world.company(key) for key in world.keys if key[:8] == "account:" or key[:7] == "domain:"}
    domains = _now_and_before(directory, account.account_id, account.domains)
    before = {domain: directory.company_of_domain(domain)[0] for domain in domains}
    auto_accounts.inherit(account, known)
    auto_accounts.take_over(world, account, made)
    _liken(world, account, known)
    world.facts.append(directory.put_account(account))
    world.account = account
    taken = {f"account:{one.account_id}" for one in made}
    for domain, was in before.items():
        now = directory.company_of_domain(domain)[0]
        if was != now and was in companies and was not in taken:
            _move(world, domain, was, now, companies)
    if known is not None:
        _keep_name(world, known, account.name)
    company, held = world.company(), whole.held(world.company())
    accounts.settle(company, world.company_key, account, world.at, world.cause, world.policy, world.out)
    _pass_on(world)
    whole.told(company, world.at, held)


def _pass_on(world: World) -> None:
    """Rule 8: a deal of somebody who has left gives the account to who takes their place."""
    lock = world.company().lock
    if lock is None or lock.is_team or reps.takes(lock.owner, world.directory, world.at):
        return
    to, rule = reps.heir(lock.owner, world.directory, world.at)
    order = HandOff(world.cause, world.topic, world.at)
    moving.move(world, world.company_key, lock.owner, to, rule, f"{lock.owner} has left.", order)


def rep_updated(world: World, event: RepUpdated | RepGone) -> None:
    """Know the rep. One whose record is deleted has left: what is theirs still has to find somebody."""
    known = world.directory.reps.get(event.rep)
    if isinstance(event, RepGone):
        if known is None or not known.active:
            return
        rep = msgspec.structs.replace(known, active=False, occurred=max(known.occurred, world.when))
    else:
        rep = rep_of(event, world.when)
        if known is not None and known.occurred > rep.occurred:
            return
        if has_left(rep, world.at):
            rep.active = False
    reps.know(world, rep)
    hand_offs.rep_told(world, rep)


def _move(world: World, domain: str, was: str, now: str, companies: dict[str, Company]) -> None:
    source, target = companies[was], companies.get(now)
    if was.startswith("domain:"):
        if target is not None and source != Company():
            accounts.absorb(target, source, domain)
            world.clear(was)
    else:
        rehoming.move_domain(source, target, domain)
    for key in (was, now):
        other = world.directory.accounts.get(key[8:]) if key[:8] == "account:" and key != world.company_key else None
        if other is not None:
            accounts.settle(companies[key], key, other, world.at, world.cause, world.policy, world.out)


def _account_gone(world: World, event: AccountGone) -> None:
    """The CRM deleted the account. What is recorded of it goes to the account that has its domains now, as where two were merged, else each
    domain's to whose it is now and the rest to the first; its own lock ends unless another account can have it."""
    directory, key = world.directory, world.company_key
    known = directory.accounts.get(event.account_id)
    if known is None:
        return
    source = world.company()
    domains = list(dict.fromkeys([*known.domains, *rehoming.domains_in(source)]))
    world.join_all(one for domain in domains for one in _homes(directory, domain) if one != key)
    heirs = [one for domain in known.domains for one in _heirs(directory, domain, event.account_id)]
    heir = max(dict.fromkeys(heirs), key=heirs.count, default="")
    before = {domain: directory.company_of_domain(domain)[0] for domain in known.domains}
    world.account = known
    world.facts.append(directory.drop_account(event.account_id))
    at, cause, policy, out = world.at, world.cause, world.policy, world.out
    if heir:
        target = world.company(f"account:{heir}")
        world.facts.append(directory.put_link(key, Link(heir, MERGED, at=at)))
        rehoming.merge(world, known, source, target)
        accounts.settle(target, f"account:{heir}", directory.accounts[heir], at, cause, policy, out)
        companies = {one: world.company(one) for one in world.keys if one.startswith(("account:", "domain:"))}
        for domain, was in before.items():  # what nobody could tell whose it was
            now = directory.company_of_domain(domain)[0]
            if was in companies and was not in (key, now):
                _move(world, domain, was, now, companies)
        return
    if source.lock is not None:
        accounts.end(source, key, "account", source.lock, "ownership_released", "account_gone", at, cause, policy.windows, out)
    first = next((domain for domain in known.domains if directory.tells(domain)), "")
    for domain in domains:
        if domain != first:
            home, account = directory.company_of_domain(domain)
            there = world.company(home) if home else None
            rehoming.move_domain(source, there, domain)
            if there is not None and account is not None:
                accounts.settle(there, home, account, at, cause, policy, out)
    if first:
        if (dispute := source.disputes.pop("account", None)) is not None:
            source.disputes.setdefault(first, dispute)  # a review of what is gone goes on as one of its domain
            world.closes.append(f"review:{key}")
        accounts.absorb(world.company(f"domain:{first}"), source, first)
        world.clear(key)


def _heirs(directory: Directory, domain: str, gone: str) -> list[str]:
    """The accounts that a domain may belong to without the one that is gone, those of the surest kind (as `Directory.of_domain` has it)."""
    links = directory.links
    kinds = [links.linked_by_hand(domain)], directory.owners(domain), [links.linked_by_word(domain)]
    return next((left for kind in kinds if (left := [one for one in kind if one not in ("", gone)])), [])


def _homes(directory: Directory, domain: str) -> list[str]:
    """The records that may have what is recorded of a domain when one of its accounts is gone."""
    links = directory.links
    ids = (links.linked_by_hand(domain), *directory.owners(domain), links.linked_by_word(domain))
    return [f"domain:{domain}", *(f"account:{one}" for one in ids if one)]


def _liken(world: World, account: Account, known: Account | None) -> None:
    """Find the accounts of similar names, now rather than at every check (rule 15, `near_duplicate`)."""
    if known is not None and known.name == account.name:
        account.similar = known.similar
        return
    book = world.directory.accounts
    account.similar = similar(account.account_id, account.name, book.names, world.policy.matching.auto)
    for other_id in book.likening(account.account_id):
        other = book[other_id]
        if other_id not in account.similar:
            kept = [one for one in other.similar if one != account.account_id]
            world.facts.append(world.directory.put_account(msgspec.structs.replace(other, similar=kept)))


def _keep_name(world: World, before: Account, name: str) -> None:
    """A renamed account is still known by the name that it had, whatever the order of its records; a name that two had tells neither."""
    core = normalise(before.name)
    if core == normalise(name) or not linking.tells(core):
        return
    key, links = f"name:{core}", world.directory.links
    link = links.get(key)
    if link is None:
        world.facts.append(world.directory.put_link(key, Link(before.account_id, SEEN, at=world.at)))
    elif link.how == SEEN and link.account_id not in ("", before.account_id):
        world.facts.append(world.directory.put_link(key, Link("", SEEN, at=world.at, rejected=link.rejected)))
