"""Hand-offs: everything that a rep holds, or a part of it, goes to another, by command or because the rep left (rule 8).

A hand-off may be of a hundred thousand locks, so it goes in steps of `PAGE`. The first step is taken with the event that begins it; what is
left waits in the rep's `hand_off:` record with a deadline that has come already, and each step moves on through the list of what the rep
holds. A step is one commit: a kill loses none and repeats none. All decisions are of the hand-off's own time.
"""

from __future__ import annotations

from bisect import insort_right
from typing import cast

import msgspec

from schemas.events import OwnershipCommand, RepUpdated
from schemas.events.ownership_commands import Scope, missing
from schemas.times import micros
from streams.directory.directory import Rep
from streams.routing.people import has_left, instant
from streams.rules.command import authority
from streams.rules.hand_off import moving, reps
from streams.rules.world import Listed, World
from streams.state import HandOff, HandOffs

KEY = "hand_off:"
"""What the key of a rep's record of hand-offs begins with."""

PAGE = 250
"""Locks moved in one commit, at some 70 µs each: as many as a rep mostly holds, so that nothing is decided between first and last of
them; few enough that events wait less than 20 ms for it and another worker rarely changes one of them meanwhile, when the step is decided
again."""

LOOKED_THROUGH = 2_000
"""Keys that one step reads at most where few are in scope: 100 KB from Redis."""

Refusal = tuple[str, str] | None


def about(world: World, event: OwnershipCommand) -> list[str]:
    """The records that a `hand_off` needs. Raises Missing."""
    return [] if missing(event) is not None else _listed(world, event.from_ or "", _order(world, event))


def begin(world: World, event: OwnershipCommand) -> Refusal:
    """Take the first step of a `hand_off`. Rule 27: said by the rep, their team lead or RevOps."""
    rep, to, directory = event.from_ or "", event.to or "", world.directory
    if rep not in directory.reps and not _held(world, rep, "", 1):
        near = directory.nearest_rep(rep)
        return "not_possible", f"from: the rep {rep!r} is not known and holds nothing" + (f"; did you mean {near!r}?" if near else "")
    if authority.over(directory, event.by, rep, "rep") is not None:
        return "not_allowed", f"by: only {rep!r}, their team lead or RevOps may hand off what {rep!r} holds, not {event.by!r}"
    refused = authority.known(directory, to, "to")
    if refused is None and rep == to:
        refused = f"to: {to!r} is who hands it off"
    order = _order(world, event)
    if refused is None and order.account and order.account not in directory.accounts:
        near = directory.nearest_account(order.account)
        refused = f"scope.account_id: no account {order.account!r}" + (f"; did you mean {near!r}?" if near else "")
    if refused is not None:
        return "not_possible", refused
    record = _record(world, rep)
    behind = _under_way(record, world.at)
    _settle(world, order, rep)
    _wait(record, order)
    if not behind:
        _step(world, record, rep)
        if order not in record.waiting and not order.moved:
            return "not_possible", _nothing(world, rep, order)
    return None


def about_rep(world: World, event: RepUpdated) -> list[str]:
    """The records that a `rep-updated` needs: the rep's own, which remembers it, and those of the first step. Raises Missing."""
    known = world.directory.reps.get(event.rep)
    stays = event.active and (event.left_at is None or micros(event.left_at) > world.at)
    if stays or (known is not None and known.occurred > world.when):
        world.listed = Listed([], "", True)
        return [KEY + event.rep]
    return _listed(world, event.rep, HandOff(world.cause, world.topic, world.at))


def rep_told(world: World, rep: Rep) -> None:
    """After a `rep-updated`: whoever has left hands off what they hold, now or when they leave."""
    record = _record(world, rep.rep)
    record.waiting = [one for one in record.waiting if one.to or one.at <= world.at]
    if not has_left(rep, world.at):
        if rep.left_at:
            _wait(record, HandOff(world.cause, world.topic, instant(rep.left_at)))
    elif all(one.to for one in record.waiting):
        behind = _under_way(record, world.at)
        order = HandOff(world.cause, world.topic, world.at)
        _settle(world, order, rep.rep)
        _wait(record, order)
        if not behind:
            _step(world, record, rep.rep)


def goes_on(world: World, rep: str) -> list[str]:
    """The records that the next step needs. Raises Missing."""
    record = _record(world, rep)
    if not _under_way(record, world.at):
        world.listed = Listed([], "", True)
        return [KEY + rep]
    order = record.waiting[0]
    world.topic, world.cause = order.topic, order.event
    return _listed(world, rep, order)


def go_on(world: World, rep: str) -> None:
    """Take the next step, if the hand-off is still to be done."""
    record = _record(world, rep)
    if not _under_way(record, world.at):
        return
    known = world.directory.reps.get(rep)
    if not record.waiting[0].to and known is not None:
        if not has_left(known, world.at):
            del record.waiting[0]  # they came back
            return
        if known.active:
            reps.know(world, msgspec.structs.replace(known, active=False))
    _step(world, record, rep)


def _step(world: World, record: HandOffs, rep: str) -> None:
    """Move the locks that are listed; the hand-off ends with the list."""
    order, listed = record.waiting[0], world.listed
    assert listed is not None, "a step is about what was listed"
    if not order.rule:
        _settle(world, order, rep)
    to, rule, note = order.heir, order.rule, order.note
    if to and not reps.takes(to, world.directory, world.at):
        to, rule = reps.heir(to, world.directory, world.at)  # they have left in between
    if rule != "hand_off":
        note = note or f"{rep} has left."
    for key in listed.keys:
        order.moved += moving.move(world.of(key), key, rep, to, rule, note, order)
    order.after = listed.last
    if listed.ended:
        del record.waiting[0]


def _settle(world: World, order: HandOff, rep: str) -> None:
    """Settle who takes over, as it is when the hand-off begins: what changes between two of its steps parts nothing in two."""
    order.heir, order.rule = order.to, "hand_off"
    if not reps.takes(order.to, world.directory, world.at):
        order.heir, order.rule = reps.heir(order.to or rep, world.directory, world.at)


def _listed(world: World, rep: str, order: HandOff) -> list[str]:
    """The keys of the next step's records, the rep's own first."""
    key, waiting = KEY + rep, _record(world, rep).waiting
    if waiting and waiting[0] is not order and waiting[0].at <= world.at:
        world.listed = Listed([], "", True)  # it comes after what is under way
        return [key]
    if order.contact:
        world.listed = Listed([f"contact:{order.contact}"], "", True)
    else:
        world.listed = _page(world, rep, order)
    keys = [key]
    for target in world.listed.keys:
        keys += moving.records(world, target)
    return list(dict.fromkeys(keys))


def _page(world: World, rep: str, order: HandOff) -> Listed:
    last, looked = order.after, 0
    found: list[str] = []
    while len(found) < PAGE and looked < LOOKED_THROUGH:
        wanted = PAGE - len(found) if not order.account else LOOKED_THROUGH // 4
        held = _held(world, rep, last, wanted)
        looked += len(held)
        for key in held:
            last = key
            if moving.may_concern(world, key, order):
                found.append(key)
                if len(found) == PAGE:
                    break
        else:
            if len(held) < wanted:
                return Listed(found, last, True)
    return Listed(found, last, False)


def _held(world: World, rep: str, after: str, limit: int) -> list[str]:
    assert world.held is not None, "an event's world can list what a rep holds"
    return world.held(rep, after, limit)


def _record(world: World, rep: str) -> HandOffs:
    return cast(HandOffs, world.get(KEY + rep))


def _under_way(record: HandOffs, at: int) -> bool:
    return bool(record.waiting) and record.waiting[0].at <= at


def _wait(record: HandOffs, order: HandOff) -> None:
    insort_right(record.waiting, order, key=lambda one: one.at)


def _order(world: World, event: OwnershipCommand) -> HandOff:
    order = HandOff(world.cause, world.topic, world.at, event.to or "", event.by, event.note or "")
    scope = event.scope
    if isinstance(scope, Scope):
        order.contact, order.account = scope.contact or "", scope.account_id or ""
        if isinstance(scope.territory, str):
            order.named = scope.territory
        elif scope.territory is not None:
            order.countries, order.regions = list(scope.territory.countries), list(scope.territory.regions)
            order.segments = list(scope.territory.segments)
    return order


def _nothing(world: World, rep: str, order: HandOff) -> str:
    if order.contact:
        lock = world.contact(order.contact).state.lock
        return f"scope.contact: {rep!r} does not hold {order.contact!r}; " + (f"{lock.owner!r} does" if lock else "nobody does")
    where = f"at the account {order.account!r}" if order.account else "in that territory" if moving.has_territory(order) else ""
    return f"from: {rep!r} holds nothing" + (f" {where}" if where else "")
