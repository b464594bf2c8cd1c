from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from safety.ledger.actions import SYSTEM
from safety.people.actions import create_token
from safety.people.models import User


class Command(BaseCommand):
    help = "Make an API token for a person and print it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--label", default="command line")

    def handle(self, *_args: Any, **options: Any) -> None:
        username = options["username"]
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"username '{username}' is not known; create the person first.")
        self.stdout.write(create_token(user=user, label=options["label"], actor=SYSTEM))
