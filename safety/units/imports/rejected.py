"""Give bad rows back as a list that can be corrected and imported again."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from safety.errors import Refused
from safety.units.imports.cells import guarded, text_of
from safety.units.imports.mapping import Table
from safety.units.imports.problems import CellProblem

REASON = "原因"


BadRows = Mapping[int, Sequence[CellProblem]]


def give_back(
    tables: Sequence[Table], bad_rows: Mapping[str, BadRows], wanted: Path | None
) -> dict[str, str]:
    """Write one list for each sheet with bad rows; return sheet → path of its list.

    The list is ``wanted``, or named after the sheet and beside its file (where that folder
    takes nothing, among the data of this installation). Several lists get the names of
    their sheets appended.
    """
    spoilt = [table for table in tables if table.sheet.file in bad_rows]
    written = {}
    for table in spoilt:
        name = table.sheet.file
        stem = re.sub(r"(\.\w+(?= |$)|[^\w.\-])+", "-", name).strip("-")
        path = wanted or _folder(table) / f"{stem}-rejected.csv"
        if wanted and len(spoilt) > 1:
            path = wanted.with_name(f"{wanted.stem}-{stem}{wanted.suffix}")
        _write(path, table, bad_rows[name])
        written[name] = str(path)
    return written


def _folder(table: Table) -> Path:
    folder = table.sheet.folder.resolve()
    return folder if os.access(folder, os.W_OK) else Path(settings.VAR_DIR)


def _write(path: Path, table: Table, bad_rows: BadRows) -> None:
    """Write the bad rows of ``table`` with their columns as they were, and the reasons.

    UTF-8 with a mark, so that Excel shows Chinese; no cell can act as a formula.
    The rows are read a second time, so that a long list need not be kept in memory.
    """
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            # A list that was rejected before has its old reasons in the last column.
            width = len(table.header) - (table.header[-1] == REASON)
            writer.writerow([guarded(text) for text in (*table.header[:width], REASON)])
            for number, cells in table.sheet.lines():
                if problems := bad_rows.get(number):
                    texts = [text_of(cell) for cell in cells]
                    texts += [""] * (width - len(texts))
                    texts = [*texts[:width], _reasons(problems), *texts[len(table.header) :]]
                    writer.writerow([guarded(text) for text in texts])
    except OSError as error:
        raise Refused(
            _("The list of rejected rows cannot be written: %(why)s.")
            % {"why": f"{path}: {error.strerror}"},
            field="rejected",
            value=path.name,
            remedy=_("Name a file in a folder that can be written: --rejected FILE."),
        ) from error


def _reasons(problems: Sequence[CellProblem]) -> str:
    place = _("row %(number)d") % {"number": problems[0].row}
    return f"{place}: " + " ".join(
        f"{problem.column} – {problem.message} {problem.remedy}" for problem in problems
    )
