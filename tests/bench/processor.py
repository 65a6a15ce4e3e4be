"""How much of a processor each process takes, as Linux tells it."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

TICKS_S = os.sysconf("SC_CLK_TCK")


def seconds(pid: int) -> float:
    """Processor time of a process and its threads since its start, 10 ms exact (proc(5)). Raises OSError when it has ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_S


class Shares:
    """`of()`: what each of `processes` (name -> pid) took since this was made, in processors (1.0: one of them, all the time)."""

    def __init__(self, processes: Mapping[str, int]) -> None:
        self._processes = processes
        self._began = time.perf_counter()
        self._before = {name: seconds(pid) for name, pid in processes.items()}

    def of(self) -> dict[str, float]:
        """Raises OSError when one of them has ended."""
        took = time.perf_counter() - self._began
        return {name: (seconds(pid) - self._before[name]) / took for name, pid in self._processes.items()}
