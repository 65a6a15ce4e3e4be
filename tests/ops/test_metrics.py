"""What is counted, and that it is counted by the batch and names nobody."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from random import Random

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import CollectorRegistry

from schemas.policy import Policy
from schemas.reading import read
from streams.engine import Engine
from streams.metrics import FLAGS, LATENCY, Metrics, ages
from streams.outbox import Outgoing
from streams.path import Arrived, Batch, Record
from streams.rules.said import Said
from streams.simulation import Simulation
from streams.tables.memory import MemoryTables
from streams.watching.observed import Observed
from streams.watching.watch import Passed, Watch
from tests.integration.mix import lines, mix
from tests.play import Played, at

START = 1_767_603_600_000_000
SECOND = 1_000_000


def batch(*timestamps: int, topic: str = "touch-logged") -> Batch:
    records = [Record(topic, 0, number, at, None, b"{}") for number, at in enumerate(timestamps)]
    return Batch(records, {}, 0, timestamps[0] if timestamps else 0)


def value(metrics: Metrics, name: str, **labels: str) -> float:
    found = metrics.registry.get_sample_value(name, labels)
    assert found is not None, f"no series {name}{labels}"
    return found


def metrics() -> Metrics:
    return Metrics(CollectorRegistry(), "abc")


@pytest.mark.parametrize("seed", range(20))
def test_ages_of_a_batch_are_those_of_its_records(seed: int) -> None:
    rng = Random(seed)
    now = START + 100 * SECOND
    arrivals = sorted(now - int(rng.expovariate(1 / rng.choice([0.01, 3, 900])) * SECOND) for _ in range(rng.randrange(1, 300)))
    counts, _ = ages(batch(*arrivals), now, LATENCY)
    for bound, upto in zip(LATENCY, (sum(counts[: number + 1]) for number in range(len(LATENCY))), strict=True):
        assert upto == sum((now - at) / 1e6 <= bound for at in arrivals), bound
    assert sum(counts) == len(arrivals)


def test_the_sum_of_ages_is_that_of_evenly_spaced_arrivals() -> None:
    even = batch(*(START + number * SECOND for number in range(5)))
    assert ages(even, START + 10 * SECOND, LATENCY)[1] == pytest.approx(10 + 9 + 8 + 7 + 6)


def test_a_batch_passes_through_its_stages() -> None:
    kept = metrics()
    begun = time.monotonic()
    kept.begins()
    kept.answered("load", 0.25)
    kept.answered("commit", 0.5)
    kept.answered("changes", 1.0)
    one = batch(*[time.time_ns() // 1000] * 3)
    kept.passed(Passed(one, {"touch-logged": 2, "email-sent": 1}, begun - 5, begun - 4, begun - 2, begun))
    stages = {stage: value(kept, "leadlock_stage_seconds_sum", stage=stage) for stage in ("read", "wait", "load", "decide", "commit")}
    assert stages == pytest.approx({"read": 1, "wait": 2, "load": 0.25, "decide": 1.25, "commit": 0.5})
    assert value(kept, "leadlock_events_total", topic="touch-logged") == 2
    assert value(kept, "leadlock_events_total", topic="email-sent") == 1
    assert value(kept, "leadlock_batch_records_sum") == 3
    kept.delivered(one, time.monotonic() - 2)
    assert value(kept, "leadlock_stage_seconds_sum", stage="publish") == pytest.approx(2, abs=0.5)
    assert value(kept, "leadlock_event_latency_seconds_count") == 3
    kept.begins()
    kept.passed(Passed(one, {}, begun, begun, begun, begun))
    assert value(kept, "leadlock_stage_seconds_sum", stage="load") == 0.25, "a batch counts its own store time only"


def played() -> tuple[Observed, list[dict[str, object]]]:
    """A mix of events through an observed engine, and the decisions that it gave out."""
    observed = Observed(MemoryTables(), Policy(), "records")
    simulation = Simulation(Policy())
    simulation.tables, simulation.engine = observed.tables.as_tables, observed.engine  # type: ignore[assignment]
    out = [json.loads(one) for one in simulation.play(lines(mix(77, 600, START)))]
    return observed, out


def test_every_decision_is_counted_once_by_kind_and_rule() -> None:
    observed, out = played()
    told: dict[tuple[object, object], int] = {}
    for one in out:
        told[one["kind"], one["rule"]] = told.get((one["kind"], one["rule"]), 0) + 1
    text = generate_latest(observed.registry).decode()
    counted = {
        (sample.labels["kind"], sample.labels["rule"]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "leadlock_decisions_total"
    }
    assert len(told) > 15
    assert counted == told
    verdicts = [one for one in out if one["kind"] == "send_verdict"]
    assert verdicts
    for verdict in ("allow", "warn", "block"):
        for stage in ("import", "launch"):
            expected = sum(one["verdict"] == verdict and one["stage"] == stage for one in verdicts)
            assert value(observed.metrics, "leadlock_send_verdicts_total", verdict=verdict, stage=stage) == expected
    for flag in FLAGS:
        expected = sum(one["kind"] == "suppression_violated" and one["flag"] == flag for one in out)
        assert value(observed.metrics, "leadlock_suppression_violations_total", flag=flag) == expected
    routed = [one for one in out if one["kind"] == "lead_routed"]
    for method in {one["match"]["method"] for one in routed}:  # type: ignore[index]
        expected = sum(one["match"]["method"] == method for one in routed)  # type: ignore[index]
        assert value(observed.metrics, "leadlock_lead_matches_total", method=method) == expected


def test_no_label_names_a_person_or_a_company() -> None:
    observed, _ = played()
    for family in text_string_to_metric_families(generate_latest(observed.registry).decode()):
        for sample in family.samples:
            for label, text in sample.labels.items():
                assert "@" not in text and ".example" not in text and "acc" not in text.split("_"), (sample.name, label, text)


def test_all_flags_of_the_contract_have_their_series_from_the_start() -> None:
    from typing import get_args

    from schemas import fields

    flags = next(set(get_args(found)) for found in vars(fields).values() if "unsubscribed" in map(str, get_args(found)))
    assert flags == set(FLAGS)


def test_a_dead_letter_is_counted_with_its_reason() -> None:
    from schemas.errors import Unreadable

    observed = Observed(MemoryTables(), Policy())
    record = Record("email-sent", 1, 7, START, b"ann@x.example", b"torn")
    observed.engine.process([Arrived(record, None, Unreadable("it is torn")), Arrived(record, None, Unreadable("again"))])
    assert value(observed.metrics, "leadlock_dead_letters_total", topic="email-sent", reason="Unreadable") == 2
    assert value(observed.metrics, "leadlock_dead_letters_total", topic="lead-created", reason="Unreadable") == 0


def test_two_workers_in_one_process_count_apart() -> None:
    first, second = metrics(), metrics()
    first.rewound()
    assert (value(first, "leadlock_rewinds_total"), value(second, "leadlock_rewinds_total")) == (1, 0)


def test_response_times_are_counted_met_and_missed() -> None:
    """Met is what no decision says: it is known when the time ends and the owner has answered."""
    world = Played({"ana": {"team": "east", "role": "sdr", "territories": [{"countries": ["US"]}]}})
    kept = metrics()
    world.simulation.engine = Engine(world.simulation.tables, Policy(), clock="records", watch=kept)
    for number, answered in enumerate([True, False, True]):
        lead = {"lead_id": f"l{number}", "email": f"p{number}@acme{number}.com", "country": "US"}
        world.send("lead-created", lead, at(minutes=10 * number))
        if answered:
            touch = {"kind": "call", "rep": "ana", "contact": lead["email"]}
            world.send("touch-logged", touch, at(minutes=10 * number + 5))
    assert value(kept, "leadlock_response_times_total", outcome="met") == 0
    world.until(at(days=2))
    assert value(kept, "leadlock_response_times_total", outcome="met") == 2
    assert value(kept, "leadlock_response_times_total", outcome="missed") == 1


def test_a_batch_is_told_of_once_however_many_companies_it_is_about() -> None:
    """Metrics are counted by the batch: told of by the company they once cost a tenth of the stream."""
    calls: list[int] = []

    class Counting(Watch):
        def decided(self, said: Sequence[Said], outgoing: Sequence[Outgoing]) -> None:
            calls.append(len(said))

    engine = Engine(MemoryTables(), Policy(), watch=Counting())
    mails = [
        {"event_id": f"e{n}", "occurred_at": "2026-01-05T09:00:00Z", "message_id": f"m{n}", "contact": f"a@c{n}.example", "rep": "ana"}
        for n in range(50)
    ]
    records = [Record("email-sent", 0, n, START, None, json.dumps(mail).encode()) for n, mail in enumerate(mails)]
    engine.process([Arrived(record, read(record.topic, record.value), None) for record in records])
    assert calls == [50]
