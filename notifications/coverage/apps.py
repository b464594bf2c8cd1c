from django.apps import AppConfig


class CoverageConfig(AppConfig):
    name = "notifications.coverage"
    label = "coverage"
