"""Whatever is supposed by API, the answer is one that the description names."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.ledger.actions import SYSTEM
from safety.people.actions import create_token
from tests.incidents import test_api_schema
from tests.incidents.test_api_schema import CHECKS, quickly

_same_connection = test_api_schema._same_connection
described = test_api_schema.described
KNOWN: dict[str, list[str]] = {"school": ["5201210001"], "hazard": ["FIRE"], "flag": []}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_answer_is_one_that_the_description_names(
    city: ModuleType, described: Any, method: str
) -> None:
    token = create_token(user=city.person("city.safety_office"), label="fuzz", actor=SYSTEM)

    @quickly
    @given(case=described["/api/v1/plans"][method].as_strategy(), let_in=st.booleans())
    def holds(case: Any, let_in: bool) -> None:
        # Random codes never get past the front door; half of the questions are let in.
        if let_in and method == "GET":
            case.query = {**(case.query or {}), **KNOWN}
        elif let_in and isinstance(case.body, dict):
            case.body = {**case.body, **KNOWN}
        case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {token}"})

    holds()
