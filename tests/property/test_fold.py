"""Rule 26: whatever the order in which a contact's events arrive within `late_touch`, the same locks and suppressions come out."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.play import Played, at, email

REPS = {"ana": "east", "bob": "west", "cyd": "west"}
CONTACTS = ["pat@contoso.com", "kim@contoso.com", "lee@fabrikam.com"]
MINUTE = 60

touches = st.builds(
    lambda rep, contact, sequence, final: (
        "email-sent",
        {"message_id": "m", "contact": contact, "rep": rep, "sequence_id": sequence, "final_step": final, "thread_id": f"t-{rep}"},
    ),
    st.sampled_from(sorted(REPS)),
    st.sampled_from(CONTACTS),
    st.sampled_from(["one", "two", None]),
    st.booleans(),
)
calls = st.builds(
    lambda kind, rep, contact: ("touch-logged", {"kind": kind, "contact": contact, "rep": rep}),
    st.sampled_from(["call", "meeting", "email"]),
    st.sampled_from(sorted(REPS)),
    st.sampled_from(CONTACTS),
)
replies = st.builds(
    lambda kind, rep, contact, soft: (
        "reply-classified",
        {"contact": contact, "class": kind, "rep": rep, **({"bounce_kind": "soft" if soft else "hard"} if kind == "bounce" else {})},
    ),
    st.sampled_from(["interested", "replied", "meeting_booked", "not_interested", "out_of_office", "bounce", "unsubscribe"]),
    st.sampled_from([*sorted(REPS), None]),
    st.sampled_from(CONTACTS),
    st.booleans(),
)
claims = st.builds(
    lambda rep, contact, hours: (
        "ownership-commands",
        {"command": "claim", "by": rep, "contact": contact, **({"hours": hours} if hours else {})},
    ),
    st.sampled_from(sorted(REPS)),
    st.sampled_from(CONTACTS),
    st.sampled_from([None, 0.05, 2]),
)
signals = st.builds(
    lambda contact: ("touch-logged", {"kind": "pricing_page", "contact": contact}),
    st.sampled_from(CONTACTS),
)
anything = st.one_of(touches, touches, replies, calls, claims, signals)
happenings = st.lists(st.tuples(st.integers(0, 9 * MINUTE), anything), min_size=2, max_size=8)
long_happenings = st.lists(st.tuples(st.integers(0, 180 * MINUTE), anything), min_size=2, max_size=14)
SHORT_WINDOWS = """
[windows]
activation = "20m"
review = "40m"
without_reply = "70m"
replied_recently = "50m"
not_interested = "30m"
out_of_office = "25m"
sequence_idle = "15m"
research = "12m"
"""


@st.composite
def two_orders(draw: st.DrawFn, events_of: st.SearchStrategy[list[Any]] = happenings) -> tuple[list[Any], list[int], list[int]]:
    """The same events with two sets of delays, none above `late_touch` (ten minutes)."""
    events = draw(events_of)
    delays = st.lists(st.integers(0, 10 * MINUTE), min_size=len(events), max_size=len(events))
    return events, draw(delays), draw(delays)


def _play(events: list[Any], delays: list[int], policy: str = "", end: int = 30 * MINUTE) -> Played:
    accounts = [{"account_id": "c", "name": "Contoso", "domains": ["contoso.com"]}]
    played = Played({rep: {"team": team} for rep, team in REPS.items()}, accounts, policy)
    arrivals = sorted((second + delay, number) for number, ((second, _), delay) in enumerate(zip(events, delays, strict=True)))
    for arrival, number in arrivals:
        second, (topic, value) = events[number]
        played.send(topic, value, at(seconds=arrival), occurred=at(seconds=second), event_id=f"e{number}")
    played.until(at(seconds=end))
    return played


@settings(max_examples=300, deadline=None)
@given(two_orders(long_happenings))
def test_any_order_of_arrival_ends_the_same_while_locks_run_out_in_between(case: tuple[list[Any], list[int], list[int]]) -> None:
    events, one, other = case
    end = 195 * MINUTE
    assert _play(events, one, SHORT_WINDOWS, end).standing() == _play(events, other, SHORT_WINDOWS, end).standing()


@settings(max_examples=400, deadline=None)
@given(two_orders())
def test_any_order_of_arrival_ends_in_the_same_locks_and_suppressions(case: tuple[list[Any], list[int], list[int]]) -> None:
    events, one, other = case
    assert _play(events, one).standing() == _play(events, other).standing()


@settings(max_examples=200, deadline=None)
@given(two_orders())
def test_the_same_input_gives_the_same_bytes(case: tuple[list[Any], list[int], list[int]]) -> None:
    events, delays, _ = case
    assert _play(events, delays).lines == _play(events, delays).lines


@settings(max_examples=200, deadline=None)
@given(two_orders(), st.randoms(use_true_random=False))
def test_every_event_again_changes_nothing(case: tuple[list[Any], list[int], list[int]], random: Any) -> None:
    events, delays, _ = case
    played = _play(events, delays)
    before, said = played.standing(), len(played.lines)
    for number in random.sample(range(len(events)), len(events)):
        second, (topic, value) = events[number]
        played.send(topic, value, at(seconds=31 * MINUTE), occurred=at(seconds=second), event_id=f"e{number}")
    assert (played.standing(), len(played.lines)) == (before, said)


@settings(max_examples=200, deadline=None)
@given(happenings, st.integers(0, 9 * MINUTE), st.sampled_from(["unsubscribe", "complaint"]))
def test_after_an_unsubscribe_nothing_gives_an_owner_or_an_allow(events: list[Any], second: int, kind: str) -> None:
    unsubscribe = (second, ("reply-classified", {"contact": CONTACTS[0], "class": kind}))
    played = _play([unsubscribe, *events], [0] * (len(events) + 1))
    assert played.owner(CONTACTS[0]) is None
    played.send("send-requested", {"contact": CONTACTS[0], "rep": "ana", "stage": "launch"}, at(days=300))
    assert played.last("send_verdict")["verdict"] == "block"
    assert played.owner(CONTACTS[0]) is None


@settings(max_examples=200, deadline=None)
@given(two_orders())
def test_one_live_owner_at_most_by_what_is_published(case: tuple[list[Any], list[int], list[int]]) -> None:
    events, delays, _ = case
    played = _play(events, delays)
    holders: dict[str, str | None] = {}
    tokens: dict[str, int] = {}
    for decision in played.decisions:
        contact, kind = decision["contact"], decision["kind"]
        lock = decision.get("lock") or {}
        if lock.get("kind") != "contact":
            continue
        if kind == "claim_granted" and decision["rule"] != "own_lock":
            assert holders.get(contact) is None, "granted while somebody holds it"
            holders[contact] = decision["owner"]["rep"]
        elif kind == "ownership_transferred":
            assert holders.get(contact) == decision["previous_owner"]["rep"]
            holders[contact] = decision["owner"]["rep"]
        elif kind in ("ownership_released", "ownership_expired"):
            assert holders.get(contact) == decision["previous_owner"]["rep"]
            holders[contact] = None
        if kind in ("claim_granted", "ownership_transferred") and decision["rule"] != "own_lock":
            assert decision["fencing_token"] > tokens.get(contact, 0), "a token that does not rise"
            tokens[contact] = decision["fencing_token"]
    for contact in CONTACTS:
        assert holders.get(contact) == played.owner(contact)


def test_a_property_that_can_fail_the_fold_sees_order_beyond_late_touch() -> None:
    """Beyond `late_touch` the order of arrival does decide: the property above is not true of everything."""
    events = [(0, email("ana", CONTACTS[0])), (60, email("bob", CONTACTS[0]))]
    early, late = _play(events, [0, 0]), _play(events, [3600, 0])
    assert (early.owner(CONTACTS[0]), late.owner(CONTACTS[0])) == ("ana", "bob")
