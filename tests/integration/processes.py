"""Worker processes, and waiting for what they do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.servers import ROOT


class Worker:
    """A worker process; its standard error goes to `log`."""

    def __init__(self, environment: Mapping[str, str], log: Path, program: str = "tests.integration.program") -> None:
        self.log = log
        base = {name: value for name, value in os.environ.items() if not name.startswith("LEADLOCK_")}
        command = [sys.executable, "-m", program]
        with log.open("ab") as output:
            # A session of its own: Ctrl-C at the terminal ends pytest, whose fixtures then end the workers.
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**base, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self.process.wait()

    def signal(self, number: signal.Signals) -> None:
        if self.process.poll() is None:
            self.process.send_signal(number)

    def stop(self) -> int:
        """Ask for an orderly end; the exit code."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-2500:]


def flat(given: Mapping[str, Any]) -> dict[str, str]:
    """Settings as environment variables."""
    found = {}
    for group, values in given.items():
        for key, value in values.items() if isinstance(values, dict) else [("", values)]:
            name = f"LEADLOCK_{group}_{key}" if key else f"LEADLOCK_{group}"
            found[name.upper()] = json.dumps(value) if isinstance(value, dict) else str(value)
    return found


def wait_until(true: Callable[[], bool], what: Callable[[], str], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, f"not within {seconds:g} s: {what()}"
        time.sleep(0.1)
