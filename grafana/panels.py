"""What a panel is, in this project's words, and what Grafana's builders make of it."""

from __future__ import annotations

from typing import Any, NamedTuple

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, table, timeseries
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
    TooltipDisplayMode,
)
from grafana_foundation_sdk.models.dashboard import DashboardLinkType, DataSourceRef, Threshold, ThresholdsMode

SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
MATCH = 'job=~"$job",instance=~"$instance"'
"""Stands in each selector as `@`."""

Steps = tuple[tuple[float, str], ...]
GOOD: Steps = ()
"""No threshold: whatever it is, it is neither good nor bad by itself."""


class Query(NamedTuple):
    """PromQL, `@` for the matchers of the dashboard's variables, and how its series are called."""

    expr: str
    legend: str = ""


class Panel(NamedTuple):
    """`unit`: Grafana's name of it. `steps`: from which value on which colour, green below. `alert`: whose runbook it links to. `kind`:
    `lines`, `stack`, `stat` or `table`. `width`: of 24."""

    title: str
    description: str
    unit: str
    queries: tuple[Query, ...]
    steps: Steps = GOOD
    alert: str = ""
    kind: str = "lines"
    width: int = 8
    most: float | None = None


class Row(NamedTuple):
    """Panels that answer one question."""

    title: str
    panels: tuple[Panel, ...]


def above(warning: float, critical: float | None = None) -> Steps:
    """Yellow from `warning` on, red from `critical` on."""
    return ((warning, "yellow"),) if critical is None else ((warning, "yellow"), (critical, "red"))


def below(critical: float) -> Steps:
    """Red below, green from there on."""
    return ((float("-inf"), "red"), (critical, "green"))


def built(panel: Panel) -> Any:
    """The panel for Grafana."""
    makers: dict[str, Any] = {"lines": _lines, "stack": _stack, "stat": _stat, "table": _table}
    made = makers[panel.kind]().title(panel.title).description(panel.description).unit(panel.unit).datasource(SOURCE)
    made = made.span(panel.width).height(4 if panel.kind == "stat" else 7).thresholds(_thresholds(panel.steps))
    if panel.kind != "table":
        made = made.min(0)
    if panel.most is not None:
        made = made.max(panel.most)
    if panel.alert:
        link = dashboard.DashboardLink(f"Runbook {panel.alert}").type(DashboardLinkType.LINK).target_blank(True)
        made = made.links([link.url(f"${{source}}/docs/runbooks/{panel.alert}.md")])
    for number, query in enumerate(panel.queries):
        target = prometheus.Dataquery().expr(query.expr.replace("@", MATCH)).legend_format(query.legend or "__auto").datasource(SOURCE)
        target = target.ref_id(chr(ord("A") + number))
        made = made.with_target(target.instant().format("table") if panel.kind == "table" else target.range())
    return made


def _thresholds(steps: Steps) -> Any:
    first = () if steps and steps[0][0] == float("-inf") else ((float("-inf"), "green"),)
    found = [Threshold(value=None if value == float("-inf") else value, color=color) for value, color in (*first, *steps)]
    return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(found)


def _lines() -> Any:
    legend = common.VizLegendOptions().show_legend(True).display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM)
    tooltip = common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI)
    lines = timeseries.Panel().fill_opacity(10).line_width(1).legend(legend).tooltip(tooltip)
    return lines.thresholds_style(common.GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED))


def _stack() -> Any:
    return _lines().fill_opacity(40).stacking(common.StackingConfig().mode(StackingMode.NORMAL).group("A"))


def _stat() -> Any:
    reduced = common.ReduceDataOptions().calcs(["lastNotNull"])
    return stat.Panel().reduce_options(reduced).color_mode(BigValueColorMode.BACKGROUND).graph_mode(BigValueGraphMode.AREA)


def _table() -> Any:
    return table.Panel()
