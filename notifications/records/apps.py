from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "notifications.records"
    label = "records"
