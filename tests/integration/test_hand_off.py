"""Hand-offs through a real Kafka and a real Redis: killed in the middle, and of a hundred thousand locks while the stream goes on."""

from __future__ import annotations

import signal
import time
from collections import Counter

import pytest

from schemas.times import rfc3339
from streams.crash_points import VARIABLE
from streams.day.planned import MILLISECOND, SECOND, Planned, key_of
from streams.rules.hand_off import hand_offs
from streams.tables.contract import Tables
from tests.integration.conftest import Make
from tests.integration.model import expected
from tests.integration.processes import wait_until
from tests.integration.same import same
from tests.integration.stack import Installation

pytestmark = [pytest.mark.kafka, pytest.mark.redis]

BIG = 100_000
HELD = 4 * hand_offs.PAGE + 150
"""Five steps."""


def planned(number: int, topic: str, at: int, **value: object) -> Planned:
    full = {"event_id": f"n{number}", "occurred_at": rfc3339(at), **value}
    return Planned(at, topic, key_of(topic, full), full)


def reps(at: int) -> list[Planned]:
    people = [("ana", "sdr"), ("bob", "ae"), ("cyd", "sdr"), ("rita", "revops")]
    return [planned(number, "rep-updated", at, rep=rep, team="east", role=role) for number, (rep, role) in enumerate(people)]


def mails(first: int, count: int, at: int, rep: str = "ana", companies: int = 50) -> list[Planned]:
    """A mail each to so many contacts of the rep's own."""
    contacts = (f"{rep}-{n}@c{n % companies}.example" for n in range(count))
    return [
        planned(first + n, "email-sent", at + n * MILLISECOND, message_id=f"m{n}", contact=contact, rep=rep)
        for n, contact in enumerate(contacts)
    ]


def hand_off(number: int, at: int) -> Planned:
    return planned(number, "ownership-commands", at, command="hand_off", by="rita", **{"from": "ana", "to": "bob", "note": "all of it"})


def leaves(number: int, at: int) -> Planned:
    return planned(number, "rep-updated", at, rep="ana", team="east", role="sdr", active=False, successor="bob")


def moved(tables: Tables) -> bool:
    return not tables.held("ana", "", 1) and not tables.outbox(1)


def settle(subject: Installation, seconds: float = 60) -> None:
    """Wait until everything is read, handed off and delivered. The group's own offset of a partition with a single record may be missing
    after a kill: the tables have it, and the next record brings it."""

    def done() -> bool:
        return all(subject.tables.offsets().get(where) == end for where, end in subject.ends.items()) and moved(subject.tables)

    wait_until(done, subject.situation, seconds)


@pytest.mark.parametrize("begin", ["command", "leaver"])
@pytest.mark.parametrize(("step", "count"), [("decided", 3), ("committed", 1), ("committed", 4), ("delivered", 2)])
def test_killed_in_the_middle_of_a_hand_off(installation: Make, lately: int, step: str, count: int, begin: str) -> None:
    events = [*reps(lately), *mails(10, HELD, lately + SECOND)]
    last = (hand_off if begin == "command" else leaves)(5000, lately + 60 * SECOND)
    subject = installation(batch_size=200)
    subject.publish(events)
    first = subject.worker()
    subject.settle()
    first.stop()
    subject.publish([last])
    doomed = subject.worker(**{VARIABLE: f"{step}:{count}"})
    assert doomed.process.wait(40) == -signal.SIGKILL, doomed.tail()
    assert not moved(subject.tables), "it was over before the kill, which then proves nothing"
    subject.worker()
    settle(subject)
    same(subject, expected([*events, last]))
    assert len(subject.tables.held("bob", "", 2 * HELD)) == HELD


@pytest.mark.slow
def test_a_hundred_thousand_locks_move_while_the_stream_goes_on(installation: Make, lately: int) -> None:
    begun = lately + 1000 * SECOND
    subject = installation(batch_size=2000)
    events = [*reps(lately), *mails(10, BIG, lately + SECOND, companies=10_000)]
    for first in range(0, len(events), 20_000):  # the client's queue has room for 100,000
        subject.publish(events[first : first + 20_000])
    worker = subject.worker()
    subject.settle(300)
    start = time.monotonic()
    subject.publish([hand_off(2_000_000, begun)])
    wait_until(lambda: len(subject.tables.held("bob", "", 100)) == 100, subject.situation, 60)
    # Other people's mail, while most of it is still to be moved, is decided in between.
    subject.publish(mails(3_000_000, 2000, begun + SECOND, "cyd"))
    wait_until(lambda: len(subject.tables.held("cyd", "", 3000)) == 2000, subject.situation, 120)
    left = bool(subject.tables.held("ana", "", 1))
    wait_until(lambda: not subject.tables.held("ana", "", 1), subject.situation, 300)
    seconds = time.monotonic() - start
    settle(subject, 300)
    print(f"{BIG:,} locks moved in {seconds:.1f} s beside 2,000 other events")
    assert left, "the stream waited for the hand-off"
    assert worker.process.poll() is None
    counted = Counter(one["contact"] for one in subject.decisions().values() if one["rule"] == "hand_off")
    assert len(counted) == BIG and set(counted.values()) == {1}
