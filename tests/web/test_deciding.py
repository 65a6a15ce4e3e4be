"""Who has the engine: the loop for what only asks and is brief, the engine's thread for the rest, never both."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from schemas.policy import Policy
from schemas.reading import read
from streams.clock import now_us
from streams.engine import Engine
from streams.errors import StoreUnavailable
from streams.path import Record
from streams.tables.contract import Document, Fact
from streams.tables.memory import MemoryTables
from streams.web.deciding import BRIEFLY, Decider
from tests.play import at


class Silent:
    """A publisher whose records are never delivered."""

    def send(self, outgoing: Sequence[Any], done: Any) -> None:
        pass


class Tables(MemoryTables):
    """Notes which thread looked, and that nobody else did meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.looked: list[tuple[str, int]] = []
        self.lost = self.away = False
        self.inside = threading.Lock()

    def look(self, position: str, keys: Sequence[str]) -> tuple[tuple[str, list[Fact]] | None, list[Document]]:
        with self.alone():
            self.looked.append((threading.current_thread().name, len(keys)))
            if self.away:
                raise StoreUnavailable(operation="look", error="away")
            changed, documents = super().look(position, keys)
            lost, self.lost = self.lost, False
            return (None if lost else changed), documents

    @contextmanager
    def alone(self) -> Iterator[None]:
        assert self.inside.acquire(blocking=False), "two threads have the engine"
        try:
            yield
        finally:
            self.inside.release()


def check(number: int, **more: Any) -> tuple[str, Any]:
    facts = {"contact": f"kim{number}@fabrikam.com", "rep": "ana", "stage": "import", **more}
    body = json.dumps({"event_id": f"c{number}", "occurred_at": at().isoformat(), **facts}).encode()
    return "send-requested", read("send-requested", body)


def launch(number: int) -> tuple[str, Any, Record]:
    topic, event = check(number, stage="launch")
    return topic, event, Record(topic, 0, number, now_us(), None, b"{}")


def decided(work: Callable[[Decider, Tables], Any], brief: bool = True) -> Tables:
    """Run `work` over a decider whose engine has its directory."""
    tables = Tables()

    async def run() -> None:
        decider = Decider(Engine(tables, Policy()), Silent(), brief=brief)  # type: ignore[arg-type]
        try:
            await decider.read(lambda: None)
            await asyncio.sleep(0.01)  # until the thread has given the engine back
            await work(decider, tables)
        finally:
            decider.stop()

    asyncio.run(run())
    return tables


def test_whoever_comes_together_is_asked_together_on_the_loop() -> None:
    async def work(decider: Decider, tables: Tables) -> None:
        found = await asyncio.gather(*(decider.ask(*check(number)) for number in range(2 * BRIEFLY + 1)))
        assert [one[0]["contact"] for one in found] == [f"kim{number}@fabrikam.com" for number in range(2 * BRIEFLY + 1)]

    tables = decided(work)
    assert tables.looked == [("MainThread", BRIEFLY + 1), ("MainThread", BRIEFLY + 1), ("MainThread", 2)], "a company and its contacts"


def test_while_the_thread_has_the_engine_it_asks_too() -> None:
    async def work(decider: Decider, tables: Tables) -> None:
        held, entered = threading.Event(), threading.Event()

        def long() -> str:
            with tables.alone():
                entered.set()
                held.wait(5)
            return "long"

        first = asyncio.create_task(decider.call(long))
        await asyncio.to_thread(entered.wait, 5)
        asked = asyncio.create_task(decider.ask(*check(1)))
        first.cancel()  # whoever wanted it has gone away; the thread goes on
        await asyncio.sleep(0.05)
        assert not asked.done()
        held.set()
        assert (await asked)[0]["rule"] == "free"
        await asyncio.sleep(0.01)
        await decider.ask(*check(2))

    looked = [name for name, _ in decided(work).looked]
    assert [name.partition("_")[0] for name in looked] == ["engine", "MainThread"]


def test_what_commits_is_the_threads_and_who_asks_with_it_sees_it() -> None:
    async def work(decider: Decider, tables: Tables) -> None:
        granted, seen = await asyncio.gather(decider.decide(*launch(1)), decider.ask(*check(1, event_id="c2", rep="bob")))
        assert {one["kind"] for one in granted} == {"send_verdict", "claim_granted"}
        assert seen[0]["rule"] == "contact_locked"

    assert [name.partition("_")[0] for name, _ in decided(work).looked] == ["engine"]


def test_a_directory_that_is_lost_is_loaded_in_the_thread() -> None:
    async def work(decider: Decider, tables: Tables) -> None:
        tables.lost = True
        assert (await decider.ask(*check(1)))[0]["rule"] == "free"
        await asyncio.sleep(0.01)
        assert (await decider.ask(*check(2)))[0]["rule"] == "free"

    assert [name for name, _ in decided(work).looked] == ["MainThread", "MainThread"], "in between the thread loaded it, and asked by it"


def test_a_store_that_is_away_is_told_to_all_and_not_tried_for_each() -> None:
    async def work(decider: Decider, tables: Tables) -> None:
        tables.away = True
        found = await asyncio.gather(*(decider.ask(*check(number)) for number in range(3)), return_exceptions=True)
        assert [type(one) for one in found] == [StoreUnavailable] * 3
        with pytest.raises(StoreUnavailable):
            await decider.ask(*check(4))
        assert len(tables.looked) == 1

    decided(work)


def test_a_cluster_is_asked_in_the_thread() -> None:
    async def work(decider: Decider, tables: Tables) -> None:
        assert (await decider.ask(*check(1)))[0]["rule"] == "free"

    assert [name.partition("_")[0] for name, _ in decided(work, brief=False).looked] == ["engine"]
