"""Turns among reps: evenly, or by weights, whoever is away left out without a debt and without a credit.

Each rep in the round saves up their weight, the one who has saved most takes the turn and pays for it the weight of the whole round (smooth
weighted round-robin, as nginx balances upstreams). With equal weights that is one after the other. Who is away saves nothing, so that
they neither get a rush when they are back nor leave their share to one neighbour.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import NamedTuple


class Turn(NamedTuple):
    """A turn to be taken: the key of its document, and the weights of those in the round."""

    key: str
    weights: Mapping[str, float]


def key_of(how: str, reps: tuple[str, ...]) -> str:
    """Where the turns of these reps are kept, whether they are there today or not. `how`: `round_robin` or `weighted`."""
    named = "\0".join((how, *reps)).encode()
    return f"turns:{blake2b(named, digest_size=12).hexdigest()}"


def next_of(saved: Mapping[str, float], weights: Mapping[str, float]) -> tuple[str, dict[str, float]]:
    """(whose turn it is, what is saved up after it); equal claims by name. `weights`: of those in the round, not empty, each above 0."""
    after = dict(saved)
    for rep, weight in weights.items():
        after[rep] = after.get(rep, 0) + weight
    chosen = min(weights, key=lambda rep: (-after[rep], rep))
    after[chosen] -= sum(weights.values())
    return chosen, after
