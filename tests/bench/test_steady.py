"""The shorter ways of the most common events give the same bytes as the long one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.rules.contact import first, steady
from streams.rules.events import TOPICS
from tests.bench.ways import Day, Event, days, play
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
BEGIN: list[Event] = [
    *(("account-updated", account) for account in ACCOUNTS),
    *(("rep-updated", {"rep": name, **facts}) for name, facts in REPS.items()),
]


@contextmanager
def only_the_long_way() -> Iterator[None]:
    """No event is taken for a steady or a first one."""
    with patch.dict(TOPICS, {"email-sent": TOPICS["email-sent"]._replace(steady=None, first=None)}):
        yield


@settings(max_examples=400, deadline=None)
@given(
    days(st.one_of(mails, mails, mails, mails, mails, others, wide)),
    st.lists(st.integers(1, 6), min_size=1, max_size=3),
    st.sampled_from(["", "", '[ownership]\nlevel = "account"\n']),
)
def test_all_ways_say_and_store_the_same(day: Day, batches: list[int], policy: str) -> None:
    short = play(day, batches, policy, BEGIN, list(REPS))
    with only_the_long_way():
        assert play(day, batches, policy, BEGIN, list(REPS)) == short


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
