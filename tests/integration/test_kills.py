"""Guarantees 1 to 3: a worker killed at any step between consume and offset commit leaves the state of the undisturbed run."""

from __future__ import annotations

import signal
import time
from random import Random

import pytest

from streams.crash_points import STEPS, VARIABLE
from tests.integration.conftest import Make
from tests.integration.mix import mix
from tests.integration.model import expected
from tests.integration.same import same

pytestmark = [pytest.mark.kafka, pytest.mark.redis]

COUNTS = [pytest.param((2,), id="second"), pytest.param((1, 1, 3), id="first, again, third", marks=pytest.mark.slow)]
"""At which times a step kills the worker, one worker after the other."""
SELDOM = ("trimmed", "offsets_committed")
SEEDS = [pytest.param(seed, marks=[pytest.mark.slow] if seed >= 6 else []) for seed in range(50)]


def test_an_undisturbed_worker_does_as_the_model(installation: Make, lately: int) -> None:
    events = mix(1, 600, lately)
    subject = installation()
    subject.publish(events)
    subject.worker()
    subject.settle()
    same(subject, expected(events))


@pytest.mark.parametrize("counts", COUNTS)
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step(installation: Make, lately: int, step: str, counts: tuple[int, ...]) -> None:
    # Some steps are reached a few times a second only, however much there is to do.
    events = mix(STEPS.index(step), 1500 if step in SELDOM else 600, lately)
    subject = installation(batch_size=10 if step in SELDOM else 40)
    subject.publish(events)
    for count in counts:
        doomed = subject.worker(**{VARIABLE: f"{step}:{count}"})
        assert doomed.process.wait(40) == -signal.SIGKILL, doomed.tail()
    subject.worker()
    subject.settle()
    same(subject, expected(events))


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_at_a_random_moment(installation: Make, lately: int, seed: int) -> None:
    rng = Random(seed)
    events = mix(seed, 1200, lately)
    subject = installation(batch_size=rng.choice([5, 40, 300]))
    subject.publish(events)
    for _ in range(rng.choice([1, 2])):
        worker = subject.worker()
        # From the first fetch on it is at work; before that a kill proves nothing.
        until = time.monotonic() + 30
        while "assigned" not in worker.tail() and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(rng.uniform(0.1, 1.2))
        worker.kill()
    subject.worker()
    subject.settle()
    same(subject, expected(events))
