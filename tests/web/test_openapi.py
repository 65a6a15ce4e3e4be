"""The published description of the API is up to date, is valid, and is what the server does whatever is thrown at it."""

from __future__ import annotations

import re

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from jsonschema import Draft202012Validator
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from streams.web.api.addresses import ADDRESSES
from streams.web.openapi import document, rendered
from tests.web.served import Served

SCHEMA = schemathesis.openapi.from_dict(document())
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def test_every_schema_is_valid_and_every_reference_leads_somewhere() -> None:
    schemas = document()["components"]["schemas"]
    for name, schema in schemas.items():
        Draft202012Validator.check_schema(schema)
        assert schema, name
    wanted = set(re.findall(r'"#/components/schemas/(\w+)"', rendered().decode()))
    assert wanted <= schemas.keys()
    assert schemas.keys() - wanted == set()


def test_every_address_is_described() -> None:
    described = {(method.upper(), path) for path, methods in document()["paths"].items() for method in methods}
    assert described == {(each.method, each.path.replace(":path}", "}")) for each in ADDRESSES}


@pytest.mark.kafka
@pytest.mark.redis
@SCHEMA.exclude(path="/v1/decisions").parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_whatever_is_sent_is_answered_as_described(case: schemathesis.Case, served: Served) -> None:
    key = {"authorization": "Bearer ll_test-admin"}
    case.call_and_validate(base_url=served.url, headers=key, checks=CHECKS, timeout=20)
