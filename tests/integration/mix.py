"""Events for tests of the whole path: two teams mail the same people, who answer; accounts, leads, commands and pre-send checks.

No deadline comes due within the mix, so that it can be played by the wall's clock, and every event has a millisecond of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random
from typing import Any

import orjson

from schemas.times import rfc3339
from streams.day.planned import MILLISECOND, MINUTE, SECOND, Planned, key_of

TEAMS = {"ana": "east", "ben": "east", "bob": "west", "cyd": "west"}
LEADS = 60
"""So few that leads are told of again, merged and separated."""
CLASSES = ("interested", "replied", "meeting_booked", "not_interested", "out_of_office", "bounce", "unsubscribe")


def mix(seed: int, count: int, start: int, companies: int = 20, people: int = 5, apart: int = SECOND) -> list[Planned]:
    """So many events from `start` on, `apart` from one another (microseconds), after the reps and accounts, in the order of arrival."""
    rng = Random(seed)
    known = [*_people(), *_accounts(companies)]
    drawn = (_event(rng, companies, people) for _ in range(count))
    planned = []
    for number, (topic, value, late) in enumerate([*known, *drawn]):
        at = start + number * apart
        full = {"event_id": f"n{number}", "occurred_at": rfc3339(at - late), **value}
        planned.append(Planned(at, topic, key_of(topic, full), full))
    return planned


def lines(events: Iterable[Planned]) -> Iterator[bytes]:
    """The events as `leadlock simulate` reads them."""
    for one in events:
        yield orjson.dumps({"topic": one.topic, "at": rfc3339(one.at), "value": one.value})


def in_any_order(events: Iterable[Planned]) -> list[Planned]:
    """Only touches, replies and claims: what ends the same in whatever order it is decided (rule 26)."""
    kept = ("email-sent", "reply-classified", "touch-logged")
    return [one for one in events if one.topic in kept or one.value.get("command") == "claim"]


def _people() -> list[tuple[str, dict[str, Any], int]]:
    reps = [{"rep": rep, "team": team, "role": "sdr"} for rep, team in TEAMS.items()]
    reps += [{"rep": "rita", "team": "revops", "role": "revops"}, {"rep": "tom", "team": "west", "role": "team_lead"}]
    return [("rep-updated", one, 0) for one in reps]


def _accounts(companies: int) -> list[tuple[str, dict[str, Any], int]]:
    """Every second company has an account."""
    return [
        ("account-updated", {"account_id": f"acc{number}", "name": f"Company {number}", "domains": [f"c{number}.example"]}, 0)
        for number in range(0, companies, 2)
    ]


def _lead(rng: Random, contact: str) -> dict[str, Any]:
    """Few people, who come back by another spelling of their address, by telephone, or with another product."""
    local, _, domain = contact.partition("@")
    said: dict[str, Any] = {"company": "Some Company", "product": rng.choice(["suv", "van"])}
    if rng.random() < 0.8:
        said["email"] = rng.choice([contact, f"{local}+x@{domain}", f"new{rng.randrange(5)}@{domain}"])
    if "email" not in said or rng.random() < 0.3:
        said["phone"] = f"+34912{int(local[1:]):03}{int(domain[1:].partition('.')[0]):03}"
    if rng.random() < 0.3:
        said["intent"] = "demo_request"
    return said


def _event(rng: Random, companies: int, people: int) -> tuple[str, dict[str, Any], int]:
    contact = f"p{rng.randrange(people)}@c{rng.randrange(companies)}.example"
    rep = rng.choice(list(TEAMS))
    late = rng.choice([0, 0, 0, 3 * SECOND, 2 * MINUTE, 9 * MINUTE + MILLISECOND])
    mail = {"contact": contact, "rep": rep, "mailbox": f"{rep}@ours.example", "sequence_id": f"{rep}-{rng.randrange(3)}"}
    draw = rng.random()
    if draw < 0.02:  # companies get an account, and people change teams, while they are worked
        number = rng.randrange(companies)
        return "account-updated", {"account_id": f"acc{number}", "name": f"Company {number}", "domains": [f"c{number}.example"]}, 0
    if draw < 0.03:
        return "rep-updated", {"rep": rep, "team": rng.choice(["east", "west"]), "role": "sdr"}, 0
    if draw < 0.04:
        return "rep-updated", {"rep": rep, "team": TEAMS[rep], "role": "sdr", "active": False, "successor": rng.choice(list(TEAMS))}, 0
    if draw < 0.35:
        return "email-sent", {**mail, "message_id": f"m{rng.randrange(10**9)}", "thread_id": f"t{rng.randrange(99)}", "step": 1}, late
    if draw < 0.6:
        kind = rng.choice(CLASSES)
        more = {"returns_at": "2099-01-01T00:00:00Z"} if kind == "out_of_office" else {}
        return "reply-classified", {"contact": contact, "rep": rep, "class": kind, "thread_id": f"t{rng.randrange(99)}", **more}, late
    if draw < 0.7:
        return "touch-logged", {"kind": rng.choice(["call", "meeting", "email"]), "contact": contact, "rep": rep}, late
    if draw < 0.8:
        return "send-requested", {**mail, "stage": rng.choice(["import", "launch"])}, 0
    if draw < 0.9:
        return "lead-created", {"lead_id": f"l{rng.randrange(LEADS)}", **_lead(rng, contact)}, 0
    if draw < 0.915:
        return "touch-logged", {"kind": "call", "lead_id": f"l{rng.randrange(LEADS)}", "rep": rep}, 0
    if draw < 0.935:
        about = {"lead_id": f"l{rng.randrange(LEADS)}", "original_lead_id": f"l{rng.randrange(LEADS)}"}
        return "ownership-commands", {"command": "verify_duplicate", "by": rep, "verdict": rng.choice(["merge", "separate"]), **about}, 0
    if draw > 0.985:
        scope = rng.choice(["all", {"contact": contact}, {"account_id": "acc0"}])
        handed = {"from": rep, "to": rng.choice(list(TEAMS)), "scope": scope, "note": "theirs now"}
        return "ownership-commands", {"command": "hand_off", "by": "rita", **handed}, 0
    command = rng.choice(["claim", "claim", "release", "transfer", "suppress", "unsuppress"])
    by = "rita" if command == "unsuppress" else rep
    more = {"transfer": {"to": rng.choice(list(TEAMS)), "note": "theirs"}, "suppress": {"flag": "do_not_contact"}}.get(command, {})
    return "ownership-commands", {"command": command, "by": by, "contact": contact, "flag": "unsubscribed", **more}, 0
