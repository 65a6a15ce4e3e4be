"""A user's own lists of accounts and leads, as CSV with a header line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from schemas.addresses import normalise, normalise_domain
from schemas.errors import nearest
from streams.csv_files import opened
from streams.day.people import Account, Lead
from streams.errors import LeadlockError

ACCOUNT_COLUMNS = ("account_id", "name", "domains", "country")
LEAD_COLUMNS = ("lead_id", "company", "email", "country")


class BadList(LeadlockError):
    """{file}: {problem}"""


def read_accounts(path: Path) -> tuple[list[Account], list[str]]:
    """The accounts, and a line about each value that had to be left out. `domains` are separated by blanks. Raises BadList for a file
    that is no such list."""
    found: dict[str, Account] = {}
    notes: list[str] = []
    for number, row in _rows(path, ACCOUNT_COLUMNS):
        domains = []
        for domain in row["domains"].split():
            try:
                domains.append(normalise_domain(domain))
            except ValueError as error:
                notes.append(f"{path.name} line {number}: domains: {domain!r} {error}; left out")
        name = row["name"].strip()
        if not name:
            notes.append(f"{path.name} line {number}: name: it is empty; the id stands for it")
        account_id = _id(path, number, "account_id", row, found)
        account = Account(account_id, name or account_id, tuple(domains), _country(path, number, row, notes))
        found[account.account_id] = account
    return list(found.values()), notes


def read_leads(path: Path) -> tuple[list[Lead], list[str]]:
    """The leads, and a line about each value that had to be left out. A lead without an e-mail address gets a phone number made up from its
    line; area code 555 is given to nobody (North American Numbering Plan). Raises BadList for a file that is no such list."""
    found: dict[str, Lead] = {}
    notes: list[str] = []
    for number, row in _rows(path, LEAD_COLUMNS):
        email = row["email"].strip()
        if email:
            try:
                email = normalise(email)
            except ValueError as error:
                notes.append(f"{path.name} line {number}: email: {email!r} {error}; left out")
                email = ""
        lead_id = _id(path, number, "lead_id", row, found)
        phone = "" if email else f"+1555{number % 10_000_000:07}"
        found[lead_id] = Lead(lead_id, row["company"].strip(), email, _country(path, number, row, notes), phone)
    return list(found.values()), notes


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with opened(path, columns) as file:
            for column in columns:
                if column not in file.columns:
                    near = nearest(column, file.columns)
                    hint = f"; the nearest column it has is {near!r}" if near else f"; it has {', '.join(file.columns) or 'no header line'}"
                    raise BadList(file=path, problem=f"column {column!r} is missing{hint}")
            for row in file:
                yield row.line, {column: row.cells.get(column, "") for column in columns}
    except LeadlockError as error:
        if isinstance(error, BadList):
            raise
        raise BadList(file=path, problem=error.fields["problem"]) from error


def _id(path: Path, number: int, column: str, row: dict[str, str], found: Mapping[str, object]) -> str:
    value = row[column].strip()
    if not value:
        raise BadList(file=path, problem=f"line {number}: {column} is empty; nearest: {column[0]}{number}")
    if value in found:
        raise BadList(file=path, problem=f"line {number}: {column} {value!r} is there twice; nearest: {value}-2")
    return value


def _country(path: Path, number: int, row: dict[str, str], notes: list[str]) -> str:
    country = row["country"].strip()
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        notes.append(f"{path.name} line {number}: country: {country!r} is not two letters; left out")
        return ""
    return country.upper()
