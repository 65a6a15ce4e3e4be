"""What only a real server can do to the tables: forget the script, run full, come back older, refuse or vanish."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from streams.errors import BadSettings, StoreUnavailable
from streams.tables.connect import Client, connect
from streams.tables.contract import ABSENT, Document, Fact, Group, Moved, Write
from streams.tables.redis import RedisTables
from tests.tables.servers import free_port, running

pytestmark = pytest.mark.redis
ACME = Fact("account", "acme", b"{}")
ANN = Fact("rep", "ann", b"{}")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Any]:
    """A server of the test's own, to be mistreated."""
    with running(tmp_path) as port:
        client = connect(f"redis://127.0.0.1:{port}")
        yield client
        client.close()


def test_a_forgotten_script_is_sent_again(client: Any) -> None:
    tables = RedisTables(client)
    tables.commit([Group(writes=[Write("a", 0, b"1")])])
    client.script_flush()
    tables.commit([Group(writes=[Write("a", 1, b"2")])])
    assert tables.load(["a"]) == [Document(2, b"2")]


def test_whoever_is_faster_between_two_tries_is_met_again(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tables, other = RedisTables(client), RedisTables(client)
    tables.commit([Group([Write(key, 0, b"1")]) for key in "abc"])
    tables.commit([Group([Write("a", 1, b"moved")])])
    run, tries = tables._run, 0

    def overtaken(batch: Any) -> Any:
        nonlocal tries
        answer, tries = run(batch), tries + 1
        if tries == 1:
            other.commit([Group([Write("b", 1, b"moved")])])
        return answer

    monkeypatch.setattr(tables, "_run", overtaken)
    done = tables.commit([Group([Write(key, 1, b"2")], outbox=key.encode()) for key in "abc"], {"t:0": Moved(None, 1)})
    assert (list(done.conflicts), done.rewound, tries) == ([0, 1], False, 3)
    assert tables.load("abc") == [Document(2, b"moved"), Document(2, b"moved"), Document(2, b"2")]
    assert (tables.outbox(9), tables.offsets()) == ([(done.outbox_id, b"c")], {})


def test_a_full_store_is_unavailable_and_half_writes_nothing(client: Any) -> None:
    tables = RedisTables(client)
    tables.commit([Group(writes=[Write("a", 0, b"1")], due={"a": 5})])
    client.config_set("maxmemory", 1)
    everything = Group(
        writes=[Write("a", 1, b"2")], due={"a": None, "b": 6}, outbox=b"x", history=[("a", b"1")], facts=[ACME, Fact("rep", "ann", b"")]
    )
    with pytest.raises(StoreUnavailable, match=r"did not answer commit: .*(OOM|OutOfMemory)"):
        tables.commit([everything], {"t:0": Moved(None, 1)})
    client.config_set("maxmemory", 0)
    assert tables.load(["a"]) == [Document(1, b"1")]
    assert tables.due(9, 9) == [("a", 5)]
    assert (tables.outbox(9), tables.history("a"), tables.offsets(), tables.directory()[1]) == ([], [], {}, [])


def test_a_replica_is_unavailable_until_it_is_promoted(client: Any) -> None:
    tables = RedisTables(client)
    client.replicaof("127.0.0.1", free_port())
    with pytest.raises(StoreUnavailable, match="did not answer commit"):
        tables.commit([Group(writes=[Write("a", 0, b"1")])])
    client.replicaof("NO", "ONE")
    assert not tables.commit([Group(writes=[Write("a", 0, b"1")])]).conflicts


CALLS: dict[str, Callable[[RedisTables], object]] = {
    "load": lambda tables: tables.load(["a"]),
    "commit": lambda tables: tables.commit([]),
    "due": lambda tables: tables.due(1, 1),
    "next_due": lambda tables: tables.next_due(),
    "offsets": lambda tables: tables.offsets(),
    "forget_offsets": lambda tables: tables.forget_offsets(["t:0"]),
    "outbox": lambda tables: tables.outbox(1),
    "published": lambda tables: tables.published(["1-1"]),
    "history": lambda tables: tables.history("a"),
    "scan": lambda tables: list(tables.scan("")),
    "directory": lambda tables: tables.directory(),
    "changes": lambda tables: tables.changes("0-0/0"),
    "look": lambda tables: tables.look("0-0/0", ["a"]),
}


@pytest.mark.parametrize("operation", CALLS)
def test_a_store_that_is_away_is_unavailable(operation: str) -> None:
    tables = RedisTables(connect(f"redis://127.0.0.1:{free_port()}"))
    with pytest.raises(StoreUnavailable, match=f"did not answer {operation}: "):
        CALLS[operation](tables)


def changes(tables: RedisTables, position: str) -> tuple[str, list[Fact]] | None:
    """`Tables.changes`, which `look` must agree with."""
    found = tables.changes(position)
    assert tables.look(position, ["a", "contact:a"]) == (found, tables.load(["a", "contact:a"]))
    assert tables.look(position, []) == (found, [])
    return found


def test_an_empty_store_is_told_to_its_followers(client: Any) -> None:
    tables = RedisTables(client)
    empty = tables.directory()[0]
    tables.commit([Group(facts=[ACME])])
    position = tables.directory()[0]
    client.flushall()
    assert changes(tables, position) is None
    assert changes(tables, empty) == (empty, []), "who knew nothing has missed nothing"
    tables.commit([Group(facts=[ANN])])
    assert changes(tables, position) is None
    assert changes(tables, empty) == (tables.directory()[0], [ANN])


def test_a_store_that_came_back_older_is_told_to_its_followers(client: Any) -> None:
    tables = RedisTables(client)
    tables.commit([Group(facts=[ACME])])
    kept = tables.directory()[0]
    older = {name: client.dump(name) for name in client.keys("*")}
    tables.commit([Group(facts=[ANN])])
    lost = tables.directory()[0]
    for name, value in older.items():
        client.restore(name, 0, value, replace=True)
    client.delete("{leadlock}reps")
    assert changes(tables, lost) is None
    assert changes(tables, kept) == (kept, [])
    tables.commit([Group(facts=[Fact("rep", "bob", b"{}")])])
    assert changes(tables, lost) is None, "newer entries must not hide that some were lost"
    assert changes(tables, kept) == (tables.directory()[0], [Fact("rep", "bob", b"{}")])


def test_an_entry_of_the_same_id_from_another_commit_is_not_the_same(client: Any) -> None:
    tables = RedisTables(client)
    tables.commit([Group(facts=[ACME])])
    position = tables.directory()[0]
    client.delete("{leadlock}directory")
    client.xadd("{leadlock}directory", {"kind": "rep", "key": "x", "body": "{}", "commit": "other"}, id=position.partition("/")[0])
    assert changes(tables, position) is None


def test_a_lost_change_log_is_loaded_anew_once_and_followed_again(client: Any) -> None:
    tables = RedisTables(client)
    tables.commit([Group(facts=[ACME])])
    client.delete("{leadlock}directory")
    position, facts = tables.directory()
    assert facts == [ACME]
    assert changes(tables, position) == (position, [])
    tables.commit([Group(facts=[ANN])])
    assert changes(tables, position) == (tables.directory()[0], [ANN])


def test_installations_do_not_see_each_other(client: Client) -> None:
    one, other = RedisTables(client, "lead"), RedisTables(client, "leadlock")
    one.commit([Group(writes=[Write("a", 0, b"1")], due={"a": 1}, outbox=b"x", facts=[ACME])], {"t:0": Moved(None, 1)})
    assert other.load(["a"]) == [ABSENT]
    assert list(other.scan("")) == []
    assert (other.next_due(), other.outbox(1), other.offsets(), other.directory()[1]) == (None, [], {}, [])


def test_a_document_is_eight_bytes_of_version_and_its_body(client: Any) -> None:
    RedisTables(client).commit([Group(writes=[Write("contact:a", 0, b"body")])])
    assert client.get("{leadlock}d:contact:a") == bytes(7) + b"\x01body"


@pytest.mark.parametrize("protocol", [2, 3])
def test_either_protocol_serves(client: Any, protocol: int) -> None:
    pool = client.connection_pool.connection_kwargs
    with Redis(host=pool["host"], port=pool["port"], protocol=protocol) as other:
        tables = RedisTables(other)
        tables.commit([Group(writes=[Write("a", 0, b"1")], due={"a": 7}, outbox=b"x", facts=[ACME])], {"t:0": Moved(None, 1)})
        assert (tables.due(9, 9), tables.next_due(), tables.offsets()) == ([("a", 7)], 7, {"t:0": 1})
        assert [blob for _, blob in tables.outbox(9)] == [b"x"]
        assert dict(tables.scan("")) == {"a": Document(1, b"1")}
        assert tables.directory()[1] == [ACME]


def test_a_client_that_decodes_is_refused() -> None:
    with pytest.raises(BadSettings, match=r"client\.decode_responses is True"):
        RedisTables(Redis(decode_responses=True))
