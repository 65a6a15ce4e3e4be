"""What Kafka has recorded, read back in the order of arrival, and a policy on trial over it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from streams.cli import main
from streams.day.planned import SECOND
from streams.path import TOPICS
from streams.recorded import recorded
from streams.topics import COMPACTED
from tests.integration.conftest import Make
from tests.integration.mix import mix
from tests.integration.processes import flat

pytestmark = [pytest.mark.kafka, pytest.mark.redis]


def test_everything_since_then_comes_in_the_order_of_its_arrival(installation: Make, lately: int) -> None:
    events = mix(3, 400, lately)
    subject = installation(partitions=3)
    subject.publish(events)
    since = lately + 100 * SECOND
    records = list(recorded(subject.settings, since))
    times = [one.timestamp for one in records]
    assert times == sorted(times)
    assert times[0] == since
    played = [(one.topic, one.value) for one in records if one.topic not in COMPACTED]
    assert played == [(one.topic, one.body) for one in events if one.topic not in COMPACTED and one.at >= since]
    compacted = [one for one in events if one.topic in COMPACTED]
    assert sum(one.topic in COMPACTED for one in records) == len(compacted)
    first = records[: len({(one.topic, one.key) for one in compacted})]
    assert {(one.topic, one.key) for one in first} == {(one.topic, one.key) for one in compacted}, "who is who comes first"
    assert [TOPICS.index(one.topic) for one in first] == sorted(TOPICS.index(one.topic) for one in first)


def test_a_trial_over_what_is_recorded_writes_nothing(installation: Make, lately: int, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = installation()
    subject.publish(mix(5, 300, lately))
    for name, value in flat(subject.given).items():
        monkeypatch.setenv(name, value)
    policy = subject.folder / "new.toml"
    policy.write_text('[sends]\naccount_overlap = "block"\n')
    trial = ["simulate", "--from-kafka", "--since", "2h", "--against", str(subject.given["policy"]), "--policy"]
    same = CliRunner().invoke(main, [*trial, str(subject.given["policy"])])
    assert "none would change" in same.stdout, same.output
    other = CliRunner().invoke(main, [*trial, str(policy), "--json"])
    assert "account_overlap" in {json.loads(line)["rule"] for line in other.stdout.splitlines()}
    assert subject.decisions() == {}
    assert list(subject.tables.scan("")) == []
