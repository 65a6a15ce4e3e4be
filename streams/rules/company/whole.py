"""An account owned as a whole, folded in time order over all its contacts (rule 26 at level `account`).

Whoever comes first to any contact has the account, and what others do there afterwards takes nothing. So an event that comes late can turn
what has happened to other contacts since. As long as `late_touch` lets something come late, the company keeps how the account's lock
changed and which contacts had events. An event in order costs a look at both. A late one is put in its place, and from there on every
event of these contacts is applied again, each marked with the captain who stood in its way then; what differs from before is said.
"""

from __future__ import annotations

from copy import copy
from typing import NamedTuple

from streams.rules.company import accounts, at_work, levels, standings
from streams.rules.contact import fold, locks
from streams.rules.said import Out, Said
from streams.rules.world import World
from streams.state import Company, Contact, ContactRecord, Entry, Lock, Point, Whole, freeze, kept
from streams.state import entry as entry_of

Held = tuple[Lock | None, str]
"""An account's lock, and the contact with whom it came along."""


class Folding(NamedTuple):
    """One contact while its account is folded again. `earlier`, `later`: its window before and after the late entry's place. `known`: what
    was said in the order known so far."""

    address: str
    record: ContactRecord
    earlier: list[Entry]
    later: list[Entry]
    known: set[tuple[object, ...]]


def applies(world: World) -> bool:
    """Whether the account is folded as a whole; a family is not (rule 26)."""
    return world.policy.ownership.family == "account" and levels.is_whole(world.policy, world.account)


def is_late(company: Company, entry: Entry) -> bool:
    """Whether something that the entry could turn has happened after its own time."""
    whole = company.whole
    return whole is not None and whole.settled < entry.when and (entry.when, entry.id) < (whole.latest, whole.latest_id)


def held(company: Company) -> Held:
    """The account's lock as it is, to compare with afterwards."""
    return copy(company.lock), company.via


def note(world: World, company: Company, address: str, when: int, event_id: str, before: Held) -> None:
    """Note what happened in order, an event or what time has brought. `before`: the account's lock before it."""
    if company.whole is None:
        company.whole = Whole()
    whole, horizon = company.whole, world.at - world.policy.windows.late_touch - fold.SLACK
    if (when, event_id) > (whole.latest, whole.latest_id):
        whole.latest, whole.latest_id = when, event_id
    if address:
        whole.recent[address] = max(when, whole.recent.get(address, 0))
    if _differs(before[0], company.lock):
        whole.points.append(Point(when, event_id, *before))
    if whole.points and whole.points[0].at < horizon:
        whole.points = [point for point in whole.points if point.at >= horizon]
    if len(whole.recent) > 1 and min(whole.recent.values()) < horizon:
        whole.recent = {one: at for one, at in whole.recent.items() if at >= horizon}


def ticked(world: World, company: Company, at: int, before: Held) -> None:
    """Note that time has ended the account's lock."""
    if _differs(before[0], company.lock):
        note(world, company, "", at, "", before)


def told(company: Company, at: int, before: Held) -> None:
    """What the CRM told has moved the account's lock, perhaps: then that is settled."""
    if _differs(before[0], company.lock):
        checkpoint(company, at)


def checkpoint(company: Company, at: int) -> None:
    """What is now is settled: it was judged as it came, and nothing from before it turns the account."""
    if company.whole is not None:
        company.whole.settled, company.whole.points = max(company.whole.settled, at), []


def reach(world: World, company: Company, address: str, entry: Entry) -> list[Folding]:
    """The contacts to be folded again for a late entry, its own first. Raises Missing, before anything is changed."""
    recent = company.whole.recent if company.whole is not None else {}
    others = sorted(one for one, at in recent.items() if at >= entry.when and one != address)
    records = [(one, world.joined(one)) for one in others]
    return [_folding(world, one, record, entry) for one, record in ((address, world.contact(address)), *records)]


def refold(world: World, company: Company, foldings: list[Folding], entry: Entry) -> None:
    """Take in a late entry: fold these contacts and the account's lock again from its place on, and say what differs."""
    whole = company.whole
    assert whole is not None, "nothing comes late where nothing has been noted"
    place = (entry.when, entry.id)
    after = [point for point in whole.points if (point.at, point.id) > place]
    lock, via = (after[0].lock, after[0].via) if after else (company.lock, company.via)
    scratch = Company(lock=copy(lock), via=via, opportunity=company.opportunity, gone=company.gone)
    folded = {folding.address for folding in foldings}
    scratch.conversations = {one: talk for one, talk in company.conversations.items() if one not in folded}
    again = Again(world, scratch, foldings)
    again.walk(foldings, entry)
    whole.points = [point for point in whole.points if (point.at, point.id) <= place] + again.points
    if (again.latest, "") > (whole.latest, whole.latest_id):
        whole.latest, whole.latest_id = again.latest, ""
    whole.recent[foldings[0].address] = max(entry.when, whole.recent.get(foldings[0].address, 0))
    for folding in foldings:
        _put_contact(world, company, folding, again, entry)
    _put_account(world, company, scratch)


class Again:
    """The walk: contacts' states and the account's lock, applied to in time order. `points`: how the lock changed on the way. `latest`:
    when time alone changed something last."""

    def __init__(self, world: World, scratch: Company, foldings: list[Folding]) -> None:
        self.world, self.scratch, self.points = world, scratch, list[Point]()
        self.latest = 0
        self.states: dict[str, Contact] = {}
        self.said: dict[str, Out] = {}
        self._members = {folding.address: levels.members(world, folding.address) for folding in foldings}

    def walk(self, foldings: list[Folding], entry: Entry) -> None:
        """Everything before the entry's place as it was judged, everything after it anew, up to the event's arrival."""
        world, windows = self.world, self.world.policy.windows
        for one in foldings:
            state, said = fold.folded(one.record.base, one.earlier, f"contact:{one.address}", world.policy, world.at, 0)
            self.states[one.address], self.said[one.address] = state, said
            standings.follow(self.scratch, one.address, standings.NOBODY, standings.standing(state, windows))
        if self.scratch.lock is None or self.scratch.lock.reason in locks.DERIVED:
            accounts.settle(self.scratch, world.company_key, world.account, entry.when, "", world.policy, [])
        later = [(item.when, item.id, one.address, item) for one in foldings for item in one.later]
        for when, event_id, address, item in sorted(later, key=lambda each: each[:3]):
            self._pass_time(when)
            self._apply(when, event_id, address, item)
        self._pass_time(world.at)

    def _apply(self, when: int, event_id: str, address: str, item: Entry) -> None:
        before, lock = held(self.scratch), self.scratch.lock
        stands = lock is not None and lock.owner != item.rep and item.rep not in self._members[address]
        item.captain = lock.owner if lock is not None and stands and item.kind in levels.STARTS else ""
        if item.kind == "touch":
            at_work.active(lock, item.rep, item.occurred, self.scratch.via)
        state, policy = self.states[address], self.world.policy
        was = standings.standing(state, policy.windows)
        fold.apply(state, item, f"contact:{address}", policy, self.world.at, self.said[address])
        self._caught_up(address, was, when)
        self._note(when, event_id, before)

    def _pass_time(self, until: int) -> None:
        world, policy, scratch = self.world, self.world.policy, self.scratch
        while True:
            due = [(accounts.next_due(scratch, policy.windows), "")]
            due = [one for one in (*due, *((state.due, address) for address, state in self.states.items())) if 0 < one[0] <= until]
            if not due:
                return
            at, address = min(due)
            before, self.latest = held(scratch), at
            if address:
                state = self.states[address]
                was = standings.standing(state, policy.windows)
                fold.advance(state, at, f"contact:{address}", policy, self.said[address])
                self._caught_up(address, was, at)
            else:
                accounts.tick(scratch, world.company_key, world.account, at, policy, [])
            self._note(at, "", before)

    def _caught_up(self, address: str, was: standings.Standing, at: int) -> None:
        world = self.world
        accounts_now = standings.standing(self.states[address], world.policy.windows)
        if accounts_now != was:
            standings.follow(self.scratch, address, was, accounts_now)
            if accounts_now.holder and accounts_now.holder != was.holder:
                levels.come_along(self.scratch, world.company_key, address, self.states[address], world.policy.windows, at, "", [])
            accounts.settle(self.scratch, world.company_key, world.account, at, "", world.policy, [])

    def _note(self, at: int, event_id: str, before: Held) -> None:
        if _differs(before[0], self.scratch.lock):
            self.points.append(Point(at, event_id, *before))


def _folding(world: World, address: str, record: ContactRecord, entry: Entry) -> Folding:
    target, policy = f"contact:{address}", world.policy
    if address == world.address:
        fold.prune(record, world.at - policy.windows.late_touch - fold.SLACK, target, policy)
    window = [entry_of(one) for one in record.window]
    if not record.window and not record.base and (record.seen or record.state.stamp):
        record.base = freeze(record.state)
    known = {fold.identity(said) for said in fold.folded(record.base, window, target, policy, world.at)[1]}
    if address == world.address:
        window = sorted([*window, entry], key=lambda item: (item.when, item.id))
    place = (entry.when, entry.id)
    earlier = [one for one in window if (one.when, one.id) < place]
    return Folding(address, record, earlier, window[len(earlier) :], known)


def _put_contact(world: World, company: Company, folding: Folding, again: Again, entry: Entry) -> None:
    """The contact as it now is, and what differs from before."""
    address, record, policy = folding.address, folding.record, world.policy
    before, after, said = record.state, again.states[address], again.said[address]
    record.window, record.state = [kept(one) for one in (*folding.earlier, *folding.later)], after
    own = entry if address == world.address else None
    world.out += fold.told_anew(before, after, entry.id, own, said, folding.known, f"contact:{address}", policy, world.at)
    standings.follow(company, address, standings.standing(before, policy.windows), standings.standing(after, policy.windows))


def _put_account(world: World, company: Company, scratch: Company) -> None:
    """The account's lock as it now is, and what differs from before."""
    key, windows, old, new = world.company_key, world.policy.windows, company.lock, scratch.lock
    last = company.touched.get(new.owner) if new is not None else None
    if new is not None and last is not None and last.at >= new.claimed_at:
        at_work.active(new, new.owner, last.at)  # what was logged on the account itself is in no contact's window
    company.lock, company.via = new, scratch.via
    if new is not None and old is not None and new.owner == old.owner:
        new.token, new.told = old.token, old.told
        return
    if old is not None:
        company.collaborators = []
        accounts.drop_permits(company, old)
    shown = accounts.view(company, "account", new, windows) if new is not None else None
    if new is not None and shown is not None and old is not None:
        rule = new.rule if new.reason in locks.DERIVED else "first_touch"
        world.out.append(locks.moved(old, shown, rule, key, world.at, world.cause, at_work.latest(company)))
    elif new is not None and shown is not None:
        world.say("claim_granted", new.rule, key, owner=new.owner, until=shown.until, lock=shown)
    elif old is not None:
        ended = accounts.view(company, "account", old, windows)
        fields = {"previous": old.owner, "lock": ended, "last_outbound": at_work.latest(company)}
        world.out.append(
            Said("ownership_released", "known_late", world.at, world.cause, key, {**fields, "notify": [(old.owner, "known_late")]})
        )


def _differs(one: Lock | None, other: Lock | None) -> bool:
    if one is None or other is None:
        return one is not other
    return (one.owner, one.reason, one.first, one.first_id) != (other.owner, other.reason, other.first, other.first_id)
