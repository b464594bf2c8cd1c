from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "safety.home"
    label = "home"

    def ready(self) -> None:
        import safety.checks  # noqa: F401, PLC0415 - registers the checks once all apps are there
