from django.apps import AppConfig


class RosterConfig(AppConfig):
    name = "safety.roster"
    label = "roster"
