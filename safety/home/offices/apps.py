from django.apps import AppConfig


class OfficesConfig(AppConfig):
    name = "safety.home.offices"
    label = "offices"
