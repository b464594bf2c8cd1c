"""How the tests of this folder ask what would happen: page, API and command, the same question."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from types import ModuleType
from typing import Any

from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from safety.ledger.actions import SYSTEM
from safety.people.actions import create_token

SUNDAY = "2026-06-14T20:21"
PATH = "/api/v1/plans"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One supposed incident of the cast's city, on that Sunday."""

    school: str
    hazard: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    grade: str = ""

    def query(self, city: ModuleType) -> dict[str, Any]:
        told = {
            "school": [city.unit(self.school).code],
            "hazard": [self.hazard],
            "flag": list(self.flags),
            **self.facts,
        }
        return {**told, **({"grade": self.grade} if self.grade else {})}


def page(client: Client, city: ModuleType, case: Case, **over: Any) -> Any:
    return client.get(reverse("what_if:suppose"), {**case.query(city), "at": SUNDAY, **over})


def api(city: ModuleType, who: str, case: Case, *, post: bool = False, **over: Any) -> Any:
    token = create_token(user=city.person(who), label="test", actor=SYSTEM)
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "zh-hans"}
    asked = {**case.query(city), "at": f"{SUNDAY}:00+08:00", **over}
    if post:
        return Client().post(
            PATH, json.dumps(asked), content_type="application/json", headers=headers
        )
    return Client().get(PATH, asked, headers=headers)


def command(city: ModuleType, case: Case, grade: str) -> dict[str, Any]:
    out = StringIO()
    flags = [word for flag in case.flags for word in ("--flag", flag)]
    call_command(
        "resolve",
        *("--school", city.unit(case.school).code, "--hazard", case.hazard),
        *("--grade", grade, "--at", f"{SUNDAY}:00+08:00", "--json", *flags),
        stdout=out,
    )
    document: dict[str, Any] = json.loads(out.getvalue())
    return document
