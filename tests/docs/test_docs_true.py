"""What the documents show is what happens: links lead somewhere, examples give what is printed beside them."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from streams.cli import main
from streams.settings.settings import Settings
from tests.docs.documents import PAGES, ROOT, anchors, fences, text

LINK = re.compile(r"\]\(([^)\s]+)\)")
EXAMPLES = Path(__file__).parent / "examples"


def links() -> list[tuple[str, str]]:
    return [(str(page.relative_to(ROOT)), link) for page in PAGES for link in LINK.findall(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(("page", "link"), [each for each in links() if not urlsplit(each[1]).scheme])
def test_relative_links_resolve(page: str, link: str) -> None:
    path, _, anchor = link.partition("#")
    target = ((ROOT / page).parent / path).resolve() if path else ROOT / page
    assert target.is_relative_to(ROOT), f"{page} leads out of the project: {link}"
    assert target.exists(), f"{page}: {link}"
    if anchor:
        assert anchor in anchors(target.read_text(encoding="utf-8")), f"{page}: {link}"


def test_links_elsewhere_are_encrypted() -> None:
    assert [each for each in links() if urlsplit(each[1]).scheme not in ("", "https")] == []


def short(line: str) -> str:
    """What the shell function of docs/rules.md makes of a decision."""
    said: dict[str, Any] = json.loads(line)
    facts = [said["decided_at"][:16], said["kind"], said.get("verdict"), said["rule"]]
    return f"{' '.join(fact for fact in facts if fact)}: {said['reason']}"


def examples() -> list[tuple[str, str]]:
    """(command, output) of every simulation that docs/rules.md shows."""
    blocks = [block.partition("\n") for block in fences(text("docs/rules.md")) if block.startswith("$ leadlock simulate")]
    return [(command.removeprefix("$ ").removesuffix(" | short"), output) for command, _, output in blocks]


@pytest.mark.parametrize(("command", "output"), examples(), ids=[command for command, _ in examples()])
def test_examples_of_the_rules_give_what_is_shown(command: str, output: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(main, shlex.split(command)[1:])
    assert done.exit_code == 0, done.stderr
    assert done.stderr == ""
    assert [short(line) for line in done.stdout.splitlines()] == output.splitlines()


def test_every_example_is_shown() -> None:
    shown = {Path(word).name for command, _ in examples() for word in command.split() if word.endswith(".jsonl")}
    assert shown == {path.name for path in EXAMPLES.iterdir()}


def test_every_rule_carried_out_has_its_number() -> None:
    numbers = re.findall(r"^## .*\((\d+)\)$|^(\d+)\. ", text("docs/rules.md"), re.MULTILINE)
    assert {int(heading or item) for heading, item in numbers} == {*range(1, 28)}


@pytest.mark.parametrize("example", fences(text("docs/settings.md"), "toml"))
def test_settings_examples_are_accepted(example: str, tmp_path: Path) -> None:
    values = tomllib.loads(example)
    if "sasl_mechanism" in values.get("kafka", {}):
        values["kafka"]["sasl_password"] = "secret"  # from the environment, as the text says
    for group in values.values():
        for key in group.keys() & {"ca_file", "cert_file", "key_file"}:
            file = tmp_path / Path(group[key]).name
            file.touch()
            group[key] = str(file)
    found = Settings.given(**values)
    for group, keys in values.items():
        assert {key for key in keys if getattr(getattr(found, group), key) is None} == set()


def test_pages_name_no_place_outside_of_the_project() -> None:
    for page in PAGES:
        assert "../shared" not in page.read_text(encoding="utf-8"), page.name
