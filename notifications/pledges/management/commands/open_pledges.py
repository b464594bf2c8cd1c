import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from notifications.pledges.opening import open_due_pledges


class Command(BaseCommand):
    help = "Open the pledges that are due and end those that bind nobody any more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, **options: Any) -> None:
        opened = ended = 0
        more = True
        while more:
            portion = open_due_pledges()
            opened, ended, more = opened + portion.opened, ended + portion.ended, portion.more
        if options["json"]:
            self.stdout.write(json.dumps({"opened": opened, "ended": ended}))
        else:
            self.stdout.write(f"opened {opened}, ended {ended}")
