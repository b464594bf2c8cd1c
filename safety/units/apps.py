from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "safety.units"
    label = "units"
