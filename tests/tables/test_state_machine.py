"""The Redis backend against the model: the same calls, whatever their order, must be answered the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from streams.tables.connect import Client
from streams.tables.contract import Fact, Group, Moved, Write
from streams.tables.memory import MemoryTables
from streams.tables.redis import RedisTables
from tests.tables.conftest import installation

KEYS = ("contact:a@x.example", "contact:b@x.example", "account:*", "domain:é.example")
PARTITIONS = ("touch-logged:0", "touch-logged:1")
HOLDERS = ("ann", "bob")
keys = st.sampled_from(KEYS)
blobs = st.binary(max_size=6)
times = st.integers(0, 5) | st.integers(1_760_000_000_000_000, 1_760_000_000_000_003)
facts = st.builds(Fact, st.sampled_from(("account", "rep", "matter", "link")), st.sampled_from("abc"), blobs)
# How far the version claimed is off the stored one: mostly right, so that histories grow.
drifts = st.sampled_from((0, 0, 0, 0, 0, 1, -1))
Holdings = list[tuple[str, str, bool]]
Drifted = tuple[dict[str, tuple[int, bytes]], dict[str, int | None], bytes, list[tuple[str, bytes]], list[Fact], dict[str, int], Holdings]
groups = st.tuples(
    st.dictionaries(keys, st.tuples(drifts, blobs), max_size=3),
    st.dictionaries(keys, st.none() | times, max_size=3),
    blobs,
    st.lists(st.tuples(keys, blobs), max_size=2),
    st.lists(facts, max_size=3),
    st.dictionaries(keys, drifts, max_size=2),
    st.lists(st.tuples(st.sampled_from(HOLDERS), keys, st.booleans()), max_size=3),
)


class Comparison(RuleBasedStateMachine):
    make: Callable[[], RedisTables]

    def __init__(self) -> None:
        super().__init__()
        self.model, self.redis = MemoryTables(), type(self).make()
        self.positions = [(self.model.directory()[0], self.redis.directory()[0])]

    def _group(self, drifted: Drifted, written: dict[str, int]) -> Group:
        """Versions as they stand, `written` by earlier groups of the batch included, and then their drift."""
        writes, due, outbox, history, records, reads, holdings = drifted

        def version(key: str, drift: int) -> int:
            return max(0, self.model.load([key])[0].version + written.get(key, 0) + drift)

        group = Group(
            [Write(key, version(key, drift), body) for key, (drift, body) in writes.items()],
            due,
            outbox,
            history,
            records,
            {key: version(key, drift) for key, drift in reads.items()},
            holdings,
        )
        for key in writes:
            written[key] = written.get(key, 0) + 1
        return group

    @rule(batch=st.lists(groups, max_size=4), moves=st.dictionaries(st.sampled_from(PARTITIONS), drifts, max_size=2))
    def commit(self, batch: list[Drifted], moves: dict[str, int]) -> None:
        written: dict[str, int] = {}
        made = [self._group(drifted, written) for drifted in batch]
        stored = self.model.offsets()
        offsets = {
            name: Moved(stored.get(name) if drift == 0 else stored.get(name, 0) + drift, stored.get(name, 0) + 3)
            for name, drift in moves.items()
        }
        model, redis = self.model.commit(made, offsets), self.redis.commit(made, offsets)
        assert list(model.conflicts) == list(redis.conflicts)
        assert model.rewound == redis.rewound
        assert (model.outbox_id is None) == (redis.outbox_id is None)

    @rule(names=st.lists(st.sampled_from(PARTITIONS), max_size=2))
    def forget_offsets(self, names: list[str]) -> None:
        self.model.forget_offsets(names)
        self.redis.forget_offsets(names)

    @precondition(lambda self: self.model.outbox(1))
    @rule(data=st.data())
    def publish(self, data: st.DataObject) -> None:
        pairs = list(zip(self.model.outbox(100), self.redis.outbox(100), strict=True))
        chosen = data.draw(st.lists(st.sampled_from(pairs)))
        self.model.published([model[0] for model, _ in chosen])
        self.redis.published([redis[0] for _, redis in chosen])

    @rule(until=times, limit=st.integers(0, 5))
    def due(self, until: int, limit: int) -> None:
        assert self.model.due(until, limit) == self.redis.due(until, limit)

    @rule(limit=st.integers(0, 3))
    def outbox(self, limit: int) -> None:
        assert [blob for _, blob in self.model.outbox(limit)] == [blob for _, blob in self.redis.outbox(limit)]

    @rule(holder=st.sampled_from(HOLDERS), after=st.just("") | keys, limit=st.integers(0, 3))
    def held(self, holder: str, after: str, limit: int) -> None:
        assert self.model.held(holder, after, limit) == self.redis.held(holder, after, limit)

    @rule(prefix=st.sampled_from(("", "contact:", "account:*", "a", "x")))
    def scan(self, prefix: str) -> None:
        assert dict(self.model.scan(prefix)) == dict(self.redis.scan(prefix))

    @rule(data=st.data())
    def changes(self, data: st.DataObject) -> None:
        of_model, of_redis = data.draw(st.sampled_from(self.positions))
        model, redis = self.model.changes(of_model), self.redis.changes(of_redis)
        assert model is not None and redis is not None
        assert model[1] == redis[1]
        self.positions.append((model[0], redis[0]))

    @rule()
    def directory(self) -> None:
        (of_model, model), (of_redis, redis) = self.model.directory(), self.redis.directory()
        assert sorted(model) == sorted(redis)
        self.positions.append((of_model, of_redis))

    @invariant()
    def same(self) -> None:
        assert self.model.load(KEYS) == self.redis.load(KEYS)
        assert self.model.next_due() == self.redis.next_due()
        assert self.model.offsets() == self.redis.offsets()
        assert [self.model.history(key) for key in KEYS] == [self.redis.history(key) for key in KEYS]


@pytest.mark.redis
def test_redis_does_what_the_model_does(redis_client: Client) -> None:
    class Machine(Comparison):
        make = staticmethod(lambda: installation(redis_client))

    run_state_machine_as_test(
        Machine,
        settings=settings(max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]),
    )
