"""`leadlock match`: which account each lead of a list belongs to, without any server."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click
from rich.progress import track

from schemas.addresses import normalise
from schemas.policy import Policy
from streams.cli.common import err, policy_at
from streams.csv_files import opened
from streams.errors import LeadlockError
from streams.matching.accounts import AccountFacts, Index
from streams.matching.countries import countries_of
from streams.matching.resolve import LeadFacts, resolve
from streams.matching.sites import host_of

COLUMNS = ("lead_id", "account_id", "score", "method", "verdict", "reason")
ACCOUNT_COLUMNS = ("account_id", "name", "aliases", "domains", "shared_domains", "country")
LEAD_COLUMNS = ("lead_id", "company", "email", "website", "country", "phone")
WHOLE_ADDRESS = 320
"""Characters of the longest address (RFC 5321): what is longer is not looked at."""


class Asked(NamedTuple):
    """One lead of the list. `countries`: whose its telephone number is, which the policy's `second_signal` asks for."""

    lead_id: str
    lead: LeadFacts
    countries: tuple[str, ...]


csv_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("accounts", type=csv_file)
@click.argument("leads", type=csv_file)
@click.option("--policy", "policy_file", type=csv_file, help="Rules of engagement, for `[matching]`; defaults without it.")
def match(accounts: Path, leads: Path, policy_file: Path | None) -> None:
    """Link the LEADS of a CSV file to the ACCOUNTS of another: CSV on standard output.

    ACCOUNTS has the columns account_id and name, and may have aliases (separated by |), domains, shared_domains (separated by blanks) and
    country; LEADS has lead_id and at least one of company, email and website, and may have country and phone. Other columns are ignored,
    their order does not matter. Semicolons or tabs may stand for the commas.

    \b
    Example:
      leadlock match accounts.csv leads.csv > links.csv
    """
    matching = (policy_at(policy_file) if policy_file else Policy()).matching
    known, asked = Index(_accounts(accounts)), _leads(leads)  # both read before anything is written
    out = csv.writer(click.get_text_stream("stdout"), lineterminator="\n")
    out.writerow(COLUMNS)
    for one in _shown(asked):
        found = resolve(one.lead, known, matching, partial(_dialled, known, one.countries))
        out.writerow((one.lead_id, found.account_id or "", f"{found.score:g}", found.method, found.verdict, found.reason))


def _dialled(accounts: Index, countries: tuple[str, ...], account_id: str) -> bool:
    """Whether an account is in the country that a lead's telephone number is of."""
    return accounts.slot_of(account_id).country in countries


def _accounts(path: Path) -> Iterator[AccountFacts]:
    seen: set[str] = set()
    for line, row in _rows(path, ("account_id", "name"), ACCOUNT_COLUMNS):
        account_id = row["account_id"].strip()
        if not account_id:
            raise LeadlockError(problem=f"{path.name} line {line}: account_id is empty")
        if account_id in seen:
            raise LeadlockError(problem=f"{path.name} line {line}: account_id {account_id!r} is there twice")
        seen.add(account_id)
        aliases = tuple(one.strip() for one in row["aliases"].split("|") if one.strip())
        domains, shared = (_hosts(row[name]) for name in ("domains", "shared_domains"))
        yield AccountFacts(account_id, row["name"].strip(), aliases, domains, shared, row["country"].strip().upper())


def _hosts(text: str) -> tuple[str, ...]:
    """Domains as people list them: separated by blanks, commas, semicolons or bars, and some are sites."""
    return tuple(host_of(one) for one in re.split(r"[\s,;|]+", text) if one)


def _leads(path: Path) -> list[Asked]:
    found = []
    for line, row in _rows(path, ("lead_id",), LEAD_COLUMNS, one_of=("company", "email", "website")):
        if not row["lead_id"].strip():
            raise LeadlockError(problem=f"{path.name} line {line}: lead_id is empty")
        lead = LeadFacts(row["company"].strip(), _address(row["email"]), row["website"].strip(), row["country"].strip().upper())
        found.append(Asked(row["lead_id"].strip(), lead, countries_of(row["phone"].strip(), lead.country)))
    return found


def _address(text: str) -> str:
    # Lists are full of what are no addresses; the company's name may still tell, so that a bad one is as good as none.
    try:
        return normalise(text) if 0 < len(text) <= WHOLE_ADDRESS else ""
    except ValueError:
        return ""


def _rows(
    path: Path, needed: tuple[str, ...], known: tuple[str, ...], one_of: tuple[str, ...] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with their line numbers, every known column there, empty where the file lacks it."""
    with opened(path, known) as file:
        for column in needed:
            if column not in file.columns:
                raise LeadlockError(problem=file.lack(column))
        if one_of and not set(one_of) & set(file.columns):
            raise LeadlockError(problem=file.lack(f"{', '.join(one_of[:-1])} or {one_of[-1]}", one_of[0]))
        for row in file:
            yield row.line, {name: row.cells.get(name, "") for name in known}


def _shown(leads: list[Asked]) -> Iterable[Asked]:
    console = err()
    return track(leads, "Matching", console=console, transient=True) if console.is_terminal else leads
