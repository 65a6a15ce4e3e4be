"""Real lists through real servers: every account published, every lead created, mailed by two teams, and answered in every way.

In the end every lock and suppression is what the model has after the same events in the same order of arrival.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from schemas.policy import Policy
from streams.clock import now_us
from streams.day.csv_lists import read_accounts, read_leads
from streams.day.lists import events
from streams.day.people import Lead
from streams.day.planned import HOUR, MILLISECOND, Planned
from streams.decisions import DECISIONS
from streams.simulation import Simulation
from streams.topics import DEAD_LETTERS
from tests.integration.conftest import Make
from tests.integration.mix import lines
from tests.integration.model import standing
from tests.integration.same import alike
from tests.integration.stack import QUIET

pytestmark = [pytest.mark.kafka, pytest.mark.redis]

SETS = ("listed", "contributors", "subsidiaries", "affiliations", "registry")
BIG = ("affiliations", "registry")
MOST = 300  # leads of a big set in an ordinary run; `slow` takes all of them


@pytest.mark.parametrize("name", SETS)
def test_a_list_ends_as_the_model(installation: Make, shared: Path, name: str) -> None:
    _play(installation, shared / "data" / name, MOST if name in BIG else None)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", BIG)
def test_a_whole_list_ends_as_the_model(installation: Make, shared: Path, name: str) -> None:
    _play(installation, shared / "data" / name, None)


def _play(installation: Make, folder: Path, most: int | None) -> None:
    accounts, _ = read_accounts(folder / "accounts.csv")
    leads, _ = read_leads(folder / "leads.csv")
    # A day and a bit ago: claims and reviews are far from running out, and nothing is due just now.
    start = (time.time_ns() // 1000 - 30 * HOUR) // MILLISECOND * MILLISECOND
    planned = list(events(accounts, _reachable(leads[:most]), 7, start))
    kinds = {one.value["class"] for one in planned if one.topic == "reply-classified"}
    assert {"bounce", "unsubscribe", "interested", "not_interested"} <= kinds

    subject = installation(partitions=4, batch_size=2000, session_timeout="20s", options={})
    subject.publish(planned)
    subject.worker()
    subject.settle(120 if most else 600)
    assert subject.read(DEAD_LETTERS) == []
    alike(standing(subject.tables), _model(planned), "targets")
    assert len(subject.read(DECISIONS)) == len(subject.decisions()), "an undisturbed worker publishes once"


def _reachable(leads: Sequence[Lead]) -> list[Lead]:
    """The leads, those without an address given one at their company: most lists name companies only, and mail needs somebody."""
    return [lead if lead.email else lead._replace(email=f"{lead.lead_id}@{_domain(lead.company)}", phone="") for lead in leads]


def _domain(company: str) -> str:
    return (re.sub(r"[^a-z0-9]+", "-", company.lower()).strip("-")[:50].strip("-") or "unnamed") + ".example"


def _model(planned: list[Planned]) -> dict[str, object]:
    simulation = Simulation(Policy.parse(QUIET))
    for _ in simulation.play(lines(planned)):
        pass
    for _ in simulation.until(now_us()):
        pass
    assert not simulation.dead
    return standing(simulation.tables)
