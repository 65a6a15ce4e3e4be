"""The documents name everything that the code has: fields, rules, settings, policy keys, commands. So they cannot fall behind."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from schemas import dead_letters
from schemas.decisions import KINDS
from schemas.events import BY_TOPIC
from schemas.events.ownership_commands import NEEDS
from schemas.locks import LockChange
from schemas.policy import Policy
from streams import decisions
from streams.cli import COMMANDS
from streams.rules.command import lead_commands, link_commands
from streams.rules.command.commands import VERBS as OF_TARGETS
from streams.rules.reasons import SENTENCES
from streams.settings.settings import FILE_VARIABLE, PREFIX, Settings
from streams.topics import ALL
from streams.web import openapi
from streams.web.api.addresses import ADDRESSES
from streams.web.routes import Address
from tests.docs.documents import fences, prose, section, text, words

CONTRACT = text("docs/contract.md")
OF_ALL_EVENTS = ("event_id", "occurred_at", "source")


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that an annotation is made of, unions and lists taken apart."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def fields_of(model: type[BaseModel], leave_out: tuple[str, ...] = ()) -> set[str]:
    """Names of a model's fields and of those of its parts, as they are in JSON."""
    names = set()
    for name, field in model.model_fields.items():
        if name not in leave_out:
            names.add(field.alias or name)
            for part in models_in(field.annotation):
                names |= fields_of(part)
    return names


def test_parts_of_parts_are_found() -> None:
    assert {"proof", "kind", "ref", "scope", "territory", "countries", "from"} <= fields_of(BY_TOPIC["ownership-commands"])


@pytest.mark.parametrize("topic", BY_TOPIC)
def test_every_field_of_an_event_is_in_its_topics_section(topic: str) -> None:
    part = section(CONTRACT, topic)
    if topic == "ownership-commands":
        part += section(CONTRACT, "rep-updated")  # a scope's territory is described there
    assert fields_of(BY_TOPIC[topic], OF_ALL_EVENTS) - words(part) == set()


def test_fields_of_all_events_are_documented() -> None:
    assert set(OF_ALL_EVENTS) - words(section(CONTRACT, "Inbound")) == set()


def required(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items() if field.is_required()} - set(OF_ALL_EVENTS)


@pytest.mark.parametrize("topic", BY_TOPIC)
def test_required_fields_are_marked(topic: str) -> None:
    part = section(CONTRACT, topic)
    assert [name for name in sorted(required(BY_TOPIC[topic])) if f"`{name}`*" not in part] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_decision_and_its_fields_are_documented(kind: str) -> None:
    part = words(section(CONTRACT, "routing-decisions"))
    inner = {"same", "product_differs", "at"}
    assert ({kind} | fields_of(KINDS[kind])) - part - inner == set()


def test_kinds_that_are_never_published_are_told_apart() -> None:
    never = section(CONTRACT, "routing-decisions").partition("never publishes")[2]
    told = {kind for kind in KINDS if f"`{kind}`" in never}
    assert told == KINDS.keys() - decisions.KINDS.keys()


def test_every_field_of_a_lock_change_is_documented() -> None:
    part = words(section(CONTRACT, "lock-changes")) | words(section(CONTRACT, "routing-decisions"))
    assert fields_of(LockChange) - part == set()


def test_every_topic_and_header_of_a_dead_letter_is_documented() -> None:
    assert [topic for topic in ALL if f"\n#{'## ' if topic in BY_TOPIC else '# '}{topic}\n" not in CONTRACT] == []
    assert set(dead_letters.HEADERS) - words(section(CONTRACT, "dead-letters")) == set()


VERBS = OF_TARGETS.keys() | lead_commands.VERBS.keys() | link_commands.VERBS.keys()


def test_commands_carried_out_and_refused_are_told_apart() -> None:
    carried, _, refused = section(CONTRACT, "Commands").partition("Known, checked for their fields")
    assert {command for command in NEEDS if f"| `{command}` |" in carried} == VERBS
    assert {command for command in NEEDS if f"`{command}` (" in refused} == NEEDS.keys() - VERBS


@pytest.mark.parametrize("command", NEEDS)
def test_what_a_command_needs_is_documented(command: str) -> None:
    needs = NEEDS[command]
    assert {*needs.one_of, *needs.all_of} - words(section(CONTRACT, "Commands")) == set()


@pytest.mark.parametrize("rule", SENTENCES)
def test_every_rule_is_explained(rule: str) -> None:
    assert rule in words(text("docs/rules.md"))


def test_every_rule_of_the_routing_order_is_explained() -> None:
    assert set(Policy().routing.order) - words(text("docs/rules.md")) == set()


def policy_keys() -> dict[str, Mapping[str, Any]]:
    example = '[[named_accounts]]\ncompany = "Northwind"\nowner = "jane"\n'
    return {name: table[0] if isinstance(table, list) else table for name, table in Policy.parse(example).effective().items()}


@pytest.mark.parametrize("table", policy_keys())
def test_every_policy_key_is_documented(table: str) -> None:
    rows = [line for line in section(text("docs/settings.md"), "The policy").splitlines() if f"[{table}]" in line and line.startswith("|")]
    assert len(rows) == 1
    assert [key for key in policy_keys()[table] if f"`{key}`" not in rows[0]] == []


def settings() -> list[tuple[str, str]]:
    """(group or empty, key)."""
    found = []
    for name, field in Settings.model_fields.items():
        groups = list(models_in(field.annotation))
        found += [(name, key) for group in groups for key in group.model_fields] or [("", name)]
    return found


def test_all_groups_of_settings_are_looked_at() -> None:
    assert {group for group, _ in settings()} == {"kafka", "topics", "redis", "log", "metrics", "notify", "web", ""}


@pytest.mark.parametrize(("group", "key"), settings())
def test_every_setting_is_documented_with_its_variable(group: str, key: str) -> None:
    variable = PREFIX + "_".join(part for part in (group, key) if part).upper()
    rows = [line for line in text("docs/settings.md").splitlines() if f"| `{variable}` |" in line]
    assert len(rows) == 1
    assert f"`{key}`" in rows[0] or f"`{group}.{key}`" in rows[0]


def test_no_variable_is_documented_that_is_none() -> None:
    pages = [text(name) for name in ("README.md", "docs/settings.md", "docs/operations.md")]
    told = {word for page in pages for word in re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]\b", page)}
    known = {PREFIX + "_".join(part for part in each if part).upper() for each in settings()}
    assert told - known == {FILE_VARIABLE, "LEADLOCK_SHARED", "LEADLOCK_CRASH_AT"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"\n| `leadlock {command}" in text("README.md")


def test_no_command_is_in_the_readmes_table_that_is_none() -> None:
    rows = [line for line in section(text("README.md"), "Commands").splitlines() if line.startswith("| `leadlock ")]
    assert {row.split("`")[1].split()[1] for row in rows} == COMMANDS.keys()


def test_settings_examples_name_only_what_there_is() -> None:
    for example in fences(text("docs/settings.md"), "toml"):
        for group, keys in tomllib.loads(example).items():
            assert {(group, key) for key in keys} <= set(settings())


def test_nobody_promises_exactly_once() -> None:
    for page in ("README.md", "docs/operations.md", "docs/contract.md", "docs/rules.md"):
        assert "exactly once" not in prose(text(page)).lower()


def test_the_description_of_the_http_api_is_up_to_date() -> None:
    assert openapi.FILE.read_bytes() == openapi.rendered(), "run python -m streams.web.openapi, or make schemas"
    assert openapi.main(["--check"]) == 0


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda each: f"{each.method} {each.path}")
def test_every_address_and_problem_of_the_http_api_is_documented(address: Address) -> None:
    page = text("docs/http.md")
    assert f"{address.method} {address.path.replace(':path}', '}')}" in page
    assert address.told is not None
    assert {kind for kind in address.told.fails if f"`{kind}`" not in page} == set()
