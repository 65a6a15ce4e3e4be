"""Writes the dashboards that Grafana reads: `python -m grafana.build`. Tests hold the files in `dashboards/` against what this makes."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import DashboardLinkType, VariableRefresh

from grafana import overview, ownership, stores, stream
from grafana.panels import MATCH, SOURCE, Row, built

FOLDER = Path(__file__).parent / "dashboards"
BOARDS: dict[str, tuple[str, str, tuple[Row, ...]]] = {
    "leadlock-overview": ("Overview", "Is it healthy, is anyone waiting, what was decided.", overview.ROWS),
    "leadlock-stream": ("Stream", "What comes in, how late it is, where the time goes, what goes wrong.", stream.ROWS),
    "leadlock-ownership": ("Ownership", "Locks, sends, overlaps, releases, suppression, reviews, leads.", ownership.ROWS),
    "leadlock-stores": ("Stores", "Redis and Kafka, as the workers and their exporters see them.", stores.ROWS),
}
"""uid -> title, description, rows."""
RUNBOOKS_AT = "/public/leadlock"
"""docker-compose.yml has Grafana serve docs/runbooks there; elsewhere the variable takes the address of the project's files."""


def made(uid: str) -> str:
    """One dashboard as JSON."""
    title, description, rows = BOARDS[uid]
    board = dashboard.Dashboard(title).uid(uid).description(description).tags(["leadlock"]).readonly()
    board = board.refresh("30s").time("now-6h", "now").timezone("browser")
    board = board.link(
        dashboard.DashboardLink("Dashboards").type(DashboardLinkType.DASHBOARDS).tags(["leadlock"]).keep_time(True).include_vars(True)
    )
    for variable in _variables():
        board = board.with_variable(variable)
    for annotation in _annotations():
        board = board.annotation(annotation)
    ids = count(1)
    for row in rows:
        board = board.with_row(dashboard.Row(row.title).id(next(ids)))
        for panel in row.panels:
            board = board.with_panel(built(panel).id(next(ids)))
    return JSONEncoder(sort_keys=True, indent=2).encode(board.build()) + "\n"


def _variables() -> list[Any]:
    def series(name: str, label: str, query: str) -> Any:
        made = dashboard.QueryVariable(name).label(label).query(query).datasource(SOURCE).refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        return made.multi(True).include_all(True).all_value(".+").current({"selected": True, "text": ["All"], "value": ["$__all"]})

    return [
        dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus"),
        series("job", "Job", "label_values(leadlock_build_info, job)"),
        series("instance", "Instance", 'label_values(leadlock_build_info{job=~"$job"}, instance)'),
        series("topic", "Topic", f"label_values(leadlock_events_total{{{MATCH}}}, topic)"),
        dashboard.TextBoxVariable("source").label("Runbooks at").default_value(RUNBOOKS_AT),
    ]


ANNOTATIONS = {
    "Starts": (f"time() - process_start_time_seconds{{{MATCH}}} < 60", "blue"),
    "Policy changes": (f"leadlock_policy_info{{{MATCH}}} unless on (policy) leadlock_policy_info{{{MATCH}}} offset 2m", "purple"),
}
"""What is marked on all dashboards: a deploy shows as starts of workers."""


def _annotations() -> list[Any]:
    return [
        dashboard.AnnotationQuery().name(name).datasource(SOURCE).enable(True).icon_color(color).expr(expr)
        for name, (expr, color) in ANNOTATIONS.items()
    ]


def main() -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    for uid in BOARDS:
        (FOLDER / f"{uid}.json").write_text(made(uid), encoding="utf-8")


if __name__ == "__main__":
    main()
