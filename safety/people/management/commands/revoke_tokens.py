from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from safety.ledger.actions import SYSTEM
from safety.people.actions import revoke_tokens
from safety.people.models import User


class Command(BaseCommand):
    help = "Withdraw every API token of a person; print how many were in force."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *_args: Any, **options: Any) -> None:
        username = options["username"]
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"username '{username}' is not known.")
        self.stdout.write(str(revoke_tokens(user=user, actor=SYSTEM)))
