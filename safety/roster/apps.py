from django.apps import AppConfig


class RosterConfig(AppConfig):
    name = "safety.roster"
    label = "roster"

    def ready(self) -> None:
        from safety.roster import rulebook  # noqa: PLC0415 - apps are ready now
        from safety.rules.registry import Section, register  # noqa: PLC0415

        register(Section(name=rulebook.NAME, default=rulebook.load, check=rulebook.check))
