"""Export a version or a draft, whole or the part of one unit and everything below it."""

from __future__ import annotations

from typing import BinaryIO

from django.conf import settings
from django.utils import timezone

from notifications.models import ResponsibilityTable
from notifications.table.rows import rows_of
from notifications.table.workbook import guide
from notifications.table.workbook.known import known
from notifications.table.workbook.marks import Mark, digest_of
from notifications.table.workbook.vocabulary import Words
from notifications.table.workbook.writing import Content, write_workbook
from safety.papers import marks
from safety.rules.selectors import content_of, current_rules
from safety.units.models import Unit


def export_workbook(file: BinaryIO, *, table: ResponsibilityTable, part: Unit | None = None) -> int:
    """Write the rows of ``table`` (those of ``part`` and below) to ``file``; return their number.

    Raises ``Refused`` when a text is longer than a cell can be.
    """
    entries = table.entries.all()
    if part is not None and part.parent_id is not None:
        entries = entries.filter(unit__in=Unit.objects.under(part.path).values("pk"))
    rows = list(rows_of(entries))
    names = known().names
    title = _title(table, part)
    mark = Mark(
        table=str(table.ref),
        number=str(table.number or ""),
        part=part.code if part is not None else "",
        digest=digest_of(rows),
        rows=str(len(rows)),
        made_at=f"{timezone.localtime():%Y-%m-%d %H:%M}",
    )
    write_workbook(
        file,
        Content(
            rows=rows,
            mark=mark,
            words=Words.of(content_of(current_rules())),
            names=names,
            title=title,
            part=part.name if part is not None else bureau_name(),
            invented=bool(marks()),
        ),
    )
    return len(rows)


def bureau_name() -> str:
    root = Unit.objects.filter(parent=None).order_by("path").first()
    return str(settings.BUREAU_NAME) or (root.name if root else "")


def _title(table: ResponsibilityTable, part: Unit | None) -> str:
    whose = part.name if part is not None else bureau_name()
    version = f"第{table.number}版" if table.number else "拟稿"
    mark = f"【{guide.INVENTED}】" if bool(marks()) else ""
    return f"{mark}{whose}安全工作责任表({version})"


def file_name(table: ResponsibilityTable, part: Unit | None = None) -> str:
    """A name that says what the file holds, without signs that file systems dislike."""
    day = timezone.localdate().isoformat()
    title = "".join(c for c in _title(table, part) if c.isalnum() or c in "()【】")
    return f"{title}-{day}.xlsx"
