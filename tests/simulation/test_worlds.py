"""What must hold of any day, in small worlds in which much happens; more of them with WORLDS=N (slow by their number)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from streams.tables.connect import connect
from streams.tables.redis import RedisTables
from tests.simulation.holding import CHECKS, Run, same
from tests.simulation.worlds import world
from tests.tables.servers import running

WORLDS = int(os.environ.get("WORLDS", "12"))


@pytest.mark.parametrize("name", CHECKS)
def test_it_holds_of_any_world(name: str) -> None:
    for seed in range(WORLDS):
        try:
            CHECKS[name](world(seed))
        except AssertionError as error:
            error.add_note(f"in the world of seed {seed}")
            raise


def test_worlds_are_unlike_and_much_happens_in_them() -> None:
    made = [world(seed) for seed in range(20)]
    assert len({one.policy for one in made}) > 15
    assert {topic for one in made for _, _, (topic, _) in one.events} >= {"lead-created", "email-sent", "ownership-commands", "rep-updated"}


@pytest.mark.redis
def test_a_world_leaves_the_same_in_redis_as_in_memory(tmp_path: Path) -> None:
    with running(tmp_path) as port:
        client = connect(f"redis://127.0.0.1:{port}")
        for seed in range(WORLDS):
            client.flushall()
            same(Run(world(seed)), Run(world(seed), 7, tables=RedisTables(client)), f"in the world of seed {seed}")
        client.close()
