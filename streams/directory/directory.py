"""The replica that each worker keeps of accounts, reps and links, and what rules ask of it (rule 19).

Facts arrive as `account-updated` and `rep-updated`, links by commands and by leads that were matched; the tables hold them,
`streams.engine` brings the replica up to date before each batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

from streams.directory.accounts import Accounts
from streams.directory.links import Links
from streams.directory.records import Account, Link, Rep, normal_domains, read_account, read_link, read_rep, write
from streams.known import Known
from streams.matching.domains import is_free, registrable
from streams.tables.contract import Fact

__all__ = ["Account", "Directory", "Link", "Rep", "normal_domains"]

HOMES = 100_000
"""Hosts whose company is remembered: some 20 MB, and more companies than a day's mail goes to."""

LOOKED_THROUGH = 10_000
"""Accounts among which the nearest id is looked for: at 3 microseconds each a mistyped command takes 30 ms, no more."""

REP_LISTS = 1_000
"""Lists of reps by role, partner or department that are remembered until a rep changes."""


class Directory:
    """Accounts by id and domain, links, reps by id and team. `free`, `personal`: the policy's domains that tell of no company. `changes`
    counts the changes to accounts and to links of domains: while it stands, every address belongs to whom it belonged, but for `relinked`:
    keys of the contacts that were linked since `keep` or `undo`. What a name is linked to moves nobody. `matters`: those open, see
    `streams.matters`. `of_reps`: what others work out of the reps, emptied whenever one changes."""

    def __init__(self, free: Iterable[str] = (), personal: Iterable[str] = ()) -> None:
        self.accounts = Accounts()
        self.links = Links(self.accounts)
        self.reps: dict[str, Rep] = {}
        self.matters: dict[str, bytes] = {}
        self.of_reps: dict[object, Any] = {}
        self._by_role: dict[str, list[Rep]] = {}
        self._free = frozenset(free) | frozenset(personal)
        self._before: dict[tuple[str, str], bytes | Rep | Link | None] = {}
        self._homes = Known[str, tuple[str, Account | None]](lambda host: self.company_of_domain(registrable(host)), HOMES)
        self.changes = 0
        self.relinked: set[str] = set()

    def clear(self) -> None:
        """Forget everything, before the whole directory is loaded anew."""
        for kept in (self.accounts, self.links, self.reps, self.matters, self._before):
            kept.clear()
        self._moved()
        self._reps_changed()

    def learn(self, fact: Fact) -> None:
        """Take in one record of the tables or of its change log; the latest one stands."""
        kind, key, body = fact
        if kind == "matter":
            if body:
                self.matters[key] = body
            else:
                self.matters.pop(key, None)
        elif kind == "account":
            self._set_account(key, body)
        elif kind == "link":
            self._set_link(key, read_link(body) if body else None)
        else:
            self._set_rep(key, read_rep(body) if body else None)

    def put_account(self, account: Account) -> Fact:
        """Know the account as it is now, unless `undo` comes first; the domains it no longer has are let go. The fact that tells of it."""
        body = write(account)
        self._before.setdefault(("account", account.account_id), self.accounts.body(account.account_id))
        self.accounts.set(account, body)
        self._moved()
        return Fact("account", account.account_id, body)

    def drop_account(self, account_id: str) -> Fact:
        """Forget the account, unless `undo` comes first. The fact that tells of it."""
        self._before.setdefault(("account", account_id), self.accounts.body(account_id))
        self.accounts.drop(account_id)
        self._moved()
        return Fact("account", account_id, b"")

    def put_rep(self, rep: Rep) -> Fact:
        """Know the rep as they are now, unless `undo` comes first. The fact that tells of it."""
        self._before.setdefault(("rep", rep.rep), self.reps.get(rep.rep))
        self._set_rep(rep.rep, rep)
        return Fact("rep", rep.rep, write(rep))

    def put_link(self, key: str, link: Link) -> Fact:
        """Know a link, unless `undo` comes first. The fact that tells of it."""
        self._before.setdefault(("link", key), self.links.get(key))
        self._set_link(key, link)
        if key[:8] == "contact:":
            self.relinked.add(key)
        return Fact("link", key, write(link))

    def keep(self) -> None:
        """What was put has reached the tables."""
        self._before.clear()
        self.relinked.clear()

    def undo(self) -> None:
        """Forget what was put since `keep`: where it did not reach the tables it never happened."""
        for (kind, key), old in self._before.items():
            if kind == "account":
                self._set_account(key, old if isinstance(old, bytes) else b"")
            elif kind == "link":
                self._set_link(key, old if isinstance(old, Link) else None)
            else:
                self._set_rep(key, old if isinstance(old, Rep) else None)
        self._before.clear()
        self.relinked.clear()

    def _set_account(self, account_id: str, body: bytes) -> None:
        if body:
            self.accounts.set(read_account(body), body)
        else:
            self.accounts.drop(account_id)
        self._moved()

    def _set_link(self, key: str, link: Link | None) -> None:
        self.links.set(key, link)
        if key[:7] == "domain:" or key[:8] == "account:":
            self._moved()

    def _moved(self) -> None:
        self.changes += 1
        self._homes.clear()

    def _set_rep(self, key: str, rep: Rep | None) -> None:
        if rep is None:
            self.reps.pop(key, None)
        else:
            self.reps[key] = rep
        self._reps_changed()

    def _reps_changed(self) -> None:
        self.of_reps.clear()
        self._by_role.clear()

    def owners(self, domain: str) -> tuple[str, ...]:
        """Ids of the accounts that a registrable domain belongs to by what the CRM says; none for one that companies share."""
        return () if self.accounts.domains.sharing(domain) else self.accounts.domains.of(domain)

    def tells(self, domain: str) -> bool:
        """Whether a registrable domain tells of a company: it is not free, personal or shared, or it is some account's own."""
        if self.accounts.domains.sharing(domain):
            return False
        return bool(self.accounts.domains.of(domain)) or not is_free(domain, self._free)

    def of_domain(self, domain: str) -> Account | None:
        """The account that a registrable domain belongs to: that which somebody linked it to, else that which lists it (of several the
        customer, then the one with an open opportunity; still tied: none), else that which somebody linked a lead of it to."""
        linked = self.links.linked_by_hand(domain)
        if linked:
            return self.accounts[linked]
        ids = self.owners(domain)
        if len(ids) == 1:
            return self.accounts[ids[0]]
        if ids:
            ranked = sorted((self.accounts[one] for one in ids), key=_rank)
            return ranked[0] if _rank(ranked[0])[:2] != _rank(ranked[1])[:2] else None
        taught = self.links.linked_by_word(domain)
        return self.accounts[taught] if taught else None

    def company(self, address: str) -> tuple[str, Account | None]:
        """The key of the company that a contact's address belongs to, and its account: `account:<id>`, `domain:<name>`, or empty for a
        contact alone (free, personal and shared domains tell of no company, but for people who are linked themselves)."""
        linked = self.links.of_contact(address)
        if linked:
            return f"account:{linked}", self.accounts[linked]
        host = address[address.rindex("@") + 1 :]
        return self._homes[host]

    def company_of_domain(self, domain: str) -> tuple[str, Account | None]:
        """As `company`, for a registrable domain."""
        account = self.of_domain(domain)
        if account is not None:
            return f"account:{account.account_id}", account
        return (f"domain:{domain}", None) if self.tells(domain) else ("", None)

    def alike(self, account: Account) -> list[Account]:
        """Accounts of the same parent, and those whose names were found to be like this one's when either was told, by id."""
        found = {one.account_id: one for one in (*self.accounts.related(account), *self.accounts.similar(account))}
        return [found[one] for one in sorted(found)]

    def team(self, rep: str) -> str:
        """The rep's team; empty when the rep or the team is not known."""
        known = self.reps.get(rep)
        return known.team if known else ""

    def called(self, rep: str) -> str:
        """The rep's name; the id of one who has none or is not known."""
        known = self.reps.get(rep)
        return known.name or rep if known else rep

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

    def of_team(self, team: str) -> list[Rep]:
        """The members of a team, whether they are there or not, by id."""
        return self._reps_where(f"team:{team}", lambda one: one.team == team)

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

    def nearest_account(self, account_id: str) -> str:
        """The known account whose id is most like `account_id`; empty when none is, or when there are too many to look through."""
        return _nearest(account_id, self.accounts) if len(self.accounts) <= LOOKED_THROUGH else ""

    def nearest_rep(self, rep: str) -> str:
        """The known rep whose id is most like `rep`; empty when none is."""
        return _nearest(rep, self.reps)


def _nearest(name: str, known: Iterable[str]) -> str:
    """Ids mean what they say to the letter; a mistyped one is found whatever its case and the blanks around it."""
    folded = {one.casefold(): one for one in known}
    close = get_close_matches(name.strip().casefold(), folded, 1)
    return folded[close[0]] if close else ""


def _rank(account: Account) -> tuple[bool, bool, str]:
    return account.status != "customer", not account.open_opportunities, account.account_id
