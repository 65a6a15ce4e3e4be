"""Alerts are tested like code: promtool accepts them, each fires, stays silent and resolves when it should, and no number is free."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ops.prometheus import RULES, RUNBOOKS, TESTS, Mutant, alerts, loaded, mutants, rules, told

NAMES = sorted({rule["alert"] for rule in alerts()})
SEVERITIES = {"critical", "warning", "info"}


def test_promtool_accepts_the_rules() -> None:
    said = told("check", "rules", "--lint=all", "--lint-fatal", RULES)
    assert said.returncode == 0, said.stdout + said.stderr
    assert f"{len(rules())} rules found" in said.stdout


def test_promtool_refuses_rules_that_are_wrong(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(RULES.read_text().replace("absent(up", "absent((up"))
    assert told("check", "rules", "--lint=all", "--lint-fatal", wrong).returncode != 0


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.stem)
def test_promtool_s_tests_pass(file: Path) -> None:
    said = told("test", "rules", file)
    assert said.returncode == 0, said.stdout + said.stderr


def checks(name: str) -> list[list[bool]]:
    """For each test that asks for an alert: does it fire, moment after moment."""
    asked = []
    for file in TESTS:
        for test in loaded(file)["tests"]:
            asked.append([bool(one["exp_alerts"]) for one in test["alert_rule_test"] if one["alertname"] == name])
    return [one for one in asked if one]


@pytest.mark.parametrize("name", NAMES)
def test_every_alert_is_tested_for_silence_firing_and_resolving(name: str) -> None:
    found = checks(name)
    assert any(one[0] is False and True in one and one[-1] is False for one in found), "no test in which it fires and resolves"


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: f"{rule['alert']}-{rule['labels']['severity']}")
def test_every_alert_says_what_to_do(rule: dict[str, Any]) -> None:
    assert re.fullmatch(r"Leadlock([A-Z][a-z]+)+", rule["alert"])
    assert rule["labels"]["severity"] in SEVERITIES
    notes = rule["annotations"]
    assert set(notes) == {"summary", "description", "runbook_url"}
    assert "{{" not in notes["summary"] and not notes["summary"].endswith("."), "a title, the same for all instances"
    assert notes["description"].endswith(".")
    assert notes["runbook_url"] == "{{ $externalLabels.leadlock_source }}/docs/runbooks/" + rule["alert"] + ".md"


def test_runbooks_and_alerts_are_the_same() -> None:
    assert sorted(file.stem for file in RUNBOOKS.glob("*.md") if file.stem != "README") == NAMES
    index = (RUNBOOKS / "README.md").read_text()
    assert [name for name in NAMES if f"[{name}]({name}.md)" not in index] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_runbook_has_what_somebody_needs_at_night(name: str) -> None:
    text = (RUNBOOKS / f"{name}.md").read_text()
    assert text.startswith(f"# {name}\n")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["What it means", "Look first", "Do", "What lights with it"]
    named = set(re.findall(r"`(Leadlock\w+)`", text))
    assert named <= set(NAMES), f"{named - set(NAMES)} are no alerts"
    metrics = set(re.findall(r"`(leadlock_\w+)", text))
    assert metrics, "it names no metric to look at"


def of_file(file: Path) -> list[Mutant]:
    """The mutants of the alerts that a test file asks for."""
    asked = {one["alertname"] for test in loaded(file)["tests"] for one in test["alert_rule_test"]}
    return [mutant for rule in alerts() if rule["alert"] in asked for mutant in mutants(rule)]


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.stem)
def test_a_changed_threshold_makes_a_test_fail(file: Path, tmp_path: Path) -> None:
    """All mutants of a file at once, each under a name of its own, and asked what its original is asked. A mutant of one of several rules
    of a name stands beside the unchanged others."""
    found = of_file(file)
    assert len(found) >= 10
    source, asked = loaded(RULES), loaded(file)
    groups = source["groups"] + [{"name": "mutants", "rules": []}]
    for number, mutant in enumerate(found):
        for rule in alerts():
            if rule["alert"] == mutant.of:
                same = rule["labels"] == mutant.rule["labels"] and rule["annotations"] == mutant.rule["annotations"]
                groups[-1]["rules"].append({**(mutant.rule if same else rule), "alert": f"Mutant{number}"})
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": groups}))
    asked["rule_files"] = ["rules.yml"]
    asked["group_eval_order"].append("mutants")
    for test in asked["tests"]:
        test["alert_rule_test"] = [
            {**one, "alertname": f"Mutant{number}"}
            for one in test["alert_rule_test"]
            for number, mutant in enumerate(found)
            if mutant.of == one["alertname"]
        ]
    (tmp_path / "tests.yml").write_text(yaml.safe_dump(asked))
    said = told("test", "rules", tmp_path / "tests.yml")
    failed = {int(number) for number in re.findall(r"alertname: ?Mutant(\d+),", said.stdout + said.stderr)}
    assert [mutant.of + ": " + mutant.what for number, mutant in enumerate(found) if number not in failed] == []
