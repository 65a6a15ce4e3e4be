"""Examples are contracts: each is taken by the model and by the published schema, and each broken copy is refused by both."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from pydantic import BaseModel, ValidationError

from schemas import BY_TOPIC, KINDS
from schemas.events.ownership_commands import NEEDS, missing
from schemas.reading import read

from .examples import EXAMPLES, FOLDER, NAMES, Example

every = pytest.mark.parametrize("example", EXAMPLES, ids=NAMES)


def take(model: type[BaseModel], value: dict[str, Any]) -> BaseModel:
    return model.model_validate_json(orjson.dumps(value))


def refused_by_model(example: Example, value: dict[str, Any]) -> bool:
    try:
        take(example.model, value)
    except ValidationError:
        return True
    return False


def of_other_types(value: object) -> list[object]:
    if value is None:
        return [[[]]]
    wrong: dict[tuple[type, ...], object] = {(str,): "wrong", (int, float): 7.5, (list,): [[]], (dict,): {"wrong": {"wrong": []}}}
    return [other for types, other in wrong.items() if type(value) not in types]


@every
def test_every_example_is_valid(example: Example) -> None:
    take(example.model, example.value)
    assert list(example.schema.iter_errors(example.value)) == []


@every
def test_without_a_required_field_it_is_refused(example: Example) -> None:
    required = example.schema.schema["required"]
    assert set(required) >= {name for name, field in example.model.model_fields.items() if field.is_required() and not field.alias}
    for name in required:
        broken = {key: value for key, value in example.value.items() if key != name}
        assert refused_by_model(example, broken), name
        assert not example.schema.is_valid(broken), name


@every
def test_a_field_of_a_wrong_type_is_refused(example: Example) -> None:
    for name, value in example.value.items():
        for wrong in of_other_types(value):
            broken = {**example.value, name: wrong}
            assert refused_by_model(example, broken), (name, wrong)
            assert not example.schema.is_valid(broken), (name, wrong)


def test_every_topic_has_a_minimal_and_a_full_example() -> None:
    for topic, model in BY_TOPIC.items():
        files = {path.stem: orjson.loads(path.read_bytes()) for path in (FOLDER / topic).glob("*.json")}
        assert len(files) >= 2, topic
        if topic != "ownership-commands":
            aliases = {field.alias or name for name, field in model.model_fields.items()}
            assert set(files["full"]) == aliases, topic
            assert len(files["minimal"]) < len(files["full"])


def test_every_command_has_an_example_that_lacks_nothing() -> None:
    assert {path.stem for path in (FOLDER / "ownership-commands").glob("*.json")} == set(NEEDS)
    for name in NEEDS:
        command = read("ownership-commands", (FOLDER / "ownership-commands" / f"{name}.json").read_bytes())
        assert missing(command) is None, name  # type: ignore[arg-type]


def test_the_examples_of_commands_show_every_field() -> None:
    shown = {key for path in (FOLDER / "ownership-commands").glob("*.json") for key in orjson.loads(path.read_bytes())}
    fields = {field.alias or name for name, field in BY_TOPIC["ownership-commands"].model_fields.items()}
    assert shown == fields - {"source"}


def test_every_kind_of_decision_has_an_example_with_all_its_fields() -> None:
    assert {path.stem for path in (FOLDER / "decisions").glob("*.json")} == set(KINDS)
    for kind, model in KINDS.items():
        assert set(orjson.loads((FOLDER / "decisions" / f"{kind}.json").read_bytes())) == set(model.model_fields), kind


def test_no_folder_is_an_orphan() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*BY_TOPIC, "decisions", "lock-changes"}
    assert not [path for path in FOLDER.rglob("*") if path.is_file() and path.suffix != ".json"]


def test_a_decision_has_no_field_that_the_contract_does_not_name() -> None:
    for example in EXAMPLES:
        if example.name.startswith(("decisions/", "lock-changes/")):
            more = {**example.value, "colour": "blue"}
            assert refused_by_model(example, more)
            assert not example.schema.is_valid(more)


def test_an_event_may_have_fields_that_nobody_knows() -> None:
    for example in EXAMPLES:
        if not example.name.startswith(("decisions/", "lock-changes/")):
            more = {**example.value, "colour": {"deep": ["blue"]}}
            take(example.model, more)
            assert example.schema.is_valid(more)


def test_null_means_the_same_as_leaving_an_optional_field_out() -> None:
    for example in EXAMPLES:
        required = set(example.schema.schema["required"])
        for name, field in example.model.model_fields.items():
            key = field.alias or name
            if key in required or not example.name.endswith("/minimal") or key in example.value:
                continue
            with_null = {**example.value, key: None}
            assert take(example.model, with_null) == take(example.model, example.value), (example.name, key)
            assert example.schema.is_valid(with_null), (example.name, key)
