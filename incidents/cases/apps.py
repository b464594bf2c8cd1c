from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.apps import AppConfig


def _check_grades(content: Mapping[str, Mapping[str, Any]]) -> None:
    from incidents.cases import form_of_rules, grading  # noqa: PLC0415 - apps are ready by then

    grading.check(content["grades"])
    form_of_rules.check_grades(content)


def _check_filing(content: Mapping[str, Mapping[str, Any]]) -> None:
    from incidents.cases import clocks, form_of_rules, tiles  # noqa: PLC0415 - as above

    form_of_rules.check_filing(content)
    clocks.check(content["filing"])
    tiles.check(content)


class CasesConfig(AppConfig):
    name = "incidents.cases"
    label = "cases"

    def ready(self) -> None:
        from incidents.cases import rulebook  # noqa: PLC0415 - apps are ready now
        from incidents.cases.board_facts import board_facts  # noqa: PLC0415
        from notifications import subjects  # noqa: PLC0415
        from safety.rules.registry import Section, register  # noqa: PLC0415

        register(
            Section(
                name="grades",
                default=partial(rulebook.load, "grades"),
                check=_check_grades,
            )
        )
        register(
            Section(
                name="filing",
                default=partial(rulebook.load, "filing"),
                check=_check_filing,
            )
        )
        subjects.register("incident", board_facts)
