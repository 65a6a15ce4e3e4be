"""One suite for every backend of the lock tables."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from threading import Thread

import pytest
from prometheus_client import CollectorRegistry

from streams.errors import StoreUnavailable
from streams.metrics import Metrics
from streams.tables.contract import ABSENT, Document, Fact, Group, Moved, Tables, Write
from streams.tables.watched import WatchedTables
from tests.simulation.faulty import FaultyTables

ADDRESS = "contact:zoë*[a]?\\@example.com"


def put(key: str, version: int, body: bytes) -> Group:
    return Group(writes=[Write(key, version, body)])


def changes(tables: Tables, position: str) -> tuple[str, list[Fact]] | None:
    """`Tables.changes`, which `look` must agree with."""
    found = tables.changes(position)
    assert tables.look(position, ["a", "contact:a"]) == (found, tables.load(["a", "contact:a"]))
    assert tables.look(position, []) == (found, [])
    return found


def test_what_does_not_exist_is_absent(tables: Tables) -> None:
    assert tables.load(["contact:a", "contact:b"]) == [ABSENT, ABSENT]
    assert tables.load([]) == []


def test_documents_come_in_the_order_asked_for(tables: Tables) -> None:
    tables.commit([put("a", 0, b"1"), put(ADDRESS, 0, bytes(range(256)))])
    assert tables.load([ADDRESS, "none", "a", "a"]) == [Document(1, bytes(range(256))), ABSENT, Document(1, b"1"), Document(1, b"1")]


@pytest.mark.parametrize("stored, claimed", [(0, 1), (1, 0), (2, 1), (2, 3)])
def test_a_moved_document_conflicts(tables: Tables, stored: int, claimed: int) -> None:
    for version in range(stored):
        tables.commit([put("a", version, b"old")])
    before = tables.load(["a"])
    assert list(tables.commit([put("a", claimed, b"new")]).conflicts) == [0]
    assert tables.load(["a"]) == before


def test_a_group_is_written_whole_or_not_at_all(tables: Tables) -> None:
    tables.commit([put("moved", 0, b"x"), put("read", 0, b"x"), put("read", 1, b"y")])
    half = Group(
        writes=[Write("fresh", 0, b"1"), Write("moved", 0, b"2")],
        due={"fresh": 5},
        outbox=b"half",
        history=[("fresh", b"entry")],
        facts=[Fact("rep", "ann", b"{}")],
        holdings=[("ann", "fresh", True)],
    )
    stale = Group(writes=[Write("other", 0, b"1")], reads={"read": 1}, outbox=b"stale")
    good = Group(writes=[Write("good", 0, b"1")], reads={"read": 2, "never": 0}, outbox=b"good")
    committed = tables.commit([half, good, stale], {"t:0": Moved(None, 7)})
    assert list(committed.conflicts) == [0, 2]
    assert not committed.rewound
    assert tables.load(["fresh", "other", "good"]) == [ABSENT, ABSENT, Document(1, b"1")]
    assert tables.outbox(10) == [(committed.outbox_id, b"good")]
    assert tables.next_due() is None
    assert tables.history("fresh") == []
    assert tables.held("ann", "", 10) == []
    assert tables.directory()[1] == []
    assert tables.offsets() == {}, "offsets move only with the whole batch"


def test_a_read_alone_can_conflict(tables: Tables) -> None:
    assert list(tables.commit([Group(reads={"a": 0}), Group(reads={"a": 1})]).conflicts) == [1]


def test_groups_take_effect_one_after_the_other(tables: Tables) -> None:
    batch = [put("a", 0, b"1"), put("a", 0, b"lost"), put("a", 1, b"2"), Group(reads={"a": 1}), Group(reads={"a": 2})]
    assert list(tables.commit(batch).conflicts) == [1, 3]
    assert tables.load(["a"]) == [Document(2, b"2")]


def test_a_tombstone_keeps_its_version(tables: Tables) -> None:
    tables.commit([put("a", 0, b"1"), put("a", 1, b"")])
    assert tables.load(["a"]) == [Document(2, b"")]
    assert list(tables.scan("")) == []
    assert list(tables.commit([put("a", 0, b"stale")]).conflicts) == [0]
    assert list(tables.commit([put("a", 2, b"again")]).conflicts) == []


def test_large_versions_do_not_round(tables: Tables) -> None:
    top = 2**53
    assert list(tables.commit([Group(reads={"a": top}), Group(reads={"a": top + 1})]).conflicts) == [0, 1]


def test_due_is_ordered_by_time_then_key(tables: Tables) -> None:
    now = 1_760_000_000_000_001
    tables.commit([Group(due={"b": now, "é": now, "a": now, "later": now + 1, "first": 0}), Group(due={"gone": now - 1})])
    tables.commit([Group(due={"gone": None, "never": None})])
    assert tables.due(now, 10) == [("first", 0), ("a", now), ("b", now), ("é", now)]
    assert tables.due(now, 2) == [("first", 0), ("a", now)]
    assert tables.due(now, 0) == []
    assert tables.due(now - 1, 10) == [("first", 0)]
    tables.commit([Group(due={"first": now + 2}), Group(due={"a": None}), Group(due={"a": now + 3, "b": None})])
    assert tables.next_due() == now
    assert tables.due(now + 3, 10) == [("é", now), ("later", now + 1), ("first", now + 2), ("a", now + 3)]


@pytest.mark.parametrize("at", [-1, 2**53])
def test_a_deadline_that_would_round_is_refused(tables: Tables, at: int) -> None:
    with pytest.raises(ValueError, match=f"due is {at} microseconds"):
        tables.commit([put("a", 0, b"1"), Group(due={"a": at})])
    assert tables.load(["a"]) == [ABSENT]


def test_offsets_guard_the_whole_batch(tables: Tables) -> None:
    committed = tables.commit([put("a", 0, b"1")], {"t:0": Moved(None, 10), "u:1": Moved(None, 3)})
    assert (list(committed.conflicts), committed.outbox_id, committed.rewound) == ([], None, False)
    assert tables.offsets() == {"t:0": 10, "u:1": 3}
    for expected in (None, 9, 11):
        refused = tables.commit([Group(writes=[Write("b", 0, b"1")], outbox=b"x")], {"u:1": Moved(3, 4), "t:0": Moved(expected, 20)})
        assert (list(refused.conflicts), refused.outbox_id, refused.rewound) == ([], None, True)
    assert tables.load(["b"]) == [ABSENT]
    assert tables.offsets() == {"t:0": 10, "u:1": 3}
    assert not tables.commit([], {"t:0": Moved(10, 20)}).rewound
    tables.forget_offsets(["t:0", "unknown:0"])
    tables.forget_offsets([])
    assert tables.offsets() == {"u:1": 3}


def test_a_commit_repeated_after_a_lost_answer_is_told_so(tables: Tables) -> None:
    batch = [Group(writes=[Write("a", 0, b"1")], outbox=b"x")]
    tables.commit(batch, {"t:0": Moved(None, 1)})
    assert tables.commit(batch, {"t:0": Moved(None, 1)}).rewound
    assert list(tables.commit(batch).conflicts) == [0]
    assert [blob for _, blob in tables.outbox(10)] == [b"x"]


def test_the_outbox_is_one_entry_a_commit_until_published(tables: Tables) -> None:
    first = tables.commit([Group(outbox=b"1\x00"), Group(), Group(outbox=b"\xff2")]).outbox_id
    assert tables.commit([Group()]).outbox_id is None
    second = tables.commit([Group(outbox=b"3")]).outbox_id
    assert first is not None and second is not None
    assert tables.outbox(10) == [(first, b"1\x00\xff2"), (second, b"3")]
    assert tables.outbox(1) == [(first, b"1\x00\xff2")]
    assert tables.outbox(0) == []
    assert [int(entry.partition("-")[0]) >= 0 for entry in (first, second)] == [True, True]
    tables.published([first])
    tables.published([first])
    tables.published([])
    assert tables.outbox(10) == [(second, b"3")]


def test_history_is_kept_in_order(tables: Tables) -> None:
    tables.commit([Group(history=[(ADDRESS, b"1"), ("b", b"x"), (ADDRESS, b"2")]), Group(history=[(ADDRESS, b"\x00")])])
    tables.commit([Group(history=[(ADDRESS, b"3")])])
    assert tables.history(ADDRESS) == [b"1", b"2", b"\x00", b"3"]
    assert tables.history("none") == []


def test_what_a_holder_has_is_listed_in_order(tables: Tables) -> None:
    keys = ["contact:b", ADDRESS, "account:a", "lead:é", "lead:z"]
    tables.commit([Group(holdings=[("ann", key, True) for key in keys]), Group(holdings=[("bob", "contact:c", True)])])
    tables.commit([Group(holdings=[("ann", "contact:b", True)])])
    assert tables.held("ann", "", 10) == ["account:a", "contact:b", ADDRESS, "lead:z", "lead:é"]
    assert tables.held("ann", "", 2) == ["account:a", "contact:b"]
    assert tables.held("ann", "contact:b", 2) == [ADDRESS, "lead:z"]
    assert tables.held("ann", "contact:c", 10) == [ADDRESS, "lead:z", "lead:é"]
    assert tables.held("ann", "lead:é", 10) == tables.held("nemo", "", 10) == tables.held("ann", "", 0) == []


def test_the_last_word_on_a_holding_counts_within_a_commit_too(tables: Tables) -> None:
    there_and_back = [("ann", "a", False), ("bob", "a", True), ("bob", "a", False), ("ann", "a", True)]
    tables.commit([Group(holdings=[("ann", "a", True), ("ann", "b", True)])])
    tables.commit([Group(holdings=[change]) for change in there_and_back] + [Group(holdings=[("ann", "b", False), ("nemo", "x", False)])])
    assert (tables.held("ann", "", 10), tables.held("bob", "", 10)) == (["a"], [])


def test_scan_takes_its_prefix_literally(tables: Tables) -> None:
    keys = ["contact:a", "contact:b", "domain:a", ADDRESS, "contact:zo*", "contact:zoom"]
    tables.commit([put(key, 0, key.encode()) for key in keys])
    assert dict(tables.scan("contact:")) == {key: Document(1, key.encode()) for key in keys if key.startswith("contact:")}
    assert set(dict(tables.scan(ADDRESS[:-1]))) == {ADDRESS}
    assert set(dict(tables.scan("contact:zo*"))) == {"contact:zo*"}
    assert set(dict(tables.scan(""))) == set(keys)


def test_more_than_one_chunk_of_everything(tables: Tables) -> None:
    many = 4_500
    groups = [
        Group(
            writes=[Write(f"a{i}", 0, b"%d" % i), Write(f"b{i}", 0, b"b")],
            due={f"a{i}": i},
            outbox=b"%d," % i,
            holdings=[("ann", f"a{i}", True)],
        )
        for i in range(many)
    ]
    assert list(tables.commit(groups).conflicts) == []
    keys = [f"a{i}" for i in range(many)]
    assert tables.load(keys) == [Document(1, b"%d" % i) for i in range(many)]
    assert dict(tables.scan("a")) == dict(zip(keys, tables.load(keys), strict=True))
    assert tables.due(many, many + 1) == [(key, i) for i, key in enumerate(keys)]
    assert tables.outbox(1)[0][1] == b"".join(b"%d," % i for i in range(many))
    assert tables.held("ann", "", many + 1) == sorted(keys)
    tables.commit([Group(due=dict.fromkeys(keys), holdings=[("ann", key, False) for key in keys[1:]])])
    assert tables.next_due() is None
    assert tables.held("ann", "", many) == ["a0"]


def test_directory_and_its_changes(tables: Tables) -> None:
    empty, nothing = tables.directory()
    assert nothing == []
    assert changes(tables, empty) == (empty, [])
    acme, ann = Fact("account", "acme", b'{"v":1}'), Fact("rep", "ann", b"{}")
    tables.commit([Group(facts=[acme, ann])])
    position, facts = tables.directory()
    assert sorted(facts) == [acme, ann]
    newer, gone, back = Fact("account", "acme", b'{"v":2}'), Fact("rep", "ann", b""), Fact("rep", "ann", b'{"back":1}')
    tables.commit([Group(facts=[newer]), Group(facts=[gone])])
    assert tables.directory()[1] == [newer]
    changed = changes(tables, position)
    assert changed is not None and changed[1] == [newer, gone]
    assert changes(tables, changed[0]) == (changed[0], [])
    tables.commit([Group(facts=[gone, back])])
    assert changes(tables, changed[0]) == (tables.directory()[0], [gone, back])
    assert changes(tables, empty) == (tables.directory()[0], [acme, ann, newer, gone, gone, back])
    assert sorted(tables.directory()[1]) == [newer, back]


def test_an_unknown_kind_of_fact_names_the_nearest(tables: Tables) -> None:
    with pytest.raises(ValueError, match=r"fact\.kind is 'acount'.*the nearest is 'account'"):
        tables.commit([put("a", 0, b"1"), Group(facts=[Fact("acount", "acme", b"{}")])])
    assert tables.load(["a"]) == [ABSENT]


def test_a_position_that_was_trimmed_away_is_told(make_tables: Callable[..., Tables]) -> None:
    tables = make_tables(log_limit=100)
    empty = tables.directory()[0]
    tables.commit([Group(facts=[Fact("account", "0", b"{}")])])
    early = tables.directory()[0]
    for start in range(0, 1_000, 50):
        tables.commit([Group(facts=[Fact("account", str(i), b"{}") for i in range(start, start + 50)])])
    late = tables.directory()[0]
    tables.commit([Group(facts=[Fact("rep", "ann", b"{}")])])
    assert changes(tables, empty) is None
    assert changes(tables, early) is None
    assert changes(tables, late) == (tables.directory()[0], [Fact("rep", "ann", b"{}")])
    assert len(tables.directory()[1]) == 1_001


def test_a_long_way_to_catch_up(tables: Tables) -> None:
    empty = tables.directory()[0]
    facts = [Fact("account", str(i), b"%d" % i) for i in range(2_500)]
    tables.commit([Group(facts=facts[:1])])
    first = tables.directory()[0]
    tables.commit([Group(facts=facts[1:])])
    assert changes(tables, first) == (tables.directory()[0], facts[1:])
    assert changes(tables, empty) == (tables.directory()[0], facts)
    assert sorted(tables.directory()[1]) == sorted(facts)


def test_racing_writers_lose_no_update(tables: Tables) -> None:
    """Each adds one to both counters, in one group, until it has done so often enough."""
    rounds, writers = 100, 3

    def add() -> None:
        done = 0
        while done < rounds:
            left, right = tables.load(["left", "right"])
            group = Group(
                writes=[
                    Write("left", left.version, b"%d" % (int(left.body or 0) + 1)),
                    Write("right", right.version, b"%d" % (int(right.body or 0) + 1)),
                ],
                outbox=b".",
            )
            done += not tables.commit([group]).conflicts

    threads = [Thread(target=add) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = rounds * writers
    assert tables.load(["left", "right"]) == [Document(total, b"%d" % total)] * 2
    assert len(tables.outbox(total + 1)) == total


def test_figures_tell_how_much_there_is(tables: Tables) -> None:
    empty = tables.figures(100)
    assert (empty.deadlines, empty.overdue, empty.first_due, empty.outbox, empty.outbox_oldest) == (0, 0, None, 0, None)
    tables.commit([Group([Write("contact:a", 0, b"a")], {"contact:a": 100, "contact:b": 101}, outbox=b"said")])
    found = tables.figures(100)
    assert (found.deadlines, found.overdue, found.first_due, found.outbox) == (2, 1, 100, 1)
    assert found.outbox_oldest is not None and found.keys > empty.keys
    assert not found.evicts
    (entry,) = tables.outbox(1)
    tables.published([entry[0]])
    assert tables.figures(0).outbox == tables.figures(0).overdue == 0


def test_watched_tables_are_tables_and_count(tables: Tables) -> None:
    metrics = Metrics(CollectorRegistry(), "abc")
    watched = WatchedTables(tables, metrics).as_tables

    def count(name: str, **labels: str) -> float | None:
        return metrics.registry.get_sample_value(f"leadlock_{name}", labels)

    group = Group([Write("contact:a", 0, b"a")], {"contact:a": 7})
    assert watched.commit([group]).conflicts == tables.commit([]).conflicts
    assert list(watched.commit([group]).conflicts) == [0]
    assert count("conflicts_total") == 1
    assert watched.load(["contact:a"]) == tables.load(["contact:a"])
    assert watched.due(7, 9) == tables.due(7, 9) == [("contact:a", 7)]
    assert count("deadlines_fired_total") == 1
    position, _ = watched.directory()
    assert changes(watched, position) == changes(tables, position)
    assert dict(watched.scan("")) == dict(tables.scan(""))
    assert (count("store_seconds_count", operation="commit"), count("store_seconds_count", operation="load")) == (2, 2)


def test_watched_tables_count_what_is_not_answered_and_the_return() -> None:
    metrics = Metrics(CollectorRegistry(), "abc")
    faulty = FaultyTables(Random(0), 1.0)
    watched = WatchedTables(faulty, metrics).as_tables  # type: ignore[arg-type]
    for _ in range(3):
        with pytest.raises(StoreUnavailable):
            watched.next_due()
    faulty._rate = 0.0
    watched.next_due()
    watched.next_due()
    assert metrics.registry.get_sample_value("leadlock_store_errors_total", {"operation": "next_due"}) == 3
    assert metrics.registry.get_sample_value("leadlock_store_reconnects_total") == 1
    assert metrics.registry.get_sample_value("leadlock_store_seconds_count", {"operation": "next_due"}) == 2
