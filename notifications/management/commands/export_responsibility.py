"""Write the responsibility table as a workbook that offices edit."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from notifications.models import ResponsibilityTable
from notifications.snapshot import current_table
from notifications.table.workbook.exporting import export_workbook
from notifications.table.workbook.target import draft_called
from safety.errors import Refused
from safety.units.models import Unit


class Command(BaseCommand):
    help = "Write the responsibility table (the version in force, if none is named) as a workbook."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--table", type=int, metavar="N", help="number of a published version")
        parser.add_argument("--draft", default="", metavar="REF", help="a draft instead")
        parser.add_argument("--unit", default="", metavar="CODE", help="only this unit and below")

    def handle(self, **options: Any) -> None:
        path: Path = options["file"]
        try:
            table = _table(options)
            part = _part(options["unit"])
            with path.open("wb") as file:
                rows = export_workbook(file, table=table, part=part)
        except Refused as refused:
            raise CommandError(
                "\n".join(f"{p.field} {p.value}: {p.message} {p.remedy}" for p in refused.problems)
            ) from refused
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        self.stdout.write(
            _("%(rows)d rows were written to %(file)s.") % {"rows": rows, "file": path}
        )


def _table(options: dict[str, Any]) -> ResponsibilityTable:
    if options["draft"]:
        return draft_called(options["draft"])
    if options["table"] is None:
        return current_table()
    found = ResponsibilityTable.objects.filter(number=options["table"]).first()
    if found is None:
        raise Refused(
            _("No version has this number."),
            field="table",
            value=str(options["table"]),
            remedy=_("Leave it out for the version in force."),
        )
    return found


def _part(code: str) -> Unit | None:
    if not code:
        return None
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise Refused(
            _("There is no single unit with this code or name."),
            field="unit",
            value=code,
            remedy=_("Write the unit's code as it stands in the list of units."),
        )
    return unit
