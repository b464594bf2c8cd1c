from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "safety.demo"
    label = "demo"

    def ready(self) -> None:
        from safety.demo.selectors import mark  # noqa: PLC0415 - apps are ready now
        from safety.papers import register_mark  # noqa: PLC0415

        register_mark(mark)
