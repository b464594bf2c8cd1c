from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "safety.people"
    label = "people"
