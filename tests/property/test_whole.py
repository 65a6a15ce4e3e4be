"""Rule 26 at level `account`: the fold is the account's. Whatever the order of arrival over all its contacts, the same locks come out."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.play import Played
from tests.property.test_fold import MINUTE, SHORT_WINDOWS, _play, happenings, long_happenings, two_orders

WHOLE = '[ownership]\nlevel = "account"\n'


@settings(max_examples=600, deadline=None)
@given(two_orders(happenings))
def test_any_order_of_arrival_ends_in_the_same_locks(case: tuple[list[Any], list[int], list[int]]) -> None:
    events, one, other = case
    assert _play(events, one, WHOLE).standing() == _play(events, other, WHOLE).standing()


@settings(max_examples=400, deadline=None)
@given(two_orders(long_happenings))
def test_any_order_of_arrival_ends_the_same_while_locks_run_out_in_between(case: tuple[list[Any], list[int], list[int]]) -> None:
    events, one, other = case
    policy, end = WHOLE + SHORT_WINDOWS, 195 * MINUTE
    assert _play(events, one, policy, end).standing() == _play(events, other, policy, end).standing()


@settings(max_examples=300, deadline=None)
@given(two_orders(happenings))
def test_one_captain_and_one_holder_at_most_by_what_is_published(case: tuple[list[Any], list[int], list[int]]) -> None:
    events, delays, _ = case
    played = _play(events, delays, WHOLE)
    assert holders(played) == {
        key: lock[0] for key, (lock, *_) in played.standing().items() if lock is not None and not key.startswith("lead:")
    }


def holders(played: Played) -> dict[str, str]:
    """Who has what, by the decisions alone; asserts that each follows from the one before."""
    found: dict[str, str] = {}
    for one in played.decisions:
        lock, kind = one.get("lock") or {}, one["kind"]
        if kind not in ("claim_granted", "ownership_transferred", "ownership_released", "ownership_expired") or one["rule"] == "own_lock":
            continue
        key = f"account:{one['account']['id']}" if lock["kind"] == "account" else f"contact:{one['contact']}"
        if kind == "claim_granted":
            assert key not in found, "granted while somebody holds it"
            found[key] = one["owner"]["rep"]
            continue
        assert found.pop(key) == one["previous_owner"]["rep"]
        if kind == "ownership_transferred":
            found[key] = one["owner"]["rep"]
    return found


@settings(max_examples=200, deadline=None)
@given(two_orders(happenings), st.randoms(use_true_random=False))
def test_every_event_again_changes_nothing(case: tuple[list[Any], list[int], list[int]], random: Any) -> None:
    from tests.play import at

    events, delays, _ = case
    played = _play(events, delays, WHOLE)
    before, said = played.standing(), len(played.lines)
    for number in random.sample(range(len(events)), len(events)):
        second, (topic, value) = events[number]
        played.send(topic, value, at(seconds=31 * MINUTE), occurred=at(seconds=second), event_id=f"e{number}")
    assert (played.standing(), len(played.lines)) == (before, said)
