"""A real Prometheus over two real workers: every query of every dashboard and alert has an answer, and faults light what they should."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from signal import SIGTERM
from urllib.error import HTTPError

import pytest

from grafana.build import ANNOTATIONS, FOLDER
from tests.conftest import missing
from tests.ops.linter import targets
from tests.ops.prometheus import RUNBOOKS, alerts, rules
from tests.ops.promql import selectors
from tests.ops.watching import Prometheus, Stack, Traffic, once
from tests.servers import why_no_kafka, why_no_redis

pytestmark = [pytest.mark.kafka, pytest.mark.redis]

BOARDS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
WITHOUT_DATA = {
    r"^(sum|min) by \(.*\) \(.*\b(redis|kafka)_\w+\{job=\"(redis|kafka)\"": "told by an exporter, of which there is none here",
    r"leadlock_http_seconds": "told by leadlock serve, of which tests/web ask; there is none here",
    r"ALERTS\{": "nothing fires while all is well; the faults below light it",
    r"leadlock_lag_records\{.*\} > 0$": "nothing waits when all is decided",
    r"leadlock_kafka_errors_total": "a client without an error has no series; the fault of the broker has",
    r"leadlock_store_errors_total": "a store that answered has no series; the fault of Redis has",
    r"^kafka_topic_partition_under_replicated_partition$": "told by an exporter, of which there is none here",
}
"""What of the dashboards and alerts has no answer while all is well, and why."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The stack, with a day's variety decided."""
    if reason := why_no_kafka() or why_no_redis() or (None if shutil.which("prometheus") else "no prometheus on the PATH"):
        missing(reason)
    stack = Stack(tmp_path_factory.mktemp("watched"))
    try:
        stack.start()
        for rep, role in (("ana", "sdr"), ("bob", "sdr"), ("tom", "team_lead"), ("rita", "revops")):
            stack.send("rep-updated", rep=rep, role=role, team="east", territories=[{"countries": ["US"]}] if role == "sdr" else [])
        stack.settle()
        yield stack
    finally:
        stack.stop()


@pytest.fixture
def prometheus(running: Stack, tmp_path: Path) -> Iterator[Prometheus]:
    """A new one, which knows nothing of what was before."""
    server = Prometheus(tmp_path / "prometheus", running.ports)
    try:
        server.start()
        yield server
    finally:
        server.kill()


def variety(stack: Stack) -> None:
    """Events of every topic, so that every kind of decision that the dashboards tell apart is made."""
    stack.send("account-updated", account_id="acc1", name="Acme Corporation", domains=["acme.example"])
    stack.settle()
    mail = {"rep": "ana", "sequence_id": "s1", "step": 1}
    for number in range(8):
        stack.send("email-sent", message_id=f"m{number}", contact=f"p{number}@c{number}.example", **mail)
    stack.send("ownership-commands", command="claim", by="bob", contact="free@c9.example", reason="research", hours=0.0005)
    stack.settle()
    stack.send("email-sent", message_id="o1", contact="p0@c0.example", rep="bob", sequence_id="s2")
    stack.send("reply-classified", contact="p1@c1.example", rep="ana", as_="interested")
    stack.send("reply-classified", contact="p2@c2.example", rep="ana", as_="unsubscribe", ago=5)
    stack.send("reply-classified", contact="p3@c3.example", rep="ana", as_="bounce")
    stack.send("reply-classified", contact="p4@c4.example", rep="ana", as_="out_of_office")
    stack.send("ownership-commands", command="claim", by="bob", contact="p5@c5.example", reason="prospecting")
    stack.send("ownership-commands", command="transfer", by="ana", contact="p6@c6.example", to="bob", note="yours now")
    stack.send("ownership-commands", command="renew", by="bob", contact="p7@c7.example")
    stack.send("ownership-commands", command="request_review", by="bob", contact="p5@c5.example", note="mine since May")
    stack.settle()
    stack.send("email-sent", message_id="v1", contact="p2@c2.example", rep="ana")
    for stage in ("import", "launch"):
        stack.send("send-requested", contact="p5@c5.example", rep="bob", stage=stage)
        stack.send("send-requested", contact=f"new-{stage}@c8.example", rep="ana", stage=stage)
    lead = {"country": "US", "company": "Acme Corporation"}
    stack.send("lead-created", lead_id="l1", email="joe@acme.example", **lead)
    stack.send("lead-created", lead_id="l2", email="kim@elsewhere.example", country="US", intent="demo_request")
    stack.settle()
    stack.send("lead-created", lead_id="l3", email="joe@acme.example", **lead)
    stack.put("touch-logged", b"torn", b'{"event_id": "torn')
    stack.settle()


def written(expr: str) -> str:
    """A query as Grafana would send it."""
    for name, value in {"$job": ".+", "$instance": ".+", "$topic": ".+", "$__rate_interval": "30s", "$__range": "60s"}.items():
        expr = expr.replace(name, value)
    return expr


def reason(expr: str) -> str | None:
    return next((why for pattern, why in WITHOUT_DATA.items() if re.search(pattern, expr)), None)


def answered(prometheus: Prometheus, expr: str) -> bool:
    """Whether a query has an answer with a number in it."""
    try:
        return any(sample["value"][1] != "NaN" for sample in prometheus.query(written(expr)))
    except HTTPError as error:
        pytest.fail(f"{expr}: {error.read().decode()}")


def asked() -> dict[str, str]:
    """Where a query stands -> the query: all of dashboards, annotations, variables, alerts and recording rules."""
    found = {f"{uid}: {title}: {expr}": expr for uid, board in BOARDS.items() for title, expr in targets(board)}
    found |= {f"annotation {name}": expr for name, (expr, _) in ANNOTATIONS.items()}
    for board in BOARDS.values():
        for variable in board["templating"]["list"]:
            if variable["type"] == "query":
                inside, _, label = variable["query"].removeprefix("label_values(").rstrip(")").rpartition(", ")
                found[f"variable {variable['name']}"] = f"count by ({label}) ({inside})"
    for rule in rules():
        name = rule.get("alert") or rule["record"]
        if "record" in rule:
            found[f"record {name}"] = name
        # An alert that is silent has no answer, so each of its metrics is asked for by itself.
        found |= {f"{name}: {one.name}": one.name for one in selectors(rule["expr"])}
    return found


def test_every_query_has_an_answer(running: Stack, prometheus: Prometheus) -> None:
    variety(running)
    queries = asked()
    assert len(queries) > 150
    with Traffic(running):
        # Three seconds for rates to have two samples, and for deadlines of the variety to fire.
        open_questions = dict(queries)

        def all_answered() -> bool:
            for where in [where for where, expr in open_questions.items() if reason(expr) or answered(prometheus, expr)]:
                del open_questions[where]
            return not open_questions

        once(all_answered, lambda: "without an answer: " + json.dumps(open_questions, indent=1), 45)
        for rule in alerts():
            answered(prometheus, rule["expr"])
        assert {alert["labels"]["alertname"] for alert in prometheus.alerts() if alert["state"] == "firing"} <= {
            "LeadlockDeadLetters",
            "LeadlockDeadLetterBudget",
            "LeadlockSuppressionViolated",
        }
    unused = [pattern for pattern in WITHOUT_DATA if not any(re.search(pattern, expr) for expr in queries.values())]
    assert unused == []


def test_two_workers_share_the_work_and_tell_the_whole_alike(running: Stack, prometheus: Prometheus) -> None:
    once(lambda: len(prometheus.query("leadlock_ready == 1")) == 2, running.workers[0].tail)

    def partitions() -> list[float]:
        return [float(sample["value"][1]) for sample in prometheus.query("count by (instance) (leadlock_lag_records)")]

    # Eight topics of six partitions, of which .env has told; those whose end is not known yet are not told of.
    once(lambda: len(partitions()) == 2 and sum(partitions()) == 48, lambda: str(partitions()))
    assert partitions() == [24.0, 24.0]


def named(page: str) -> set[str]:
    """The alerts that a runbook says are lit while its own fault lasts."""
    text = (RUNBOOKS / f"{page}.md").read_text().partition("## What lights with it")[2]
    lasting = re.search(r"While it lasts: (.*?)\.(?:\s|$)", text)
    assert lasting is not None, page
    return {page, *re.findall(r"`(Leadlock\w+)`", lasting[1])}


def lights(prometheus: Prometheus, running: Stack, page: str) -> None:
    """Wait until exactly what the page names is lit, and see that nothing else follows."""

    def situation() -> str:
        states = sorted({f"{one['labels']['alertname']} {one['state']}" for one in prometheus.alerts()})
        return f"lit {states}, wanted {sorted(named(page))}\n" + "\n".join(worker.tail() for worker in running.workers)

    once(lambda: prometheus.firing() >= named(page), situation)
    for _ in range(4):
        assert prometheus.firing() == named(page), situation()
        time.sleep(1)


def resolves(prometheus: Prometheus, page: str) -> None:
    once(lambda: page not in prometheus.firing(), lambda: f"{page} still fires")


def quiet(prometheus: Prometheus) -> None:
    """Some seconds of ordinary work light nothing."""
    once(lambda: bool(prometheus.query("sum(rate(leadlock_events_total[3s])) > 0")), lambda: "no events")
    assert prometheus.alerts() == [] or prometheus.firing() == set()


def test_a_broker_that_is_gone(running: Stack, prometheus: Prometheus) -> None:
    with Traffic(running):
        quiet(prometheus)
    # Claims that run out while the broker is gone: decisions that cannot be published.
    for number in range(12):
        claim = {"command": "claim", "by": "ana", "reason": "research", "hours": 0.002}
        running.send("ownership-commands", contact=f"short{number}@gone{number}.example", **claim)
    running.settle()
    time.sleep(1)
    running.kafka.kill()
    try:
        lights(prometheus, running, "LeadlockKafkaAway")
    finally:
        running.kafka.start()
    resolves(prometheus, "LeadlockKafkaAway")
    resolves(prometheus, "LeadlockOutboxStuck")
    running.settle()


def test_a_redis_that_is_gone(running: Stack, prometheus: Prometheus) -> None:
    with Traffic(running):
        quiet(prometheus)
        running.redis.kill()
        try:
            lights(prometheus, running, "LeadlockRedisAway")
        finally:
            running.redis.start()
        resolves(prometheus, "LeadlockRedisAway")
    running.settle()


def test_a_flood_of_poison(running: Stack, prometheus: Prometheus) -> None:
    with Traffic(running):
        quiet(prometheus)
        for number in range(300):
            running.put("email-sent", b"p%d" % number, b'{"event_id": "p", "contact": "ann@x.example"')
        lights(prometheus, running, "LeadlockDeadLetters")
    running.settle()
    logged = "".join(worker.log.read_text() for worker in running.workers)
    assert "dead letters: " in logged and "ann@x.example" not in logged


def test_a_worker_ends_within_ten_seconds(running: Stack) -> None:
    """In the middle of traffic; and the other one although broker and Redis are both gone, cleanly or not."""
    first, second = running.workers
    with Traffic(running):
        time.sleep(0.5)
        first.signal(SIGTERM)
        assert first.process.wait(10) == 0, first.tail()
    running.redis.kill()
    running.kafka.kill()
    second.signal(SIGTERM)
    assert second.process.wait(10) in (0, 1), second.tail()
