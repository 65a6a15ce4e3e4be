"""A policy on trial: the same events under two policies, and which decisions differ (nothing is written anywhere).

Two decisions are the same decision when they have the same cause, are about the same target and of the same kind. What is then compared is
all that somebody would notice: not the policy's own hash, the ids and numbers that follow from it, or the sentence made of the rest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final, NamedTuple

import orjson

from schemas.policy import Policy
from streams.path import Arrived
from streams.simulation import Simulation

UNNOTICED: Final = frozenset({"decision_id", "policy", "sequence", "fencing_token", "reason"})
"""Fields of a decision that differ between policies or histories without anybody's acting otherwise."""

Decision = dict[str, Any]
Key = tuple[str, str, str, str]


class Difference(NamedTuple):
    """One decision that the policies make differently: None where one of them does not make it. `fields`: what differs where both do,
    as paths such as `lock.expires_at`."""

    old: Decision | None
    new: Decision | None
    fields: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """By which rule it was decided: the old policy's, as long as there is one."""
        return str((self.old or self.new or {})["rule"])

    @property
    def at(self) -> str:
        """When it was decided, RFC 3339."""
        return str((self.old or self.new or {})["decided_at"])


class Trial:
    """One run. `decided`: how many decisions each policy made, the old one's first."""

    def __init__(self, old: Policy, new: Policy) -> None:
        self._old, self._new = Simulation(old), Simulation(new)
        self._left: tuple[dict[Key, deque[Decision]], dict[Key, deque[Decision]]] = ({}, {})
        self.decided = [0, 0]

    def play(self, arrivals: Iterable[Arrived], until: int = 0) -> Iterator[Difference]:
        """Play events in the order of their arrival, and time after them up to `until` (microseconds); yield what differs as soon as it is
        certain: what only one policy decides comes last."""
        for arrived in arrivals:
            yield from self._compare(self._old.decide(arrived), self._new.decide(arrived))
        yield from self._compare(self._old.until(until), self._new.until(until))
        old = (Difference(one, None) for one in chain.from_iterable(self._left[0].values()))
        new = (Difference(None, one) for one in chain.from_iterable(self._left[1].values()))
        yield from sorted(chain(old, new), key=lambda one: one.at)

    def _compare(self, old: Iterator[bytes], new: Iterator[bytes]) -> Iterator[Difference]:
        both = [orjson.loads(line) for line in old], [orjson.loads(line) for line in new]
        for side, said in enumerate(both):
            self.decided[side] += len(said)
        if _same(*both):
            return
        alone: list[Decision] = []
        for one in both[0]:
            other = self._twin(1, one, both[1])
            if other is None:
                alone.append(one)
            else:
                yield from _differing(one, other)
        for one in both[1]:
            other = self._twin(0, one, alone)
            if other is None:
                # Another kind of answer to the same event about the same target, as a denial for a grant.
                other = next((each for each in alone if _about(each) == _about(one) and not _by_time(one)), None)
                if other is None:
                    self._left[1].setdefault(_key(one), deque()).append(one)
                    continue
                alone.remove(other)
            yield from _differing(other, one)
        for one in alone:
            self._left[0].setdefault(_key(one), deque()).append(one)

    def _twin(self, side: int, one: Decision, now: list[Decision]) -> Decision | None:
        """The same decision of the other policy, made now (then taken from `now`) or earlier."""
        key = _key(one)
        waiting = self._left[side].get(key)
        if waiting:
            found = waiting.popleft()
            if not waiting:
                del self._left[side][key]
            return found
        for index, other in enumerate(now):
            if _key(other) == key:
                return now.pop(index)
        return None


def _key(one: Decision) -> Key:
    return (*_about(one), one["kind"])


def _about(one: Decision) -> tuple[str, str, str]:
    account, lock = one["account"] or {}, one.get("lock") or {}
    return one["event_id"], one["contact"] or one["lead_id"] or account.get("id", ""), lock.get("kind", "contact")


def _by_time(one: Decision) -> bool:
    return str(one["event_id"]).startswith("deadline:")


def _same(old: list[Decision], new: list[Decision]) -> bool:
    return len(old) == len(new) and all(not any(_unlike(one, other, "")) for one, other in zip(old, new, strict=True))


def _differing(old: Decision, new: Decision) -> Iterator[Difference]:
    fields = tuple(_unlike(old, new, ""))
    if fields:
        yield Difference(old, new, fields)


def _unlike(old: Decision, new: Decision, path: str) -> Iterator[str]:
    for name in [*old, *(name for name in new if name not in old)]:
        if not path and name in UNNOTICED:
            continue
        one, other = old.get(name), new.get(name)
        if one == other:
            continue
        if isinstance(one, dict) and isinstance(other, dict):
            yield from _unlike(one, other, f"{path}{name}.")
        else:
            yield path + name
