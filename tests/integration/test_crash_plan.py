"""The hook that kills a worker: off unless asked for, and strict about what it is asked."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from streams.crash_points import STEPS, VARIABLE, Plan
from streams.errors import BadSettings
from tests.integration.processes import flat
from tests.servers import ROOT


def test_without_a_plan_nothing_strikes() -> None:
    plan = Plan("")
    assert not any(plan.strikes(step) for step in STEPS for _ in range(3))


def test_it_strikes_once_at_the_nth_time_of_its_step() -> None:
    plan = Plan("committed:2")
    reached = ("decided", "committed", "decided", "committed", "committed")
    assert [plan.strikes(step) for step in reached] == [False, False, False, True, False]
    assert Plan("decided").strikes("decided")


@pytest.mark.parametrize(("text", "nearest"), [("commited", "committed"), ("decided:0", "decided:1"), ("decided:soon", "decided:1")])
def test_a_plan_that_makes_no_sense_is_refused_with_the_nearest(text: str, nearest: str) -> None:
    with pytest.raises(BadSettings, match=f"{VARIABLE} is {text}: .*nearest {nearest}$"):
        Plan(text)


def test_the_process_dies_of_it_and_the_settings_take_the_variable() -> None:
    imports = "from streams.settings.settings import Settings; from streams.crash_points import reached"
    program = f"{imports}; Settings(); reached('decided'); print(1)"
    environment = {**flat({"clock": "wall"}), VARIABLE: "decided", "PATH": "/usr/bin"}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "")
