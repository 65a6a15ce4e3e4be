"""`leadlock match`: a whole list, from files to a file."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.cli import main

ACCOUNTS = "\n".join(
    (
        "account_id,name,domains,country,tier,aliases",
        "a1,Zorvex GmbH,zorvex.com zorvex.de,DE,gold,ZX Machines|Zorvexia",
        "a2,Brambleton Foods,,,silver,",
        'a3,"Quillworth, Inc.",,US,gold,',
        "a4,Quillworth Ltd,,US,gold,",
    )
)
LEADS = "\n".join(
    (
        "lead_id,company,email,country,score",
        "l1,,kim@mail.zorvex.de,,7",
        "l2,BRAMBLETON,,,",
        "l3,Quillworth,,US,",
        "l4,Nobody at all,kim@gmail.com,,",
        "l5,ZX Machines,no address at all,,",
    )
)


def run(folder: Path, accounts: str = ACCOUNTS, leads: str | bytes = LEADS, *options: str) -> Result:
    (folder / "accounts.csv").write_text(accounts, "utf-8")
    (folder / "leads.csv").write_bytes(leads if isinstance(leads, bytes) else leads.encode())
    return CliRunner().invoke(main, ["match", str(folder / "accounts.csv"), str(folder / "leads.csv"), *options])


def test_every_lead_has_a_row_in_order(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert (result.exit_code, result.stderr) == (0, "")
    found = list(csv.DictReader(io.StringIO(result.stdout)))
    assert list(found[0]) == ["lead_id", "account_id", "score", "method", "verdict", "reason"]
    assert [(row["lead_id"], row["account_id"], row["method"], row["verdict"]) for row in found] == [
        ("l1", "a1", "domain", "auto"),
        ("l2", "a2", "name", "auto"),
        ("l3", "a3", "name", "confirm"),
        ("l4", "", "none", "none"),
        ("l5", "a1", "name", "auto"),
    ]
    assert all(row["reason"].endswith(".") and 0 <= float(row["score"]) <= 100 for row in found)
    assert "kim@" not in result.stdout


def test_the_policy_file_is_followed(tmp_path: Path) -> None:
    policy = tmp_path / "rules.toml"
    policy.write_text("[matching]\nauto = 100\nconfirm = 99", "utf-8")
    rows = list(csv.DictReader(io.StringIO(run(tmp_path, ACCOUNTS, LEADS, "--policy", str(policy)).stdout)))
    assert rows[1]["verdict"] == "none"


@pytest.mark.parametrize(
    ("accounts", "leads", "message"),
    [
        (ACCOUNTS.replace("account_id", "accountid"), LEADS, "accounts.csv has no column account_id: the nearest is 'accountid'"),
        (ACCOUNTS, LEADS.replace("lead_id", "lead"), "leads.csv has no column lead_id: the nearest is 'lead'"),
        (ACCOUNTS, "lead_id,compny\nl1,Zorvex", "leads.csv has no column company, email or website: the nearest is 'compny'"),
        (ACCOUNTS, "", "leads.csv has no column lead_id: it has no header"),
        (ACCOUNTS + "\na1,Again", LEADS, "accounts.csv line 6: account_id 'a1' is there twice"),
        (ACCOUNTS + "\n,Nameless", LEADS, "accounts.csv line 6: account_id is empty"),
        (ACCOUNTS, LEADS + "\n,Nameless", "leads.csv line 7: lead_id is empty"),
        (ACCOUNTS, b"lead_id,company\nl1,Z\xff", "leads.csv is not UTF-8 at byte 20"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, accounts: str, leads: str | bytes, message: str) -> None:
    result = run(tmp_path, accounts, leads)
    assert result.exit_code == 1
    assert message in result.stderr
    assert "lead_id,account_id" not in result.stdout


def test_a_byte_order_mark_is_no_part_of_a_column(tmp_path: Path) -> None:
    assert run(tmp_path, ACCOUNTS, b"\xef\xbb\xbf" + LEADS.encode()).exit_code == 0


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [(",,", "confirm"), ("DE,,", "auto"), (",+49 30 1234567,", "auto"), (",+1 212 555 0100,", "confirm"), (",,zorvex.de", "auto")],
)
def test_with_second_signal_country_phone_or_website_is_to_agree(tmp_path: Path, fields: str, verdict: str) -> None:
    policy = tmp_path / "rules.toml"
    policy.write_text("[matching]\nsecond_signal = true\n")
    leads = f"lead_id,company,country,phone,website\nl1,Zorvexx Engines,{fields}\n"
    accounts = "account_id,name,country,domains\na1,Zorvex Engines,DE,zorvex.de\n"
    (row,) = csv.DictReader(io.StringIO(run(tmp_path, accounts, leads, "--policy", str(policy)).stdout))
    assert (row["account_id"], row["verdict"]) == ("a1", verdict)


def test_domains_are_read_as_people_list_them(tmp_path: Path) -> None:
    accounts = 'account_id,name,domains\na1,Acme,"acme.com, ACME.org;https://www.acme.net/home|acme.io"\n'
    leads = "lead_id,email\n" + "".join(f"{ending},x@acme.{ending}\n" for ending in ("com", "org", "net", "io"))
    rows = csv.DictReader(io.StringIO(run(tmp_path, accounts, leads).stdout))
    assert [row["account_id"] for row in rows] == ["a1"] * 4
