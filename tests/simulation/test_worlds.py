"""What must hold of any day, in small worlds in which much happens; more of them with WORLDS=N (slow by their number)."""

from __future__ import annotations

import os

import pytest

from tests.simulation.holding import CHECKS
from tests.simulation.worlds import world

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
