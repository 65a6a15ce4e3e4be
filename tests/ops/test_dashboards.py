"""The dashboards are what the code makes, and keep the rules of Grafana's own linter; each rule is shown to find what it is for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from grafana.build import ANNOTATIONS, BOARDS, FOLDER, made
from tests.ops.exported import lines, names
from tests.ops.linter import RULES, Board, panels, targets
from tests.ops.prometheus import ROOT, RUNBOOKS, alerts, rules
from tests.ops.promql import selectors

FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def test_the_files_are_what_the_code_makes() -> None:
    assert FILES.keys() == BOARDS.keys()
    for uid in BOARDS:
        assert (FOLDER / f"{uid}.json").read_text(encoding="utf-8") == made(uid), "run `make dashboards`"


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("uid", FILES)
def test_every_rule_is_kept(uid: str, rule: str) -> None:
    assert list(RULES[rule](FILES[uid])) == []


def variable(board: Board, name: str) -> dict[str, Any]:
    return next(one for one in board["templating"]["list"] if one["name"] == name)


def set_expr(board: Board, expr: str) -> None:
    panels(board)[0]["targets"][0]["expr"] = expr


MATCH = 'job=~"$job",instance=~"$instance"'
BROKEN: dict[str, Callable[[Board], object]] = {
    "template-datasource-rule": lambda board: variable(board, "datasource").update(name="prometheus"),
    "template-job-rule": lambda board: variable(board, "job").update(allValue=".*"),
    "template-instance-rule": lambda board: board["templating"]["list"].remove(variable(board, "instance")),
    "template-label-promql-rule": lambda board: variable(board, "instance").update(query="label_values(up{job=~, instance)"),
    "template-on-time-change-reload-rule": lambda board: variable(board, "job").update(refresh=1),
    "panel-datasource-rule": lambda board: panels(board)[0]["targets"][0].update(datasource={"type": "prometheus", "uid": "mine"}),
    "panel-title-description-rule": lambda board: panels(board)[0].update(description=""),
    "panel-units-rule": lambda board: panels(board)[0]["fieldConfig"]["defaults"].update(unit="furlongs"),
    "panel-no-targets-rule": lambda board: panels(board)[0].update(targets=[]),
    "target-promql-rule": lambda board: set_expr(board, f"sum(rate(up{{{MATCH}}}[$__rate_interval])"),
    "target-rate-interval-rule": lambda board: set_expr(board, f"sum(rate(leadlock_events_total{{{MATCH}}}[5m]))"),
    "target-job-rule": lambda board: set_expr(board, 'up{instance=~"$instance"}'),
    "target-instance-rule": lambda board: set_expr(board, 'up{job=~"$job"}'),
    "target-counter-agg-rule": lambda board: set_expr(board, f"sum(leadlock_events_total{{{MATCH}}})"),
    "uneditable-dashboard-rule": lambda board: board.update(editable=True),
    "unique-panels": lambda board: board["panels"][2].update(id=board["panels"][1]["id"]),
    "panel-threshold": lambda board: panels(board)[0]["fieldConfig"]["defaults"].pop("thresholds"),
}


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_finds_what_it_is_for(rule: str) -> None:
    for uid in FILES:
        board = deepcopy(FILES[uid])
        BROKEN[rule](board)
        assert list(RULES[rule](board)), f"{rule} is blind on {uid}"


@pytest.mark.parametrize("uid", FILES)
def test_panels_link_to_runbooks_that_exist(uid: str) -> None:
    for panel in panels(FILES[uid]):
        for link in panel.get("links", ()):
            _, _, path = link["url"].partition("${source}/")
            assert (ROOT / path).is_file(), f"{panel['title']}: {link['url']}"


def test_every_alert_is_linked_from_a_panel() -> None:
    linked = {link["url"].rpartition("/")[2] for board in FILES.values() for panel in panels(board) for link in panel.get("links", ())}
    assert {f"{rule['alert']}.md" for rule in alerts()} - linked == set()


def used() -> set[str]:
    """Names of the series that panels, annotations, alerts and recording rules ask for."""
    queries = [expr for board in FILES.values() for _, expr in targets(board)]
    queries += [rule["expr"] for rule in rules()] + [expr for expr, _ in ANNOTATIONS.values()]
    return {selector.name for expr in queries for selector in selectors(expr)}


def test_every_exported_metric_is_used_by_a_panel_or_an_alert() -> None:
    assert names() - used() == set()


def test_every_metric_that_is_asked_for_is_names() -> None:
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    ours = {name for name in used() if name.startswith("leadlock")}
    assert ours - names() - recorded == set()
    others = {name for name in used() - ours if not name.startswith(("process_", "redis_", "kafka_"))}
    assert others == {"up", "ALERTS"}


def test_runbooks_name_metrics_that_exist() -> None:
    known = names() | {name.removesuffix("_bucket") for name in names()} | {rule["record"] for rule in rules() if "record" in rule}
    for page in RUNBOOKS.glob("*.md"):
        for name in re.findall(r"`(leadlock[_:][\w:]+)", page.read_text()):
            assert name in known, f"{page.name}: {name}"


def test_every_metric_is_described() -> None:
    """`python -m tests.ops.exported` prints the rows."""
    page = (ROOT / "docs" / "metrics.md").read_text()
    written = [line for line in page.partition("All of them:")[2].splitlines() if line.startswith("| `")]
    assert written == lines()
