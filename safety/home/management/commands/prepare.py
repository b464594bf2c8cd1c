import io
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from safety.rules.models import RuleBook
from safety.units.models import Unit

SIGN_INS = "demo-sign-ins.txt"


class Command(BaseCommand):
    help = (
        "Make this installation ready to serve: tables, rule book, static files; with --demo also "
        "a demonstration city when there is no unit yet. Repeating it is harmless."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        self._say("tables are up to date")
        if not RuleBook.objects.exists():
            call_command("publish_rules", stdout=self.stdout)
        call_command("collectstatic", verbosity=0, interactive=False)
        self._say("static files are collected")
        if options["demo"] and not Unit.objects.exists():
            self._seed()

    def _seed(self) -> None:
        self._say("the database is empty: building the demonstration city")
        told = io.StringIO()
        call_command("seed_demo", stdout=told)
        (settings.VAR_DIR / SIGN_INS).write_text(told.getvalue())

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
