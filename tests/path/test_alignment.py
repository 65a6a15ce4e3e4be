"""Arrival order: what is handed on does not depend on how it was fetched."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.feed.alignment import UNKNOWN, Alignment
from streams.path import TOPICS, Record, rank

PARTITIONS = [(TOPICS[4], 0), (TOPICS[0], 1), (TOPICS[7], 0), (TOPICS[0], 0)]
WAIT = 200_000
times = st.lists(st.lists(st.integers(0, 30), max_size=12).map(sorted), min_size=4, max_size=4)


def one(where: tuple[str, int], offset: int, time: int) -> Record:
    return Record(*where, offset, time, None, b"")


def records(lines: list[list[int]]) -> dict[tuple[str, int], list[Record]]:
    return {where: [one(where, offset, time) for offset, time in enumerate(line)] for where, line in zip(PARTITIONS, lines, strict=True)}


def in_order(logs: dict[tuple[str, int], list[Record]]) -> list[Record]:
    every = [record for log in logs.values() for record in log]
    return sorted(every, key=lambda each: (each.timestamp, rank(each.topic), each.partition, each.offset))


@settings(max_examples=300)
@given(lines=times, data=st.data())
def test_the_order_does_not_depend_on_the_fetches(lines: list[list[int]], data: st.DataObject) -> None:
    logs = records(lines)
    alignment = Alignment(PARTITIONS, WAIT, 0)
    left = {where: list(log) for where, log in logs.items()}
    out: list[Record] = []
    while any(left.values()):
        where = data.draw(st.sampled_from([each for each in PARTITIONS if left[each]]))
        count = data.draw(st.integers(1, len(left[where])))
        alignment.lanes[where].add(left[where][:count], 0)
        del left[where][:count]
        alignment.lanes[where].at_end = not left[where]
        for each in PARTITIONS:
            if not logs[each]:
                alignment.lanes[each].at_end = True
        alignment.release(0)
        out += [entry[3] for entry in alignment.take(data.draw(st.integers(0, 5)))]
    for lane in alignment.lanes.values():
        lane.at_end = True
    alignment.release(0)
    out += [entry[3] for entry in alignment.take(1000)]
    assert out == in_order(logs)
    assert len(alignment) == 0 and alignment.oldest() is None


@given(lines=st.lists(st.lists(st.integers(0, 30), max_size=12), min_size=4, max_size=4), ceiling=st.none() | st.integers(0, 30))
def test_a_partition_keeps_its_order_whatever_its_times(lines: list[list[int]], ceiling: int | None) -> None:
    logs = records(lines)
    alignment = Alignment(PARTITIONS, WAIT, 0)
    for where, log in logs.items():
        alignment.lanes[where].add(log, 0, ceiling)
    alignment.release(WAIT)
    for lane in alignment.lanes.values():
        lane.at_end = True
    alignment.release(WAIT)
    out = [entry[3] for entry in alignment.take(1000)]
    for where, log in logs.items():
        assert [record for record in out if (record.topic, record.partition) == where] == log


def test_a_record_waits_for_a_silent_partition_but_not_for_ever() -> None:
    first, second = PARTITIONS[:2]
    alignment = Alignment([first, second], WAIT, 0)
    alignment.lanes[first].add([one(first, 0, 5)], 100)
    assert alignment.release(100) == 0
    assert alignment.release(WAIT - 1) == 0
    assert alignment.release(WAIT) == 1


def test_asking_again_starts_the_silence_anew() -> None:
    first, second = PARTITIONS[:2]
    alignment = Alignment([first, second], WAIT, 0)
    alignment.lanes[first].add([one(first, 0, 5)], 0)
    alignment.hear(WAIT)
    assert alignment.release(WAIT) == 0


def test_of_equal_times_the_one_that_may_still_come_goes_first() -> None:
    rep, mail = ("rep-updated", 0), ("email-sent", 0)
    alignment = Alignment([rep, mail], WAIT, 0)
    alignment.lanes[mail].add([one(mail, 0, 5)], 0)
    alignment.lanes[rep].add([one(rep, 0, 5)], 0)
    assert alignment.release(0) == 1, "the rep's other record of time 5 has not come"
    alignment.lanes[rep].add([one(rep, 1, 5), one(rep, 2, 6)], 0)
    alignment.release(0)
    assert [(entry[3].topic, entry[3].offset) for entry in alignment.take(9)] == [("rep-updated", 0), ("rep-updated", 1), ("email-sent", 0)]


def test_the_oldest_is_unknown_until_every_partition_was_seen() -> None:
    first, second = PARTITIONS[:2]
    alignment = Alignment([first, second], WAIT, 0)
    assert alignment.oldest() == UNKNOWN
    alignment.lanes[first].at_end = True
    alignment.lanes[second].add([one(second, 0, 7)], 0)
    assert alignment.oldest() == 7
    alignment.release(0)
    alignment.take(1)
    assert alignment.oldest() == 7, "more of time 7 may come"
    alignment.lanes[second].at_end = True
    assert alignment.oldest() is None


def test_a_clock_that_runs_ahead_does_not_hold_up_the_rest() -> None:
    first, second = PARTITIONS[:2]
    alignment = Alignment([first, second], WAIT, 0)
    alignment.lanes[first].add([one(first, 0, 10**18), one(first, 1, 50)], 0, ceiling=60)
    alignment.lanes[second].add([one(second, 0, 70)], 0, ceiling=80)
    alignment.release(0)
    assert [entry[3].timestamp for entry in alignment.take(9)] == [10**18, 50]
