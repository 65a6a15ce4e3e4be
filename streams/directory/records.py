"""What the directory holds: accounts, reps, and links from names, domains and contacts to accounts."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from streams.matching.domains import registrable


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
    no CRM told of it, its leads made it (rule 22). `similar`: other accounts whose names are like its own, found when it was told. The
    other fields as `account-updated` names them."""

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
    similar: list[str] = []

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


MANUAL, CONFIRMED, SEEN, MERGED = "manual", "confirmed", "seen", "merged"
"""How a link came about: by `link_account` for all of a domain or pattern; by a person's word on one lead; by a lead that was matched
without one; by the end of an account that another one has taken over."""


class Link(msgspec.Struct, omit_defaults=True):
    """What a key (`domain:<name>`, `name:<normalised>`, `pattern:<glob>`, `contact:<address>`, `account:<id>`) means. `account_id`: empty
    when it is known only what it does not mean, `rejected`. `by`: the rep who said so. `at`: microseconds."""

    account_id: str = ""
    how: str = MANUAL
    by: str = ""
    at: int = 0
    rejected: list[str] = []


read_account = msgspec.json.Decoder(Account).decode
read_rep = msgspec.json.Decoder(Rep).decode
read_link = msgspec.json.Decoder(Link).decode
write = msgspec.json.Encoder().encode


def normal_domains(domains: Iterable[str]) -> list[str]:
    """Registrable domains of what a CRM calls domains (`en.www.chino.co.jp`), each once, in order."""
    return list(dict.fromkeys(registrable(domain) for domain in domains if domain))
