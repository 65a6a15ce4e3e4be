"""What happens to one lead in a day: it is created, two teams find it, and it answers, bounces, or wants to be left alone."""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple
from zlib import crc32

from schemas.times import rfc3339
from streams.day.people import COUNTRIES, LEADS, PATCH_OF, REVOPS, TEAM_OF, TEAMS, TITLES, TOOLS, Lead
from streams.day.planned import HOUR, MINUTE, SECOND, Act, Life

NOTHING = ""
ANSWERS = {
    NOTHING: 42,
    "replied": 10,
    "interested": 11,
    "meeting_booked": 5,
    "not_interested": 10,
    "out_of_office": 7,
    "bounce": 8,
    "unsubscribe": 6,
    "complaint": 1,
}
"""How an e-mail of a sequence is answered, in percent: much livelier than real outreach, so that a day shows everything."""

POSITIVE = ("replied", "interested", "meeting_booked")
FINAL = ("bounce", "unsubscribe", "complaint")
HOME = 0.95
"""How often a lead is worked by whose patch it is in."""
HOT = ("VP Operations", "COO")
PROMPT = 0.9
"""How often those of `TITLES` who are to be answered within minutes are."""


class Mix(NamedTuple):
    """Shares, 0 to 1. `second_team`: leads that the other team mails too. `checks`: reps who ask before they import or send. `late`: events
    that are reported minutes after they happened. `again`: events that are delivered twice."""

    second_team: float = 0.3
    checks: float = 0.35
    late: float = 0.05
    again: float = 0.01


class _Day:
    """One life while it is being made up."""

    def __init__(self, rng: Random, lead: Lead, mix: Mix) -> None:
        self.rng, self.lead, self.mix = rng, lead, mix
        self.acts: list[Act] = []
        self.now = 0

    def wait(self, least: int, most: int) -> None:
        self.now += self.rng.randrange(least, most)

    def act(self, topic: str, **value: Any) -> None:
        late = self.rng.randrange(MINUTE, 9 * MINUTE) if self.rng.random() < self.mix.late else 0
        self.acts.append(Act(self.now, topic, {name: one for name, one in value.items() if one is not None}, late))

    def about(self) -> dict[str, str]:
        return {"contact": self.lead.email}

    def check(self, rep: str, stage: str, sequence: str) -> None:
        tool, mailbox = TOOLS[TEAM_OF[rep]], f"{rep}@ours.example"
        self.act("send-requested", **self.about(), rep=rep, stage=stage, tool=tool, sequence_id=sequence, mailbox=mailbox)

    def mail(self, rep: str, sequence: str, step: int, final: bool) -> None:
        self.act(
            "email-sent",
            **self.about(),
            message_id=f"{self.lead.lead_id}-{rep}-{step}",
            rep=rep,
            mailbox=f"{rep}@ours.example",
            tool=TOOLS[TEAM_OF[rep]],
            sequence_id=sequence,
            campaign=f"{TEAM_OF[rep]} spring",
            step=step,
            final_step=final,
            thread_id=f"{self.lead.lead_id}-{rep}",
        )

    def answer(self, kind: str, rep: str, begin: int) -> None:
        more: dict[str, Any] = {}
        if kind == "bounce":
            more = {"bounce_kind": self.rng.choice(["hard", "hard", "hard", "soft"]), "diagnostic_code": "smtp; 550 5.1.1 user unknown"}
        elif kind == "out_of_office":
            more = {"returns_at": rfc3339(begin + self.now + self.rng.choice([3, 30, 80]) * HOUR)}
        more |= {"class": kind, "rep": rep, "thread_id": f"{self.lead.lead_id}-{rep}", "confidence": 0.9}
        self.act("reply-classified", **self.about(), **more)

    def command(self, verb: str, by: str, **more: Any) -> None:
        self.act("ownership-commands", command=verb, by=by, **self.about(), **more)


def life(rng: Random, lead: Lead, begin: int, mix: Mix) -> Life:
    """One lead's day from `begin` (microseconds) on."""
    day = _Day(rng, lead, mix)
    home, second = _reps(lead)
    title = rng.choice(TITLES)
    day.act(
        "lead-created",
        lead_id=lead.lead_id,
        email=lead.email or None,
        phone=lead.phone or None,
        company=lead.company or None,
        country=lead.country or rng.choice(COUNTRIES),
        region=PATCH_OF[home],
        title=title,
        origin=rng.choice(["inbound", "list_import", "event"]),
    )
    if not lead.email:
        day.wait(5 * MINUTE, 60 * MINUTE)
        day.act("touch-logged", kind="call", lead_id=lead.lead_id, rep=home)
    else:
        first = home if rng.random() < HOME else rng.choice(TEAMS[TEAM_OF[home]])
        if title in HOT and rng.random() < PROMPT:
            day.wait(MINUTE, 4 * MINUTE)
        else:
            day.wait(2 * MINUTE, 20 * MINUTE)
        _worked(day, first, second, begin)
    return Life(lead.lead_id, begin, _twice(rng, lead.lead_id, day.acts, mix))


def _reps(lead: Lead) -> tuple[str, str]:
    """Whose patch a lead is in, and who of the other team works the same companies."""
    company = crc32((lead.company or lead.email.rpartition("@")[2] or lead.lead_id).encode())
    teams = list(TEAMS) if company & 1 else list(reversed(TEAMS))
    first, second = (TEAMS[team][(company >> 1) % len(TEAMS[team])] for team in teams)
    return first, second


def _worked(day: _Day, first: str, second: str, begin: int) -> None:
    rng, asks = day.rng, day.rng.random() < day.mix.checks
    sequence = f"{first}-{rng.randrange(1, 9)}"
    if rng.random() < 0.12:
        # A colleague whom nobody has asked for yet: looked at for two hours, or claimed to be written to.
        research, domain = rng.random() < 0.5, day.lead.email.rpartition("@")[2]
        hours, reason = (2, "research") if research else (None, "prospecting")
        day.act("ownership-commands", command="claim", by=first, contact=f"desk.{day.lead.lead_id}@{domain}", reason=reason, hours=hours)
        day.wait(MINUTE, 10 * MINUTE)
    if asks:
        day.check(first, "import", sequence)
        day.wait(MINUTE, 30 * MINUTE)
        day.check(first, "launch", sequence)
        day.wait(SECOND, 5 * SECOND)
    steps = rng.choice([1, 1, 2, 3])
    day.mail(first, sequence, 1, steps == 1 and rng.random() < 0.2)
    if rng.random() < day.mix.second_team:
        day.wait(10 * MINUTE, HOUR)
        _other_team(day, second)
    for step in range(2, steps + 1):
        day.wait(HOUR, 2 * HOUR)
        day.mail(first, sequence, step, step == steps)
    kind = rng.choices(list(ANSWERS), list(ANSWERS.values()))[0]
    day.wait(5 * MINUTE, 90 * MINUTE)
    if kind != NOTHING:
        day.answer(kind, first, begin)
    _afterwards(day, kind, first, second)


def _other_team(day: _Day, rep: str) -> None:
    sequence = f"{rep}-{day.rng.randrange(1, 9)}"
    if day.rng.random() < day.mix.checks:
        day.check(rep, "import", sequence)
        if day.rng.random() < 0.7:  # who asks and is told that somebody else is there mostly stays away
            return
        day.wait(MINUTE, 5 * MINUTE)
    day.mail(rep, sequence, 1, False)


def _afterwards(day: _Day, kind: str, first: str, second: str) -> None:
    rng = day.rng
    day.wait(5 * MINUTE, 40 * MINUTE)
    if kind in POSITIVE and rng.random() < 0.5:
        day.act("touch-logged", kind=rng.choice(["call", "meeting_note", "email"]), **day.about(), rep=first, note="answered by hand")
    elif kind in FINAL and rng.random() < 0.3:
        day.check(second, "import", f"{second}-1")
        if rng.random() < 0.3:
            day.mail(second, f"{second}-1", 1, False)
    elif kind == NOTHING and rng.random() < 0.12:
        mate = rng.choice([rep for rep in TEAMS[TEAM_OF[first]] if rep != first])
        verb = rng.choice(["transfer", "transfer", "release", "renew"])
        noted = f"{mate} knows them" if verb == "transfer" else "no longer mine"
        proof = {"kind": "meeting", "ref": f"meeting-{day.lead.lead_id}"} if verb == "renew" else None
        day.command(verb, first, to=mate if verb == "transfer" else None, note=noted if verb != "renew" else None, proof=proof)
    elif rng.random() < 0.03:
        day.command("suppress", rng.choice([first, REVOPS, LEADS[TEAM_OF[first]]]), flag="do_not_contact", note="asked by phone")


def _twice(rng: Random, name: str, acts: list[Act], mix: Mix) -> list[Act]:
    """Some acts come a second time under their own id, as brokers and tools deliver them."""
    found = list(acts)
    for index, act in enumerate(acts):
        if rng.random() < mix.again:
            value = {**act.value, "event_id": f"{name}-{index}"}
            found.append(act._replace(late=act.late + rng.randrange(MINUTE, 20 * MINUTE), value=value))
    return found
