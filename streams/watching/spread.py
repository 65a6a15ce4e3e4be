"""A histogram that takes a whole batch at once: the client library's own counts one value a call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import inf
from threading import Lock

from prometheus_client.core import HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector, CollectorRegistry


class Spread(Collector):
    """A histogram without labels. `bounds`: upper bounds of its buckets, rising, without infinity."""

    def __init__(self, name: str, documentation: str, bounds: Sequence[float], registry: CollectorRegistry) -> None:
        self._name, self._documentation = name, documentation
        self.bounds = tuple(bounds)
        self._lock = Lock()
        self._counts = [0] * (len(self.bounds) + 1)
        self._sum = 0.0
        registry.register(self)

    def add(self, counts: Sequence[int], total: float) -> None:
        """So many values in each bucket (not cumulated, the last one beyond all bounds), and their sum."""
        with self._lock:
            self._counts = [old + new for old, new in zip(self._counts, counts, strict=True)]
            self._sum += total

    def describe(self) -> Iterable[Metric]:
        return [HistogramMetricFamily(self._name, self._documentation)]

    def collect(self) -> Iterable[Metric]:
        with self._lock:
            counts, total = list(accumulate(self._counts)), self._sum
        names = [*map(_bound, self.bounds), "+Inf"]
        return [HistogramMetricFamily(self._name, self._documentation, list(zip(names, counts, strict=True)), total)]


def _bound(value: float) -> str:
    return "+Inf" if value == inf else repr(float(value))
