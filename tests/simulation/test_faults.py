"""Guarantees 1 to 3 without servers: hundreds of seeded runs over a store that fails, conflicts, loses replies and comes back older."""

from __future__ import annotations

from functools import cache
from random import Random

import pytest

from schemas.policy import Policy
from streams.path import Arrived
from tests.integration.mix import mix
from tests.integration.model import decoded, differing
from tests.simulation.driver import Driver, records

START = 1_772_442_000_000_000
BATCH_OF_SEEDS = 50
CHUNKS = [pytest.param(first, id=f"seeds {first}-{first + BATCH_OF_SEEDS - 1}") for first in range(0, 200, BATCH_OF_SEEDS)]
CLOCKS = ("wall", "records")


@cache
def stream(kind: int) -> list[Arrived]:
    return records(mix(kind, 120, START, companies=6, people=3))


@cache
def undisturbed(kind: int, clock: str) -> tuple[dict[str, bytes], dict[str, bytes]]:
    driver = Driver(stream(kind), 0, 0.0, clock, Policy())
    driver.run()
    return {key: document.body for key, document in driver.tables.scan("")}, driver.decisions()


def check(driver: Driver, kind: int, clock: str, seed: int) -> None:
    """The run's tables and decisions are the undisturbed run's."""
    documents, decisions = undisturbed(kind, clock)
    ended = {key: document.body for key, document in driver.tables.scan("")}
    assert not differing(decoded(ended), decoded(documents)), f"seed {seed}"
    assert not differing(driver.decisions(), decisions), f"seed {seed}"
    assert driver.tables.model.outbox(1) == [], f"seed {seed}"


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("first", CHUNKS)
def test_a_store_that_fails_and_a_worker_that_dies_change_nothing(first: int, clock: str) -> None:
    faults = rewinds = crashes = 0
    for seed in range(first, first + BATCH_OF_SEEDS):
        kind = seed % 4
        driver = Driver(stream(kind), seed, Random(seed).choice([0.01, 0.04]), clock, Policy())
        driver.run(crash=0.03)
        check(driver, kind, clock, seed)
        faults, rewinds, crashes = faults + driver.tables.faults, rewinds + driver.rewinds, crashes + driver.crashes
    assert faults and rewinds and crashes, "the runs were not disturbed, they prove nothing"


@pytest.mark.parametrize("first", CHUNKS)
def test_tables_that_come_back_older_get_what_they_lost(first: int) -> None:
    """Guarantee 8: also where only some partitions have lost something, and where nothing comes in afterwards."""
    turned_back = rewinds = 0
    for seed in range(first, first + BATCH_OF_SEEDS):
        kind = seed % 4
        driver = Driver(stream(kind), seed, 0.01, "wall", Policy())
        driver.run(crash=0.01, back=0.1)
        check(driver, kind, "wall", seed)
        turned_back, rewinds = turned_back + driver.turned_back, rewinds + driver.rewinds
    assert turned_back and rewinds, "the runs were not disturbed, they prove nothing"
