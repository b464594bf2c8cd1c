"""Import a workbook into a draft of the responsibility table: preview, then all or nothing."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from notifications.models import ResponsibilityTable
from notifications.table.drafts import publish_draft
from notifications.table.workbook.holdings import write_proposals
from notifications.table.workbook.importing import import_workbook
from notifications.table.workbook.outcome import Outcome, Request
from notifications.table.workbook.previewing import preview
from notifications.table.workbook.reading import parse_maps
from notifications.table.workbook.report import as_json, as_text, proposals_of
from notifications.table.workbook.target import draft_called
from safety.errors import Refused


class Command(BaseCommand):
    help = (
        "Import the responsibility table from a workbook: one of ours, or the bureau's own sheet. "
        "It goes into a draft; nothing is half-imported."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("file", type=Path, metavar="FILE")
        add("--dry-run", action="store_true", help="show what would change, write nothing")
        add("--publish", action="store_true", help="publish the draft, if nothing forbids it")
        add("--note", default="", help="what the new version is about")
        add("--draft", default="", metavar="REF", help="into this draft (default: a new one)")
        add("--map", action="append", default=[], metavar="FIELD=COLUMN", help="header or letter")
        add("--unit", default="", metavar="CODE", help="unit of rows that name none")
        add("--over", action="store_true", help="count it as it stands, whatever changed since")
        add("--create-posts", action="store_true", help="create posts of a known type")
        add("--valid-only", action="store_true", help="leave rows with errors out")
        add("--people", type=Path, metavar="FILE", help="write the people it names as a list")
        add("--json", action="store_true", help="print one JSON document")

    def handle(self, **options: Any) -> None:
        try:
            outcome = preview(_request(options))
            self._write_people(outcome, options["people"])
            draft, refused = self._write(outcome, options)
        except Refused as unusable:
            self._refuse(unusable, options)
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        self._report(outcome, draft, refused, options)
        if refused is not None:
            raise CommandError(_lines(refused))
        if outcome.blocking:
            raise CommandError(
                _("%(count)d errors; nothing was written.") % {"count": len(outcome.blocking)}
            )

    def _write(
        self, outcome: Outcome, options: dict[str, Any]
    ) -> tuple[ResponsibilityTable | None, Refused | None]:
        """Import and, where asked for, publish: both or neither. What the gate said comes back."""
        if options["dry_run"] or outcome.blocking:
            return None, None
        try:
            with transaction.atomic():
                draft = import_workbook(outcome=outcome)
                if draft is not None and options["publish"]:
                    publish_draft(table=draft, note=options["note"])
        except Refused as refused:
            return None, refused
        return draft, None

    def _refuse(self, refused: Refused, options: dict[str, Any]) -> NoReturn:
        if options["json"]:
            errors = [problem.as_json() for problem in refused.problems]
            self._print({"ok": False, "written": False, "errors": errors})
        raise CommandError(_lines(refused)) from refused

    def _report(
        self,
        outcome: Outcome,
        draft: ResponsibilityTable | None,
        refused: Refused | None,
        options: dict[str, Any],
    ) -> None:
        if options["json"]:
            found = as_json(outcome, written=draft is not None)
            if refused is not None:
                found["ok"] = False
                found["errors"] += [problem.as_json() for problem in refused.problems]
            told = {"draft": str(draft.ref) if draft else "", "number": draft and draft.number}
            self._print({**found, **told})
            return
        for line in as_text(outcome):
            self.stdout.write(line)
        if draft is not None and draft.number:
            self.stdout.write(_("Version %(number)s was published.") % {"number": draft.number})
        elif draft is not None:
            self.stdout.write(_("Written into the draft %(ref)s.") % {"ref": draft.ref})

    def _print(self, document: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(document, ensure_ascii=False))

    def _write_people(self, outcome: Outcome, path: Path | None) -> None:
        if path is not None:
            with path.open("wb") as file:
                write_proposals(file, proposals_of(outcome))


def _lines(refused: Refused) -> str:
    return "\n".join(f"{p.field} {p.value}: {p.message} {p.remedy}" for p in refused.problems)


def _request(options: dict[str, Any]) -> Request:
    path: Path = options["file"]
    return Request(
        content=path.read_bytes(),
        name=path.name,
        draft=draft_called(options["draft"]) if options["draft"] else None,
        maps=parse_maps(options["map"]),
        unit=options["unit"],
        over=options["over"],
        create_posts=options["create_posts"],
        valid_only=options["valid_only"],
    )
