"""``manage.py check_responsibility``: who answers for everything, and which gaps there are."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from notifications.coverage.document import as_document, as_lines
from notifications.coverage.selectors import DAYS, Coverage, cover
from notifications.models import ResponsibilityTable
from safety.errors import Refused
from safety.units.models import Unit

LONGEST = 366


class Command(BaseCommand):
    help = "Prove that somebody answers for every unit, stage, hazard and capacity."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("--table", default="", metavar="N", help="a version's number, or a draft's reference")
        add("--unit", default="", metavar="CODE", help="only this unit and those below it")
        add("--days", type=int, default=DAYS, help=f"how far to look ahead (default {DAYS})")
        add("--language", choices=("zh-hans", "en"), default="zh-hans", help="of the text")
        add("--json", action="store_true", help="print one JSON document")

    def handle(self, **options: Any) -> None:
        with translation.override(options["language"]):
            try:
                known = _proof(options)
            except Refused as refused:
                raise CommandError(
                    "\n".join(
                        f"{p.field} '{p.value}': {p.message} {p.remedy}" for p in refused.problems
                    )
                ) from refused
            if options["json"]:
                self.stdout.write(json.dumps(as_document(known), ensure_ascii=False))
            else:
                for line in as_lines(known):
                    self.stdout.write(line)
            if not known.publishable:
                said = _("%(n)d gaps keep this table from being published.")
                raise CommandError(said % {"n": len(known.blocking)})


def _proof(options: dict[str, Any]) -> Coverage:
    if not 1 <= options["days"] <= LONGEST:
        raise Refused(
            "That is not a number of days to look ahead.",
            field="days",
            value=str(options["days"]),
            remedy=f"Give 1 to {LONGEST}.",
        )
    below = _path(options["unit"])
    return cover(_table(options["table"]), below=below, days=options["days"])


def _table(said: str) -> ResponsibilityTable | None:
    if not said:
        return None
    if said.isdecimal():
        found = ResponsibilityTable.objects.filter(number=int(said)).first()
    else:
        try:
            found = ResponsibilityTable.objects.filter(ref=UUID(said)).first()
        except ValueError:
            found = None
    if found is None:
        raise Refused(
            "There is no such table.",
            field="table",
            value=said,
            remedy="Give the number of a version, or the reference of a draft.",
        )
    return found


def _path(code: str) -> str:
    if not code:
        return ""
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise Refused(
            "There is no unit with this code.",
            field="unit",
            value=code,
            remedy="Give another code.",
        )
    return unit.path
