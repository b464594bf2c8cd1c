from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notifications.live.server import CannotListen, ManyOnMemory, serve
from safety.checks import refuse_public_bind


class Command(BaseCommand):
    help = "Serve pages, API and live sockets, with the dispatcher inside unless told otherwise."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000, help="0 chooses a free one")
        parser.add_argument(
            "--no-dispatch",
            action="store_true",
            help="leave the background work to `manage.py dispatch`",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        refuse_public_bind(options["host"])
        try:
            serve(
                host=options["host"],
                port=options["port"],
                dispatch=not options["no_dispatch"],
                say=self._say,
            )
        except (CannotListen, ManyOnMemory) as error:
            raise CommandError(str(error)) from error

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
