from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "safety.rules"
    label = "rules"
