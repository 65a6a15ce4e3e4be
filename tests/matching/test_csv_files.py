"""Lists as spreadsheets and people write them, read by `match`, `import` and `demo` alike."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from streams.csv_files import Row, opened
from streams.errors import LeadlockError

KNOWN = ("lead_id", "company", "email")
ROWS = [("l1", "Acme, Inc.", "a@acme.com"), ("l2", "Globex", "")]
TEXT = 'lead_id,company,email\nl1,"Acme, Inc.",a@acme.com\nl2,Globex,\n'


def read(folder: Path, content: bytes | str) -> list[Row]:
    file = folder / "leads.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with opened(file, KNOWN) as found:
        return list(found)


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        b"\n\n" + TEXT.encode(),
        TEXT.encode() + b"\n,,\n\n, ,\n",
        b'lead_id;company;email\nl1;"Acme, Inc.";a@acme.com\nl2;Globex;\n',
        b'sep=;\nlead_id;company;email\nl1;"Acme, Inc.";a@acme.com\nl2;Globex;\n;;\n',
        b"lead_id\tcompany\temail\nl1\tAcme, Inc.\ta@acme.com\nl2\tGlobex\t\n",
        "lead_id\tcompany\temail\r\nl1\tAcme, Inc.\ta@acme.com\r\nl2\tGlobex\t\r\n".encode("utf-16"),
        b'Email,LEAD_ID, Company \na@acme.com,l1,"Acme, Inc."\n,l2,Globex\n',
        b'"lead_id","company","email"\n"l1","Acme, Inc.","a@acme.com"\n"l2","Globex",""\n',
        b'note,lead_id,company,email,\n"two\nlines",l1,"Acme, Inc.",a@acme.com,x\n,l2,Globex,,\n',
    ],
)
def test_the_same_list_however_it_was_saved(tmp_path: Path, content: bytes) -> None:
    assert [tuple(row.cells[name] for name in KNOWN) for row in read(tmp_path, content)] == ROWS


def test_a_row_may_be_shorter_than_the_header_and_says_where_it_begins(tmp_path: Path) -> None:
    assert read(tmp_path, 'lead_id,company\nl1,"two\nlines"\n\nl2\nl3,Acme,more\n') == [
        Row(2, {"lead_id": "l1", "company": "two\nlines"}, []),
        Row(5, {"lead_id": "l2"}, []),
        Row(6, {"lead_id": "l3", "company": "Acme"}, ["more"]),
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('lead_id,company\nl1,Acme\nl2,"Globex\nl3,Hooli\n', "leads.csv line 3 is not CSV: unexpected end of data"),
        ('lead_id,company\nl1,"Acme\nl2,Globex\nl3,"Hooli"\n', "leads.csv line 2 is not CSV: ',' expected after '\"'"),
        ("lead_id,company,Company\nl1,Acme,Globex\n", "leads.csv has the column company twice"),
        (b"lead_id,company\n" + b"l1,Acme\n" * 5000 + b"l2,Caf\xe9\n", "is not UTF-8 at byte 40022 (line 5002); save it as CSV UTF-8"),
    ],
)
def test_nothing_is_swallowed_in_silence(tmp_path: Path, content: bytes | str, says: str) -> None:
    with pytest.raises(LeadlockError, match=re.escape(says)):
        read(tmp_path, content)
