"""The rules as played examples, through the command line as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HANDLED = list(range(1, 15))
"""The scenarios that there are."""


@pytest.mark.parametrize("number", HANDLED)
def test_scenario_passes_through_simulate(shared: Path, number: int) -> None:
    folder = shared / "scenarios"
    (scenario,) = folder.glob(f"{number:02d}-*.yaml")
    command = f"{sys.executable} -m streams.cli simulate"
    played = subprocess.run([sys.executable, folder / "play.py", "--command", command, scenario], capture_output=True, text=True)
    assert played.returncode == 0, played.stdout + played.stderr
