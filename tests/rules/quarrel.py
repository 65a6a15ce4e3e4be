"""A quarrel about Pat of Fabrikam, whom Ana holds and Bob asks for: what the tests of reviews begin from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.play import Played, at, email

REPS: dict[str, dict[str, Any]] = {
    "ana": {"team": "east", "manager": "tia"},
    "bob": {"team": "west", "manager": "tom"},
    "cyd": {"team": "west"},
    "tia": {"team": "east", "role": "team_lead"},
    "tom": {"team": "west", "role": "team_lead"},
    "rita": {"team": "ops", "role": "revops"},
    "gone": {"team": "west", "active": False},
}
ACCOUNTS = [{"account_id": "fab", "name": "Fabrikam", "domains": ["fabrikam.com", "fabrikam.de"], "segment": "smb", "backup_owner": "cyd"}]
PAT, KIM, LEE = "pat@fabrikam.com", "kim@fabrikam.com", "lee@fabrikam.de"
REQUEST = {"command": "request_review", "by": "bob", "note": "Mine?"}
DECIDE = {"command": "decide_review", "by": "rita", "sender": "ana", "note": "Ana goes on."}
CONTACT, ACCOUNT, DOMAIN = {"contact": PAT}, {"account_id": "fab"}, {"domain": "fabrikam.com"}


def played(policy: str = "", **reps: dict[str, Any]) -> Played:
    world = Played({name: facts | reps.get(name, {}) for name, facts in REPS.items()}, ACCOUNTS, policy)
    world.send(*email("ana", PAT, sequence_id="sa", thread_id="ta"), at())
    return world


def give(world: Played, command: dict[str, Any], when: datetime, **more: Any) -> list[dict[str, Any]]:
    return world.send("ownership-commands", {**command, **more}, when)


def opened(target: dict[str, str] = CONTACT, policy: str = "", **reps: dict[str, Any]) -> Played:
    world = played(policy, **reps)
    assert give(world, REQUEST, at(hours=1), **target)[0]["kind"] == "review_opened"
    return world


def ask(world: Played, rep: str, contact: str, when: datetime, **more: Any) -> dict[str, Any]:
    decisions = world.send("send-requested", {"contact": contact, "rep": rep, "stage": "import", **more}, when)
    return next(one for one in decisions if one["kind"] == "send_verdict")


def told(decision: dict[str, Any]) -> list[str]:
    return [one["rep"] for one in decision["notify"]]
