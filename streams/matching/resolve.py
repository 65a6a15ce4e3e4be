"""Which account a lead belongs to, and why: its domain first, then its company's name, then the name in its domain (rule 19).

Pure: the same lead, accounts and policy give the same answer. Links by command, profiles and networks are the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol

from streams.matching.accounts import Index
from streams.matching.domains import is_free, label_of, registrable
from streams.matching.labels import by_label
from streams.matching.ranking import Candidate, normal_aliases, ranked
from streams.matching.sites import host_of, is_page

Method = Literal["manual", "domain", "name", "ip", "profile", "none"]
Verdict = Literal["auto", "confirm", "none"]

CLOSE = 4.0
"""Points within which a runner-up makes the best one a question: two readings of one name score alike within that."""
CLOSE_NAMES = 8.0
"""The same where the two answer to different parts of what was written: `HP, IBM` names both."""
SAME = 99.5
"""From this on the name is the same; one that is only as good as the same is no rival to it."""
SHOWN = 5
"""Candidates that a person is shown."""
SECOND_SIGNAL_BELOW = 97.0
"""A name that scores less is only like the account's: the policy's `second_signal` wants more evidence then."""
CONFIRMED_BY_DOMAIN = 8.0
"""Points for a name that the lead's domain speaks for as well."""


class LeadFacts(NamedTuple):
    """What a lead says of its company; each may be empty. `email`: a normalised address. `country`: ISO 3166-1 alpha-2."""

    company: str = ""
    email: str = ""
    website: str = ""
    country: str = ""


class MatchingPolicy(Protocol):
    """The policy's `[matching]`, as `schemas.policy_tables.Matching` has it."""

    @property
    def auto(self) -> float: ...
    @property
    def confirm(self) -> float: ...
    @property
    def second_signal(self) -> bool: ...
    @property
    def free_domains(self) -> Sequence[str]: ...
    @property
    def personal_domains(self) -> Sequence[str]: ...
    @property
    def aliases(self) -> Mapping[str, str]: ...


class Found(NamedTuple):
    """What a lead resolves to. `account_id`: of the best candidate when the verdict is `auto` or `confirm`, else None. `score`: 0-100;
    from `auto` on right at least 95 times in 100 on the collections in docs/matching.md. `candidates`: best first, at most `SHOWN`.
    `reason`: one sentence without any address. `tied`: accounts that would be linked but that others are as likely, the best one first:
    who knows more of them may decide."""

    account_id: str | None
    score: float
    method: Method
    verdict: Verdict
    candidates: list[Candidate]
    reason: str
    tied: tuple[str, ...] = ()


def resolve(lead: LeadFacts, accounts: Index, policy: MatchingPolicy, agrees: Callable[[str], bool] = lambda account_id: False) -> Found:
    """The account of a lead: by a domain that an account lists (before any list of free mail), else by the company's name and the name
    in a domain. Several accounts of one domain, and names that are as close, are asked (`confirm`), not guessed. `agrees`: as in
    `by_name`."""
    return by_domain(lead, accounts, policy) or by_name(lead, accounts, policy, agrees=agrees)


def by_domain(lead: LeadFacts, accounts: Index, policy: MatchingPolicy) -> Found | None:
    """The account that lists a domain of the lead; None where none does."""
    for domain in domains_of(lead):
        owners = accounts.of_domain(domain)
        if owners and not accounts.sharing(domain):
            return _by_domain(domain, list(owners), lead, accounts, policy)
    return None


def by_name(
    lead: LeadFacts,
    accounts: Index,
    policy: MatchingPolicy,
    without: frozenset[str] = frozenset(),
    agrees: Callable[[str], bool] = lambda account_id: False,
) -> Found:
    """The account whose name the lead's company, or its domain, tells. `without`: accounts that it is known not to be. `agrees`: whether
    something else speaks for an account, where the policy wants a `second_signal`."""
    domains = domains_of(lead)
    free = frozenset(policy.free_domains) | frozenset(policy.personal_domains)
    telling = [one for one in domains if not accounts.sharing(one) and not is_free(one, free)]
    found = ranked(lead.company, lead.country.upper(), accounts, normal_aliases(tuple(policy.aliases.items()))) if lead.company else []
    labelled = {one.account_id: one for domain in telling for one in by_label(domain, lead.country.upper(), accounts)}
    sharing = {one for domain in domains for one in accounts.sharing(domain)}
    spoken = sharing | labelled.keys()
    if not lead.company:
        found = sorted(labelled.values(), key=lambda one: (-one.score, one.account_id))
    else:
        found = [_spoken_for(one) if one.account_id in spoken else one for one in found]
        found.sort(key=lambda one: (-one.score, one.account_id))
    return _judged([one for one in found if one.account_id not in without], spoken, lead, policy, agrees)


def domains_of(lead: LeadFacts) -> list[str]:
    """The registrable domains that a lead says: its address's, then its website's."""
    mail = lead.email.rpartition("@")[2].strip().lower().rstrip(".")
    said = [registrable(mail)] if mail else []
    if lead.website and (host := host_of(lead.website)):
        site = registrable(host)
        if site not in said and not is_page(lead.website, site):
            said.append(site)
    return said


def _by_domain(domain: str, owners: list[str], lead: LeadFacts, accounts: Index, policy: MatchingPolicy) -> Found:
    if len(owners) == 1:
        only = Candidate(owners[0], "", 100.0, f"its domain {domain}", label_of(domain), False)
        return Found(owners[0], 100.0, "domain", "auto", [only], f"The domain {domain} is this account's own.")
    by_name = ranked(lead.company, lead.country.upper(), accounts, normal_aliases(tuple(policy.aliases.items()))) if lead.company else []
    named = [one for one in by_name if one.account_id in owners]
    if named and named[0].score >= policy.confirm and (len(named) == 1 or named[0].score - named[1].score >= CLOSE):
        best = named[0]._replace(score=100.0)
        return Found(best.account_id, 100.0, "domain", "auto", [best], f"Of {len(owners)} accounts of the domain {domain} it has the name.")
    tied = min(float(policy.auto) - 1, 79.0)
    shown = [Candidate(one, "", tied, f"its domain {domain}", label_of(domain), False) for one in owners[:SHOWN]]
    verdict = _verdict(tied, policy)
    chosen = owners[0] if verdict != "none" else None
    why = f"{len(owners)} accounts have the domain {domain}: a person must choose."
    return Found(chosen, tied, "domain", verdict, shown, why, tuple(owners))


def _spoken_for(one: Candidate) -> Candidate:
    return one._replace(score=min(100.0, one.score + CONFIRMED_BY_DOMAIN), why=f"{one.why}, as its domain says too")


def _judged(found: list[Candidate], spoken: set[str], lead: LeadFacts, policy: MatchingPolicy, agrees: Callable[[str], bool]) -> Found:
    if not found:
        named = f"No account's name is like {lead.company[:60]!r}."
        return Found(None, 0.0, "none", "none", [], named if lead.company else "No company is named, and the domain tells of no account.")
    best, shown = found[0], found[:SHOWN]
    score, reason = best.score, f"The name is like that of {best.name!r} ({best.why})."
    tied: tuple[str, ...] = ()
    if len(found) > 1 and score - found[1].score < _close(best, found[1]) and not (score >= SAME > found[1].score):
        if score >= policy.auto:
            tied = tuple(one.account_id for one in found if score - one.score < _close(best, one) and one.score >= policy.confirm)
        score = min(score, float(policy.auto) - 1)
        reason = f"{best.name!r} and {found[1].name!r} are as likely ({best.why}; {found[1].why})."
    elif (
        policy.second_signal
        and score < SECOND_SIGNAL_BELOW
        and not (best.same_country or best.account_id in spoken or agrees(best.account_id))
    ):
        score = min(score, float(policy.auto) - 1)
        reason = f"The name is like that of {best.name!r} ({best.why}), but neither country nor website agrees."
    verdict = _verdict(score, policy)
    if verdict == "none":
        return Found(None, round(score, 1), "none", "none", shown, f"The nearest name, {best.name!r}, is not near enough ({best.why}).")
    return Found(best.account_id, round(score, 1), "name", verdict, shown, reason, tied)


def _close(best: Candidate, second: Candidate) -> float:
    # A runner-up that answers to some of the best one's words is only the wider name.
    apart = best.reading != second.reading and f" {second.reading} " not in f" {best.reading} "
    return CLOSE_NAMES if apart else CLOSE


def _verdict(score: float, policy: MatchingPolicy) -> Verdict:
    return "auto" if score >= policy.auto else "confirm" if score >= policy.confirm else "none"
