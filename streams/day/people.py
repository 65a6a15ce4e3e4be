"""Who works here, and the companies and people that they write to; all of them made up."""

from __future__ import annotations

from random import Random
from typing import Any, Final, NamedTuple

TEAMS: Final = {"inbound": ("sam", "ana", "ben", "cleo", "dev"), "outbound": ("priya", "eva", "finn", "gita", "hugo")}
"""Team -> its SDRs. The two teams work the same market with tools that do not know of each other."""

TOOLS: Final = {"inbound": "leadtrain", "outbound": "outreach"}
LEADS: Final = {"inbound": "mia", "outbound": "noor"}
CLOSERS: Final = ("ida", "jon")
REVOPS: Final = "rita"
ZONE: Final = "America/New_York"
TEAM_OF: Final = {rep: team for team, reps in TEAMS.items() for rep in reps}
PATCH_OF: Final = {rep: f"{team}-{number}" for team, reps in TEAMS.items() for number, rep in enumerate(reps, 1)}
"""Rep -> the region that is theirs: leads from there are routed to them."""

_FIRST = ["amber", "blue", "cedar", "delta", "ember", "falcon", "granite", "harbor", "iron", "juniper", "kestrel", "lumen", "maple"]
_SECOND = ["bridge", "field", "forge", "gate", "haven", "lake", "line", "mark", "peak", "point", "ridge", "stone", "water", "works"]
_TRADES = ["Logistics", "Freight", "Foods", "Health", "Robotics", "Textiles", "Energy", "Software", "Insurance", "Packaging"]
_NAMES = ["alex", "billie", "casey", "drew", "ellis", "frankie", "gray", "harper", "indra", "jules", "kim", "lou", "marlow", "noa", "oli"]
_FAMILIES = ["archer", "brandt", "costa", "dahl", "eriksen", "faber", "gallo", "haas", "ito", "jansen", "kaur", "lind", "moreau", "novak"]
TITLES: Final = ("VP Operations", "Head of Logistics", "COO", "Operations Manager", "Buyer", "Director of Procurement", "Analyst")
COUNTRIES: Final = ("US", "US", "US", "CA", "GB", "DE", "FR")


class Account(NamedTuple):
    """One row of a list of accounts. `country`: two letters, or empty."""

    account_id: str
    name: str
    domains: tuple[str, ...] = ()
    country: str = ""


class Lead(NamedTuple):
    """One row of a list of leads; an empty field is not known. `phone` stands where there is no `email`."""

    lead_id: str
    company: str = ""
    email: str = ""
    country: str = ""
    phone: str = ""


def reps() -> list[dict[str, Any]]:
    """Everybody of both teams, their leads, closers and RevOps, as `rep-updated` tells of them."""
    found: list[dict[str, Any]] = [
        {
            "rep": rep,
            "name": rep.title(),
            "team": team,
            "role": "sdr",
            "manager": LEADS[team],
            "timezone": ZONE,
            "territories": [{"regions": [PATCH_OF[rep]]}],
        }
        for team, members in TEAMS.items()
        for rep in members
    ]
    found += [{"rep": lead, "name": lead.title(), "team": team, "role": "team_lead", "timezone": ZONE} for team, lead in LEADS.items()]
    found += [{"rep": rep, "name": rep.title(), "team": "closing", "role": "ae", "timezone": ZONE} for rep in CLOSERS]
    return [*found, {"rep": REVOPS, "name": REVOPS.title(), "team": "revops", "role": "revops", "timezone": ZONE}]


def made_up_accounts(rng: Random, count: int) -> list[Account]:
    """So many companies, their names all different; domains under `.example` belong to nobody (RFC 2606)."""
    words = [(first, second) for first in _FIRST for second in _SECOND]
    rng.shuffle(words)
    found = []
    for number in range(count):
        first, second = words[number % len(words)]
        again = number // len(words)
        name = f"{first.title()}{second} {rng.choice(_TRADES)}" + (f" {again + 1}" if again else "")
        found.append(Account(f"acc-{number + 1:03}", name, (f"{first}{second}{again or ''}.example",), rng.choice(COUNTRIES)))
    return found


def made_up_lead(rng: Random, number: int, accounts: list[Account]) -> Lead:
    """A person: most at one of the accounts, some at a company that has no account yet, some with a private address."""
    given, family = rng.choice(_NAMES), rng.choice(_FAMILIES)
    name = f"{given}.{family}{number}"
    draw = rng.random()
    if draw < 0.78:
        # A few accounts draw most of the traffic, as anywhere.
        account = accounts[min(int(rng.random() ** 2 * len(accounts)), len(accounts) - 1)]
        return Lead(f"lead-{number:05}", account.name, f"{name}@{account.domains[0]}", account.country)
    if draw < 0.92:
        company = f"{rng.choice(_FIRST)}-{rng.choice(_SECOND)}-co"
        return Lead(f"lead-{number:05}", company.replace("-", " ").title(), f"{name}@{company}.example", rng.choice(COUNTRIES))
    return Lead(f"lead-{number:05}", "", f"{name}@gmail.com", rng.choice(COUNTRIES))
