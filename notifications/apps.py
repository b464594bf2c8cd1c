from functools import partial

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    label = "notifications"

    def ready(self) -> None:
        from notifications import rulebook  # noqa: PLC0415 - apps are ready now
        from notifications.responsibility.checks import (  # noqa: PLC0415
            clocks,
            hazards,
            posts,
            responsibility,
        )
        from notifications.table.gate import gaps_opened_by  # noqa: PLC0415
        from notifications.table.under_rules import objections  # noqa: PLC0415
        from safety.rules.registry import (  # noqa: PLC0415
            Section,
            register,
            register_gate,
            register_guard,
        )

        for section in (responsibility, hazards, clocks, posts):
            name = section.NAME
            register(Section(name=name, default=partial(rulebook.load, name), check=section.check))
        register_guard("responsibility_table", objections)
        register_gate("coverage", gaps_opened_by)
