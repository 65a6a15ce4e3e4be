"""The rules as played examples, through the command line as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HANDLED = [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14]
"""The scenarios whose rules are all here; the others wait for matching."""


@pytest.mark.parametrize("number", HANDLED)
def test_scenario_passes_through_simulate(shared: Path, number: int) -> None:
    folder = shared / "scenarios"
    (scenario,) = folder.glob(f"{number:02d}-*.yaml")
    command = f"{sys.executable} -m streams.cli simulate"
    played = subprocess.run([sys.executable, folder / "play.py", "--command", command, scenario], capture_output=True, text=True)
    assert played.returncode == 0, played.stdout + played.stderr
