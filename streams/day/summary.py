"""What a day came to: who owns whom, what was given back and why, what was kept from going out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from streams.on_record.view import Held

ENDED = ("ownership_released", "ownership_expired", "ownership_transferred")
TOP = 8


class Owner(NamedTuple):
    """What one rep (or team) holds."""

    rep: str
    team: str
    contacts: int
    accounts: int


class AtAccount(NamedTuple):
    """Who is at work at one account. `captain`: the holder of the account's lock, or empty."""

    account_id: str
    name: str
    captain: str
    contacts: int
    reps: tuple[str, ...]


class Summary(NamedTuple):
    """Counts; the pairs are the most frequent first."""

    events: int
    decisions: int
    owners: list[Owner]
    accounts: list[AtAccount]
    verdicts: list[tuple[str, int]]
    blocked: list[tuple[str, int]]
    warned: list[tuple[str, int]]
    ended: list[tuple[str, int]]
    suppressed: list[tuple[str, int]]
    overlaps: int
    stopped: list[tuple[str, int]]

    def as_json(self) -> dict[str, Any]:
        """The summary as JSON has it."""
        pairs = {name: dict(getattr(self, name)) for name in ("verdicts", "blocked", "warned", "ended", "suppressed", "stopped")}
        plain = {"events": self.events, "decisions": self.decisions, "overlaps": self.overlaps}
        return {**plain, "owners": [one._asdict() for one in self.owners], "accounts": [one._asdict() for one in self.accounts], **pairs}


def summary(events: int, decisions: Sequence[dict[str, Any]], held: Iterable[Held]) -> Summary:
    """What `decisions` said, and what is held after them."""
    verdicts = [one for one in decisions if one["kind"] == "send_verdict"]
    overlaps = [one for one in decisions if one["kind"] == "overlap_detected"]
    owners, accounts = _holdings(held)
    return Summary(
        events,
        len(decisions),
        owners,
        accounts,
        Counter(str(one["verdict"]) for one in verdicts).most_common(),
        _rules(one for one in verdicts if one["verdict"] == "block"),
        _rules(one for one in verdicts if one["verdict"] == "warn"),
        _rules(one for one in decisions if one["kind"] in ENDED),
        Counter(str(one["flag"]) for one in decisions if one["kind"] == "contact_suppressed").most_common(),
        len(overlaps),
        Counter(str(pause["rep"]) for one in overlaps for pause in one["pause"]).most_common(),
    )


def _rules(decisions: Iterable[dict[str, Any]]) -> list[tuple[str, int]]:
    return Counter(str(one["rule"]) for one in decisions).most_common()


def _holdings(held: Iterable[Held]) -> tuple[list[Owner], list[AtAccount]]:
    contacts: Counter[tuple[str, str]] = Counter()
    captains: Counter[tuple[str, str]] = Counter()
    at: dict[str, Counter[str]] = {}
    names: dict[str, str] = {}
    captain: dict[str, str] = {}
    for one in held:
        whose = (one.owner, one.team)
        of_account = one.target.startswith("account:")
        (captains if of_account else contacts)[whose] += 1
        if one.account is not None:
            names[one.account.account_id] = one.account.name
            if of_account:
                captain[one.account.account_id] = one.owner
            else:
                at.setdefault(one.account.account_id, Counter())[one.owner] += 1
    ranked = sorted({*contacts, *captains}, key=lambda who: (-contacts[who], -captains[who], who))
    busiest = sorted(at.items(), key=lambda item: (-item[1].total(), item[0]))[:TOP]
    return (
        [Owner(*who, contacts[who], captains[who]) for who in ranked],
        [AtAccount(key, names[key], captain.get(key, ""), reps.total(), tuple(dict(reps.most_common()))) for key, reps in busiest],
    )
