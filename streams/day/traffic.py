"""A made-up day: Northwind's among some thousand other events."""

from __future__ import annotations

from heapq import merge
from random import Random

from streams.day import northwind
from streams.day.lists import CLOSES, OPENS, account_facts, who_is_who
from streams.day.lives import Mix, life
from streams.day.people import made_up_accounts, made_up_lead
from streams.day.planned import HOUR, Life, Planned, in_order

LEAST = 200
"""Fewer events than this do not make a day: reps, accounts and Northwind alone are some seventy."""


def events(count: int, seed: int, start: int) -> list[Planned]:
    """`count` events of the day that begins at `start` (microseconds since the epoch), in the order of arrival; Northwind's are always
    among them, whatever the seed. Raises ValueError when `count` is too small for a day."""
    if count < LEAST:
        raise ValueError(f"count: {count} events make no day; nearest: {LEAST}")
    rng = Random(seed)
    accounts = made_up_accounts(rng, max(12, count // 40))
    given = [who_is_who(start), *account_facts(rng, accounts, start + HOUR)]
    story = northwind.lives(start)
    wanted = count - sum(len(each.acts) for each in (*given, *story))
    lives: list[Life] = []
    while wanted > 0:
        one = life(rng, made_up_lead(rng, len(lives) + 1, accounts), start + rng.randrange(OPENS, CLOSES), Mix())
        # Cut where the number is full: the last person's day just ends early.
        lives.append(one._replace(acts=one.acts[:wanted]))
        wanted -= len(lives[-1].acts)
    lives.sort(key=_begin)
    return list(in_order(merge(given, story, lives, key=_begin)))


def _begin(life: Life) -> int:
    return life.begin
