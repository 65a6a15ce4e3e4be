"""What must hold of any world, told from what is published and from what stays, without the rules' own code."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from random import Random
from typing import Any
from unittest.mock import patch

from jsonschema import Draft202012Validator

from schemas.decisions import decision
from schemas.policy import Policy
from schemas.reading import read
from schemas.times import rfc3339
from streams import state
from streams.decisions import DECISIONS
from streams.engine import Engine
from streams.engine.held import locks_in
from streams.engine.taking import Taking
from streams.outbox import Outgoing
from streams.path import Arrived
from streams.rules.contact import fold
from streams.state import Company, ContactRecord
from streams.tables.memory import MemoryTables
from tests.servers import ROOT
from tests.simulation.driver import Driver
from tests.simulation.worlds import BEGIN, CONTACTS, SECOND, SELLERS, World, arrivals, parsed

LOCK_CHANGES = "lock-changes"
HOUR = 3600 * SECOND
DAY = 24 * HOUR
ENDED = ("ownership_released", "ownership_expired")
TERMINAL = ("unsubscribed", "complaint")


class Run:
    """One run of a world: in batches of `size`, each event followed by itself where `again` says so, to `days` after its last event."""

    def __init__(self, world: World, size: int = 1, again: float = 0, days: int = 60, tables: Any = None, shuffled: bool = False) -> None:
        self.world, self.policy = world, parsed(world)
        self.tables = tables or MemoryTables()
        self.engine = Engine(self.tables, self.policy, clock="records", max_future=1 << 62)
        self.outgoing: list[Outgoing] = []
        stream = arrivals(world.events)
        if again:
            stream = repeated(stream, again)
        for start in range(0, len(stream), size):
            self._take(self.engine.process(stream[start : start + size]))
        self.tick((stream[-1].record.timestamp if stream else BEGIN) + days * DAY)

    def tick(self, end: int) -> None:
        """Let time pass."""
        self.end = end
        self._take(self.engine.fire(end))

    def _take(self, done: Any) -> None:
        self.outgoing += done.outgoing
        self.engine.published(done.outbox_ids)

    @property
    def lines(self) -> list[bytes]:
        return [one.value for one in self.outgoing if one.topic == DECISIONS and one.value is not None]

    @property
    def decisions(self) -> list[dict[str, Any]]:
        return [json.loads(one) for one in self.lines]

    def records(self) -> dict[str, Any]:
        """Key -> record, with what a short document leaves out written in."""
        return recorded(self.tables, self.policy)

    def documents(self, without: Sequence[str] = ("armed",)) -> dict[str, bytes]:
        return documents(self.tables, self.policy, without)

    def ask(self, contact: str, rep: str) -> dict[str, Any]:
        value = {"event_id": f"ask-{rep}", "occurred_at": rfc3339(self.end), "contact": contact, "rep": rep, "stage": "import"}
        said = self.engine.ask("send-requested", read("send-requested", json.dumps(value).encode()), self.end)
        return next(one for one in said if one["kind"] == "send_verdict")


def recorded(tables: Any, policy: Policy) -> dict[str, Any]:
    """Key -> record, with what a short document leaves out written in."""
    found = {}
    for key, document in tables.scan(""):
        record = state.decode(key, document.body)
        if isinstance(record, ContactRecord):
            fold.restore(record, policy.windows)
        found[key] = record
    return found


def documents(tables: Any, policy: Policy, without: Sequence[str]) -> dict[str, bytes]:
    """Key -> document, without some of its fields; empty ones are none."""
    found = {}
    for key, record in recorded(tables, policy).items():
        for name in without:
            setattr(record, name, type(getattr(record, name))())
        found[key] = state.encode(record)
    return found


def repeated(stream: list[Arrived], share: float) -> list[Arrived]:
    """The stream with some events again (which ones, their bytes tell), at once or some events later, not later than is remembered."""
    slots: list[tuple[int, int, Arrived]] = []
    for number, one in enumerate(stream):
        rng = Random(one.record.value)
        slots.append((number, 0, one))
        if rng.random() < share:
            later = min(number + rng.choice([0, 0, 1, 3, 10]), len(stream) - 1)
            if stream[later].record.timestamp - one.record.timestamp < 6 * DAY:
                slots.append((later, 1 + number, one._replace(record=one.record._replace(timestamp=stream[later].record.timestamp))))
    return [one for _, _, one in sorted(slots, key=lambda slot: slot[:2])]


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> str:
    """Where two runs' decisions or documents differ, for a person; empty when nowhere."""
    for key in sorted(one.keys() | other.keys()):
        if one.get(key) != other.get(key):
            mine, theirs = one.get(key), other.get(key)
            if mine and theirs and mine.startswith(b"{"):
                first, second = json.loads(mine), json.loads(theirs)
                unlike = {name: (first[name], second.get(name)) for name in first if first[name] != second.get(name)}
                return f"{first['event_id']} {first['kind']} {first['contact']}: {unlike}"
            return f"{key}:\n  {mine!r}\n  {theirs!r}"
    return ""


def by_id(lines: list[bytes]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for line in lines:
        name = json.loads(line)["decision_id"]
        assert name not in found, f"said twice: {line!r}"
        found[name] = line
    return found


def same(one: Run, other: Run, what: str, without: Sequence[str] = ("armed",)) -> None:
    assert not (why := differing(by_id(one.lines), by_id(other.lines))), f"{what}: {why}"
    assert not (why := differing(one.documents(without), other.documents(without))), f"{what}: {why}"


def batches(world: World) -> None:
    """How the stream is cut into batches does not matter."""
    one = Run(world)
    for size in (7, 500):
        same(one, Run(world, size), f"batches of {size}")


def redelivery(world: World) -> None:
    """Rule 25: events again, at once, later, in this batch or another, change nothing."""
    one = Run(world)
    for size in (1, 7):
        other = Run(world, size, again=0.5)
        unknown = {_event(line) for line in (*one.lines, *other.lines) if refused(line)}
        # What an event again makes the engine look at may be kept as an empty record.
        told, again = (by_id(list(dict.fromkeys(line for line in each.lines if _event(line) not in unknown))) for each in (one, other))
        assert not (why := differing(told, again)), why
        assert not (why := differing(one.documents(("armed", "seen")), other.documents(("armed", "seen")))), why


def _event(line: bytes) -> str:
    return str(json.loads(line)["event_id"])


def refused(line: bytes) -> bool:
    """A command about a domain that has another account since, of which there was nothing to take along, is refused there again."""
    return b'"kind":"command_refused"' in line


def long_way(world: World) -> None:
    """The short ways of common events are only shorter."""
    short = Run(world)
    no = lambda *_: False  # noqa: E731
    with patch.object(Taking, "_first", no), patch.object(Taking, "_fresh", no), patch.object(Taking, "_steadily", no):
        same(short, Run(world), "the long way")


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((ROOT / "schemas" / "published" / f"{name}.json").read_text()))


def schemas(world: World) -> None:
    """What is published is valid against the published schemas."""
    run = Run(world)
    for line in run.lines:
        decision(line)
        said = json.loads(line)
        faults = [f"{one.json_path}: {one.message}" for one in validator(f"decision.{said['kind']}").iter_errors(said)]
        assert not faults, f"{faults} in {line!r}"
    for one in run.outgoing:
        if one.topic == LOCK_CHANGES and one.value is not None:
            faults = [f"{each.json_path}: {each.message}" for each in validator("lock-changes").iter_errors(json.loads(one.value))]
            assert not faults, f"{faults} in {one.value!r}"
        assert one.topic in (DECISIONS, LOCK_CHANGES), one


def one_owner(world: World) -> None:
    """Guarantee 4 by what is published: each lock's decisions follow from one another, tokens rise, and end where the tables are."""
    run = Run(world)
    holders: dict[str, str] = {}
    tokens: dict[str, int] = {}
    loose: set[str] = set()
    for one in run.decisions:
        kind, lock = one["kind"], one.get("lock") or {}
        if lock.get("kind") in ("domain", "account"):
            continue  # they move in silence where accounts are made, merged or take domains over; `lock_changes` has them
        key = target(one)
        if kind in ("duplicate_merged", "duplicate_separated"):
            loose |= {key, f"lead:{one['lead_id']}"}  # what a merger takes of a pending claim, it gives back silently
        if kind in ("lead_routed", "lead_disqualified", "claim_granted") and one["contact"] and one["lead_id"]:
            holders.pop(f"lead:{one['lead_id']}", None)
        if key in loose:
            continue
        if kind == "lead_routed" and lock and one["owner"]:
            # A routing moves what a routing gave.
            if one["rule"] != "contact_owner":
                holders[key] = owner(one["owner"])
            continue
        if kind not in ("claim_granted", "ownership_transferred", *ENDED) or one["rule"] == "own_lock":
            continue
        assert lock, one
        if kind == "claim_granted":
            assert holders.get(key) in (None, f"team:{one['owner']['team']}"), f"granted while {holders.get(key)} holds it: {one}"
            holders[key] = owner(one["owner"])
        else:
            assert holders.get(key) == owner(one["previous_owner"]), f"{holders.get(key)} had it: {one}"
            del holders[key]
            if kind == "ownership_transferred":
                holders[key] = owner(one["owner"])
        if kind in ("claim_granted", "ownership_transferred"):
            assert one["fencing_token"] >= tokens.get(key, 0), f"a token that falls: {one}"
            tokens[key] = one["fencing_token"]
    kept = {}
    for key, record in run.records().items():
        for name, lock in locks_in(key, record).items():
            if name.startswith(("contact:", "lead:")):
                kept[name] = f"team:{lock.owner}" if lock.is_team else lock.owner
    told, kept = ({key: one for key, one in each.items() if key not in loose} for each in (holders, kept))
    assert told == kept, f"published {told}, kept {kept}"


def owner(said: dict[str, Any]) -> str:
    return said["rep"] or f"team:{said['team']}"


def target(one: dict[str, Any]) -> str:
    return f"contact:{one['contact']}" if one["contact"] else f"lead:{one['lead_id']}"


def lock_changes(world: World) -> None:
    """A consumer of `lock-changes` has the table."""
    run = Run(world)
    table: dict[str, dict[str, Any]] = {}
    for one in run.outgoing:
        if one.topic == LOCK_CHANGES:
            key = one.key.decode()
            if one.value is None:
                table.pop(key, None)
            else:
                table[key] = json.loads(one.value)
    told = {key: owner(one["owner"]) for key, one in table.items() if one["owner"]}
    kept, tokens = {}, {}
    for key, record in run.records().items():
        for name, lock in locks_in(key, record).items():
            kept[name] = f"team:{lock.owner}" if lock.is_team else lock.owner
            tokens[name] = lock.token
    assert told == kept, f"published {told}, kept {kept}"
    assert {key: table[key]["fencing_token"] for key in tokens} == tokens, (table, tokens)
    assert not [key for key, one in table.items() if one["status"] == "under_review"]


def suppressed(world: World) -> None:
    """Guarantee 5: after an unsubscribe or a complaint no owner and no allow, until someone who may lifts it."""
    run = Run(world)
    terminal: dict[str, set[str]] = {}
    for one in run.decisions:
        contact, kind = one["contact"], one["kind"]
        if kind == "contact_suppressed" and one["scope"] == "contact" and one["flag"] in TERMINAL:
            terminal.setdefault(contact, set()).add(one["flag"])
        elif kind == "suppression_lifted" and contact in terminal and one["scope"] == "contact":
            if one["flag"] in terminal[contact]:
                assert one["rule"] in ("lifted_by_command", "suppressed_too_soon"), one
            terminal[contact].discard(one["flag"])
        elif terminal.get(contact):
            assert kind not in ("claim_granted", "ownership_transferred") or one["lock"]["kind"] != "contact", f"{terminal} {one}"
            assert kind != "send_verdict" or (one["verdict"], one["rule"]) == ("block", one["rule"]), f"{terminal} {one}"
            assert kind != "lead_routed" or one["lock"] is None, f"{terminal} {one}"
    for contact in CONTACTS:
        record = run.records().get(f"contact:{contact}")
        flags = set(record.state.flags) & set(TERMINAL) if record else set()
        assert flags == {one for one in terminal.get(contact, set()) if one in TERMINAL}, f"{contact}: kept {flags}, told {terminal}"
        if flags:
            assert record.state.lock is None
            assert run.ask(contact, "ana")["verdict"] == "block"


def reviews(world: World) -> None:
    """Every review ends, nobody stays paused, and every pause is told to be over."""
    run = Run(world)
    kinds = [one["kind"] for one in run.decisions]
    for record in run.records().values():
        disputes = (
            [record.dispute] if isinstance(record, ContactRecord) else list(record.disputes.values()) if isinstance(record, Company) else []
        )
        assert not [one for one in disputes if one is not None and one.review is not None], record
    opened, decided = (
        kinds.count("review_opened"),
        sum(one["kind"] == "review_decided" and one["rule"] != "recheck" for one in run.decisions),
    )
    assert opened <= decided, (opened, decided)
    for contact in CONTACTS:
        for rep in set(SELLERS):
            said = run.ask(contact, rep)
            assert said["rule"] not in ("paused", "under_review"), said


def crashes(world: World) -> None:
    """Guarantees 1 to 3: a store that fails and a worker that dies anywhere change nothing."""
    # Within what is remembered: a worker that was away for longer reads old events anew.
    first = world.events[0][0] if world.events else 0
    stream = arrivals([one for one in world.events if one[0] - first < 6 * DAY // SECOND])
    policy = parsed(world)
    calm = Driver(stream, 0, 0.0, "records", policy)
    calm.run()
    rough = Driver(stream, len(stream), 0.04, "records", policy)
    rough.run(crash=0.05)
    assert not (why := differing(calm.decisions(), rough.decisions())), why
    left = [documents(one.tables, policy, ("armed", "seen")) for one in (calm, rough)]  # who looks more often forgets earlier
    assert not (why := differing(*left)), why
    assert rough.tables.model.outbox(1) == []


def restarted(world: World) -> None:
    """A worker that begins anew at every batch knows what the one before it knew."""
    run = Run(world)
    tables, said = MemoryTables(), []
    stream = arrivals(world.events)
    for start in range(0, len(stream), 3):
        engine = Engine(tables, parsed(world), clock="records", max_future=1 << 62)
        done = engine.process(stream[start : start + 3])
        engine.published(done.outbox_ids)
        said += done.outgoing
    done = Engine(tables, parsed(world), clock="records").fire(run.end)
    said += done.outgoing
    lines = [one.value for one in said if one.topic == DECISIONS and one.value is not None]
    assert not (why := differing(by_id(run.lines), by_id(lines))), why


def any_order(world: World) -> None:
    """Rule 26: after whatever was before, touches, replies and claims end the same in any order of arrival within `late_touch`."""
    policy = parsed(world)
    if policy.ownership.family == "parent" or policy.sla.on_miss == "reassign":
        return  # outside the promise; routing judges as it goes
    late = min(policy.windows.late_touch, 600 * SECOND) // SECOND
    third = len(world.events) * 2 // 3
    before = [one for one in world.events[:third] if _settles(one)]
    start = (before[-1][0] if before else 0) + 3 * late + 3600
    happen = [(topic, value | {"contact": _few(value)}) for _, _, (topic, value) in world.events[third:] if _folds((topic, value))]
    ends = []
    for order in range(2):
        moved = []
        for event in happen:
            rng = Random(f"{event[1]['event_id']}")
            occurred = start + rng.randrange(late)
            delay = Random(f"{event[1]['event_id']} {order}").choice([0, late, rng.randrange(late + 1)])
            moved.append((occurred + delay, occurred, event))
        moved.sort(key=lambda one: (one[0], one[2][1]["event_id"]))
        run = Run(World(world.policy, before + moved), days=0)
        run.tick((start + 3 * late) * SECOND + BEGIN)
        ends.append(standing(run))
    unlike = {key: (ends[0].get(key), ends[1].get(key)) for key in ends[0].keys() | ends[1].keys() if ends[0].get(key) != ends[1].get(key)}
    assert not unlike, unlike


def _few(value: dict[str, Any]) -> str:
    """One of few contacts instead, so that more meets."""
    return CONTACTS[CONTACTS.index(value["contact"]) % 4]


def _folds(event: tuple[str, dict[str, Any]]) -> bool:
    topic, value = event
    if topic == "email-sent":
        return "fencing_token" not in value  # which grant it was is judged at its arrival
    if topic == "ownership-commands":
        return value["command"] == "claim" and "contact" in value
    return topic in ("reply-classified", "touch-logged") and "contact" in value


def _settles(one: tuple[int, int, tuple[str, dict[str, Any]]]) -> bool:
    topic, value = one[2]
    return not (topic == "rep-updated" and one[0]) and value.get("command") not in ("request_review", "decide_review")


def standing(run: Run) -> dict[str, Any]:
    """Locks and suppressions of every contact and account."""
    found: dict[str, Any] = {}
    for key, record in run.records().items():
        if isinstance(record, ContactRecord):
            now = record.state
            flags = {name: (flag.since, flag.until) for name, flag in now.flags.items()}
            found[key] = (_lock(now.lock), flags, now.paused_until, now.sequence, now.mailbox, now.soft_bounces, now.positive, now.talker)
        elif isinstance(record, Company):
            found[key] = (_lock(record.lock), record.conversations, record.holders)
    blank = ((None, {}, 0, None, "", 0, 0, ""), (None, {}, {}))
    return {key: one for key, one in found.items() if one not in blank}


def _lock(lock: state.Lock | None) -> tuple[Any, ...] | None:
    if lock is None:
        return None
    return lock.owner, lock.is_team, lock.reason, lock.rule, lock.claimed_at, lock.phase, lock.ends, lock.last, lock.heard, lock.hold


CHECKS: dict[str, Callable[[World], None]] = {
    one.__name__: one
    for one in (
        batches,
        redelivery,
        long_way,
        schemas,
        one_owner,
        lock_changes,
        suppressed,
        reviews,
        restarted,
        crashes,
        any_order,
    )
}
"""Name -> what raises AssertionError where it does not hold."""
