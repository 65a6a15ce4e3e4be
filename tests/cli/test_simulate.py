"""`simulate`: what a file of events may look like, and what is said of a line that is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

AT = "2026-03-02T09:00:00Z"
MAIL = {"event_id": "e1", "occurred_at": AT, "message_id": "m", "contact": "a@b.com", "rep": "sam"}


def line(**changed: Any) -> str:
    """An event line; what is None is left out."""
    return json.dumps({name: one for name, one in {"topic": "email-sent", "at": AT, "value": MAIL, **changed}.items() if one is not None})


@pytest.mark.parametrize(
    ("before", "end", "after"),
    [("", "\n", ""), ("\ufeff", "\n", ""), ("", "\r\n", ""), ("\n  \n", "\n", "\n\n"), ("", "", "")],
    ids=["plain", "byte order mark", "CRLF", "blank lines", "no last newline"],
)
def test_a_file_is_read_however_its_editor_writes_it(run: Run, tmp_path: Path, before: str, end: str, after: str) -> None:
    (tmp_path / "events.jsonl").write_bytes((before + line() + end + after).encode())
    played = run("simulate", "events.jsonl")
    assert (played.exit_code, played.stderr) == (0, "")
    assert [json.loads(one)["rule"] for one in played.stdout.splitlines()] == ["first_touch"]


def test_an_empty_file_decides_nothing(run: Run) -> None:
    played = run("simulate", "-", "--until", AT, input="")
    assert (played.exit_code, played.output) == (0, "")


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ('{"topic": "email-sent", ', "it is not JSON: unexpected end of data"),
        ("[1, 2]", 'it must be an object, {"topic": …, "at": …, "value": {…}}, found [1, 2]'),
        ("null", "found None"),
        (line(topic=None), "`topic` is missing"),
        ('{"topc": "email-sent", "value": {}}', "`topic` is missing; the nearest that is there is `topc`"),
        (line(topic=7), "`topic` must be text, found 7"),
        (line(value=None), "`value` is missing"),
        (line(at="2026-03-02T09:00:00"), "`at` must have an offset from UTC, such as 2026-03-02T09:00:00Z, found '2026-03-02T09:00:00'"),
        (line(at="tomorrow"), "`at` must be a time in RFC 3339 with an offset, such as 2026-03-02T10:05:00+00:00, found 'tomorrow'"),
        (line(at=1772442000), "`at` must be a time in RFC 3339"),
        (line(at="9999-03-02T09:00:00Z"), "`at` must be from 1970 on and before 2200, found '9999-03-02T09:00:00Z'"),
        (line(at="1969-12-31T23:59:59Z"), "`at` must be from 1970 on"),
        (line(at=None, value={**MAIL, "occurred_at": "9999-01-01T00:00:00Z"}), "`occurred_at` must be from 1970 on"),
        (line(at=None, value={"event_id": "e2"}), "it has no time: neither `at` nor an `occurred_at` in its `value`"),
        (line(at=None, value="x"), "it has no time"),
        (line(at="2026-03-02T08:59:59Z"), f"at '2026-03-02T08:59:59Z' is before '{AT}' of the line above it; order the lines by at"),
    ],
)
def test_a_line_that_is_no_event_line_ends_it_with_its_number(run: Run, bad: str, says: str) -> None:
    played = run("simulate", "-", input=f"{line()}\n\n{bad}\n")
    assert played.exit_code == 1
    assert played.stderr.startswith("Error: line 3: ")
    assert says in played.stderr
    assert [json.loads(one)["event_id"] for one in played.stdout.splitlines()] == ["e1"]  # what came before it is decided


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (line(topic="email_sent"), "found 'email_sent'; the nearest valid one is `email-sent`"),
        (line(value={**MAIL, "rep": None}), "`rep` must be text, found None"),
        (line(value="x"), "it must be a JSON object, found 'x'"),
    ],
)
def test_an_event_that_cannot_be_read_is_a_dead_letter_and_the_rest_goes_on(run: Run, bad: str, says: str) -> None:
    played = run("simulate", "-", input=f"{bad}\n{line()}\n")
    assert played.exit_code == 0
    assert played.stderr.startswith("line 1: dead letter: ")
    assert says in played.stderr
    assert len(played.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("until", "says"),
    [
        ("yesterday", "'yesterday' must be a time in RFC 3339"),
        ("2026-03-03", "'2026-03-03' must have an offset from UTC, such as 2026-03-03T00:00:00Z"),
        ("9999-01-01T00:00:00Z", "must be from 1970 on and before 2200"),
    ],
)
def test_an_until_that_is_no_time_is_refused(run: Run, until: str, says: str) -> None:
    refused = run("simulate", "-", "--until", until, input=line())
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "'--until'" in refused.stderr
    assert says in refused.stderr


def test_an_until_before_the_last_line_takes_nothing_back(run: Run) -> None:
    assert run("simulate", "-", "--until", "2026-03-01T00:00:00Z", input=line()).stdout == run("simulate", "-", input=line()).stdout
