from functools import partial

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "incidents.cases"
    label = "cases"

    def ready(self) -> None:
        from incidents.cases import clocks, grading, rulebook  # noqa: PLC0415 - apps are ready now
        from safety.rules.registry import Section, register  # noqa: PLC0415

        register(
            Section(
                name="grades",
                default=partial(rulebook.load, "grades"),
                check=lambda content: grading.check(content["grades"]),
            )
        )
        register(
            Section(
                name="filing",
                default=partial(rulebook.load, "filing"),
                check=lambda content: clocks.check(content["filing"]),
            )
        )
