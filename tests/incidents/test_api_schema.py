"""The API keeps to its own description, whatever a program sends."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from safety.ledger.actions import SYSTEM
from safety.people.actions import create_token

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
quickly = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def _same_connection() -> Iterator[None]:
    """The application answers inside this test's transaction; it must not close it."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def described(city: ModuleType) -> Any:
    """The served description, of an application that answers in this very process."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture
def token(city: ModuleType) -> str:
    return create_token(user=city.person("school.safety_staff"), label="fuzz", actor=SYSTEM)


@pytest.mark.parametrize(
    ("path", "method"),
    [("/api/v1/incidents", "POST"), ("/api/v1/incidents/{ref}/receipt", "GET")],
)
def test_every_answer_is_one_that_the_description_names(
    described: Any, token: str, path: str, method: str
) -> None:
    headers = {"Authorization": f"Bearer {token}"}

    @quickly
    @given(case=described[path][method].as_strategy(), let_in=st.booleans())
    def holds(case: Any, let_in: bool) -> None:
        # A random code never gets past the front door; half of the bodies are let in.
        if let_in and isinstance(case.body, dict):
            case.body = {**case.body, "school": "5201210001", "more_schools": []}
        case.call_and_validate(checks=CHECKS, headers=headers)

    holds()


def test_the_description_leaves_out_no_address(described: Any) -> None:
    found = {(o.ok().path, o.ok().method.upper()) for o in described.get_all_operations()}

    assert found == {
        ("/api/v1/incidents", "POST"),
        ("/api/v1/incidents/{ref}/receipt", "GET"),
        ("/api/v1/plans", "GET"),
        ("/api/v1/plans", "POST"),
    }
