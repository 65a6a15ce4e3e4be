"""The replica that each worker keeps of accounts and reps, and what rules ask of it (rule 19, domains only at this point).

Facts arrive as `account-updated` and `rep-updated`; the tables hold them, `streams.engine` brings the replica up to date before each batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches

import msgspec

from streams.matching.domains import is_free, registrable
from streams.tables.contract import Fact

HOMES = 100_000
"""Hosts whose company is remembered: some 20 MB, and more companies than a day's mail goes to."""


REP_LISTS = 1_000
"""Lists of reps by role, partner or department that are remembered until a rep changes."""


class Opportunity(msgspec.Struct):
    """An open deal of an account."""

    id: str = ""
    owner: str = ""
    product: str = ""


class ClosedLost(msgspec.Struct):
    """The last deal that was lost."""

    owner: str = ""
    at: str = ""


class Account(msgspec.Struct, omit_defaults=True):
    """The CRM's view of a company. `occurred`: when it was so, microseconds. `domains`, `shared_domains`: registrable. `made_by_leads`:
    no CRM told of it, its leads made it (rule 22). The other fields as `account-updated` names them."""

    account_id: str
    name: str
    occurred: int = 0
    domains: list[str] = []
    shared_domains: list[str] = []
    aliases: list[str] = []
    parent_id: str = ""
    status: str = "prospect"
    owner: str = ""
    backup_owner: str = ""
    segment: str = ""
    strategic: bool = False
    open_opportunities: list[Opportunity] = []
    closed_lost: ClosedLost | None = None
    churned_at: str = ""
    contract_value: float = 0
    products: list[str] = []
    account_manager: str = ""
    csm: str = ""
    open_tickets: int = 0
    health: float | None = None
    competitor: bool = False
    partner_manager: str = ""
    sourced_by_partner: str = ""
    partner_involved: str = ""
    team: list[str] = []
    dedicated_sdr: str = ""
    specialists: dict[str, str] = {}
    networks: list[str] = []
    made_by_leads: bool = False

    def named(self) -> set[str]:
        """Whoever has a named role on the account."""
        roles = {self.owner, self.backup_owner, self.account_manager, self.csm, self.partner_manager, self.dedicated_sdr}
        return {rep for rep in (*roles, *self.team, *self.specialists.values(), *self.dealing()) if rep}

    def dealing(self) -> list[str]:
        """Owners of its open opportunities, as the CRM orders them."""
        return [deal.owner for deal in self.open_opportunities if deal.owner]


class Rep(msgspec.Struct, omit_defaults=True):
    """One of our people, as `rep-updated` tells."""

    rep: str
    occurred: int = 0
    name: str = ""
    email: str = ""
    team: str = ""
    role: str = ""
    manager: str = ""
    backup: str = ""
    timezone: str = ""
    active: bool = True
    left_at: str = ""
    successor: str = ""
    territories: list[dict[str, list[str]]] = []
    weight: float = 1
    specialties: list[str] = []
    partner_id: str = ""


_KINDS: dict[str, msgspec.json.Decoder[Account] | msgspec.json.Decoder[Rep]] = {
    "account": msgspec.json.Decoder(Account),
    "rep": msgspec.json.Decoder(Rep),
}


class Directory:
    """Accounts by id and domain, reps by id and team. `free`, `personal`: the policy's domains that tell of no company. `changes` counts
    the changes to accounts: while it stands, every domain belongs to whom it belonged. `matters`: those open, see `streams.matters`.
    `of_reps`: what others work out of the reps, emptied whenever one changes."""

    def __init__(self, free: Iterable[str] = (), personal: Iterable[str] = ()) -> None:
        self.accounts: dict[str, Account] = {}
        self.reps: dict[str, Rep] = {}
        self.matters: dict[str, bytes] = {}
        self.changes = 0
        self.of_reps: dict[object, list[list[Rep]]] = {}
        self._by_role: dict[str, list[Rep]] = {}
        self._free = frozenset(free) | frozenset(personal)
        self._by_domain: dict[str, list[str]] = {}
        self._shared: dict[str, set[str]] = {}
        self._children: dict[str, set[str]] = {}
        self._before: dict[tuple[str, str], Account | Rep | None] = {}
        self._homes: dict[str, tuple[str, Account | None]] = {}
        self._homes_at = 0

    def clear(self) -> None:
        """Forget everything, before the whole directory is loaded anew."""
        for kept in (self.accounts, self.reps, self.matters, self._by_domain, self._shared, self._children, self._before):
            kept.clear()
        self.changes += 1
        self._reps_changed()

    def learn(self, fact: Fact) -> None:
        """Take in one record of the tables or of its change log; the latest one stands."""
        if fact.kind == "matter":
            if fact.body:
                self.matters[fact.key] = fact.body
            else:
                self.matters.pop(fact.key, None)
            return
        if not fact.body:
            self._drop_account(fact.key)  # of what the directory holds only accounts are ever removed
            return
        known = _KINDS[fact.kind].decode(fact.body)
        if isinstance(known, Account):
            self._set_account(known)
        else:
            self._set_rep(known)

    def put_account(self, account: Account) -> None:
        """Know the account as it is now, unless `undo` comes first; the domains it no longer has are let go."""
        self._before.setdefault(("account", account.account_id), self.accounts.get(account.account_id))
        self._set_account(account)

    def remove_account(self, account_id: str) -> None:
        """Know the account no longer, unless `undo` comes first."""
        self._before.setdefault(("account", account_id), self.accounts.get(account_id))
        self._drop_account(account_id)

    def put_rep(self, rep: Rep) -> None:
        """Know the rep as they are now, unless `undo` comes first."""
        self._before.setdefault(("rep", rep.rep), self.reps.get(rep.rep))
        self._set_rep(rep)

    def keep(self) -> None:
        """What was put has reached the tables."""
        self._before.clear()

    def undo(self) -> None:
        """Forget what was put since `keep`: where it did not reach the tables it never happened."""
        for (kind, key), old in self._before.items():
            if isinstance(old, Account):
                self._set_account(old)
            elif isinstance(old, Rep):
                self._set_rep(old)
            elif kind == "account":
                self._drop_account(key)
            else:
                del self.reps[key]
                self._reps_changed()
        self._before.clear()

    def _set_rep(self, rep: Rep) -> None:
        self.reps[rep.rep] = rep
        self._reps_changed()

    def _reps_changed(self) -> None:
        self.of_reps.clear()
        self._by_role.clear()

    def _drop_account(self, account_id: str) -> None:
        self.changes += 1
        old = self.accounts.pop(account_id, None)
        if old is not None:
            for domain in old.domains:
                self._by_domain[domain].remove(account_id)
            for domain in old.shared_domains:
                self._shared[domain].discard(account_id)
            self._children.get(old.parent_id, set()).discard(account_id)

    def _set_account(self, account: Account) -> None:
        self._drop_account(account.account_id)
        self.accounts[account.account_id] = account
        for domain in account.domains:
            self._by_domain.setdefault(domain, []).append(account.account_id)
        for domain in account.shared_domains:
            self._shared.setdefault(domain, set()).add(account.account_id)
        if account.parent_id:
            self._children.setdefault(account.parent_id, set()).add(account.account_id)

    def of_domain(self, domain: str) -> Account | None:
        """The account that a registrable domain belongs to. Of several: the customer, then the one with an open opportunity;
        still tied: none."""
        ids = self._by_domain.get(domain)
        if not ids or self._shared.get(domain):
            return None
        if len(ids) == 1:
            return self.accounts[ids[0]]
        ranked = sorted((self.accounts[one] for one in ids), key=_rank)
        return ranked[0] if _rank(ranked[0])[:2] != _rank(ranked[1])[:2] else None

    def of_any(self, domain: str) -> list[str]:
        """The ids of every account that says it has the domain."""
        return list(self._by_domain.get(domain, ()))

    def company(self, address: str) -> tuple[str, Account | None]:
        """The key of the company that a contact's address belongs to, and its account: `account:<id>`, `domain:<name>`, or empty for a
        contact alone (free, personal and shared domains tell of no company)."""
        if self._homes_at != self.changes or len(self._homes) >= HOMES:
            self._homes.clear()
            self._homes_at = self.changes
        host = address[address.rindex("@") + 1 :]
        home = self._homes.get(host)
        if home is None:
            home = self._homes[host] = self.company_of_domain(registrable(host))
        return home

    def company_of_domain(self, domain: str) -> tuple[str, Account | None]:
        """As `company`, for a registrable domain."""
        account = self.of_domain(domain)
        if account is not None:
            return f"account:{account.account_id}", account
        if self._shared.get(domain) or is_free(domain, self._free):
            return "", None
        return f"domain:{domain}", None

    def related(self, account: Account) -> list[Account]:
        """Accounts of the same parent, the parent and the children included, by id."""
        family = set(self._children.get(account.account_id, ()))
        if account.parent_id:
            family |= self._children.get(account.parent_id, set()) | {account.parent_id}
        family.discard(account.account_id)
        return [self.accounts[one] for one in sorted(family) if one in self.accounts]

    def team(self, rep: str) -> str:
        """The rep's team; empty when the rep or the team is not known."""
        known = self.reps.get(rep)
        return known.team if known else ""

    def leads_of(self, rep: str) -> set[str]:
        """The rep's team leads: the manager, and whoever is `team_lead` of the rep's team."""
        known = self.reps.get(rep)
        if known is None:
            return set()
        leads = {one.rep for one in self.reps.values() if one.role == "team_lead" and one.team and one.team == known.team and one.active}
        return leads | ({known.manager} if known.manager else set())

    def has_role(self, rep: str, *roles: str) -> bool:
        """Whether the rep is active and has one of the roles."""
        known = self.reps.get(rep)
        return known is not None and known.active and known.role in roles

    def of_role(self, role: str) -> list[Rep]:
        """All reps of a role, whether they are there or not, by id."""
        return self._reps_where(role, lambda one: one.role == role)

    def of_partner(self, partner_id: str) -> list[Rep]:
        """A partner's own reps, by id."""
        return self._reps_where(f"partner:{partner_id}", lambda one: one.partner_id == partner_id)

    def of_specialty(self, department: str) -> list[Rep]:
        """The reps whose specialty is a department (casefolded), by id."""
        return self._reps_where(f"specialty:{department}", lambda one: department in [each.casefold() for each in one.specialties])

    def _reps_where(self, key: str, fits: Callable[[Rep], bool]) -> list[Rep]:
        found = self._by_role.get(key)
        if found is None:
            if len(self._by_role) >= REP_LISTS:
                self._by_role.clear()
            found = self._by_role[key] = sorted((one for one in self.reps.values() if fits(one)), key=lambda one: one.rep)
        return found

    def nearest_rep(self, rep: str) -> str:
        """The known rep whose id is most like `rep`; empty when none is."""
        return next(iter(get_close_matches(rep, self.reps, 1)), "")


def normal_domains(domains: Iterable[str]) -> list[str]:
    """Registrable domains of what a CRM calls domains (`en.www.chino.co.jp`), each once, in order."""
    return list(dict.fromkeys(registrable(domain) for domain in domains if domain))


def _rank(account: Account) -> tuple[bool, bool, str]:
    return account.status != "customer", not account.open_opportunities, account.account_id
