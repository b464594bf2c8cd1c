from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "safety.ledger"
    label = "ledger"
