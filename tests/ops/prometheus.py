"""Prometheus' rules as data, and promtool."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.conftest import missing
from tests.servers import ROOT

FOLDER = ROOT / "grafana" / "prometheus"
RULES = FOLDER / "rules" / "leadlock.yml"
TESTS = sorted((FOLDER / "tests").glob("*.yml"))
RUNBOOKS = ROOT / "docs" / "runbooks"

_FACTOR = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
# A number of its own: no part of a name, a label's value, a range or a subquery.
_NUMBER = re.compile(r"(?<![\w.\[\"])(\d+(?:\.\d+)?)(?![\w.\]\"])")
_RANGE = re.compile(r"\[(\d+[smhd])\]")


def promtool() -> str:
    """Its path; skips without one, fails in CI."""
    found = shutil.which("promtool")
    if found is None:
        missing("no promtool on the PATH: install Debian's prometheus")
    assert found is not None
    return found


def told(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """What promtool says."""
    return subprocess.run([promtool(), *map(str, arguments)], capture_output=True, text=True, timeout=120)


def loaded(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def rules() -> list[dict[str, Any]]:
    """All rules, recording and alerting, in order."""
    return [rule for group in loaded(RULES)["groups"] for rule in group["rules"]]


def alerts() -> list[dict[str, Any]]:
    return [rule for rule in rules() if "alert" in rule]


class Mutant(NamedTuple):
    """`rule` differs from the real one by one number. `what` says how."""

    of: str
    what: str
    rule: dict[str, Any]


def mutants(rule: dict[str, Any]) -> list[Mutant]:
    """A rule with each of its thresholds, ranges and durations a little higher, and a little lower. A number that stands twice in a
    burn-rate rule, for the long and the short window, is one."""
    found = []
    expr = rule["expr"]
    burns = "ratio_rate" in expr
    spans: dict[object, list[tuple[int, int]]] = {}
    for each in [*_NUMBER.finditer(expr), *_RANGE.finditer(expr)]:
        spans.setdefault(each[1] if burns else each.span(1), []).append(each.span(1))
    for places in spans.values():
        old = expr[slice(*places[0])]
        for new in _nearby(old):
            changed = expr
            for start, end in sorted(places, reverse=True):
                changed = changed[:start] + new + changed[end:]
            found.append(Mutant(rule["alert"], f"{old} -> {new} in {expr}", {**rule, "expr": changed}))
    if "for" in rule:
        found += [Mutant(rule["alert"], f"for: {rule['for']} -> {new}", {**rule, "for": new}) for new in _nearby(rule["for"])]
    return found


def _nearby(number: str) -> list[str]:
    if number[-1] in _FACTOR:
        seconds = int(number[:-1]) * _FACTOR[number[-1]]
        return [f"{seconds * 3 // 2}s", f"{seconds // 2}s"]
    value = float(number)
    if value == int(value) <= 10:
        return [str(int(value) + 1), str(int(value) - 1)]
    return [f"{value * 1.5:g}", f"{value / 1.5:g}"]
