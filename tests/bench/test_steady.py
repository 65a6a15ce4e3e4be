"""The shorter way of the most common event gives the same bytes as the long one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.policy import Policy
from streams import state
from streams.rules import fold, steady
from streams.rules.events import TOPICS
from tests.play import Played, at, email

CONTACTS = ["pat@contoso.com", "kim@contoso.com", "lee@gmail.com"]
ACCOUNT = {"account_id": "c", "name": "Contoso", "domains": ["contoso.com"]}
STEP = {"sequence_id": "one", "mailbox": "ana@ours.com", "thread_id": "t1", "tool": "outreach"}

mails = st.builds(
    lambda contact, rep, sequence, final, token, mailbox, step: email(
        rep, contact, sequence_id=sequence, final_step=final, fencing_token=token, mailbox=mailbox, thread_id="t", step=step
    ),
    st.sampled_from(CONTACTS),
    st.sampled_from(["ana", "ana", "ana", "bob"]),
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
# Seconds to the next arrival, from together to beyond a window, and how long before it happened.
waits = st.sampled_from([0, 1, 60, 500, 4000, 90_000])
delays = st.sampled_from([0, 0, 0, 5, 400, 2000])
days = st.lists(st.tuples(waits, delays, st.one_of(mails, mails, mails, mails, others)), min_size=2, max_size=14)


@contextmanager
def only_the_long_way() -> Iterator[None]:
    """No event is taken for a steady one."""
    with patch.dict(TOPICS, {"email-sent": TOPICS["email-sent"]._replace(steady=None)}):
        yield


def _play(day: list[tuple[int, int, tuple[str, dict[str, Any]]]]) -> tuple[list[bytes], list[tuple[str, bytes]]]:
    played = Played(reps={"ana": {"team": "east"}, "bob": {"team": "west"}}, accounts=[ACCOUNT])
    now = 0
    for number, (wait, delay, (topic, value)) in enumerate(day):
        now += wait
        played.send(topic, value, at(seconds=now), occurred=at(seconds=max(now - delay, 0)), event_id=f"e{number}")
    documents = [(key, _written_out(key, document.body)) for key, document in played.simulation.tables.scan("")]
    return played.lines, sorted(documents)


def _written_out(key: str, body: bytes) -> bytes:
    """The document as the rules see it: what the short way keeps in a few bytes is written out."""
    record = state.decode(key, body)
    if isinstance(record, state.ContactRecord):
        fold.restore(record, Policy().windows)
    return state.encode(record)


@settings(max_examples=300, deadline=None)
@given(days)
def test_both_ways_say_and_store_the_same(day: list[tuple[int, int, tuple[str, dict[str, Any]]]]) -> None:
    short = _play(day)
    with only_the_long_way():
        assert _play(day) == short


def test_the_next_step_is_steady_and_a_strangers_is_not() -> None:
    taken: list[int] = []

    def watched(*given: Any) -> int:
        taken.append(steady.email_sent(*given))
        return taken[-1]

    with patch.dict(TOPICS, {"email-sent": TOPICS["email-sent"]._replace(steady=watched)}):
        played = Played(reps={"ana": {"team": "east"}, "bob": {"team": "west"}})
        for minute, rep in enumerate(["ana", "ana", "bob", "ana"]):
            played.send(*email(rep, CONTACTS[0], **STEP), at(minutes=minute))
    assert taken == [steady.NOT, steady.MOVED, steady.NOT, steady.MOVED]
    assert [json.loads(one)["kind"] for one in played.lines] == ["claim_granted", "overlap_detected"]
