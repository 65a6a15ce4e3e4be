"""The engine: load, decide, commit, for a batch of events or for what time has brought due. What it returns is then published."""

from streams.engine.engine import Engine
from streams.engine.replica import TakesLong

__all__ = ["Engine", "TakesLong"]
