from django.apps import AppConfig


class HandingConfig(AppConfig):
    name = "notifications.handing"
    label = "handing"
