"""The last rule: whose territory a lead is, else whose turn (rule 20).

Net-new leads are the `sdr`s'; where no SDR is active they are the `ae`s'. Of several reps who cover a lead the ones who cover it most
closely take turns; where nobody covers it all of them do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from streams.business_time import NEVER
from streams.directory.directory import Directory, Rep
from streams.routing.asked import Answer, Asked
from streams.routing.people import has_left, instant
from streams.routing.turns import Turn, key_of

REMEMBERED = 10_000
"""Combinations of country, region and segment whose reps are remembered: some 5 MB."""

ROLES = ("sdr", "ae")
"""Who takes leads that nobody has a relationship with, the first that has anybody active."""


class Remembered(NamedTuple):
    """An answer, and from when (included) until when (excluded) it holds, microseconds."""

    since: int
    until: int
    answer: Answer


Levels = list[list[Rep]]
"""The reps of one role who cover a lead, the closest first; then, last, all of that role."""


def territory(asked: Asked) -> Answer:
    """The active rep of the lead's country, region and segment, else whose turn it is. Remembered until a rep changes or leaves."""
    default, lead = asked.policy.routing.default, asked.lead
    segment = lead.segment or (asked.account.segment if asked.account else "")
    if asked.without:
        return _territory(asked, segment)
    memo: dict[object, Any] = asked.directory.of_reps
    key = (default[0], _how(default), lead.country, lead.region, segment)
    found: Remembered | None = memo.get(key)
    if found is None or not found.since <= asked.at < found.until:
        since, until = _between_leavers(asked)
        found = Remembered(since, until, _territory(asked, segment))
        _remember(memo, key, found)
    return found.answer


def _how(default: Sequence[str]) -> str:
    """How reps take turns: as the first step says that is about it."""
    return next((one for one in default if one != "territory"), "round_robin")


def _between_leavers(asked: Asked) -> tuple[int, int]:
    """From when and until when whoever takes leads now takes them, as far as is known of who leaves."""
    leave = [instant(one.left_at) for role in ROLES for one in asked.directory.of_role(role) if one.left_at]
    return max((at for at in leave if at <= asked.at), default=0), min((at for at in leave if at > asked.at), default=NEVER)


def _territory(asked: Asked, segment: str) -> Answer:
    default, lead = asked.policy.routing.default, asked.lead
    where = ", ".join(one for one in (lead.country, lead.region, segment) if one)
    how = _how(default)
    for role in ROLES:
        *covering, everybody = levels(asked.directory, role, lead.country.upper(), lead.region.casefold(), segment)
        if not any(_takes(one, asked) for one in everybody):
            continue
        for level in covering if default[0] == "territory" else ():
            answer = _turn(level, how, f"the territory has {where}" if where else "the territory has any lead", asked)
            if answer.names:
                return answer
        saw = f"nobody's territory has {where}" if where else "it names no country, region or segment"
        saw = saw if default[0] == "territory" else "the policy looks at no territory"
        return _turn(everybody, how, f"{saw}, so an {role} in turn ({how.replace('_', ' ')})", asked)
    return Answer("no SDR or AE is active")


def levels(directory: Directory, role: str, country: str, region: str, segment: str) -> Levels:
    """The reps of a role by how closely their territories have a lead, those away included, who keep their place in the round. A rep
    without a territory covers nobody; an empty list in one means any. `country` in capitals, `region` casefolded."""
    memo: dict[object, Any] = directory.of_reps
    key = (role, country, region, segment)
    found: Levels | None = memo.get(key)
    if found is None:
        everybody = [one for one in directory.of_role(role) if not one.partner_id]
        rated: dict[int, list[Rep]] = {}
        for rep in everybody:
            rated.setdefault(_closeness(rep, country, region, segment), []).append(rep)
        rated.pop(0, None)
        found = [rated[close] for close in sorted(rated, reverse=True)] + [everybody]
        _remember(memo, key, found)
    return found


def _remember(memo: dict[object, Any], key: object, found: Remembered | Levels) -> None:
    if len(memo) >= REMEMBERED:
        memo.clear()
    memo[key] = found


def _closeness(rep: Rep, country: str, region: str, segment: str) -> int:
    best = 0
    for one in rep.territories:
        countries, regions, segments = one.get("countries") or (), one.get("regions") or (), one.get("segments") or ()
        if countries and country not in countries:
            continue
        if regions and region not in [name.casefold() for name in regions]:
            continue
        if segments and segment not in segments:
            continue
        best = max(best, 1 + bool(countries) + bool(regions) + bool(segments))
    return best


def _takes(rep: Rep, asked: Asked) -> bool:
    return rep.rep not in asked.without and not has_left(rep, asked.at)


def _turn(reps: list[Rep], how: str, saw: str, asked: Asked) -> Answer:
    weights = {one.rep: 1.0 if how == "round_robin" else one.weight for one in reps if _takes(one, asked)}
    weights = {rep: weight for rep, weight in weights.items() if weight > 0}
    if not weights:
        return Answer(f"{saw}, but nobody there takes leads")
    if len(weights) == 1:
        return Answer(saw, rep=next(iter(weights)))
    turn = Turn(key_of(how, tuple(one.rep for one in reps)), weights)
    return Answer(f"{saw}, where {len(weights)} reps take turns", turn=turn)
