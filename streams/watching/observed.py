"""An engine that is watched: its tables, its decisions and, once it runs in a worker, the whole path."""

from __future__ import annotations

import time

from prometheus_client import ProcessCollector
from prometheus_client.registry import CollectorRegistry

from schemas.policy import Policy
from streams.clock import now_us
from streams.engine import Engine
from streams.engine.engine import DAY
from streams.metrics import Metrics
from streams.tables.contract import Tables
from streams.tables.watched import WatchedTables
from streams.watching.health import Health
from streams.watching.live import Live


class Observed:
    """`engine` works on `tables`, and `registry` tells what it does. Arguments as for Engine."""

    def __init__(self, tables: Tables, policy: Policy, clock: str = "wall", max_future: int = DAY) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.metrics = Metrics(self.registry, policy.hash)
        self.tables = WatchedTables(tables, self.metrics)
        self.engine = Engine(self.tables.as_tables, policy, clock, max_future, self.metrics)
        self._live: Live | None = None

    def attach(self, health: Health) -> None:
        """Tell of the worker that the engine runs in, too. Once."""
        health.idle_away = lambda: self.tables.away
        live = self._live = Live(health)
        live.brokers = self.metrics.brokers
        live.directory = self.engine.directory
        self.registry.register(live)

    def refresh(self) -> None:
        """Bring the directory's replica up to date, as every batch does: an idle worker's queues would look as they last were. In the
        engine's thread. Raises StoreUnavailable."""
        self.engine.catch_up()

    def look(self) -> None:
        """Read how the tables stand. In any thread but the event loop's. Raises StoreUnavailable."""
        if self._live is not None:
            self._live.figures = self.tables.as_tables.figures(now_us())
            self._live.figures_at = time.time()
            self._live.caught_up = self.tables.caught_up
