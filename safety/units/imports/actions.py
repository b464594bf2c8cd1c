"""Import lists of units: read, compare, and write all of it or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safety.errors import Refused
from safety.ledger.actions import Actor, Fact, record
from safety.units.actions import create_units, update_units
from safety.units.imports.fields import parse
from safety.units.imports.mapping import Table, locate
from safety.units.imports.plan import Options, Plan, make_plan
from safety.units.imports.problems import CellProblem, Unusable
from safety.units.imports.reader import Book, open_book
from safety.units.imports.rejected import give_back
from safety.units.imports.rows import Reading, Row, read_rows


@dataclass(frozen=True, kw_only=True)
class Request:
    """What somebody asked to import, and how."""

    files: Sequence[Path]
    maps: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    accepted_names: frozenset[str] = frozenset()
    day: date | None = None
    parent: str = ""
    create_districts: bool = False
    move: bool = False
    valid_only: bool = False
    dry_run: bool = False
    rejected: Path | None = None

    @property
    def gives_back(self) -> bool:
        """Whether bad rows are written to a list: when asked for, or imported without them."""
        return self.rejected is not None or (self.valid_only and not self.dry_run)


@dataclass(kw_only=True)
class Outcome:
    """What was found and, unless it was a dry run or refused, written."""

    books: list[Book] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    skipped: dict[str, list[int]] = field(default_factory=dict)
    without_header: list[str] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    bad_rows: dict[str, dict[int, list[CellProblem]]] = field(default_factory=dict)
    unreadable: bool = False
    plan: Plan = field(default_factory=Plan)
    rejected_files: dict[str, str] = field(default_factory=dict)
    written: bool = False

    @property
    def rejected(self) -> int:
        return sum(map(len, self.bad_rows.values()))


def import_units(*, request: Request, actor: Actor) -> Outcome:
    """Import ``request.files`` in one transaction and say what was found.

    With any error nothing is written, unless ``valid_only`` asks for the good
    rows of files that could be read. Importing the same again writes nothing.
    Raises ``Refused`` when an option of the request cannot be used, or when the
    list of rejected rows cannot be written: bad rows never vanish.
    """
    outcome = Outcome()
    rows = _read(request, outcome)
    options = Options(
        day=request.day or timezone.localdate(),
        parent=request.parent,
        create_districts=request.create_districts,
        move=request.move,
    )
    with transaction.atomic():
        outcome.plan = make_plan(rows, options)
        for row in rows:
            if row.problems:
                outcome.problems += row.problems
                outcome.bad_rows.setdefault(row.table.sheet.file, {})[row.number] = row.problems
        if request.gives_back and not outcome.unreadable:
            outcome.rejected_files = give_back(outcome.tables, outcome.bad_rows, request.rejected)
        refused = outcome.problems and (outcome.unreadable or not request.valid_only)
        if not refused and not request.dry_run and outcome.plan.writes:
            _write(outcome, actor)
    return outcome


def _read(request: Request, outcome: Outcome) -> list[Row]:
    """Every row of every sheet with a header; files that cannot be read become problems."""
    _check_defaults(request.defaults)
    reading = Reading(defaults=request.defaults, accepted_names=request.accepted_names)
    rows: list[Row] = []
    for path in request.files:
        try:
            book = open_book(path)
            tables = [table for sheet in book.sheets if (table := locate(sheet, request.maps))]
            if not tables:
                raise _no_header(path)
            outcome.books.append(book)
            outcome.tables += tables
            found = {table.sheet.file for table in tables}
            outcome.without_header += [
                s.file for s in book.sheets if s.file not in found and any(s.lines())
            ]
            for table in tables:
                name = table.sheet.file
                skipped = outcome.skipped.setdefault(name, [])
                read = list(read_rows(table, reading, skipped))
                outcome.rows[name] += len(read)
                rows += read
        except Refused as refused:
            outcome.unreadable = True
            outcome.problems += [
                CellProblem(
                    code=f"bad_{p.field}",
                    file=path.name,
                    field=p.field,
                    value=p.value,
                    message=p.message,
                    remedy=p.remedy,
                )
                for p in refused.problems
            ]
    return rows


def _check_defaults(defaults: Mapping[str, str]) -> None:
    for name, text in defaults.items():
        try:
            parse(name, text, text)
        except Unusable as unusable:
            raise Refused(
                unusable.message, field="default", value=f"{name}={text}", remedy=unusable.remedy
            ) from unusable


def _no_header(path: Path) -> Refused:
    return Refused(
        _("No row was found that names the columns."),
        field="header",
        value=path.name,
        remedy=_(
            "Give the first row headers such as 学校名称 and 所属区县, "
            "or name the column: --map name=B."
        ),
    )


def _write(outcome: Outcome, actor: Actor) -> None:
    plan = outcome.plan
    create_units(units=plan.creates, actor=actor)
    update_units(changes=plan.changes, actor=actor)
    record(
        actor=actor,
        facts=[
            Fact(
                verb="units.imported",
                subject_kind="import",
                subject_ref=outcome.books[0].sha256[:16],
                body={
                    "files": [{"name": b.name, "sha256": b.sha256} for b in outcome.books],
                    "created": len(plan.creates),
                    "changed": len(plan.changes),
                    "unchanged": plan.unchanged,
                    "rejected": outcome.rejected,
                },
            )
        ],
    )
    outcome.written = True
