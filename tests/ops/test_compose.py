"""What can be known of the compose files and the Dockerfile without an engine: their schema, their linter, and that nothing dangles."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.settings.settings import Settings
from tests.conftest import missing
from tests.ops.compose import CHECKS, CLUSTER, SINGLE, Stack, env_file, environment, stack
from tests.ops.prometheus import FOLDER
from tests.servers import ROOT

BOTH = pytest.mark.parametrize("files", [SINGLE, CLUSTER], ids=["single", "cluster"])


def linter(name: str) -> str:
    found = ROOT / ".cache" / "linters" / "bin" / name
    if not found.exists():
        missing(f"no {found.relative_to(ROOT)}: run tools/servers.sh linters")
    return str(found)


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("file", CLUSTER, ids=lambda file: file.name)
def test_files_fit_the_compose_schema(file: Path, tmp_path: Path) -> None:
    check = [linter("check-jsonschema"), "--builtin-schema", "vendor.compose-spec"]
    said = run(*check, file)
    assert said.returncode == 0, said.stdout + said.stderr
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(file.read_text().replace("healthcheck:", "healthchek:", 1))
    assert run(*check, wrong).returncode != 0


def test_the_dockerfile_is_clean(tmp_path: Path) -> None:
    said = run(linter("hadolint"), ROOT / "Dockerfile")
    assert said.returncode == 0, said.stdout + said.stderr
    wrong = tmp_path / "Dockerfile"
    wrong.write_text((ROOT / "Dockerfile").read_text().replace("slim-bookworm", "latest").replace(":3.11.13-latest", ""))
    assert run(linter("hadolint"), wrong).returncode != 0


@BOTH
@pytest.mark.parametrize("check", CHECKS)
def test_nothing_dangles(files: tuple[Path, ...], check: str) -> None:
    assert list(CHECKS[check](stack(*files))) == []


def service(whole: Stack, name: str = "worker") -> dict[str, Any]:
    found: dict[str, Any] = whole["services"][name]
    return found


BROKEN: dict[str, list[Callable[[Stack], object]]] = {
    "depends_on": [
        lambda whole: service(whole)["depends_on"].update(rediss={"condition": "service_healthy"}),
        lambda whole: service(whole, "redis").pop("healthcheck"),
        lambda whole: service(whole)["depends_on"].update(redis={"condition": "service_started"}),
    ],
    "networks": [
        lambda whole: service(whole)["networks"].update(strem=None),
        lambda whole: service(whole).update(networks={"watch": None}),
        lambda whole: whole["networks"].update(spare=None),
    ],
    "volumes": [
        lambda whole: service(whole)["volumes"].append("./rules.toml:/x:ro"),
        lambda whole: service(whole)["volumes"].append("./README.md:/x"),
        lambda whole: service(whole)["volumes"].append("spare:/x"),
        lambda whole: whole["volumes"].update(spare=None),
        lambda whole: service(whole)["volumes"].append("redis-data:/x"),
    ],
    "variables": [
        lambda whole: service(whole).update(environment={"X": "${NOWHERE:?}"}),
        lambda whole: service(whole).update(env_file=["deploy/nowhere.env"]),
    ],
    "addresses": [
        lambda whole: service(whole)["environment"].update(X="kafak:19092"),
        lambda whole: service(whole)["environment"].update(X="kafka:9092"),
    ],
    "published_ports": [
        lambda whole: service(whole, "redis").update(ports=["6379:6379"]),
        lambda whole: service(whole, "redis").update(ports=["127.0.0.1:9092:6379"]),
        lambda whole: service(whole).update(ports=["127.0.0.1:9464:9464"]),
    ],
    "images": [lambda whole: service(whole, "redis").update(image="redis:latest"), lambda whole: service(whole, "redis").pop("image")],
    "hardening": [
        lambda whole: service(whole).update(read_only=False),
        lambda whole: service(whole).pop("cap_drop"),
        lambda whole: service(whole).pop("security_opt"),
        lambda whole: service(whole).update(user="0:0"),
        lambda whole: service(whole).pop("deploy"),
        lambda whole: service(whole).pop("healthcheck"),
    ],
}


@pytest.mark.parametrize("check", CHECKS)
def test_what_dangles_is_found(check: str) -> None:
    for number, spoil in enumerate(BROKEN[check]):
        whole = deepcopy(stack(*SINGLE))
        spoil(whole)
        assert list(CHECKS[check](whole)), f"{check} is blind to its example {number}"


@BOTH
@pytest.mark.parametrize("name", ["worker", "web"])
def test_the_settings_are_accepted(files: tuple[Path, ...], name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An unknown variable would stop the container, and so would a value that does not fit."""
    found = environment(service(stack(*files), name))
    mounted = {target: ROOT / source for source, target, *_ in (one.split(":") for one in service(stack(*files), name)["volumes"])}
    for variable in [one for one in os.environ if one.startswith("LEADLOCK_")]:
        monkeypatch.delenv(variable)
    monkeypatch.chdir(tmp_path)
    for variable, value in found.items():
        if variable.startswith("LEADLOCK_"):
            monkeypatch.setenv(variable, str(mounted.get(value, value)))
    settings = Settings()
    assert settings.redis.cluster == (files == CLUSTER)
    assert (settings.metrics.port, settings.web.port, settings.log.format) == (9464, 8080, "json")
    assert settings.policy is not None and settings.policy.name == "rules-of-engagement.toml"


def test_prometheus_asks_services_where_they_listen() -> None:
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    whole = stack(*SINGLE)
    watched = {name for name, one in whole["services"].items() if "watch" in one["networks"]}
    for job in config["scrape_configs"]:
        for one in job.get("dns_sd_configs", ()):
            assert set(one["names"]) <= watched
            expected = {"leadlock-worker": "LEADLOCK_METRICS_PORT", "leadlock-web": "LEADLOCK_WEB_PORT"}[job["job_name"]]
            assert str(one["port"]) == env_file(ROOT / ".env")[expected]
        for one in job.get("static_configs", ()):
            for target in one["targets"]:
                host, _, port = target.partition(":")
                assert host in watched
                assert f":{port}/" in " ".join(service(whole, host)["healthcheck"]["test"])
    names = {variable for text in config["global"]["external_labels"].values() for variable in re.findall(r"\$\{(\w+)\}", text)}
    assert names <= service(whole, "prometheus")["environment"].keys()


def test_grafana_reads_what_is_mounted() -> None:
    whole = stack(*SINGLE)
    mounts = {target: ROOT / source for source, target, *_ in (one.split(":") for one in service(whole, "grafana")["volumes"])}
    folder = ROOT / "grafana" / "provisioning"
    (provider,) = yaml.safe_load((folder / "dashboards" / "leadlock.yml").read_text())["providers"]
    assert list(mounts[provider["options"]["path"]].glob("*.json"))
    home = Path(service(whole, "grafana")["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert (mounts[str(home.parent)] / home.name).is_file()
    (source,) = yaml.safe_load((folder / "datasources" / "leadlock.yml").read_text())["datasources"]
    host, _, port = source["url"].removeprefix("http://").partition(":")
    assert f":{port}/" in " ".join(service(whole, host)["healthcheck"]["test"])
    from grafana.build import RUNBOOKS_AT

    assert mounts[f"/usr/share/grafana{RUNBOOKS_AT}/docs/runbooks"] == ROOT / "docs" / "runbooks"
    assert env_file(ROOT / ".env")["RUNBOOKS_AT"].endswith(RUNBOOKS_AT)


def test_the_image_has_what_the_package_needs() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for source in re.findall(r"^COPY (?!--)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE):
        for name in source.split():
            assert (ROOT / name).exists() and f"!{name}" in ignored, name


def test_prometheus_accepts_its_configuration() -> None:
    if shutil.which("promtool") is None:
        missing("no promtool on the PATH: install Debian's prometheus")
    said = run("promtool", "check", "config", FOLDER / "prometheus.yml")
    assert said.returncode == 0, said.stdout + said.stderr
