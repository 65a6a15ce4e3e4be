"""What `leadlock serve` counts of its HTTP API, beside what its engine decides (`streams.metrics`)."""

from __future__ import annotations

from prometheus_client import Histogram
from prometheus_client.registry import CollectorRegistry

ANSWER = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Seconds. The aim of a check is 5 ms; a store that is away is given one second."""


class WebMetrics:
    """`address` is the pattern of a path (`/v1/locks/{target}`), never the path: that may hold somebody's address."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.answers = Histogram(
            "leadlock_http_seconds",
            "From a request's arrival to its answer, by address and status.",
            ["method", "address", "status"],
            registry=registry,
            buckets=ANSWER,
        )

    def answered(self, method: str, address: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self.answers.labels(method, address, str(status)).observe(seconds)
