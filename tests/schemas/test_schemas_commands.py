"""What a command lacks is said in a sentence, for every command and every field that it needs."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from schemas.events import OwnershipCommand
from schemas.events.ownership_commands import NEEDS, missing, target
from schemas.reading import read

from .examples import EXAMPLES

ENVELOPE = {"event_id": "e1", "occurred_at": "2026-03-02T10:05:00Z", "by": "sam"}
COMMANDS = {example.value["command"]: example.value for example in EXAMPLES if example.name.startswith("ownership-commands/")}


def command(value: dict[str, Any]) -> OwnershipCommand:
    event = read("ownership-commands", orjson.dumps(value))
    assert isinstance(event, OwnershipCommand)
    return event


@pytest.mark.parametrize("name", NEEDS)
def test_each_field_that_a_command_needs_is_missed(name: str) -> None:
    for field in NEEDS[name].all_of:
        for blank in ({}, {field: None}, {field: " "} if field in ("note", "to", "from", "sender") else {}):
            lacking = {key: value for key, value in COMMANDS[name].items() if key != field} | blank
            assert missing(command(lacking)) == f"`{name}` lacks `{field}`."


@pytest.mark.parametrize("name", [name for name in NEEDS if NEEDS[name].one_of])
def test_a_target_is_needed_and_only_one(name: str) -> None:
    targets = {"contact": "a@b.co", "account_id": "a", "domain": "b.co", "lead_id": "l", "company_pattern": "b*"}
    choices = NEEDS[name].one_of
    bare = {key: value for key, value in COMMANDS[name].items() if key not in choices}
    lack = missing(command(bare))
    assert lack is not None
    assert all(f"`{choice}`" in lack for choice in choices)
    for choice in choices:
        one = command(bare | {choice: targets[choice]})
        assert missing(one) is None
        assert target(one) == (choice.removesuffix("_id"), targets[choice])
    two = command(bare | {choice: targets[choice] for choice in choices[:2]})
    assert missing(two) == f"`{name}` needs exactly one target, but has `{choices[0]}` and `{choices[1]}`."
    assert target(two) is None


def test_everything_that_is_missing_is_said_at_once() -> None:
    assert missing(command(ENVELOPE | {"command": "transfer", "contact": "a@b.co"})) == "`transfer` lacks `to` and `note`."
    lack = missing(command(ENVELOPE | {"command": "renew", "proof": {}}))
    assert lack == "`renew` lacks a target (`contact`, `account_id`, `domain` or `lead_id`) and `proof.kind` and `proof.ref`."


def test_the_contact_of_a_permit_narrows_it() -> None:
    permit = command(COMMANDS["permit"])
    assert permit.contact == "cio@northwind-logistics.com"
    assert target(permit) == ("account", "nw")
    lack = missing(command({key: value for key, value in COMMANDS["permit"].items() if key != "account_id"}))
    assert lack == "`permit` lacks a target (`account_id` or `domain`)."


def test_an_unknown_command_can_be_read_and_names_the_nearest() -> None:
    assert missing(command(ENVELOPE | {"command": "transfr"})) == "There is no command 'transfr'; the nearest is `transfer`."
    lack = missing(command(ENVELOPE | {"command": "9" * 500}))
    assert lack is not None
    assert "`claim`" in lack
    assert "9" * 100 not in lack


def test_a_hand_off_without_a_scope_is_of_everything() -> None:
    whole = command({key: value for key, value in COMMANDS["hand_off"].items() if key != "scope"})
    assert missing(whole) is None
    assert whole.scope is None
    assert whole.from_ == "sam"
    assert command(COMMANDS["hand_off"] | {"scope": "all"}).scope == "all"
    scope = command(COMMANDS["hand_off"] | {"scope": {"contact": "A@B.co"}}).scope
    assert scope != "all"
    assert scope is not None
    assert scope.contact == "a@b.co"
