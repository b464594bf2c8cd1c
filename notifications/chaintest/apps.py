from datetime import timedelta

from django.apps import AppConfig

EVERY = timedelta(seconds=30)


class ChainTestConfig(AppConfig):
    name = "notifications.chaintest"
    label = "chaintest"

    def ready(self) -> None:
        from notifications.chaintest import chores, rulebook, rules  # noqa: PLC0415 - apps are ready now
        from notifications.delivery.chores import Chore, register  # noqa: PLC0415
        from safety.rules import registry  # noqa: PLC0415

        section = registry.Section(name=rules.NAME, default=rulebook.load, check=rules.check)
        registry.register(section)
        register(Chore(name="chaintest", every=EVERY, run=chores.run_portion))
