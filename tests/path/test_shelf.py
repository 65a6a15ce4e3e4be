"""Records kept from earlier batches: what is kept, what goes, and that a commit notices where one is no longer what is stored."""

from __future__ import annotations

import orjson
import pytest

from schemas.policy import Policy
from streams.agents.reading import arrived
from streams.engine import Engine
from streams.engine.shelf import DOUBTED, Shelf, Slot
from streams.errors import StoreUnavailable
from streams.path import Processed, Record
from streams.tables.contract import Committed, Document
from streams.tables.memory import MemoryTables

NINE = 1_772_442_000_000_000


def mail(number: int, rep: str, contact: str = "pat@contoso.com") -> Record:
    at = NINE + number * 1_000_000
    minute, second = divmod(number, 60)
    value = {
        "event_id": f"e{number}",
        "occurred_at": f"2026-03-02T09:{minute:02}:{second:02}Z",
        "message_id": f"m{number}",
        "contact": contact,
        "rep": rep,
        "sequence_id": f"seq-{rep}",
    }
    return Record("email-sent", 0, number, at, None, orjson.dumps(value))


def said(done: Processed) -> list[str]:
    return [orjson.loads(one.value or b"")["kind"] for one in done.outgoing if one.topic == "routing-decisions"]


class Counting(MemoryTables):
    """Counts what is read and what conflicts; `down`: the commits that are written and yet not answered."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []
        self.down = self.conflicts = 0

    def load(self, keys: list[str]) -> list[Document]:  # type: ignore[override]
        self.read += keys
        return super().load(keys)

    def commit(self, *given: object, **more: object) -> Committed:  # type: ignore[override]
        done = super().commit(*given, **more)  # type: ignore[arg-type]
        self.conflicts += len(done.conflicts)
        if self.down:
            self.down -= 1
            raise StoreUnavailable("no answer")
        return done


def test_what_was_used_last_is_kept_and_the_rest_goes() -> None:
    shelf = Shelf(room=2)
    for name in "abcd":
        shelf.keep({name: Slot(name, 1, b"")}, False)
        shelf.get("a")
    assert shelf.get("a") is not None, "it was asked for all the time"
    assert shelf.get("d") is not None
    assert len(shelf) <= 4
    shelf.drop(["a"])
    assert shelf.get("a") is None


def test_a_record_of_an_earlier_batch_is_not_read_again() -> None:
    tables = Counting()
    engine = Engine(tables, Policy())
    engine.process(arrived([mail(0, "ana")]))
    assert tables.read == ["contact:pat@contoso.com", "domain:contoso.com"]
    tables.read.clear()
    assert said(engine.process(arrived([mail(1, "ana"), mail(2, "bob")]))) == ["overlap_detected"]
    assert tables.read == []


def test_a_record_that_another_worker_changed_is_decided_again() -> None:
    tables = MemoryTables()
    one, other = Engine(tables, Policy()), Engine(tables, Policy())
    one.process(arrived([mail(0, "ana", "kim@contoso.com")]))
    other.process(arrived([mail(1, "bob", "pat@contoso.com")]))
    assert said(one.process(arrived([mail(2, "ana", "pat@contoso.com")]))) == ["overlap_detected"]


def test_where_others_write_too_what_is_kept_is_held_against_what_is_stored() -> None:
    tables = Counting()
    one, other = Engine(tables, Policy()), Engine(tables, Policy())
    for number in range(0, 20, 2):
        one.process(arrived([mail(number, "ana", f"kim{number}@contoso.com")]))
        other.process(arrived([mail(number + 1, "bob", f"pat{number}@contoso.com")]))
    assert tables.conflicts == 2, "each finds out once"
    tables.read.clear()
    for number in range(20, 20 + DOUBTED):
        one.process(arrived([mail(number, "ana", "kim0@contoso.com")]))
    assert tables.read.count("domain:contoso.com") < DOUBTED, "whoever is alone again reads nothing in the end"
    tables.read.clear()
    one.process(arrived([mail(20 + DOUBTED, "ana", "kim0@contoso.com")]))
    assert tables.read == []


def test_what_is_only_asked_is_asked_of_the_tables_themselves() -> None:
    tables = MemoryTables()
    one, other = Engine(tables, Policy()), Engine(tables, Policy())
    check = {
        "event_id": "c",
        "occurred_at": "2026-03-02T09:00:30Z",
        "contact": "pat@contoso.com",
        "rep": "ana",
        "stage": "import",
    }
    asked = arrived([Record("send-requested", 0, 0, NINE + 30_000_000, None, orjson.dumps(check))])[0].event
    assert asked is not None
    one.process(arrived([mail(0, "ana", "kim@contoso.com")]))
    assert one.ask("send-requested", asked, NINE + 30_000_000)[0]["rule"] == "free"  # type: ignore[arg-type]
    other.process(arrived([mail(1, "bob", "pat@contoso.com")]))
    assert one.ask("send-requested", asked, NINE + 30_000_000)[0]["rule"] == "contact_locked"  # type: ignore[arg-type]


def test_a_commit_without_an_answer_leaves_nothing_on_the_shelf() -> None:
    tables = Counting()
    engine = Engine(tables, Policy())
    tables.down = 1
    with pytest.raises(StoreUnavailable):
        engine.process(arrived([mail(0, "ana")]))
    tables.read.clear()
    assert said(engine.process(arrived([mail(0, "ana")]))) == []
    assert "contact:pat@contoso.com" in tables.read
