"""`leadlock audit` over a real Redis, in its three formats."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from streams.tables.redis import RedisTables
from tests.cli.conftest import OPS, Run, Tell

pytestmark = pytest.mark.redis


@pytest.fixture
def messy(tell: Tell) -> None:
    """Two reps at one account, an unanswered answer, mail after an unsubscribe, a name that is markup."""
    tell("account-updated", {"account_id": "b", "name": "<b>Bold & Co</b> [red]", "domains": ["bold.example"]}, -200)
    for hours, rep, contact in ((-190, "sam", OPS), (-60, "priya", "cfo@northwind-logistics.com"), (-59, "sam", "a@bold.example")):
        tell("email-sent", {"message_id": "m", "contact": contact, "rep": rep, "sequence_id": f"{rep}-1"}, hours)
    tell("reply-classified", {"contact": OPS, "class": "interested", "rep": "sam"}, -58)
    tell("email-sent", {"message_id": "m", "contact": "vp@northwind-logistics.com", "rep": "sam"}, -57)
    tell("email-sent", {"message_id": "m", "contact": "b@bold.example", "rep": "priya"}, -56)
    tell("reply-classified", {"contact": "b@bold.example", "class": "unsubscribe"}, -55)
    tell("email-sent", {"message_id": "m", "contact": "b@bold.example", "rep": "priya"}, -54)


def test_nothing_on_record_is_nothing_found(run: Run, store: RedisTables) -> None:
    told = run("audit")
    assert told.exit_code == 0
    assert "Nothing was found." in told.stdout


def test_the_table_is_readable_at_a_hundred_columns(run: Run, messy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    told = run("audit").stdout
    assert max(map(len, told.splitlines())) <= 100
    for word in ("Accounts contacted by more than one rep (2)", "Bold & Co", "[red]", "request_review", "still mailed", "sam answers"):
        assert word in " ".join(told.split())
    assert "Nothing was found of: " in " ".join(told.split())


def test_json_has_every_question_and_the_command_that_mends(run: Run, messy: None) -> None:
    said = json.loads(run("audit", "--format", "json").stdout)
    sections = {one["name"]: one["findings"] for one in said["sections"]}
    assert len(sections) == 8
    several = {tuple(one["examples"]): one for one in sections["several_reps"]}
    assert several["account:nw",]["who"] == ["sam", "priya"]
    assert several["account:nw",]["mend"]["command"] == {"command": "permit", "account_id": "nw", "to": "priya"}
    assert [one["who"] for one in sections["suppressed_in_sequence"]] == [["priya"]]
    assert said["looked_at"] == 7


class Tags(HTMLParser):
    """Which tags a page opens, and those it closes in another order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_html_is_one_page_with_everything_escaped(run: Run, messy: None) -> None:
    page = run("audit", "--format", "html").stdout
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert "b" not in tags.seen
    assert "&lt;b&gt;Bold &amp; Co&lt;/b&gt; [red]" in page
    assert "http" not in page


def test_a_sample_looks_at_so_many_and_says_so(run: Run, messy: None) -> None:
    assert json.loads(run("audit", "--format", "json", "--sample", 3).stdout)["looked_at"] <= 3
    assert "a sample" in run("audit", "--sample", 3).stdout


def test_the_limit_cuts_the_table_and_says_so(run: Run, messy: None) -> None:
    told = run("audit", "--limit", 1)
    assert "1 more" in told.stderr
    assert "more" not in run("audit", "--limit", 0).stderr


def test_the_audit_changes_nothing(run: Run, messy: None, store: RedisTables) -> None:
    before = dict(store.scan(""))
    run("audit")
    assert dict(store.scan("")) == before
