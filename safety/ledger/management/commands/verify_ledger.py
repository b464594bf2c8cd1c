import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from safety.ledger.selectors import verify


class Command(BaseCommand):
    help = "Walk the ledger's hash chain; fail if any event was changed, removed or inserted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, **options: Any) -> None:
        found = verify()
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "ok": found.ok,
                        "events": found.events,
                        "unsealed": found.unsealed,
                        "head": found.head,
                        "problems": list(found.problems),
                    }
                )
            )
        else:
            self.stdout.write(f"{found.events} sealed, {found.unsealed} waiting, head {found.head}")
        if not found.ok:
            raise CommandError("\n".join(found.problems))
