from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "safety.demo"
    label = "demo"
