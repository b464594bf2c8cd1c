import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from safety.errors import Refused
from safety.ledger.actions import SYSTEM
from safety.units.imports.actions import Outcome, Request, import_units
from safety.units.imports.mapping import parse_pairs
from safety.units.imports.report import as_json, as_text


class Command(BaseCommand):
    help = (
        "Import schools and bureaus from .csv, .xlsx, .xls or .ods. "
        "Nothing is half-imported, and importing twice changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("files", nargs="+", type=Path, metavar="FILE")
        add("--dry-run", action="store_true", help="show what would happen, write nothing")
        add("--map", action="append", default=[], metavar="FIELD=COLUMN", help="header or letter")
        add("--default", action="append", default=[], metavar="FIELD=VALUE", help="where none is")
        add("--parent", default="", metavar="CODE|NAME", help="bureau of rows that name none")
        add("--create-districts", action="store_true", help="create districts that are missing")
        add("--move", action="store_true", help="let units move to another parent")
        add("--on", default="", metavar="DATE", help="first day of new units (default: today)")
        add("--accept-name", action="append", default=[], metavar="NAME", help="odd but right")
        add("--valid-only", action="store_true", help="import the good rows, give back the others")
        add("--rejected", default="", metavar="FILE", help="where rejected rows are written (csv)")
        add("--json", action="store_true", help="print one JSON document")

    def handle(self, **options: Any) -> None:
        try:
            outcome = import_units(request=_request(options), actor=SYSTEM)
        except Refused as refused:
            if options["json"]:
                nothing = as_json(Outcome()) | {"ok": False}
                nothing["errors"] = [problem.as_json() for problem in refused.problems]
                self.stdout.write(json.dumps(nothing, ensure_ascii=False))
            raise CommandError(
                "\n".join(f"{p.field} {p.value}: {p.message} {p.remedy}" for p in refused.problems)
            ) from refused
        if options["json"]:
            self.stdout.write(json.dumps(as_json(outcome), ensure_ascii=False))
        else:
            for line in as_text(outcome, dry_run=options["dry_run"]):
                self.stdout.write(line)
        if outcome.unreadable or (outcome.problems and not options["valid_only"]):
            raise CommandError(
                _("%(count)d errors; nothing was written.") % {"count": len(outcome.problems)}
            )


def _request(options: dict[str, Any]) -> Request:
    return Request(
        files=options["files"],
        maps=parse_pairs("map", options["map"]),
        defaults=parse_pairs("default", options["default"]),
        accepted_names=frozenset(options["accept_name"]),
        day=_day(options["on"]),
        parent=options["parent"],
        create_districts=options["create_districts"],
        move=options["move"],
        valid_only=options["valid_only"],
        dry_run=options["dry_run"],
        rejected=Path(options["rejected"]) if options["rejected"] else None,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Refused(
            _("This is no date."), field="on", value=text, remedy=_("Write it as 2026-09-01.")
        ) from error
