"""Two workers decide at the same instant, over every backend: what one commits while the other decides is found by the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
import pytest

from schemas.policy import Policy
from schemas.reading import read
from schemas.times import micros
from streams.engine import Engine
from streams.path import Arrived, Record
from streams.tables.contract import Committed, Group, Moved, Tables
from tests.play import at

NOW = micros(at())
REPS = {"ana": {"role": "sdr", "territories": [{"countries": ["US"]}]}, "bob": {"role": "sdr", "territories": [{"countries": ["MX"]}]}}


class Meanwhile:
    """Tables of a worker before whose first commit another worker does something."""

    def __init__(self, tables: Tables, what: Callable[[], None]) -> None:
        self._tables, self._what = tables, what

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tables, name)

    def commit(self, groups: Sequence[Group], offsets: Mapping[str, Moved] | None = None) -> Committed:
        what, self._what = self._what, lambda: None
        what()
        return self._tables.commit(groups, offsets)


def arrived(topic: str, number: int, **value: Any) -> Arrived:
    full = {"event_id": f"{topic}-{number}", "occurred_at": at().isoformat(), **value}
    return Arrived(Record(topic, number, 0, NOW, None, orjson.dumps(full)), read(topic, orjson.dumps(full)), None)


def decisions(engine: Engine, *events: Arrived) -> list[dict[str, Any]]:
    done = engine.process(events)
    return [orjson.loads(one.value) for one in done.outgoing if one.topic == "routing-decisions" and one.value]


def at_once(tables: Tables, first: Arrived, second: Arrived) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The decisions of both, the second one's worker being in the middle of deciding when the first one's commits."""
    policy, said = Policy(), []
    one = Engine(tables, policy)
    other = Engine(Meanwhile(tables, lambda: said.extend(decisions(one, first))), policy)  # type: ignore[arg-type]
    return said, decisions(other, second)


def known(tables: Tables) -> None:
    decisions(Engine(tables, Policy()), *(arrived("rep-updated", n, rep=rep, **facts) for n, (rep, facts) in enumerate(REPS.items())))


@pytest.mark.parametrize("one", [{"email": "a@gmail.com"}, {"phone": "+34912345678", "email": "x@one.com"}])
@pytest.mark.parametrize("other", [{"email": "a+b@googlemail.com", "phone": "912345678", "country": "ES"}])
def test_one_person_on_two_workers_is_one_lead_and_one_suspect(
    make_tables: Callable[..., Tables], one: dict[str, Any], other: dict[str, Any]
) -> None:
    tables = make_tables()
    known(tables)
    first, second = at_once(tables, arrived("lead-created", 1, lead_id="l1", **one), arrived("lead-created", 2, lead_id="l2", **other))
    assert [said["kind"] for said in first] == ["lead_routed"]
    assert [(said["kind"], said["candidates"][0]["lead_id"]) for said in second] == [("duplicate_suspected", "l1")]


def test_the_lead_that_makes_them_enough_makes_one_account(make_tables: Callable[..., Tables]) -> None:
    tables = make_tables()
    known(tables)
    for number in (1, 2):
        lead = arrived("lead-created", number, lead_id=f"l{number}", email=f"l{number}@acme.com", country="US")
        decisions(Engine(tables, Policy()), lead)
    leads = [arrived("lead-created", n, lead_id=f"l{n}", email=f"l{n}@acme.com", country="MX") for n in (3, 4)]
    first, second = at_once(tables, *leads)
    assert sorted(said["kind"] for said in first) == ["account_created", "high_activity", "lead_routed"]
    assert [(said["kind"], said["rule"], said["account"]["id"]) for said in second] == [("lead_routed", "profile_owner", "auto-acme.com")]


def test_a_touch_that_comes_while_the_deadline_fires_counts(make_tables: Callable[..., Tables]) -> None:
    tables = make_tables()
    known(tables)
    decisions(Engine(tables, Policy()), arrived("lead-created", 1, lead_id="l1", email="l1@acme.com", country="US", intent="demo_request"))
    touch = arrived("touch-logged", 2, kind="call", contact="l1@acme.com", rep="ana")
    other = Engine(Meanwhile(tables, lambda: decisions(Engine(tables, Policy()), touch)), Policy())  # type: ignore[arg-type]
    said = other.fire(NOW + 300_000_000)
    assert [one.value for one in said.outgoing if one.value and b"sla_missed" in one.value] == []
