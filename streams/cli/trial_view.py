"""What a policy on trial would change, as a person reads it: by rule, with an example of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from rich.text import Text

from streams.cli.common import out, put_json, table
from streams.on_record.history import words
from streams.path import Arrived
from streams.trial import Difference, Trial

TIMES = frozenset({"until", "lock.expires_at", "held_until", "resume_at", "respond_by", "restart", "due_at", "recheck_at", "decided_at"})


class Kind(NamedTuple):
    """What one group has in common: the rule, and what became of what."""

    rule: str
    old: str
    new: str


def judge(trial: Trial, arrivals: Iterable[Arrived], end: int, as_json: bool) -> None:
    """Run a trial and print what it finds."""
    groups: dict[Kind, list[Any]] = {}
    for one in trial.play(arrivals, end):
        if as_json:
            put_json({"rule": one.rule, "fields": list(one.fields), "old": one.old, "new": one.new})
            continue
        known = groups.setdefault(_kind(one), [0, one])
        known[0] += 1
    if as_json:
        return
    changed = sum(count for count, _ in groups.values())
    old, new = trial.decided
    out().print(f"{old:,} decisions under the policy it is compared with, {new:,} under the one on trial: {_count(changed)} would change.")
    if not groups:
        return
    shown = table("rule", "now", "then", "how many", "for example")
    for kind, (count, one) in sorted(groups.items(), key=lambda item: (item[0].rule, -item[1][0], item[0])):
        shown.add_row(words(kind.rule), kind.old, kind.new, Text(f"{count:,}", justify="right"), Text(_example(one)))
    out().print(shown)


def _count(changed: int) -> str:
    return f"{changed:,}" if changed else "none"


def _kind(one: Difference) -> Kind:
    old, new = _outcome(one.old), _outcome(one.new)
    if one.old is not None and one.new is not None and old == new:
        rule = one.new["rule"]
        moved = sorted({_field(field) for field in one.fields} - {"rule"})
        then = [f"by {words(rule)}"] if rule != one.rule else []
        then += [f"other {' and '.join(moved)}"] if moved else []
        new = f"the same, {', '.join(then)}"
    elif one.new is not None and one.old is not None and one.new["rule"] != one.rule:
        new += f" by {words(one.new['rule'])}"
    return Kind(one.rule, old, new)


def _outcome(decision: dict[str, Any] | None) -> str:
    if decision is None:
        return "nothing"
    verdict = decision.get("verdict")
    return f"{words(decision['kind'])}{f' {verdict}' if verdict else ''}"


def _field(path: str) -> str:
    """A field in a person's words; all times are one."""
    return "times" if path in TIMES else words(path.partition(".")[0])


def _example(one: Difference) -> str:
    decision = one.old or one.new or {}
    account = decision["account"] or {}
    target = decision["contact"] or decision["lead_id"] or account.get("id", "")
    owner = decision["owner"] or {}
    who = owner.get("rep") or owner.get("team")
    return f"{decision['decided_at'][:16].replace('T', ' ')} {target}" + (f", {who}" if who else "")
