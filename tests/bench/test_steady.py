"""The shorter ways of the most common events give the same bytes as the long one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.policy import Policy
from schemas.times import micros
from streams import state
from streams.agents.reading import arrived
from streams.engine import Engine
from streams.path import Record
from streams.rules import first, fold, steady
from streams.rules.events import TOPICS
from streams.tables.memory import MemoryTables
from tests.play import Played, at, email

CONTACTS = ["pat@contoso.com", "kim@contoso.com", "lee@gmail.com", "mia@fabrikam.com", "tom@initech.com"]
ACCOUNTS = [
    {"account_id": "c", "name": "Contoso", "domains": ["contoso.com"]},
    {"account_id": "i", "name": "Initech", "domains": ["initech.com"], "open_opportunities": [{"id": "d", "owner": "ana"}]},
]
REPS: dict[str, dict[str, Any]] = {
    "ana": {"team": "east"},
    "bob": {"team": "west", "role": "revops"},
    "cyd": {"team": "west", "active": False},
}
STEP = {"sequence_id": "one", "mailbox": "ana@ours.com", "thread_id": "t1", "tool": "outreach"}

mails = st.builds(
    lambda contact, rep, sequence, final, token, mailbox, step: email(
        rep, contact, sequence_id=sequence, final_step=final, fencing_token=token, mailbox=mailbox, thread_id="t", step=step
    ),
    st.sampled_from(CONTACTS),
    st.sampled_from(["ana", "ana", "ana", "bob", "cyd"]),
    st.sampled_from(["one", "one", "one", "two", None]),
    st.sampled_from([None, None, None, True]),
    st.sampled_from([None, None, None, 0, 1]),
    st.sampled_from(["ana@ours.com", "ana@ours.com", None, "ana@other.com"]),
    st.sampled_from([2, 2, 1, None]),
)
others = st.builds(
    lambda topic, contact, rep: (
        topic,
        {
            "touch-logged": {"kind": "call", "contact": contact, "rep": rep},
            "reply-classified": {"contact": contact, "class": "interested", "rep": rep},
            "send-requested": {"contact": contact, "rep": rep, "stage": "launch", "sequence_id": "one"},
            "ownership-commands": {"command": "claim", "by": rep, "contact": contact},
        }[topic],
    ),
    st.sampled_from(["touch-logged", "reply-classified", "send-requested", "ownership-commands"]),
    st.sampled_from(CONTACTS),
    st.sampled_from(["ana", "bob"]),
)
wide = st.builds(
    lambda verb, domain: ("ownership-commands", {**verb, "by": "bob", "domain": domain}),
    st.sampled_from([{"command": "claim"}, {"command": "suppress", "flag": "legal"}, {"command": "request_review", "note": "mine?"}]),
    st.sampled_from(["contoso.com", "fabrikam.com"]),
)
# Seconds to the next arrival, from together to beyond a window, and how long before it happened.
waits = st.sampled_from([0, 1, 60, 500, 4000, 90_000])
delays = st.sampled_from([0, 0, 0, 5, 400, 2000])
days = st.lists(st.tuples(waits, delays, st.one_of(mails, mails, mails, mails, mails, others, wide)), min_size=2, max_size=14)


@contextmanager
def only_the_long_way() -> Iterator[None]:
    """No event is taken for a steady or a first one."""
    with patch.dict(TOPICS, {"email-sent": TOPICS["email-sent"]._replace(steady=None, first=None)}):
        yield


def _play(day: list[tuple[int, int, tuple[str, dict[str, Any]]]], batches: list[int], policy: str) -> list[Any]:
    """Everything that the day leaves, batch by batch: what was published, then the documents, deadlines, and who holds what."""
    tables = MemoryTables()
    engine = Engine(tables, Policy.parse(policy))
    begin = [("account-updated", account) for account in ACCOUNTS] + [
        ("rep-updated", {"rep": name, **facts}) for name, facts in REPS.items()
    ]
    engine.process(arrived([_record(topic, value, f"b{number}", 0, 0) for number, (topic, value) in enumerate(begin)]))
    left: list[Any] = []
    records, now, size = [], 1, cycle(batches)
    for number, (wait, delay, (topic, value)) in enumerate(day):
        now += wait
        records.append(_record(topic, value, f"e{number}", now, max(now - delay, 0)))
    while records:
        count = next(size)
        batch, records = records[:count], records[count:]
        left.append(engine.fire(batch[0].timestamp).outgoing)
        left.append(engine.process(arrived(batch)).outgoing)
    documents = [(key, _written_out(key, document.body)) for key, document in tables.scan("")]
    return [left, sorted(documents), tables.due(1 << 62, 1000), [tables.held(rep, "", 100) for rep in REPS]]


def _record(topic: str, value: dict[str, Any], event_id: str, arrival: int, occurred: int) -> Record:
    facts = {"event_id": event_id, "occurred_at": at(seconds=occurred).isoformat().replace("+00:00", "Z")}
    known = {name: one for name, one in value.items() if one is not None}
    return Record(topic, 0, 0, micros(at(seconds=arrival)), None, json.dumps({**facts, **known}).encode())


def _written_out(key: str, body: bytes) -> bytes:
    """The document as the rules see it: what the short way keeps in a few bytes is written out."""
    record = state.decode(key, body)
    if isinstance(record, state.ContactRecord):
        fold.restore(record, Policy().windows)
    return state.encode(record)


@settings(max_examples=400, deadline=None)
@given(days, st.lists(st.integers(1, 6), min_size=1, max_size=3), st.sampled_from(["", "", '[ownership]\nlevel = "account"\n']))
def test_all_ways_say_and_store_the_same(day: list[tuple[int, int, tuple[str, dict[str, Any]]]], batches: list[int], policy: str) -> None:
    short = _play(day, batches, policy)
    with only_the_long_way():
        assert _play(day, batches, policy) == short


def test_a_first_mail_to_nobody_known_is_a_first_one_and_no_other_is() -> None:
    taken: list[bool] = []

    def watched(*given: Any) -> Any:
        record = first.email_sent(*given)
        taken.append(record is not None)
        return record

    with patch.dict(TOPICS, {"email-sent": TOPICS["email-sent"]._replace(first=watched)}):
        played = Played(reps=REPS, accounts=ACCOUNTS)
        for minute, (rep, contact) in enumerate([("ana", 0), ("ana", 0), ("bob", 0), ("bob", 1), ("ana", 4), ("cyd", 2)]):
            played.send(*email(rep, CONTACTS[contact], **STEP), at(minutes=minute))
    assert taken == [True, True, False, False]
    kinds = [one["kind"] for one in played.decisions if one["contact"] == CONTACTS[0]]
    assert kinds == ["claim_granted", "overlap_detected"]


def test_the_next_step_is_steady_and_a_strangers_is_not() -> None:
    taken: list[int] = []

    def watched(*given: Any) -> int:
        taken.append(steady.email_sent(*given))
        return taken[-1]

    with patch.dict(TOPICS, {"email-sent": TOPICS["email-sent"]._replace(steady=watched)}):
        played = Played(reps={"ana": {"team": "east"}, "bob": {"team": "west"}})
        for minute, rep in enumerate(["ana", "ana", "bob", "ana"]):
            played.send(*email(rep, CONTACTS[0], **STEP), at(minutes=minute))
    assert taken == [steady.MOVED, steady.NOT, steady.MOVED]
    assert [json.loads(one)["kind"] for one in played.lines] == ["claim_granted", "overlap_detected"]
