from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from safety.errors import Refused
from safety.ledger.actions import SYSTEM
from safety.rules.actions import publish_shipped


class Command(BaseCommand):
    help = "Publish the shipped rule book as a new version; does nothing when it is the newest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--gaps-known",
            action="store_true",
            help="publish although it leaves posts without anybody: these gaps are known",
        )

    def handle(self, **options: Any) -> None:
        try:
            book = publish_shipped(actor=SYSTEM, gaps_known=options["gaps_known"])
        except Refused as refused:
            said = [f"{p.field} {p.value}: {p.message} {p.remedy}" for p in refused.problems]
            if any(p.field == "coverage" for p in refused.problems):
                said.append(_("If these gaps are known, publish with --gaps-known."))
            raise CommandError("\n".join(said)) from refused
        self.stdout.write(f"rule book {book.number} ({book.digest[:12]})")
