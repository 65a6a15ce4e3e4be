"""What a contact's document leaves out while its owner's steps are the newest of it, and that nobody misses it."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.times import micros
from streams import state
from streams.rules import remembered
from streams.state import ContactRecord, brief
from tests.play import Played, at, email

PAT = "pat@contoso.com"
STEP: dict[str, Any] = {"sequence_id": "one", "mailbox": "ana@ours.com", "thread_id": "t1", "tool": "outreach"}
HOUR = 3_600_000_000
ALL = brief.LOOKED_AT | brief.GRANT | brief.OPENER | brief.SENT | brief.RUNNING


def stored(world: Played) -> ContactRecord:
    """The record as its document has it."""
    (document,) = world.simulation.tables.load([f"contact:{PAT}"])
    record = state.as_stored(f"contact:{PAT}", document.body)
    assert isinstance(record, ContactRecord)
    return record


def steps(*days: dict[str, Any]) -> Played:
    """Ana's e-mails, a day between two of them."""
    world = Played(reps={"ana": {}, "bob": {}})
    for day, fields in enumerate(days):
        world.send(*email("ana", PAT, **{**STEP, "step": day + 1, **fields}), at(hours=24 * day), event_id=f"e{day}")
    return world


def test_nothing_is_kept_twice_of_a_contact_in_its_owners_sequence() -> None:
    world = steps({}, {}, {"thread_id": "t2"})
    short = stored(world)
    assert short.left == ALL
    assert (short.history, short.state.openers, short.state.sent, short.thread) == ([], {}, {}, "t2")
    assert short.state.sequence is not None and (short.state.sequence.rep, short.state.sequence.stepped) == ("", 0)
    full = world.contact(PAT)
    assert [(one.kind, one.rule, one.event, one.owner) for one in full.history] == [("claim_granted", "first_touch", "e0", "ana")]
    assert full.state.sent == {"ana": state.Outbound(micros(at(hours=48)), "email", "t2", "ana@ours.com")}
    assert full.state.openers == {"ana@ours.com": micros(at())}
    assert full.state.sequence == state.Sequence("one", "ana", micros(at(hours=48)), "outreach", "")
    assert (full.left, full.thread) == (0, "")


@pytest.mark.parametrize(
    ("last", "missing"),
    [({"mailbox": None}, brief.SENT), ({"step": 7, "mailbox": "other@ours.com"}, brief.SENT)],
)
def test_what_the_rest_does_not_say_is_kept(last: dict[str, Any], missing: int) -> None:
    world = steps({}, {}, last)
    short = stored(world)
    assert short.left == ALL & ~missing
    assert short.state.sent["ana"].mailbox == (last["mailbox"] or "")
    assert world.contact(PAT).history[0].event == "e0"


def test_another_event_finds_and_leaves_everything_in_the_document() -> None:
    world = steps({}, {})
    world.send("touch-logged", {"kind": "call", "contact": PAT, "rep": "bob"}, at(hours=30))
    record = stored(world)
    assert record.left == 0
    assert [one.kind for one in record.history] == ["claim_granted", "overlap_detected"]
    assert sorted(record.state.sent) == ["ana", "bob"]


def test_a_remembered_event_takes_ten_bytes_for_as_long_as_it_is_kept() -> None:
    week, one, other = 7 * 86_400_000_000, remembered.mark("email-sent", "1"), remembered.mark("touch-logged", "1")
    assert one != other
    seen = remembered.remember(remembered.remember(b"", one, HOUR, week), other, 2 * HOUR, week)
    assert len(seen) == 20 and remembered.knows(seen, one) and remembered.knows(seen, other)
    after = remembered.remember(seen, remembered.mark("email-sent", "2"), HOUR + week + remembered.UNIT, week)
    assert not remembered.knows(after, one) and remembered.knows(after, other)
    assert remembered.both(seen, after) == seen + after[-remembered.SIZE :]
