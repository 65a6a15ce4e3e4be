"""The rules of Grafana's dashboard-linter, as functions of a dashboard's JSON: each gives what breaks it.

Names and meanings are those of https://github.com/grafana/dashboard-linter/tree/main/docs (the rules for Loki apart: there are no logs).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.ops.promql import Call, counters_without_rate, faults, ranges, selectors

Board = dict[str, Any]
Found = Iterator[str]

NEEDS_TITLE = ("stat", "singlestat", "graph", "table", "timeseries", "gauge")
UNITS = frozenset({"short", "percent", "percentunit", "none", "bytes", "s", "ms", "eps", "ops", "reqps", "cps"})
"""Those of Grafana's units (packages/grafana-data, valueFormats/categories.ts) that are used here, and their neighbours."""
OUTSIDE = {"redis": "redis_exporter's own job", "kafka": "kafka_exporter's own job"}
"""Fixed values of `job` that stand in the place of the variable, and why: the variable is of processes that have leadlock_build_info."""


def panels(board: Board) -> list[dict[str, Any]]:
    """All panels but rows."""
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def targets(board: Board) -> Iterator[tuple[str, str]]:
    """(panel's title, query) of every target."""
    for panel in panels(board):
        for target in panel.get("targets", ()):
            yield panel.get("title", ""), target["expr"]


def _variable(board: Board, name: str) -> dict[str, Any]:
    return next((one for one in board["templating"]["list"] if one["name"] == name), {})


def template_datasource(board: Board) -> Found:
    found = [one for one in board["templating"]["list"] if one["type"] == "datasource"]
    if [one["name"] for one in found] != ["datasource"]:
        yield "there must be one data source variable, named datasource"
    elif found[0].get("query") != "prometheus" or found[0].get("label") != "Data source":
        yield "the data source variable must be of Prometheus, with the label Data source"


def _template_of_series(board: Board, name: str) -> Found:
    found = _variable(board, name)
    wanted = {"type": "query", "label": name.title(), "multi": True, "includeAll": True, "allValue": ".+"}
    for key, value in wanted.items():
        if found.get(key) != value:
            yield f"variable {name}: {key} is {found.get(key)!r}, not {value!r}"
    if found and found.get("datasource", {}).get("uid") != "${datasource}":
        yield f"variable {name} does not use the data source variable"


def template_job(board: Board) -> Found:
    yield from _template_of_series(board, "job")


def template_instance(board: Board) -> Found:
    yield from _template_of_series(board, "instance")


def template_label_promql(board: Board) -> Found:
    for one in board["templating"]["list"]:
        if one["type"] == "query":
            match = re.fullmatch(r"label_values\((.+), ?(\w+)\)", one["query"])
            if match is None or faults(match[1]):
                yield f"variable {one['name']}: {one['query']!r} is no label_values() of valid PromQL"


def template_on_time_change_reload(board: Board) -> Found:
    for one in board["templating"]["list"]:
        if one["type"] == "query" and one.get("refresh") != 2:
            yield f"variable {one['name']} is not reloaded when the time changes"


def panel_datasource(board: Board) -> Found:
    for panel in panels(board):
        used = [panel.get("datasource"), *(target.get("datasource") for target in panel.get("targets", ()))]
        if any(one != {"type": "prometheus", "uid": "${datasource}"} for one in used):
            yield f"{panel.get('title')}: does not use the data source variable"


def panel_title_description(board: Board) -> Found:
    for panel in panels(board):
        if panel["type"] in NEEDS_TITLE and not (panel.get("title") and panel.get("description")):
            yield f"panel {panel.get('id')} lacks a title or a description"


def panel_units(board: Board) -> Found:
    for panel in panels(board):
        unit = panel.get("fieldConfig", {}).get("defaults", {}).get("unit")
        if unit not in UNITS:
            yield f"{panel.get('title')}: unit {unit!r}"


def panel_no_targets(board: Board) -> Found:
    for panel in panels(board):
        if not panel.get("targets"):
            yield f"{panel.get('title')}: has no query"


def target_promql(board: Board) -> Found:
    for title, expr in targets(board):
        for fault in faults(expr):
            yield f"{title}: {fault}"


def target_rate_interval(board: Board) -> Found:
    for title, expr in targets(board):
        for call in ranges(expr):
            if call.function in ("rate", "irate") and call.range != "$__rate_interval":
                yield f"{title}: {call.function} over {call.range}"


def _matched(board: Board, label: str) -> Found:
    for title, expr in targets(board):
        for selector in selectors(expr):
            if selector.name == "ALERTS" or (selector.matchers.get("job", ("", ""))[0] == "=" and selector.matchers["job"][1] in OUTSIDE):
                continue
            if selector.matchers.get(label) != ("=~", f"${label}"):
                yield f'{title}: {selector.name} lacks {label}=~"${label}"'


def target_job(board: Board) -> Found:
    yield from _matched(board, "job")


def target_instance(board: Board) -> Found:
    yield from _matched(board, "instance")


def target_counter_agg(board: Board) -> Found:
    for title, expr in targets(board):
        for name in counters_without_rate(expr):
            yield f"{title}: {name} is a counter without rate, irate or increase"


def uneditable_dashboard(board: Board) -> Found:
    if board.get("editable") is not False:
        yield "it is editable"


def unique_panels(board: Board) -> Found:
    """Ours: links to a panel go by its id."""
    ids = [panel.get("id") for panel in board["panels"]]
    if len(set(ids)) != len(ids) or None in ids or 0 in ids:
        yield "panels without an id of their own"


def panel_threshold_runbook(board: Board) -> Found:
    """Ours: whoever sees red finds what to do."""
    for panel in panels(board):
        steps = panel["fieldConfig"]["defaults"].get("thresholds", {}).get("steps", [])
        if not steps:
            yield f"{panel['title']}: says neither a threshold nor that all is green"


RULES: dict[str, Callable[[Board], Found]] = {
    "template-datasource-rule": template_datasource,
    "template-job-rule": template_job,
    "template-instance-rule": template_instance,
    "template-label-promql-rule": template_label_promql,
    "template-on-time-change-reload-rule": template_on_time_change_reload,
    "panel-datasource-rule": panel_datasource,
    "panel-title-description-rule": panel_title_description,
    "panel-units-rule": panel_units,
    "panel-no-targets-rule": panel_no_targets,
    "target-promql-rule": target_promql,
    "target-rate-interval-rule": target_rate_interval,
    "target-job-rule": target_job,
    "target-instance-rule": target_instance,
    "target-counter-agg-rule": target_counter_agg,
    "uneditable-dashboard-rule": uneditable_dashboard,
    "unique-panels": unique_panels,
    "panel-threshold": panel_threshold_runbook,
}

__all__ = ["RULES", "Board", "Call", "panels", "targets"]
