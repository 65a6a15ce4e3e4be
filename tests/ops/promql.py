"""PromQL taken apart, Grafana's variables included."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import promql_parser as parser

# Durations that nobody would write, in the place of Grafana's variables: they parse, and are told apart afterwards.
MAGIC = {"$__rate_interval": 4711, "$__range": 4712, "$__interval": 4713}
COUNTERS = ("_total", "_count", "_sum", "_bucket")
RATES = ("rate", "irate", "increase")


class Selector(NamedTuple):
    """One vector selector: its metric and label -> (operator, value)."""

    name: str
    matchers: dict[str, tuple[str, str]]


class Call(NamedTuple):
    """A function of a range, as it was written."""

    function: str
    range: str


def _parsed(expr: str) -> Any:
    for name, seconds in MAGIC.items():
        expr = expr.replace(name, f"{seconds}s")
    return parser.parse(expr)


def _walk(node: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    yield node, above
    inner = (*above, node)
    for name in ("lhs", "rhs", "expr", "param", "vector_selector"):
        part = getattr(node, name, None)
        if part is not None:
            yield from _walk(part, inner)
    for part in getattr(node, "args", None) or ():
        yield from _walk(part, inner)


def faults(expr: str) -> list[str]:
    """Why it is no PromQL; empty when it is."""
    try:
        _parsed(expr)
    except ValueError as error:
        return [f"{expr!r}: {error}"]
    return []


def selectors(expr: str) -> list[Selector]:
    """All vector selectors; none where it is no PromQL."""
    if faults(expr):
        return []
    signs = [(parser.MatchOp.Equal, "="), (parser.MatchOp.NotEqual, "!="), (parser.MatchOp.Re, "=~"), (parser.MatchOp.NotRe, "!~")]

    def sign(op: Any) -> str:
        return next(text for known, text in signs if known == op)

    return [
        Selector(node.name or "", {one.name: (sign(one.op), one.value) for one in node.matchers.matchers})
        for node, _ in _walk(_parsed(expr))
        if isinstance(node, parser.VectorSelector)
    ]


def ranges(expr: str) -> list[Call]:
    """All functions of a range, each with its range."""
    if faults(expr):
        return []
    return [
        Call(above[-1].func.name, _written(node.range))
        for node, above in _walk(_parsed(expr))
        if isinstance(node, parser.MatrixSelector) and above and isinstance(above[-1], parser.Call)
    ]


def counters_without_rate(expr: str) -> list[str]:
    """Counters that are shown as they are, which says how long a process has run."""
    if faults(expr):
        return []
    return [
        node.name
        for node, above in _walk(_parsed(expr))
        if isinstance(node, parser.VectorSelector)
        and (node.name or "").endswith(COUNTERS)
        and not any(isinstance(one, parser.Call) and one.func.name in RATES for one in above)
    ]


def _written(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    return next((name for name, magic in MAGIC.items() if magic == seconds), f"{seconds}s")
