"""Alive is progress, ready is being able to work; an outage is no reason to be restarted."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from prometheus_client import CollectorRegistry, Counter

from streams.cli.logs import JsonLines, TextLines
from streams.errors import BadSettings
from streams.journal import Journal
from streams.outbox import Outgoing
from streams.rules.said import Said
from streams.watching.endpoints import PORTS, Endpoints
from streams.watching.health import FEED_S, LOOP_S, STILL_S, Health
from streams.watching.kafka_statistics import Brokers, brokers
from streams.watching.watch import Fault
from tests.servers import free_port


class Rig:
    """A worker's parts as the health looks at them, and a clock to move."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.lag = {"lead-created:0": 0}
        self.brokers: dict[str, Brokers] = {}
        self.settled = True
        self.feed = SimpleNamespace(lag=lambda: self.lag, progress=0, beat=self.now, settled=lambda: self.settled)
        self.turn = SimpleNamespace(store_away=False)
        self.health = Health(self.feed, self.turn, None, self.brokers, lambda: self.now)

    def go_on(self, seconds: float, feed: bool = True, loop: bool = True) -> None:
        self.now += seconds
        if feed:
            self.feed.beat = self.now
        if loop:
            asyncio.run(self.health.beat())


def test_an_idle_worker_is_alive_and_ready() -> None:
    rig = Rig()
    rig.go_on(10 * STILL_S)
    assert rig.health.dead() == rig.health.unready() == []


def test_a_hanging_loop_and_a_hanging_feed_are_told_apart() -> None:
    rig = Rig()
    rig.go_on(LOOP_S + 1, loop=False)
    assert rig.health.dead() == [f"the event loop has not turned for {LOOP_S + 1:.0f} s"]
    rig.go_on(FEED_S + 1, feed=False)
    assert rig.health.dead() == [f"the feed has not turned for {FEED_S + 1:.0f} s"]


def test_lag_without_progress_is_dead_and_lag_with_progress_is_not() -> None:
    rig = Rig()
    rig.lag["lead-created:0"] = 9
    rig.go_on(STILL_S)
    rig.feed.progress += 1
    rig.go_on(1)
    rig.go_on(STILL_S - 1)
    assert rig.health.dead() == []
    rig.go_on(2)
    assert "nothing was delivered" in rig.health.dead()[0] and "9 records" in rig.health.dead()[0]


def test_an_outage_makes_unready_but_not_dead() -> None:
    rig = Rig()
    rig.lag["lead-created:0"] = 9
    rig.turn.store_away = True
    rig.go_on(STILL_S + 1)
    assert (rig.health.dead(), rig.health.unready()) == ([], ["Redis does not answer"])
    rig.turn.store_away = False
    rig.brokers["producer"] = Brokers(3, 0, 1, 0.0)
    rig.go_on(STILL_S + 1)
    assert (rig.health.dead(), rig.health.unready()) == ([], ["no broker answers"])
    rig.brokers["producer"] = Brokers(3, 1, 1, 0.0)
    assert rig.health.unready() == []
    rig.settled = False
    assert rig.health.unready() == ["the consumer group has not given it partitions yet"]


def test_bootstrap_addresses_and_the_coordinator_are_no_brokers() -> None:
    def one(nodeid: int, state: str, connects: int, rtt: int) -> dict[str, Any]:
        return {"nodeid": nodeid, "state": state, "connects": connects, "rtt": {"avg": rtt}}

    found = {"boot": one(-1, "UP", 1, 0), "a": one(1, "UP", 2, 4000), "b": one(2, "DOWN", 3, 9000), "group": one(-1, "UP", 1, 7000)}
    assert brokers(json.dumps({"brokers": found})) == Brokers(2, 1, 7, 0.004, 7)
    assert brokers("{}") == Brokers(0, 0, 0, 0.0)


def test_a_client_that_lost_all_brokers_still_knows_that_there_were_some() -> None:
    first = Brokers(3, 3, 5, 0.1, 5).after(None)
    gone = Brokers(0, 0, 20, 0.0, 20).after(first)
    again = Brokers(0, 0, 2, 0.0, 2).after(gone)
    assert (gone.known, gone.up, gone.tries) == (3, 0, 20)
    assert (again.known, again.tries) == (3, 22), "what it counted anew comes on top"


@pytest.fixture
def served() -> Iterator[tuple[str, list[str], list[str]]]:
    """The address of endpoints over a registry with one counter, and the faults to fill."""
    registry, dead, unready = CollectorRegistry(), list[str](), list[str]()
    Counter("seen", "Seen.", registry=registry).inc()
    endpoints = Endpoints(registry, lambda: dead, lambda: unready)
    port = endpoints.start("127.0.0.1", free_port())
    yield f"http://127.0.0.1:{port}", dead, unready
    endpoints.stop()


def fetched(url: str) -> tuple[int, str]:
    try:
        with urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def test_endpoints_answer(served: tuple[str, list[str], list[str]]) -> None:
    address, dead, unready = served
    status, text = fetched(f"{address}/metrics")
    assert status == 200 and "seen_total 1.0" in text
    assert fetched(f"{address}/healthz") == fetched(f"{address}/readyz") == (200, '{"ok":true,"faults":[]}\n')
    unready.append("Redis does not answer")
    assert fetched(f"{address}/healthz")[0] == 200
    assert fetched(f"{address}/readyz") == (503, '{"ok":false,"faults":["Redis does not answer"]}\n')
    dead.append("hangs")
    assert fetched(f"{address}/healthz") == (503, '{"ok":false,"faults":["hangs"]}\n')
    assert fetched(f"{address}/else")[0] == 404


def test_workers_of_one_machine_take_one_port_after_the_other() -> None:
    start = free_port()
    several = [Endpoints(CollectorRegistry(), list, list) for _ in range(PORTS)]
    taken = []
    try:
        for one in several:
            try:
                taken.append(one.start("127.0.0.1", start))
            except BadSettings:  # others listen here too, so that there may be fewer than PORTS
                break
        assert len(set(taken)) == len(taken) >= 2
        assert all(start <= port < start + PORTS for port in taken)
        with pytest.raises(BadSettings, match=r"metrics\.port"):
            for _ in range(PORTS):
                spare = Endpoints(CollectorRegistry(), list, list)
                several.append(spare)
                spare.start("127.0.0.1", start)
    finally:
        for one in several:
            one.stop()


def logged(formatter: logging.Formatter, level: int, message: str, fields: dict[str, object] | None = None, error: bool = False) -> str:
    try:
        raise ValueError("in contact:bob@y.example")
    except ValueError:
        trace = sys.exc_info() if error else None
    record = logging.LogRecord("x", level, "f", 1, message, (), trace)
    if fields is not None:
        record.fields = fields
    return formatter.format(record)


def test_json_lines_carry_ids_and_no_address() -> None:
    ids = {"event_id": "deadline:activation:contact:ann@x.example", "decision_id": "00ff"}
    line = json.loads(logged(JsonLines(), logging.WARNING, "wrote to <ann.o'neil+t@x.example>, again", ids, error=True))
    assert line["decision_id"] == "00ff"
    assert line["event_id"] == "deadline:activation:contact:(address)"
    assert "@" not in json.dumps(line)
    assert line["message"].startswith("wrote to ") and line["message"].endswith(", again")


def test_text_lines_carry_ids_and_no_address_at_info() -> None:
    text = logged(TextLines("%(message)s"), logging.INFO, "of ann@x.example", {"decision_id": "00ff"})
    assert text == "of (address) decision_id=00ff"
    assert logged(TextLines("%(message)s"), logging.DEBUG, "of ann@x.example") == "of ann@x.example"


def decision(kind: str) -> tuple[Said, Outgoing]:
    value = json.dumps({"kind": kind, "rule": "r", "event_id": "e1", "decision_id": "d1", "contact": "ann@x.example"}).encode()
    return Said(kind, "r", 1, "e1", "contact:ann@x.example", {}), Outgoing("routing-decisions", b"k", value)


def test_what_is_notable_is_logged_with_its_ids(caplog: pytest.LogCaptureFixture) -> None:
    for kind in ("claim_granted", "suppression_violated"):
        said, outgoing = decision(kind)
        Journal().decided([said], [outgoing])
    (record,) = caplog.records
    assert vars(record)["fields"] == {"event_id": "e1", "decision_id": "d1", "kind": "suppression_violated", "rule": "r"}
    assert record.levelno == logging.WARNING


def test_every_decision_is_logged_for_whoever_asks(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "streams.journal"):
        said, outgoing = decision("claim_granted")
        Journal().decided([said], [outgoing])
    assert [vars(record)["fields"]["decision_id"] for record in caplog.records] == ["d1"]


def test_a_batch_s_dead_letters_are_one_line(caplog: pytest.LogCaptureFixture) -> None:
    Journal().refused([Fault("email-sent", 2, 9, "Unreadable"), Fault("email-sent", 2, 10, "Unreadable"), Fault("x", 0, 0, "FutureDated")])
    (record,) = caplog.records
    assert record.getMessage() == "dead letters: 2 Unreadable in email-sent, 1 FutureDated in x; the first is email-sent:2 at 9"
