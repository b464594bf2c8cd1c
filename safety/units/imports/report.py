"""Say what an import found: in words for people, as one document for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from safety.units.imports.actions import Outcome
from safety.units.imports.problems import CellProblem
from safety.units.models import School, Unit

SHOWN = 50
_WORDS = {
    **dict(School.Stage.choices),
    **dict(School.Ownership.choices),
    **dict(Unit.Kind.choices),
}


def as_json(outcome: Outcome) -> dict[str, Any]:
    plan = outcome.plan
    return {
        "ok": not outcome.problems,
        "written": outcome.written,
        "created": len(plan.creates),
        "changed": len(plan.changes),
        "unchanged": plan.unchanged,
        "rejected": outcome.rejected,
        "rejected_files": outcome.rejected_files,
        "files": [
            {
                "file": table.sheet.file,
                "encoding": table.sheet.encoding,
                "header_row": table.header_row,
                "rows": outcome.rows[table.sheet.file],
                "columns": {name: table.heading(name) for name in table.columns},
                "unused": list(table.unused),
                "skipped_rows": outcome.skipped[table.sheet.file],
            }
            for table in outcome.tables
        ],
        "errors": [problem.as_json() for problem in outcome.problems],
        "warnings": list(warnings(outcome)),
        "new": [
            {"code": new.code, "name": new.name, "kind": new.kind, "parent": new.parent}
            for new in plan.creates
        ],
        "changes": [
            {**change, "old": _plain(change["old"]), "new": _plain(change["new"])}
            for change in plan.differences
        ],
    }


def warnings(outcome: Outcome) -> Iterator[str]:
    """What is no error, but what the reader should look at once."""
    plan = outcome.plan
    for name in outcome.without_header:
        yield _("%(sheet)s was not read: no row names the columns.") % {"sheet": name}
    for text, rows in plan.redirected.items():
        yield _("%(rows)d rows name %(district)s, which is unknown: --parent is taken.") % {
            "rows": rows,
            "district": text,
        }
    if plan.derived:
        yield _(
            "%(count)d new units have no code in the list; "
            "they get one derived from parent and name."
        ) % {"count": plan.derived}
    if plan.without_stage:
        yield _(
            "%(count)d new schools have no stage; alerts by stage will not find their section. "
            "Add a column, or --default stages=初中."
        ) % {"count": plan.without_stage}


def as_text(outcome: Outcome, *, dry_run: bool) -> Iterator[str]:
    """The report line by line."""
    yield from _columns(outcome)
    yield from (_("Note: %(text)s") % {"text": text} for text in warnings(outcome))
    differences = outcome.plan.differences
    for change in differences[:SHOWN]:
        yield _("Change: %(name)s (%(code)s) %(field)s: %(old)s → %(new)s") % {
            **change,
            "old": _shown(change["old"]),
            "new": _shown(change["new"]),
        }
    yield from _more(len(differences))
    yield from _errors(outcome.problems)
    for name, path in outcome.rejected_files.items():
        yield _("The rejected rows of %(file)s are in %(path)s.") % {"file": name, "path": path}
    plan = outcome.plan
    yield _(
        "%(created)d new, %(changed)d changed, %(unchanged)d unchanged, %(rejected)d rejected."
    ) % {
        "created": len(plan.creates),
        "changed": len(plan.changes),
        "unchanged": plan.unchanged,
        "rejected": outcome.rejected,
    }
    if outcome.written:
        yield _("Written.")
    elif dry_run:
        yield _("Nothing was written: this was a dry run.")
    else:
        yield _("Nothing was written.")


def _columns(outcome: Outcome) -> Iterator[str]:
    for table in outcome.tables:
        name = table.sheet.file
        yield _("%(file)s: %(rows)d rows below row %(header)d.") % {
            "file": name,
            "rows": outcome.rows[name],
            "header": table.header_row,
        }
        yield "  " + ", ".join(f"{field} ← {table.heading(field)}" for field in table.columns)
        if table.unused:
            yield "  " + _("Not used: %(columns)s.") % {"columns": ", ".join(table.unused)}
        if skipped := outcome.skipped[name]:
            yield "  " + _("Totals and notes, skipped: rows %(rows)s.") % {
                "rows": ", ".join(map(str, skipped[:SHOWN]))
            }


def _errors(problems: Sequence[CellProblem]) -> Iterator[str]:
    """One line for each problem; the same problem in many rows is said once."""
    alike: dict[CellProblem, list[int]] = {}
    for problem in problems:
        alike.setdefault(replace(problem, row=0), []).append(problem.row)
    for problem, rows in islice(alike.items(), SHOWN):
        where = replace(problem, row=rows[0])
        if len(rows) == 1:
            yield _("Error: %(text)s") % {"text": where}
        else:
            yield _("Error: %(text)s The same in %(count)d more rows, the last is %(last)d.") % {
                "text": where,
                "count": len(rows) - 1,
                "last": rows[-1],
            }
    yield from _more(len(alike))


def _more(count: int) -> Iterator[str]:
    if count > SHOWN:
        yield _("… and %(count)d more; --json shows all.") % {"count": count - SHOWN}


def _shown(value: Any) -> str:
    """A value in the reader's words."""
    if isinstance(value, list | tuple):
        return "、".join(map(_shown, value)) or "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "–" if value in (None, "") else str(_WORDS.get(value, value))


def _plain(value: Any) -> Any:
    if isinstance(value, date | Decimal):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
