"""Look at a workbook: everything it would change, everything that is wrong, nothing written."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from notifications.models import ResponsibilityTable
from notifications.table.rows import Key, Row, rows_of
from notifications.table.workbook.columns import COLUMNS, GUIDE, LISTS, MARK, SHEET
from notifications.table.workbook.decoding import Decoder
from notifications.table.workbook.defaults import Defaults
from notifications.table.workbook.known import known
from notifications.table.workbook.loose import Loose
from notifications.table.workbook.marks import Mark, digest_of
from notifications.table.workbook.merging import merge
from notifications.table.workbook.opening import Opened, open_workbook
from notifications.table.workbook.outcome import Outcome, Request
from notifications.table.workbook.problems import CellProblem
from notifications.table.workbook.reading import Found, locate
from notifications.table.workbook.stating import Stating, columns_missing
from notifications.table.workbook.vocabulary import Book, Words
from safety.errors import Refused
from safety.rules.selectors import content_of, current_rules

State = ResponsibilityTable.State


def preview(request: Request) -> Outcome:
    """Everything that importing ``request`` would do. Raises ``Refused`` for an unusable file."""
    opened = open_workbook(request.content, request.name)
    book = content_of(current_rules())
    target = request.draft
    if target is None:
        target = ResponsibilityTable.objects.filter(state=State.PUBLISHED).first()
    outcome = Outcome(
        request=request,
        opened=opened,
        based_on=target,
        revision=request.draft.revision if request.draft else 0,
        known=known(),
        words=Words.of(book),
    )
    now = {row.key: row for row in rows_of(target.entries.all())} if target else {}
    outcome.mark = _mark(opened)
    outcome.found = _tables(outcome)
    outcome.is_own = outcome.mark is not None or _is_ours(outcome.found[0])
    if outcome.is_own:
        _read_own(outcome, now)
    else:
        _read_loose(outcome, now, book)
    outcome.problems.sort(key=lambda problem: (problem.sheet, problem.row))
    return outcome


def mark_of(content: bytes, name: str) -> str:
    """The table that a workbook was exported from, as its mark says; "" without a mark."""
    mark = _mark(open_workbook(content, name))
    return mark.table if mark else ""


def _mark(opened: Opened) -> Mark | None:
    sheet = opened.sheet(MARK)
    if sheet is None:
        return None
    return Mark.of({texts[0]: texts[1] for _number, texts in sheet.lines() if len(texts) > 1})


def _tables(outcome: Outcome) -> list[Found]:
    """The sheets with a table: ours, or every visible one that names its columns."""
    maps = outcome.request.maps
    ours = outcome.opened.sheet(SHEET) if outcome.mark else None
    sheets = [ours] if ours else [s for s in outcome.opened.sheets if s.is_visible]
    candidates = [s for s in sheets if s.name not in (GUIDE, LISTS, MARK)]
    found = [table for sheet in candidates if (table := locate(sheet, maps))]
    if not found:
        raise Refused(
            _("No row was found that names the columns."),
            field="file",
            value=outcome.request.name,
            remedy=_(
                "Give the columns headings such as 单位, 岗位, 业务职责 and 安全职责, "
                "or name one: --map post=B."
            ),
        )
    return found[:1] if outcome.mark else found


def _is_ours(found: Found) -> bool:
    return all(column.field in found.columns for column in COLUMNS if column.is_needed)


def _read_own(outcome: Outcome, now: Mapping[Key, Row]) -> None:
    found = outcome.found[0]
    outcome.problems += columns_missing(found)
    part = _part(outcome)
    if outcome.problems:
        return
    inside = {key: row for key, row in now.items() if _below(outcome, key, part)}
    base = _base(outcome, inside, part)
    if base is None:
        return
    decoder = Decoder(known=outcome.known, words=outcome.words)
    outcome.reading = Stating(decoder=decoder, before=base, part=part).read(found)
    _merge(outcome, base, inside, removes=True)


def _part(outcome: Outcome) -> str:
    """The path of the unit whose part was exported."""
    mark = outcome.mark
    if mark is None or not mark.part:
        return "/"
    unit = outcome.known.units.get(mark.part)
    if unit is None:
        outcome.problems.append(
            _whole_file(
                outcome,
                "unknown_part",
                _("The workbook is of a unit that does not exist any more: %(code)s.")
                % {"code": mark.part},
                _("Export the table anew."),
            )
        )
        return "/"
    return unit.path


def _below(outcome: Outcome, key: Key, part: str) -> bool:
    unit = outcome.known.units.get(key[0])
    return unit is not None and unit.path.startswith(part)


def _base(outcome: Outcome, inside: Mapping[Key, Row], part: str) -> Mapping[Key, Row] | None:
    """The rows that the workbook was made of; ``None``, and a problem, when nobody knows them."""
    mark = outcome.mark
    if mark is not None and digest_of(inside.values()) == mark.digest:
        return inside
    if mark is not None and (older := _older(mark)) is not None:
        rows = (row for row in rows_of(older.entries.all()) if _below(outcome, row.key, part))
        base = {row.key: row for row in rows}
        if digest_of(base.values()) == mark.digest:
            outcome.is_merged = True
            return base
    if outcome.request.over:
        return inside
    outcome.problems.append(
        _whole_file(
            outcome,
            "other_version",
            _("The table has changed since this workbook was exported, and its old state is gone.")
            if mark is not None
            else _("The mark of the export is missing: it is not known what was changed here."),
            _(
                "Export the table anew and carry your changes over; or let this workbook count "
                "as it stands (--over): then it replaces whatever differs."
            ),
        )
    )
    return None


def _older(mark: Mark) -> ResponsibilityTable | None:
    found = (
        ResponsibilityTable.objects.in_bulk([mark.table], field_name="ref") if mark.table else {}
    )
    return next(iter(found.values()), None)


def _whole_file(outcome: Outcome, code: str, message: str, remedy: str) -> CellProblem:
    return CellProblem(
        code=code,
        field="file",
        value=outcome.request.name,
        message=message,
        remedy=remedy,
    )


def _read_loose(outcome: Outcome, now: Mapping[Key, Row], book: Book) -> None:
    decoder = Decoder(known=outcome.known, words=outcome.words)
    defaults = Defaults(
        decoder=decoder,
        before=now,
        types={said["code"]: said for said in book["posts"]["post"]},
        capacities=book["responsibility"]["capacity"],
    )
    unit = _unit_of_the_rest(outcome)
    loose = Loose(decoder=decoder, before=now, defaults=defaults, unit=unit)
    for found in outcome.found:
        loose.read(found, outcome.reading)
    _merge(outcome, now, now, removes=False)


def _unit_of_the_rest(outcome: Outcome) -> str:
    wanted = outcome.request.unit
    if not wanted:
        return outcome.known.root
    called = outcome.known.units_called(wanted)
    if len(called) != 1:
        raise Refused(
            _("There is no single unit with this code or name."),
            field="unit",
            value=wanted,
            remedy=_("Write the unit's code as it stands in the list of units."),
        )
    return called[0]


def _merge(
    outcome: Outcome, base: Mapping[Key, Row], now: Mapping[Key, Row], *, removes: bool
) -> None:
    reading = outcome.reading
    outcome.problems += reading.problems
    if not outcome.request.create_posts:
        outcome.problems += _posts_to_create(outcome)
    # A row that cannot be read might be any row: nothing is missing for certain then.
    may_remove = removes and not outcome.problems
    outcome.merged = merge(reading.statements, base=base, now=now, removes=may_remove)
    outcome.problems += outcome.merged.problems


def _posts_to_create(outcome: Outcome) -> list[CellProblem]:
    """A row of a post that does not exist yet stays out, unless it may be created."""
    reading = outcome.reading
    found = []
    for key in [key for key in reading.statements if key[:2] in reading.new_posts]:
        statement = reading.statements.pop(key)
        new = reading.new_posts[key[0], key[1]]
        unit = outcome.known.units[new.unit].name
        found.append(
            statement.line.problem(
                "new_post",
                "post",
                _("%(unit)s has no such post yet.") % {"unit": unit},
                _("Let the import create it (--create-posts), or create it first."),
                value=new.name,
            )
        )
    return found
