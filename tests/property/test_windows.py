"""Rules 1-5 and 9-15 for one contact under any `[windows]` and `[sends]`: held against a model written from the rules' text alone.

Events come in order and the contact's company has no account, so that nothing but the windows decides. Late events are `test_fold.py`'s.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import event as note
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.durations import parse_duration
from schemas.times import micros
from streams.rules.contact import locks
from tests.play import Played, at

CONTACT, HOUR = "x@solo-company.com", 3_600_000_000
REPS = {"ana": {"role": "sdr"}, "bob": {"role": "sdr"}, "rita": {"role": "revops"}}
MEETINGS, POSITIVE = ("meeting", "meeting_note"), ("interested", "replied", "meeting_booked")
FLAGS = {"unsubscribe": "unsubscribed", "complaint": "complaint"}


class Model:
    """What the rules say of one contact. `lock`: owner, phase, ends, last, heard, hold; times in microseconds."""

    def __init__(self, windows: dict[str, int], sends: dict[str, str]) -> None:
        self.windows, self.sends = windows, sends
        self.lock: dict[str, Any] | None = None
        self.flags: dict[str, int] = {}
        self.soft, self.positive, self.paused, self.talker, self.mailbox = 0, 0, 0, "", ""
        self.sequence: tuple[str, int] | None = None
        self.released: tuple[int, str, str] | None = None

    def end(self) -> tuple[int, str]:
        """Rules 1, 3, 11."""
        lock, windows = self.lock, self.windows
        assert lock is not None
        end, rule = lock["last"] + windows["review"], "no_activity"
        if lock["phase"]:
            end, rule = lock["ends"], lock["phase"]
        elif lock["heard"] + windows["without_reply"] < end:
            end, rule = lock["heard"] + windows["without_reply"], "no_reply"
        return max(end, lock["hold"]), rule

    def take(self, rep: str, now: int, phase: str = "", ends: int = 0, hold: int = 0) -> None:
        self.lock = {"owner": rep, "phase": phase, "ends": ends, "last": now, "heard": now, "hold": hold}

    def release(self, now: int, rule: str) -> None:
        if self.lock is not None:
            self.released = now, rule, self.lock["owner"]
            self.lock, self.talker, self.sequence, self.mailbox = None, "", None, ""

    def pass_time(self, now: int) -> None:
        while True:
            due = [self.end()[0]] if self.lock is not None else []
            due += [until for until in (*self.flags.values(), self.paused) if until]
            due += [self.positive + self.windows["replied_recently"]] if self.positive else []
            if not due or min(due) > now:
                return
            when = min(due)
            self.paused = 0 if self.paused == when else self.paused
            if self.lock is not None and self.end()[0] == when:
                self.release(when, self.end()[1])
            self.flags = {name: until for name, until in self.flags.items() if until != when}
            if self.positive and self.positive + self.windows["replied_recently"] == when:
                self.positive, self.talker = 0, ""

    def runs_another(self, sequence: str, now: int) -> bool:
        running = self.sequence
        return bool(sequence) and running is not None and running[0] != sequence and now < running[1] + self.windows["sequence_idle"]

    def touch(self, now: int, rep: str, kind: str, sequence: str, mailbox: str, final: bool) -> None:
        """Rules 2, 3, 5."""
        if self.flags:
            return
        mail = kind in ("mail", "email")
        if self.lock is None:
            dripped = mail and self.released is not None and self.released[1:] == ("no_reply", rep)
            if dripped and self.released is not None and now < self.released[0] + self.windows["activation"]:
                return
            self.take(rep, now)
        elif self.lock["owner"] != rep:
            self.positive = max(self.positive, now) if kind in MEETINGS else self.positive
            return
        lock = self.lock
        assert lock is not None
        if lock["phase"]:
            lock |= {"phase": "", "heard": now}
        lock["last"] = now
        if not mail:
            lock["heard"] = now
        if kind in MEETINGS:
            self.talker, self.positive = rep, now
        if kind == "mail" and not self.runs_another(sequence, now):
            self.mailbox = self.mailbox or mailbox
            if sequence:
                self.sequence = None if final else (sequence, now)

    def claim(self, now: int, rep: str, hours: int, reason: str) -> None:
        """Rule 1."""
        if self.flags or self.lock is not None:
            return
        span = hours * HOUR or (self.windows["research"] if reason == "research" else 0)
        self.take(rep, now, *(("short_lock", now + span) if span else ("activation_window", now + self.windows["activation"])))

    def reply(self, now: int, rep: str, said: str, soft: bool, back: int) -> None:
        """Rules 6, 9-13."""
        if said == "bounce":
            self.soft += 1 if soft else self.windows["soft_bounces"]
            if self.soft < self.windows["soft_bounces"]:
                return
        if said == "bounce" or said in FLAGS:
            self.soft, self.flags[FLAGS.get(said, "bounced")] = 0, 0
            self.release(now, said)
            return
        self.soft, lock = 0, self.lock
        if lock is not None:
            lock["last"] = lock["heard"] = now
        if said == "not_interested":
            self.flags[said] = now + self.windows[said]
            self.release(now, said)
            self.positive = 0
        elif said == "out_of_office":
            until = back or now + self.windows[said]
            if until <= now:
                return
            if lock is not None:
                lock["hold"] = max(lock["hold"], until)
            self.paused = until if back else max(self.paused, until)
        else:
            self.flags.pop("not_interested", None)
            if not self.flags:
                self.converse(now, rep)

    def converse(self, now: int, rep: str) -> None:
        """Rules 6 and 9: the lock is with whoever has the live thread."""
        lock, live = self.lock, bool(self.positive)
        self.paused, self.sequence, self.positive = 0, None, now
        if lock is not None and (rep == lock["owner"] or (live and self.talker == lock["owner"])):
            self.talker = lock["owner"]
            lock["phase"] = ""
            return
        self.mailbox = "" if lock is not None else self.mailbox
        self.take(rep, now, hold=lock["hold"] if lock is not None else 0)
        self.talker = rep

    def command(self, now: int, verb: str) -> None:
        """Rule 3, by RevOps."""
        if verb == "release":
            self.release(now, "released")
        elif self.lock is not None:
            self.lock |= {"phase": "", "last": now, "heard": now}

    def ask(self, now: int, rep: str, stage: str, claim: bool, sequence: str, mailbox: str) -> tuple[str, str]:
        """Rule 15."""
        own = self.lock is not None and self.lock["owner"] == rep
        found = {
            "suppressed": bool(self.flags),
            "contact_locked": self.lock is not None and not own,
            "active_sequence": self.runs_another(sequence, now),
            "replied_recently": bool(sequence and self.positive),
            "other_mailbox": bool(mailbox and self.mailbox and mailbox != self.mailbox),
            "paused": bool(self.paused),
            "no_owner": stage == "launch" and not claim and self.lock is None,
        }
        severity = {"other_mailbox": self.sends["other_mailbox"], "no_owner": self.sends["missing_owner"]}
        said = [(severity.get(rule, "block"), rule) for rule, fits in found.items() if fits]
        verdict = next((one for one in said if one[0] == "block"), said[0] if said else ("allow", "own_lock" if own else "free"))
        if verdict[0] != "block" and stage == "launch" and claim:
            if sequence and not self.runs_another(sequence, now):
                self.sequence = sequence, now
            self.mailbox = self.mailbox or mailbox
            if self.lock is None:
                self.take(rep, now, "activation_window", now + self.windows["activation"])
        return verdict


SPANS = st.sampled_from(["3m", "40m", "5h", "1d", "3d", "21d", "90d"])
NAMES = ("activation", "review", "replied_recently", "not_interested", "out_of_office", "research", "without_reply", "sequence_idle")
WINDOWS = st.fixed_dictionaries(dict.fromkeys(NAMES, SPANS))
SENDS = st.fixed_dictionaries({name: st.sampled_from(["warn", "block"]) for name in ("other_mailbox", "missing_owner")})
REP, SEQUENCE, MAILBOX = st.sampled_from(["ana", "bob"]), st.sampled_from(["", "s1", "s2"]), st.sampled_from(["", "a@us.com", "b@us.com"])
TOUCH = st.tuples(st.sampled_from(["mail", "mail", "mail", "email", "call", *MEETINGS]), REP, SEQUENCE, MAILBOX, st.booleans())
CLAIM = st.tuples(st.just("claim"), REP, st.sampled_from([0, 1, 30]), st.sampled_from(["prospecting", "research"]))
ASK = st.tuples(st.just("ask"), REP, st.sampled_from(["import", "launch"]), st.booleans(), SEQUENCE, MAILBOX)
SAID = st.sampled_from([*POSITIVE, "not_interested", "out_of_office", "bounce", "bounce", "unsubscribe"])
REPLY = st.tuples(st.just("reply"), REP, SAID, st.booleans(), st.sampled_from([0, -5, 1, 100, 2000]))
COMMAND = st.tuples(st.sampled_from(["renew", "release"]))
STEPS = st.lists(st.tuples(st.sampled_from([1, 2, 7, 30, 60, 200, 1440, 3000, 9000]), TOUCH | ASK | REPLY | CLAIM | COMMAND), max_size=30)


def play(world: Played, model: Model, minutes: int, step: tuple[Any, ...]) -> None:
    """One step in both."""
    when, (kind, *more) = at(minutes=minutes), step
    now = micros(when)
    model.pass_time(now)
    if kind == "ask":
        rep, stage, claim, sequence, mailbox = more
        asked = {"contact": CONTACT, "rep": rep, "stage": stage, "claim": claim}
        answers = world.send("send-requested", {**asked, "sequence_id": sequence or None, "mailbox": mailbox or None}, when)
        said = next(one for one in answers if one["kind"] == "send_verdict")
        assert (said["verdict"], said["rule"]) == model.ask(now, *more)
        note(f"verdict: {said['rule']}")
    elif kind == "reply":
        rep, class_, soft, hours = more
        back = when + timedelta(hours=hours) if hours else None
        value = {"contact": CONTACT, "class": class_, "rep": rep, "bounce_kind": "soft" if soft else "hard"}
        world.send("reply-classified", {**value, "returns_at": back.isoformat() if back else None}, when)
        model.reply(now, rep, class_, soft, micros(back) if back else 0)
    elif kind == "claim":
        rep, hours, reason = more
        claim = {"command": "claim", "by": rep, "contact": CONTACT, "reason": reason, "hours": hours or None}
        world.send("ownership-commands", claim, when)
        model.claim(now, *more)
    elif kind in ("renew", "release"):
        proof = {"kind": "meeting", "ref": "m"}
        world.send("ownership-commands", {"command": kind, "by": "rita", "contact": CONTACT, "proof": proof, "note": "n"}, when)
        model.command(now, kind)
    elif kind == "mail":
        rep, sequence, mailbox, final = more
        mail = {"message_id": "m", "contact": CONTACT, "rep": rep, "final_step": final}
        world.send("email-sent", {**mail, "sequence_id": sequence or None, "mailbox": mailbox or None}, when)
        model.touch(now, rep, kind, sequence, mailbox, final)
    else:
        world.send("touch-logged", {"kind": kind, "contact": CONTACT, "rep": more[0]}, when)
        model.touch(now, more[0], kind, "", "", False)


@given(WINDOWS, SENDS, st.sampled_from([1, 2, 3]), STEPS)
@settings(max_examples=150, deadline=None)
def test_a_contact_is_whose_the_windows_say(
    windows: dict[str, str], sends: dict[str, str], bounces: int, steps: list[tuple[int, tuple[Any, ...]]]
) -> None:
    lines = [f'{name} = "{span}"' for name, span in windows.items()]
    lines += [f"soft_bounces = {bounces}", "[sends]", *(f'{name} = "{word}"' for name, word in sends.items())]
    world = Played(REPS, [], "\n".join(["[windows]", *lines]))
    model = Model({**{name: parse_duration(span) for name, span in windows.items()}, "soft_bounces": bounces}, sends)
    minutes = 0
    for wait, step in steps:
        minutes += wait
        play(world, model, minutes, step)
        state = world.contact(CONTACT).state
        held = (state.lock.owner, locks.expiry(state.lock, world.simulation.engine.policy.windows)) if state.lock is not None else None
        assert held == ((model.lock["owner"], model.end()) if model.lock is not None else None)
        assert set(state.flags) == set(model.flags)
        assert (state.paused_until, state.mailbox) == (model.paused, model.mailbox)
