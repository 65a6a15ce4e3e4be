"""*Policy*: every effective value with what it is for, and a place to try a check."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any
from uuid import uuid4

import orjson
from starlette.requests import Request
from starlette.responses import Response

from schemas.events import LeadCreated
from schemas.policy import Policy
from streams.clock import now_us
from streams.explaining import explain
from streams.web.access import Caller
from streams.web.api.items import event_of
from streams.web.api.send_checks import answered
from streams.web.problems import Problem
from streams.web.rendering import show
from streams.web.searching import index_names
from streams.web.service import Service

STAGES = ("import", "launch")
LEAD = ("email", "company", "title", "country", "product")


async def get(request: Request, caller: Caller, service: Service) -> Response:
    """The values; with `contact` and `rep` also what a check would be answered with. It claims nothing, at launch neither."""
    given = {name: request.query_params.get(name, "").strip() for name in ("contact", "rep", "stage", "sequence_id")}
    given["stage"] = given["stage"] if given["stage"] in STAGES else "import"
    verdict, problem = None, ""
    if given["contact"]:
        item = {name: value for name, value in given.items() if value} | {"rep": given["rep"] or caller.name}
        try:
            event, _, _ = event_of("send-requested", item, f"try-{uuid4().hex}", caller, service)
            verdict = answered(await service.decider.ask("send-requested", event))
        except Problem as found:
            problem = found.detail

    lead, wrong = _lead(request, caller, service)
    if lead is not None:
        await index_names(service, None)  # a slice at a time; explaining it would read all names at once

    def work() -> dict[str, Any]:
        directory = service.decider.engine.directory
        reps = sorted(one.rep for one in directory.reps.values() if one.active)
        tried = {"tried": given, "verdict": verdict, "problem": problem, "reps": reps, "stages": STAGES}
        return tried | {
            "tables": tables(service.policy),
            "lead": {name: request.query_params.get(f"lead_{name}", "") for name in LEAD},
            "lead_problem": wrong,
            "explained": explain(service.tables, directory, service.policy, lead, now_us()) if lead is not None else None,
        }

    return await show(request, caller, service, "policy.html", work)


def _lead(request: Request, caller: Caller, service: Service) -> tuple[LeadCreated | None, str]:
    """The lead that is tried, or what is wrong with it; neither where none is."""
    given = {name: value for name in LEAD if (value := request.query_params.get(f"lead_{name}", "").strip())}
    if not given:
        return None, ""
    try:
        name = f"try-{uuid4().hex}"
        event, _, _ = event_of("lead-created", {"lead_id": name, **given}, name, caller, service)
    except Problem as problem:
        return None, problem.detail
    assert isinstance(event, LeadCreated)
    return event, ""


def tables(policy: Policy) -> list[dict[str, Any]]:
    """Each table with its keys: value, default, what it is for."""
    default, words = Policy().effective(), _words()
    found = []
    for name, values in policy.effective().items():
        rows = values if isinstance(values, list) else [values]
        keys = [
            {
                "key": key,
                "value": _text(value),
                "changed": isinstance(values, list) or value != default[name].get(key),
                "for": words.get(f"{name}.{key}", ""),
            }
            for row in rows
            for key, value in row.items()
        ]
        found.append({"name": name, "several": isinstance(values, list), "keys": keys})
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {one}" for key, one in value.items()) or "none"
    return str(value) if value != "" else "none"


@cache
def _words() -> dict[str, str]:
    """`table.key` -> what the policy's own file says of it, as the published schema has it."""
    schema = orjson.loads(files("schemas").joinpath("published/rules-of-engagement.json").read_bytes())
    found = {}
    for table, reference in schema["properties"].items():
        target = reference.get("$ref") or reference.get("items", {}).get("$ref", "")
        for key, one in schema["$defs"].get(target.rpartition("/")[2], {}).get("properties", {}).items():
            found[f"{table}.{key}"] = one.get("description", "")
    return found
