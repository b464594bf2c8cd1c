from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "safety.home"
    label = "home"
