from datetime import timedelta

from django.apps import AppConfig

EVERY = timedelta(minutes=10)


class PledgesConfig(AppConfig):
    name = "notifications.pledges"
    label = "pledges"

    def ready(self) -> None:
        from notifications.delivery import chores  # noqa: PLC0415 - apps are ready now
        from notifications.obligations import kinds  # noqa: PLC0415
        from notifications.pledges import duty, opening, rulebook, rules  # noqa: PLC0415
        from safety.rules.registry import Section, register  # noqa: PLC0415

        register(Section(name=rules.NAME, default=rulebook.load, check=rules.check))
        kinds.register(duty.KIND, duty.ROOM)
        chores.register(chores.Chore(name="pledges", every=EVERY, run=opening.run_portion))
