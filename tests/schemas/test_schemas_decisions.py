"""Decisions, locks, times and the package as a whole."""

from __future__ import annotations

import ast
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas import KINDS, LockChange, decision, times
from schemas.times import EARLIEST, LATEST, micros, moment, rfc3339

from .examples import EXAMPLES, ROOT

DECISIONS = {example.value["kind"]: example.value for example in EXAMPLES if example.name.startswith("decisions/")}


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_chooses_the_model(kind: str) -> None:
    assert type(decision(orjson.dumps(DECISIONS[kind]))) is KINDS[kind]


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValidationError, match="lead_rooted"):
        decision(orjson.dumps(DECISIONS["lead_routed"] | {"kind": "lead_rooted"}))


def test_a_field_of_another_kind_is_refused() -> None:
    with pytest.raises(ValidationError, match="verdict"):
        decision(orjson.dumps(DECISIONS["command_refused"] | {"verdict": "allow"}))


@pytest.mark.parametrize("told", [{"why": "x"}, {"rep": "a", "team": "b", "why": "x"}, {"rep": "a"}])
def test_a_notification_goes_to_a_rep_or_a_team(told: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="notify"):
        decision(orjson.dumps(DECISIONS["command_refused"] | {"notify": [told]}))


def test_an_owner_is_somebody() -> None:
    with pytest.raises(ValidationError, match="owner"):
        decision(orjson.dumps(DECISIONS["claim_granted"] | {"owner": {"rep": None, "team": None}}))


def test_a_locks_key_names_its_kind() -> None:
    value = {"key": "contact:a@b.co", "kind": "contact", "status": "open", "changed_at": "2026-03-02T10:05:00Z"}
    assert LockChange.model_validate_json(orjson.dumps(value)).key == "contact:a@b.co"
    with pytest.raises(ValidationError, match="key"):
        LockChange.model_validate_json(orjson.dumps(value | {"key": "a@b.co"}))


@given(st.integers(micros(EARLIEST), micros(LATEST) - 1), st.integers(-14 * 60, 14 * 60))
def test_times_are_the_same_either_way(at: int, minutes: int) -> None:
    when = moment(at)
    assert micros(when) == at
    assert micros(datetime.fromisoformat(rfc3339(at))) == at
    assert micros(when.astimezone(timezone(timedelta(minutes=minutes)))) == at
    assert when.tzinfo is UTC
    assert times.EPOCH + timedelta(microseconds=at) == when


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            names.add((node.module or "").partition(".")[0])
    return names


def test_the_contract_stands_alone() -> None:
    """Who wants only the contract installs only what it needs."""
    used = {name for path in ROOT.rglob("*.py") for name in imported(path)}
    assert used - sys.stdlib_module_names == {"schemas", "pydantic", "pydantic_core", "orjson", "email_validator", "idna", "holidays"}
