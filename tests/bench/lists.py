"""Real lists of accounts and leads, worked by two teams and answered in every way, through Kafka and Redis: how fast, and whether the
locks in the end are those of the same rules without any server."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import NamedTuple

import orjson
from confluent_kafka import Producer

from schemas.policy import Policy
from schemas.times import rfc3339
from streams.day.csv_lists import read_accounts, read_leads
from streams.day.lists import events
from streams.day.people import Lead
from streams.day.planned import HOUR, MILLISECOND, Planned
from streams.engine import Engine
from streams.simulation import Simulation
from streams.tables.connect import connect
from streams.tables.redis import RedisTables
from tests.bench.stack import PREFIX, Stack
from tests.integration.model import differing, standing
from tests.servers import ROOT

SETS = ("contributors", "listed", "subsidiaries", "affiliations", "registry")


BATCH = 200
"""Records at once: with the default of 2,000 a short list is one batch, and no time passes between its first and its last."""


class Worked(NamedTuple):
    """One list. `wrong`: targets whose locks and suppressions are not the model's."""

    name: str
    events: int
    rate: float
    targets: int
    wrong: int


def folder() -> Path:
    """Where the lists are: LEADLOCK_SHARED, else `shared` beside the checkout. It need not exist."""
    return Path(os.environ.get("LEADLOCK_SHARED") or ROOT.parent / "shared") / "data"


def worked(stack: Stack, name: str, most: int) -> Worked:
    """Play the list's first `most` leads, and all of its accounts, that were there a day ago."""
    start = (time.time_ns() // 1000 - 30 * HOUR) // MILLISECOND * MILLISECOND
    accounts, _ = read_accounts(folder() / name / "accounts.csv")
    leads, _ = read_leads(folder() / name / "leads.csv")
    planned = list(events(accounts, [_reachable(lead) for lead in leads[:most]], 7, start))
    given = stack.given(f"list-{name}", topics={"timestamps": "CreateTime"})
    given["kafka"]["batch_size"] = BATCH
    settings = stack.make_topics(given)
    _publish(stack, settings.kafka.topic_prefix, planned)
    rate = stack.timed("worker", given, len(planned))
    tables = RedisTables(connect(stack.redis.url), PREFIX)
    # The worker was ended with its last record decided: what had come due meanwhile is fired here.
    Engine(tables, Policy()).fire(time.time_ns() // 1000)
    found, wanted = standing(tables), _model(planned)
    return Worked(name, len(planned), rate, len(wanted), len(differing(found, wanted)))


def _publish(stack: Stack, prefix: str, planned: list[Planned]) -> None:
    producer = Producer({"bootstrap.servers": stack.kafka.bootstrap, "enable.idempotence": True, "linger.ms": 20})
    for one in planned:
        while True:
            try:
                producer.produce(prefix + one.topic, one.body, one.key, timestamp=one.at // 1000)
                break
            except BufferError:  # its queue is full
                producer.poll(0.05)
    if left := producer.flush(60):
        raise RuntimeError(f"{left} of {len(planned)} events did not reach the broker")


def _model(planned: list[Planned]) -> dict[str, object]:
    simulation = Simulation(Policy())
    lines = (orjson.dumps({"topic": one.topic, "at": rfc3339(one.at), "value": one.value}) for one in planned)
    for _ in simulation.play(lines):
        continue
    for _ in simulation.until(time.time_ns() // 1000):
        continue
    if simulation.dead:
        raise RuntimeError(f"{len(simulation.dead)} events of the list cannot be read, such as line {simulation.dead[0]}")
    return standing(simulation.tables)


def _reachable(lead: Lead) -> Lead:
    """Most lists name companies only, and mail needs somebody: an address at a domain made of the company's name."""
    if lead.email:
        return lead
    host = re.sub(r"[^a-z0-9]+", "-", lead.company.lower()).strip("-")[:50].strip("-") or "unnamed"
    return lead._replace(email=f"{lead.lead_id}@{host}.example", phone="")
