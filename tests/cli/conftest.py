"""Commands run as a user runs them: settings from the environment, Redis a real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from schemas.policy import Policy
from schemas.reading import read
from schemas.times import moment
from streams.cli import main
from streams.clock import now_us
from streams.engine import Engine
from streams.path import Arrived, Record
from streams.tables.connect import connect
from streams.tables.redis import RedisTables

Run = Callable[..., Result]
Tell = Callable[..., None]

OPS = "ops@northwind-logistics.com"
REPS = (("sam", "inbound", "sdr"), ("priya", "outbound", "sdr"), ("mia", "inbound", "team_lead"))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("check", ...)`: the command's result, in an empty folder and deaf to the machine's own settings."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return lambda *words, **options: CliRunner().invoke(main, [str(word) for word in words], **options)


@pytest.fixture
def store(redis_url: str, prefix: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisTables]:
    """Tables of the test's own, which the commands find too."""
    monkeypatch.setenv("LEADLOCK_REDIS_URL", redis_url)
    monkeypatch.setenv("LEADLOCK_REDIS_PREFIX", prefix)
    with connect(redis_url) as client:
        yield RedisTables(client, prefix)


@pytest.fixture
def tell(store: RedisTables) -> Tell:
    """`tell(topic, {...}, hours=-1)`: let an event be decided, some hours from now; three reps and Northwind are known."""
    engine, count = Engine(store, Policy()), 0

    def telling(topic: str, value: Mapping[str, Any], hours: float = -1) -> None:
        nonlocal count
        count += 1
        at = now_us() + round(hours * 3_600_000_000)
        full = {"event_id": f"e{count}", "occurred_at": moment(at).isoformat(), **value}
        record = Record(topic, 0, count, at, None, orjson.dumps(full))
        engine.process([Arrived(record, read(topic, record.value), None)])

    for rep, team, role in REPS:
        telling("rep-updated", {"rep": rep, "team": team, "role": role}, -24)
    telling("account-updated", {"account_id": "nw", "name": "Northwind Logistics", "domains": ["northwind-logistics.com"]}, -24)
    return telling
