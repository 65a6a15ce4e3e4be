"""`leadlock import`: good lines are published, bad ones reported by line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from confluent_kafka import Consumer

from schemas.events import AccountUpdated, RepUpdated
from streams.lists import Item, Reader
from tests.cli.conftest import Run
from tests.servers import Kafka

ACCOUNTS = """account_id,name,domains,aliases,status,contract_value,strategic,closed_lost.owner,closed_lost.at,specialists,networks,onwer
acme,Acme,"acme.com, acme.de",Road Runner|RR Inc.,customer,"80,000",yes,ana,2025-01-01T00:00:00Z,finance: fin | legal: lea,203.0.113.0/24,x
plain,Plain Co,,,,,,,,,,
bad,Bad,nope,,,,,,,,,
worse,Worse,,,,much,,,,,,
acme,Twice,,,,,,,,,,
,Nameless,,,,,,,,,,
"""
REPS = [
    {"rep": "ana", "team": "east", "role": "sdr", "territories": [{"countries": ["us"]}], "weight": 2},
    {"rep": "bob", "role": "boss"},
    {"topic": "rep-updated", "value": {"rep": "cyd", "active": False}},
]


def items(kind: str, path: Path) -> tuple[list[Item], Reader]:
    reader = Reader(kind, "2026-03-02T09:00:00Z", "run")
    return list(reader.items(path)), reader


def test_a_csv_file_of_accounts(tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text(ACCOUNTS, encoding="utf-8-sig")
    found, reader = items("accounts", path)
    acme = found[0].event
    assert isinstance(acme, AccountUpdated)
    assert (acme.domains, acme.aliases) == (["acme.com", "acme.de"], ["Road Runner", "RR Inc."])
    assert (acme.contract_value, acme.strategic, acme.specialists) == (80_000, True, {"finance": "fin", "legal": "lea"})
    assert acme.closed_lost is not None and acme.closed_lost.owner == "ana" and acme.networks == ["203.0.113.0/24"]
    assert [(one.line, one.problem.partition(":")[0]) for one in found if one.event is None] == [
        (4, "domains.0"),
        (5, "contract_value"),
        (6, "account_id"),
        (7, "account_id"),
    ]
    assert reader.unknown == {"onwer": "owner"}


def test_json_lines_of_reps_bare_or_as_events(tmp_path: Path) -> None:
    path = tmp_path / "reps.jsonl"
    path.write_text("\n".join([*map(json.dumps, REPS), "{torn", "[]", ""]))
    found, _ = items("reps", path)
    reps = [one.event for one in found if isinstance(one.event, RepUpdated)]
    assert [(one.rep, one.active, one.weight) for one in reps] == [("ana", True, 2), ("cyd", False, 1)]
    assert reps[0].territories[0].countries == ["US"]
    problems = {one.line: one.problem for one in found if one.problem}
    assert problems.keys() == {2, 4, 5} and "role" in problems[2] and "not JSON" in problems[4]


def test_check_reports_and_publishes_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text(ACCOUNTS)
    done = run("import", "accounts", "accounts.csv", "--check", "--errors", "bad.csv")
    assert done.exit_code == 1
    assert done.stdout == "2 accounts would be published, 4 lines not\n"
    assert "accounts.csv line 5: contract_value: 'much' is no number" in done.stderr
    assert "'onwer' is no field of accounts and is ignored; the nearest is 'owner'" in done.stderr
    assert [row["line"] for row in csv.DictReader((tmp_path / "bad.csv").open())] == ["4", "5", "6", "7"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"accountid,name\n1,x\n", "has no column account_id: the nearest is 'accountid'"),
        ("a.csv", b"", "it has no header"),
        ("a.csv", b"account_id,name\n1,\xff\n", "is not UTF-8 at byte"),
    ],
)
def test_a_file_that_is_no_list_is_one_clear_error(run: Run, tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    done = run("import", "accounts", name, "--check")
    assert done.exit_code == 1 and says in done.stderr and "Traceback" not in done.stderr


@pytest.mark.kafka
def test_what_is_good_is_in_the_topic_under_its_key(
    run: Run, kafka: Kafka, topic_prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADLOCK_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap)
    monkeypatch.setenv("LEADLOCK_KAFKA_TOPIC_PREFIX", topic_prefix)
    kafka.create_topics(f"{topic_prefix}account-updated", partitions=1)
    (tmp_path / "accounts.csv").write_text(ACCOUNTS)
    done = run("import", "accounts", "accounts.csv", "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["published"], [one["line"] for one in told["bad"]]) == (1, 2, [4, 5, 6, 7])
    options = {
        "bootstrap.servers": kafka.bootstrap,
        "group.id": topic_prefix,
        "auto.offset.reset": "earliest",
        "enable.partition.eof": True,
    }
    consumer = Consumer(options)
    consumer.subscribe([f"{topic_prefix}account-updated"])
    found = []
    while (message := consumer.poll(20)) is not None and message.error() is None:
        found.append((message.key(), json.loads(message.value() or b"{}")))
    consumer.close()
    assert [key for key, _ in found] == [b"acme", b"plain"]
    assert found[0][1]["source"] == "leadlock import" and len({value["event_id"] for _, value in found}) == 2
