"""The steps by which a lead finds its account, each a pure function from a lead to an answer, in the order of rule 19."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from streams.directory.records import CONFIRMED, SEEN
from streams.matching.countries import countries_of, country_of
from streams.matching.ranking import Candidate
from streams.matching.resolve import SHOWN, Found, LeadFacts, by_domain, by_name
from streams.rules.lead import ties
from streams.rules.world import World
from streams.state import Enquiry, Lead

NAMES = 20_000
"""Names whose likeness is remembered until the accounts change: some 20 MB; a campaign's leads come from the same companies."""


class Case(NamedTuple):
    """One lead to be resolved. `ip`: as it was logged, never kept. `domains`: the registrable ones that it says. `core`: its company's
    normalised name."""

    world: World
    lead: Lead
    said: Enquiry
    ip: str
    domains: list[str]
    core: str

    @property
    def facts(self) -> LeadFacts:
        said = self.said
        return LeadFacts(said.company, said.email, said.website, said.country)


class Answer(NamedTuple):
    """What one step says: an account, or candidates to ask about, or only what it saw."""

    saw: str
    account_id: str = ""
    method: str = "none"
    score: float | None = None
    candidates: tuple[Candidate, ...] = ()


NOTHING, NOT_BY_HAND = Answer(""), Answer("nobody linked it by hand")


def by_hand(case: Case) -> Answer:
    """Somebody linked the lead, its company's name by a pattern, or its whole domain."""
    links, lead = case.world.directory.links, case.lead
    if lead.linked and (linked := links.standing(lead.linked)):
        return Answer("linked by hand", linked, "manual")
    linked, pattern = links.of_pattern(case.said.company)
    if linked:
        return Answer(f"its company's name fits {pattern}, which is linked by hand", linked, "manual")
    for domain in case.domains:
        linked = links.linked_by_hand(domain)
        if linked:
            return Answer(f"its domain {domain} is linked by hand", linked, "manual")
    return NOT_BY_HAND


def by_own_domain(case: Case) -> Answer:
    """An account lists one of its domains; of several the one that its company's name tells, else the customer, and so on."""
    directory = case.world.directory
    owners: tuple[str, ...] = ()
    for domain in case.domains:
        owners = directory.owners(domain)
        if len(owners) == 1:  # nearly always: no name needs to be looked at
            return Answer(f"found by its domain: {domain} is this account's own", owners[0], "domain", 100.0)
        if owners:
            break
    found = by_domain(case.facts, directory.accounts.names, case.world.policy.matching) if owners else None
    if found is None:
        telling = [one for one in case.domains if case.world.directory.tells(one)]
        return Answer(f"no account lists {' or '.join(telling)}" if telling else "it names no domain that tells of a company")
    if found.verdict == "auto" and found.account_id:
        return Answer(f"found by its domain: {_clause(found.reason)}", found.account_id, "domain", found.score)
    first = ties.first(case.world, found.tied)
    if first:
        return Answer(f"found by its domain, the first of {len(found.tied)} accounts that list it", first, "domain", 100)
    return Answer(_clause(found.reason), candidates=_named(case, found))


def by_profile(case: Case) -> Answer:
    """Another lead of the domain, or of a company of that name, is linked; or one of the person, where this one names no company."""
    directory = case.world.directory
    for domain in case.domains:
        link = directory.links.get(f"domain:{domain}") if directory.tells(domain) else None
        if link is None or link.how not in (CONFIRMED, SEEN) or link.account_id in case.lead.rejected:
            continue
        account_id = directory.links.standing(link.account_id)
        if account_id and (link.how == CONFIRMED or _fits(case, account_id)):
            return Answer(f"other leads of {domain} are linked to it", account_id, "profile", 100)
    link = directory.links.get(f"name:{case.core}") if case.core else None
    if link is not None and link.how == SEEN and _is_a_name(case):
        link = None  # some account has that very name now, which says more than who else was once known by it
    if link is not None and link.account_id and link.account_id not in case.lead.rejected:
        account_id = directory.links.standing(link.account_id)
        if account_id:
            return Answer(f"other leads from {case.said.company[:60]!r} are linked to it", account_id, "profile", 100)
    person = "" if case.core else directory.links.of_contact(case.said.email)
    if person and person not in case.lead.rejected:
        return Answer("the person is known to be of it", person, "profile", 100)
    return Answer("no other lead of the company is linked")


def by_its_name(case: Case) -> Answer:
    """An account's name is like its company's, or is in its domain. A network may turn a question into an answer, or suggest one."""
    found = _likened(case)
    if found.verdict == "auto" and found.account_id:
        return Answer(f"found by its name: {_clause(found.reason)}", found.account_id, "name", found.score)
    first = ties.first(case.world, found.tied)
    if first:
        score = max([case.world.policy.matching.auto, *(one.score for one in found.candidates if one.account_id == first)])
        return Answer(f"found by its name, the first of {len(found.tied)} that are as like", first, "name", score)
    seen_from = case.world.directory.accounts.networks.of(case.ip) if case.ip and case.world.policy.matching.use_ip else ()
    if found.verdict == "confirm":
        likely = [one for one in found.candidates if one.score >= case.world.policy.matching.confirm]
        agreed = [one for one in likely if one.account_id in seen_from]
        if len(agreed) == 1:
            return Answer(f"its name is like {agreed[0].name!r}, and its network agrees", agreed[0].account_id, "ip", agreed[0].score)
        return Answer(_clause(found.reason), candidates=_named(case, found))
    suggested = [one for one in seen_from if one not in _rejected(case)][:SHOWN]
    if suggested:
        accounts = case.world.directory.accounts
        shown = tuple(Candidate(one, accounts[one].name, 0, "its network", "", False) for one in suggested)
        return Answer(f"it was sent from the network of {shown[0].name!r}", candidates=shown)
    return Answer(_clause(found.reason))


def _is_a_name(case: Case) -> bool:
    whole = case.world.directory.accounts.names.names.whole(case.core.replace(" ", ""))
    return next(iter(whole), None) is not None


def _likened(case: Case) -> Found:
    """As `by_name`, remembered while the accounts are the same."""
    directory, matching = case.world.directory, case.world.policy.matching
    memo, said = directory.accounts.memo, case.said
    rejected = _rejected(case)
    host = said.email.rpartition("@")[2]
    key = (said.company, host, said.website, said.country, said.phone if matching.second_signal else "", rejected)
    found = memo.get(key)
    if found is None:
        if len(memo) >= NAMES:
            memo.clear()
        lead = LeadFacts(said.company, host and f"@{host}", said.website, said.country)
        found = memo[key] = by_name(lead, directory.accounts.names, matching, rejected, lambda one: _second_signal(case, one))
    return found


def _rejected(case: Case) -> frozenset[str]:
    link = case.world.directory.links.get(f"name:{case.core}") if case.core else None
    return frozenset((*case.lead.rejected, *(link.rejected if link is not None else ())))


def _second_signal(case: Case, account_id: str) -> bool:
    """Whether the country or the telephone number of a lead agrees with a country whose domain the account has."""
    account = case.world.directory.accounts[account_id]
    countries = {country for domain in account.domains if (country := country_of(domain))}
    return bool(countries & {case.said.country, *countries_of(case.said.phone, case.said.country)})


def _fits(case: Case, account_id: str) -> bool:
    """Whether what a lead says of its company may be an account that another lead of its domain was matched with by its name: agencies
    write for their clients."""
    if not case.core:
        return True
    link = case.world.directory.links.get(f"name:{case.core}")
    if link is not None and link.account_id == account_id:
        return True
    return any(one.account_id == account_id and one.score >= case.world.policy.matching.confirm for one in _likened(case).candidates)


def _named(case: Case, found: Found) -> tuple[Candidate, ...]:
    accounts, least = case.world.directory.accounts, case.world.policy.matching.confirm
    shown = [one for one in found.candidates if one.score >= least] or found.candidates[:SHOWN]
    return tuple(one._replace(name=one.name or accounts[one.account_id].name) for one in shown)


def _clause(sentence: str) -> str:
    return (sentence[:1].lower() + sentence[1:] if sentence[:2] != sentence[:2].upper() else sentence).removesuffix(".")


STEPS: dict[str, Callable[[Case], Answer]] = {
    "manual": by_hand,
    "domain": by_own_domain,
    "profile": by_profile,
    "name": by_its_name,
}
"""The steps in the order of rule 19."""
