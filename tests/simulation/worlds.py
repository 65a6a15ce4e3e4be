"""Small worlds in which much happens: from a seed a policy, people, companies and weeks of events of every topic, as they might come."""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random
from typing import Any, NamedTuple

from schemas.policy import Policy
from schemas.reading import read
from schemas.times import micros, rfc3339
from streams.path import Arrived, Record
from tests.play import START

Event = tuple[str, dict[str, Any]]
SECOND = 1_000_000
BEGIN = micros(START)

REPS: dict[str, dict[str, Any]] = {
    "ana": {"team": "east", "role": "sdr", "manager": "tia", "timezone": "America/New_York", "territories": [{"countries": ["US"]}]},
    "bob": {"team": "west", "role": "sdr", "manager": "tom", "timezone": "Europe/Berlin", "successor": "cyd"},
    "cyd": {"team": "west", "role": "ae", "timezone": "Asia/Kolkata", "weight": 2},
    "dan": {"team": "am", "role": "account_manager", "manager": "vic"},
    "pam": {"team": "partners", "role": "partner_manager"},
    "pat": {"team": "resellers", "role": "ae", "partner_id": "p1"},
    "tia": {"team": "east", "role": "team_lead", "manager": "vic"},
    "tom": {"team": "west", "role": "team_lead", "timezone": "Australia/Sydney"},
    "vic": {"team": "east", "role": "vp"},
    "rita": {"team": "ops", "role": "revops"},
}
SELLERS = ["ana", "ana", "bob", "bob", "cyd", "dan", "tia"]
PEOPLE = list(REPS)
CONTACTS = [
    "a@contoso.com",
    "b@contoso.com",
    "c@mail.contoso.com",
    "d@fabrikam.com",
    "e@fabrikam.com",
    "f@lonely.com",
    "g@lonely.com",
    "h@gmail.com",
]
DOMAINS = ["contoso.com", "fabrikam.com", "lonely.com"]
ACCOUNTS = ["c", "f"]
PHONES = ["+34912345678", "912 345 678", "+12125550144"]
WINDOWS = {
    "activation": ["20m", "3h", "48h"],
    "review": ["40m", "2d", "21d"],
    "replied_recently": ["50m", "5d", "30d"],
    "not_interested": ["30m", "3d"],
    "soft_bounces": [1, 2, 3],
    "late_touch": ["10m", "2m", "1h"],
    "out_of_office": ["25m", "7d"],
    "research": ["12m", "24h"],
    "without_reply": ["70m", "60d", "4d"],
    "sequence_idle": ["15m", "14d"],
    "remember_events": ["7d", "20d"],
}
KEYS: dict[str, dict[str, list[Any]]] = {
    "ownership": {
        "level": ["contact", "account"],
        "by_segment": [{"enterprise": "account"}, {"smb": "contact"}],
        "family": ["account", "parent"],
    },
    "windows": WINDOWS,
    "sends": {"account_overlap": ["warn", "block"], "missing_owner": ["block", "warn"], "other_mailbox": ["block", "warn"]},
    "escalation": {
        "rep_to_rep": ["30m", "5m"],
        "team_lead": ["2h", "10m"],
        "revops": ["end_of_day", "3h"],
        "default": ["most_recent_positive_signal", "owner_keeps"],
    },
    "business_hours": {"timezone": ["UTC", "America/Los_Angeles"], "holidays": ["US", "DE"], "days": [["mon", "tue", "sat"]]},
    "sla": {"hot": ["5m", "1h"], "normal": ["2h", "20m"], "clock": ["business", "always"], "on_miss": ["notify", "reassign"]},
    "routing": {
        "default": [["territory", "round_robin"], ["weighted"], ["round_robin"]],
        "auto_account": [2, 3],
        "competitor": ["queue", "disqualify"],
        "churn_recent": ["180d", "10d"],
        "winback": ["cyd"],
        "high_activity": [2, 3, 50],
    },
    "duplicates": {"while_unverified": ["hold", "route_to_original_owner"], "flag_different_product": [True, False]},
}


class World(NamedTuple):
    """What happens in one. `events`: arrival and time of happening in seconds since the beginning, topic, value with its `event_id`."""

    policy: str
    events: list[tuple[int, int, Event]]


def policy(rng: Random, share: float = 0.3) -> str:
    """A policy with some keys set, each to one of its plausible values."""
    lines = []
    for table, keys in KEYS.items():
        lines.append(f"[{table}]")
        for key, values in keys.items():
            if rng.random() < share:
                value = rng.choice(values)
                inline = isinstance(value, dict)
                shown = "{" + ", ".join(f"{k} = {json.dumps(v)}" for k, v in value.items()) + "}" if inline else json.dumps(value)
                lines.append(f"{key} = {shown}")
    return "\n".join(lines)


def world(seed: int, length: int = 60, only: str = "") -> World:
    """The world of a seed. `only`: the policy instead of one at random."""
    rng = Random(seed)
    rules = only or policy(rng)
    events: list[tuple[int, int, Event]] = []
    now = 0
    for number, rep in enumerate(PEOPLE):
        events.append((0, 0, ("rep-updated", {"event_id": f"rep{number}", "rep": rep, **REPS[rep]})))
    for number, account in enumerate(ACCOUNTS):
        if rng.random() < 0.8:
            events.append((0, 0, ("account-updated", {"event_id": f"account{number}", **_account(rng, account)})))
    pace = rng.choice([[0, 1, 20, 200], [0, 60, 600, 4000], [0, 10, 300, 4000, 90_000, 400_000]])
    for number in range(length):
        now += rng.choice(pace)
        topic, value = _event(rng)
        late = rng.choice([0, 0, 0, 0, 3, 100, 500, 590, 4000, -30])
        events.append((now, max(now - late, 0), (topic, {"event_id": f"e{number}", **{k: v for k, v in value.items() if v is not None}})))
    return World(rules, events)


def arrivals(events: list[tuple[int, int, Event]]) -> list[Arrived]:
    """The events as they lie in their topics, in the order of arrival."""
    ends: dict[str, int] = {}
    found = []
    for arrival, occurred, (topic, value) in events:
        offset = ends[topic] = ends.get(topic, -1) + 1
        body = json.dumps({"occurred_at": rfc3339(BEGIN + occurred * SECOND), **value}).encode()
        found.append(Arrived(Record(topic, 0, offset, BEGIN + arrival * SECOND, None, body), read(topic, body), None))
    return found


def parsed(world: World) -> Policy:
    """The world's policy."""
    return Policy.parse(world.policy)


def _event(rng: Random) -> Event:
    make = rng.choices(
        [_mail, _reply, _touch, _ask, _command, _lead, _lead_touch, _account_told, _rep_told],
        [24, 18, 10, 12, 22, 12, 3, 4, 2],
    )[0]
    return make(rng)


def _mail(rng: Random) -> Event:
    rep = rng.choice(SELLERS)
    value = {
        "message_id": "m",
        "contact": rng.choice(CONTACTS),
        "rep": rep,
        "mailbox": rng.choice([None, f"{rep}@ours.example", f"{rep}@more.example"]),
        "sequence_id": rng.choice([None, f"s-{rep}", f"t-{rep}"]),
        "tool": rng.choice([None, "outreach"]),
        "step": rng.choice([None, 1, 2, 3]),
        "final_step": rng.choice([None, None, None, True]),
        "thread_id": rng.choice([None, f"th-{rep}", f"tg-{rep}"]),
        "fencing_token": rng.choice([None, None, None, 1, 2, 5]),
    }
    return "email-sent", value


def _reply(rng: Random) -> Event:
    kind = rng.choices(
        ["interested", "replied", "meeting_booked", "not_interested", "out_of_office", "bounce", "unsubscribe", "complaint"],
        [5, 5, 2, 2, 3, 5, 1, 1],
    )[0]
    rep = rng.choice([None, *SELLERS])
    value: dict[str, Any] = {"contact": rng.choice(CONTACTS), "class": kind, "rep": rep, "thread_id": rng.choice([None, f"th-{rep}"])}
    if kind == "bounce":
        value["bounce_kind"] = rng.choice(["soft", "soft", "soft", None])
    if kind == "out_of_office":
        value["returns_at"] = rng.choice([None, _day(rng)])
    return "reply-classified", value


def _touch(rng: Random) -> Event:
    kind = rng.choice(["call", "meeting", "meeting_note", "email", "no_show", "demo_request", "pricing_page"])
    signal = kind in ("demo_request", "pricing_page")
    return "touch-logged", {"kind": kind, "contact": rng.choice(CONTACTS), "rep": None if signal else rng.choice(SELLERS)}


def _lead_touch(rng: Random) -> Event:
    where = rng.choice([{"lead_id": f"l{rng.randrange(6)}"}, {"account_id": rng.choice(ACCOUNTS)}])
    return "touch-logged", {"kind": rng.choice(["call", "meeting", "no_show"]), "rep": rng.choice(SELLERS), **where}


def _ask(rng: Random) -> Event:
    rep = rng.choice(SELLERS)
    value = {
        "contact": rng.choice(CONTACTS),
        "rep": rep,
        "stage": rng.choice(["import", "launch", "launch"]),
        "sequence_id": rng.choice([None, f"s-{rep}"]),
        "mailbox": rng.choice([None, f"{rep}@ours.example"]),
        "company": rng.choice([None, None, "Contoso"]),
        "claim": rng.choice([None, None, True, False]),
    }
    return "send-requested", value


def _target(rng: Random) -> dict[str, str]:
    kind = rng.choices(["contact", "account_id", "domain"], [6, 3, 2])[0]
    return {kind: rng.choice({"contact": CONTACTS, "account_id": ACCOUNTS, "domain": DOMAINS}[kind])}


def _day(rng: Random) -> str:
    return (START + timedelta(hours=rng.choice([1, 30, 200, 700]))).isoformat()


def _command(rng: Random) -> Event:
    command = rng.choices(
        ["claim", "renew", "release", "transfer", "permit", "exception", "request_review", "decide_review", "suppress",
         "unsuppress", "hand_off",
         "verify_duplicate", "link_account", "confirm_match"],
        [10, 2, 3, 4, 3, 1, 5, 5, 2, 2, 2, 3, 1, 1],
    )[0]  # fmt: skip
    by = rng.choice([*SELLERS, "rita", "rita", "tom", "vic"])
    value: dict[str, Any] = {"command": command, "by": by, "note": rng.choice(["n", None, "n"])}
    other = rng.choice(SELLERS)
    match command:
        case "claim":
            value |= _target(rng) | {
                "reason": rng.choice([None, "research", "prospecting", "active_sequence"]),
                "hours": rng.choice([None, None, 2]),
            }
        case "renew":
            value |= _target(rng) | {"proof": rng.choice([None, {"kind": "meeting", "ref": "m1"}])}
        case "release":
            value |= _target(rng)
        case "transfer":
            value |= _target(rng) | {"to": other}
        case "permit" | "exception":
            value |= {
                "to": other,
                "approved_by": rng.choice([None, "tia", "vic"]),
                "contact": rng.choice([None, None, rng.choice(CONTACTS)]),
            }
            value |= rng.choice([{"account_id": rng.choice(ACCOUNTS)}, {"domain": rng.choice(DOMAINS)}])
        case "request_review":
            value |= _target(rng) | {"evidence": ["saw it"]}
        case "decide_review":
            value |= _target(rng) | {
                "sender": other,
                "pause": rng.sample(sorted(set(SELLERS)), rng.randrange(3)),
                "collaborators": rng.sample(sorted(set(SELLERS)), rng.randrange(2)),
                "transfer_to": rng.choice([None, None, *SELLERS]),
                "transfer_by": rng.choice([None, None, _day(rng)]),
                "recheck_at": rng.choice([None, _day(rng)]),
            }
        case "suppress" | "unsuppress":
            value |= _target(rng) | {
                "flag": rng.choice(["do_not_contact", "unsubscribed", "complaint", "bounced", "not_interested", "legal"])
            }
        case "hand_off":
            scope = rng.choice(["all", {"contact": rng.choice(CONTACTS)}, {"account_id": rng.choice(ACCOUNTS)}, {"territory": "US"}])
            value |= {"from": rng.choice(SELLERS), "to": other, "scope": scope}
        case "verify_duplicate":
            one, two = rng.sample(range(6), 2)
            value |= {"lead_id": f"l{one}", "original_lead_id": f"l{two}", "verdict": rng.choice(["merge", "separate"])}
        case "link_account":
            value |= rng.choice([{"lead_id": f"l{rng.randrange(6)}"}, {"domain": "lonely.com"}, {"company_pattern": "Lone*"}])
            value |= {"account_id": rng.choice(ACCOUNTS)}
        case _:
            value |= {"lead_id": f"l{rng.randrange(6)}", "account_id": rng.choice(ACCOUNTS), "accept": rng.choice([True, False])}
    return "ownership-commands", value


def _lead(rng: Random) -> Event:
    email, phone = (
        rng.choice([None, *CONTACTS, "new@lonely.com", "x@other.net", "y@other.net", "z@other.net"]),
        rng.choice([None, None, *PHONES]),
    )
    value = {
        "lead_id": f"l{rng.randrange(6)}",
        "email": email,
        "phone": phone or (None if email else PHONES[0]),
        "company": rng.choice([None, None, "Contoso", "Fabrikam Inc", "Lonely Hearts", "Contos"]),
        "title": rng.choice([None, "CEO", "Clerk", "VP Sales"]),
        "country": rng.choice([None, "US", "ES"]),
        "segment": rng.choice([None, None, "enterprise"]),
        "department": rng.choice([None, None, "finance"]),
        "product": rng.choice([None, None, "core", "more"]),
        "intent": rng.choice([None, None, "demo_request", "content_download"]),
        "partner_id": rng.choice([None, None, None, "p1"]),
        "rep": rng.choice([None, None, *SELLERS]),
    }
    return "lead-created", value


def _account(rng: Random, account: str) -> dict[str, Any]:
    domains = {"c": ["contoso.com"], "f": ["fabrikam.com"]}[account]
    value = {
        "account_id": account,
        "name": {"c": "Contoso", "f": "Fabrikam"}[account],
        "domains": rng.choice([domains, domains, domains, [*domains, "lonely.com"], []]),
        "parent_id": rng.choice([None, None, "c"]) if account == "f" else None,
        "status": rng.choice([None, "prospect", "prospect", "customer", "churned"]),
        "owner": rng.choice([None, None, *SELLERS]),
        "segment": rng.choice([None, "enterprise", "smb"]),
        "strategic": rng.choice([None, None, True]),
        "open_opportunities": rng.choice([None, None, [{"id": "o", "owner": rng.choice(SELLERS)}]]),
        "closed_lost": rng.choice([None, None, {"owner": "bob", "at": "2026-01-01T00:00:00Z"}]),
        "churned_at": rng.choice([None, "2026-02-20T00:00:00Z"]),
        "contract_value": rng.choice([None, 10, 90_000]),
        "account_manager": rng.choice([None, "dan"]),
        "csm": rng.choice([None, "pam"]),
        "health": rng.choice([None, 20]),
        "competitor": rng.choice([None, None, None, None, True]),
        "partner_manager": rng.choice([None, None, None, None, "pam"]),
        "sourced_by_partner": rng.choice([None, None, None, None, "p1"]),
        "partner_involved": rng.choice([None, None, None, "p1"]),
        "team": rng.choice([None, None, ["dan"]]),
        "dedicated_sdr": rng.choice([None, None, "ana"]),
        "specialists": rng.choice([None, None, {"finance": "cyd"}]),
    }
    return {name: one for name, one in value.items() if one is not None}


def _account_told(rng: Random) -> Event:
    return "account-updated", _account(rng, rng.choice(ACCOUNTS))


def _rep_told(rng: Random) -> Event:
    rep = rng.choice(["ana", "bob", "cyd"])
    left = rng.choice([{}, {"active": False}, {"active": False, "successor": "tia"}])
    return "rep-updated", {"rep": rep, **REPS[rep], **left}
