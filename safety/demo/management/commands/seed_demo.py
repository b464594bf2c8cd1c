import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from safety.demo.actions import build_city
from safety.demo.models import DemoCity
from safety.demo.names import FICTIONAL, GUIYANG
from safety.demo.sign_ins import SignIn, opens, sign_ins
from safety.errors import Refused

# Known to everybody who reads this file: the reason why only invented data lie behind it.
PASSWORD = "shifan-2026-demo"  # noqa: S105


class Command(BaseCommand):
    help = (
        "Build a demonstration city in an empty database: units, posts, people, responsibility "
        "table, two years of incidents. Asked again for the same city it only prints the sign-ins."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("--schools", type=int, default=300, metavar="N")
        add("--seed", type=int, default=1, metavar="S", help="the same seed, the same city")
        add("--names", default=FICTIONAL, help=f"{FICTIONAL} (default) or {GUIYANG} (districts)")
        add("--at", default="", metavar="ISO", help="when the history ends (now)")
        add("--history-days", type=int, default=730, metavar="N", help="0: nothing happened yet")
        add("--password", default=PASSWORD, help="of every demonstration person")
        add("--json", action="store_true", help="print one JSON document")

    def handle(self, **options: Any) -> None:
        try:
            at = _moment(options["at"])
            city = self._same_city(options, at) or build_city(
                schools=options["schools"],
                seed=options["seed"],
                names=options["names"],
                history_days=options["history_days"],
                password=options["password"],
                now=at or timezone.now(),
            )
        except Refused as refused:
            raise CommandError(
                "\n".join(f"{p.field} {p.value}: {p.message} {p.remedy}" for p in refused.problems)
            ) from refused
        password = options["password"] if opens(options["password"]) else ""
        people = sign_ins()
        if options["json"]:
            told = {"schools": city.schools, "seed": city.seed, "password": password}
            told |= {"sign_ins": [person.as_json() for person in people]}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self._print(people, password)

    def _same_city(self, options: dict[str, Any], at: datetime | None) -> DemoCity | None:
        """The city that is asked for, if it is here already; one that ends now ends at any time."""
        asked = {name: options[name] for name in ("schools", "seed", "names")}
        if at is not None:
            asked["created_at"] = at
        return DemoCity.objects.filter(**asked).first()

    def _print(self, people: list[SignIn], password: str) -> None:
        width = max(len(person.username) for person in people)
        self.stdout.write(_("Demonstration sign-ins (invented people, invented data):"))
        for person in people:
            self.stdout.write(f"  {person.username:<{width}}  {person.role}:{person.shows}")
        chosen = password or _("the one chosen when the city was built")
        self.stdout.write(_("Password of everybody: %(password)s") % {"password": chosen})


def _moment(said: str) -> datetime | None:
    """The time in ``said``, of the bureau's time zone where it names none; ``None`` for ""."""
    if not said:
        return None
    try:
        moment = datetime.fromisoformat(said)
    except ValueError as error:
        raise Refused(
            _("This is not a time."),
            field="at",
            value=said,
            remedy=_("Write it like 2026-06-14T20:14:00+08:00."),
        ) from error
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
