"""What a worker exports, asked of a worker that has everything."""

from __future__ import annotations

from types import SimpleNamespace

from prometheus_client.metrics_core import Metric

from schemas.policy import Policy
from streams.tables.memory import MemoryTables
from streams.watching.health import Health
from streams.watching.kafka_statistics import Brokers
from streams.watching.observed import Observed
from streams.web.metrics import WebMetrics

SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "info": ("_info",), "gauge": ("",)}


def families() -> list[Metric]:
    """All metrics of a worker, those of its process too, and what `leadlock serve` counts beside them."""
    lag = {"email-sent:0": 1}
    feed = SimpleNamespace(lag=lambda: lag, watermark=lambda now: now, flight=(), progress=0, beat=0.0, settled=lambda: True)
    parts = feed, SimpleNamespace(store_away=False), SimpleNamespace(waiting=lambda: 0)
    observed = Observed(MemoryTables(), Policy())
    observed.metrics.brokers["consumer"] = Brokers(1, 1, 1, 0.1)
    observed.attach(Health(*parts, observed.metrics.brokers))
    observed.look()
    for counted in (observed.metrics.decisions, observed.metrics.matches, observed.metrics.routed, observed.metrics.kafka_errors):
        counted.labels(*["x"] * len(counted._labelnames))
    WebMetrics(observed.registry).answered("GET", "/v1/locks", 200, 0.1)
    observed.metrics.store_errors.labels("x")
    observed.metrics.answered("load", 0.1)
    return list(observed.registry.collect())


def names() -> set[str]:
    """Names of the series, as they are told apart in a query."""
    return {family.name + suffix for family in families() for suffix in SUFFIXES[family.type]}


def rows() -> dict[str, tuple[str, str, str]]:
    """Name -> type, labels, help, as docs/metrics.md has them."""
    found = {}
    for family in families():
        labels = sorted({label for sample in family.samples for label in sample.labels} - {"le"})
        name = family.name + (SUFFIXES[family.type][0] if family.type in ("counter", "info") else "")
        found[name] = (family.type, ", ".join(f"`{label}`" for label in labels), family.documentation)
    return found


def lines() -> list[str]:
    """The rows of the table in docs/metrics.md."""
    return [f"| `{name}` | {kind} | {labels} | {text} |" for name, (kind, labels, text) in sorted(rows().items())]


if __name__ == "__main__":
    print("\n".join(lines()))
