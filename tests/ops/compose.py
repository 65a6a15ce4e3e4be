"""The compose files as data: read, laid one over the other, and what does not hold together in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.servers import ROOT

Stack = dict[str, Any]
Found = Iterator[str]

SINGLE = (ROOT / "docker-compose.yml",)
CLUSTER = (ROOT / "docker-compose.yml", ROOT / "compose.cluster.yml")
ONCE = frozenset({"redis-cluster"})
"""Services that end when they have done their work."""
_VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)[^}]*\}")


def env_file(path: Path) -> dict[str, str]:
    """The variables of an environment file."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def stack(*files: Path) -> Stack:
    """The files as compose lays them one over the other: maps by key, lists one after the other, short forms as maps."""
    whole: Stack = {}
    for file in files:
        part = yaml.safe_load(file.read_text(encoding="utf-8"))
        for service in part["services"].values():
            _long(service)
        whole = _over(whole, {key: value for key, value in part.items() if not key.startswith("x-")})
    return whole


def _long(service: dict[str, Any]) -> None:
    if isinstance(service.get("networks"), list):
        service["networks"] = dict.fromkeys(service["networks"])
    if isinstance(service.get("depends_on"), list):
        service["depends_on"] = {name: {"condition": "service_started"} for name in service["depends_on"]}


def _over(low: Any, high: Any, key: str = "") -> Any:
    if isinstance(low, Mapping) and isinstance(high, Mapping):
        both = low.keys() & high.keys()
        return {**low, **high, **{name: _over(low[name], high[name], name) for name in both}}
    if isinstance(low, list) and isinstance(high, list) and key not in ("command", "entrypoint", "test"):
        return [*low, *(one for one in high if one not in low)]
    return high


def environment(service: Mapping[str, Any]) -> dict[str, str]:
    """What a service's containers find in their environment."""
    found: dict[str, str] = {}
    for file in service.get("env_file", ()):
        found |= env_file(ROOT / file)
    return found | {name: str(value) for name, value in service.get("environment", {}).items()}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, str):
        yield value


def depends_on(whole: Stack) -> Found:
    for name, service in whole["services"].items():
        for other, how in service.get("depends_on", {}).items():
            needed = whole["services"].get(other)
            if needed is None:
                yield f"{name} depends on {other}, which is no service"
            elif how["condition"] == "service_healthy" and "healthcheck" not in needed:
                yield f"{name} waits for {other} to be healthy, which has no healthcheck"
            elif how["condition"] == "service_completed_successfully" and other not in ONCE:
                yield f"{name} waits for the end of {other}, which does not end"
            elif how["condition"] == "service_started":
                yield f"{name} waits for {other} only to have been started"


def networks(whole: Stack) -> Found:
    for name, service in whole["services"].items():
        if not service.get("networks"):
            yield f"{name} is in no network"
        for network in service.get("networks", ()):
            if network not in whole["networks"]:
                yield f"{name} is in {network}, which is no network"
        for other in service.get("depends_on", {}):
            if other in whole["services"] and not set(service["networks"]) & set(whole["services"][other]["networks"]):
                yield f"{name} cannot reach {other}"
    used = {network for service in whole["services"].values() for network in service.get("networks", ())}
    yield from (f"network {name} is used by nobody" for name in whole["networks"].keys() - used)


def volumes(whole: Stack) -> Found:
    used = set()
    for name, service in whole["services"].items():
        for volume in service.get("volumes", ()):
            source, _, rest = volume.partition(":")
            if source.startswith("."):
                if not (ROOT / source).exists():
                    yield f"{name} mounts {source}, which does not exist"
                if not rest.endswith(":ro"):
                    yield f"{name} may write to {source}"
            else:
                used.add(source)
                if source not in whole["volumes"]:
                    yield f"{name} mounts {source}, which is no volume"
    yield from (f"volume {name} is used by nobody" for name in whole["volumes"].keys() - used)
    seen: dict[str, str] = {}
    for name, service in whole["services"].items():
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            if not source.startswith(".") and seen.setdefault(source, name) != name:
                yield f"{name} and {seen[source]} share {source}"


def variables(whole: Stack) -> Found:
    given = env_file(ROOT / ".env")
    for name, service in whole["services"].items():
        for text in _texts(service):
            for variable in _VARIABLE.findall(text):
                if variable not in given:
                    yield f"{name} uses {variable}, which is not in .env"
        for file in service.get("env_file", ()):
            if not (ROOT / file).is_file():
                yield f"{name} reads {file}, which does not exist"


def addresses(whole: Stack) -> Found:
    """`host:port` that a container is told of."""
    ports = {"kafka": {"19092", "9093"}, "redis": {"6379"}}
    for name, service in whole["services"].items():
        texts = [*_texts(service.get("command", [])), *environment(service).values()]
        for host, port in re.findall(r"(?<![\w.])([a-z][a-z0-9-]*):(\d{4,5})\b", " ".join(texts)):
            if host == "localhost":
                continue
            if host not in whole["services"]:
                yield f"{name} is told of {host}:{port}, which is no service"
            elif port not in ports.get(host.partition("-")[0], {port}):
                yield f"{name} is told of {host}:{port}, where nobody listens"


def published_ports(whole: Stack) -> Found:
    seen: dict[str, str] = {}
    for name, service in whole["services"].items():
        for port in service.get("ports", ()):
            host, _, _ = str(port).rpartition(":")
            if not host.startswith("127.0.0.1:"):
                yield f"{name} publishes {port} beyond loopback"
            if seen.setdefault(host, name) != name:
                yield f"{name} and {seen[host]} both publish {host}"
    if whole["services"]["worker"].get("ports") or "container_name" in whole["services"]["worker"]:
        yield "worker cannot be scaled: it has a port or a name of its own"


def images(whole: Stack) -> Found:
    for name, service in whole["services"].items():
        image = str(service.get("image", ""))
        if not re.search(r":v?\d+\.\d+\.\d+", image):
            yield f"{name}: image {image or 'none'} is not pinned to a version"


def hardening(whole: Stack) -> Found:
    for name, service in whole["services"].items():
        wanted = {
            "read_only": service.get("read_only") is True,
            "cap_drop": service.get("cap_drop") == ["ALL"],
            "no-new-privileges": "no-new-privileges:true" in service.get("security_opt", []),
            "restart": service.get("restart") in ("unless-stopped", "on-failure"),
            "privileged": not service.get("privileged"),
        }
        yield from (f"{name}: {what}" for what, fine in wanted.items() if not fine)
        if str(service.get("user", "0")).partition(":")[0] in ("0", "root"):
            yield f"{name} runs as root"
        limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
        yield from (f"{name} has no limit of {what}" for what in ("cpus", "memory", "pids") if what not in limits)
        if "healthcheck" not in service and name not in ONCE:
            yield f"{name} has no healthcheck"


CHECKS: dict[str, Callable[[Stack], Found]] = {
    one.__name__: one
    for one in (depends_on, networks, volumes, variables, addresses, published_ports, images, hardening)
}
