import signal
from typing import Any

from django.core.management.base import BaseCommand

from notifications.delivery.worker import Worker
from notifications.live.outpost import Outpost
from notifications.table.runner import Runner


class Command(BaseCommand):
    help = (
        "Run the dispatcher as its own process (serve --no-dispatch beside it). "
        "Several may run: one leads, the others take over when it dies."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        worker = Worker()
        outpost = Outpost()
        runner = Runner()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        outpost.start()
        runner.start()
        self.stdout.write(f"dispatcher {worker.owner} started")
        self.stdout.flush()
        worker.run()
        runner.stop()
        outpost.stop()
        self.stdout.write("dispatcher stopped")
