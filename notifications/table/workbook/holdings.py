"""The people whom a sheet of the bureau's own names, as proposals for 人员调整.

Nobody is appointed by an import of the table: who holds a post is recorded with
dates, elsewhere. This says what that would have to do, and writes its list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from notifications.table.workbook import guide
from notifications.table.workbook.known import Known
from notifications.table.workbook.statements import Named, Reading
from safety.papers import marks
from safety.posts.models import Holding

HEADINGS = ("单位", "岗位", "新任职人", "手机", "起始日期", "备注")
WIDTHS = (28, 24, 14, 18, 14, 40)
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What would have to be done for one post: an appointment, or nothing, or a look.

    ``does`` is "appoint", "stays" (the person holds the post already) or "vacant"
    (the sheet calls a post vacant that somebody holds).
    """

    unit: str
    post: str
    name: str
    phone: str
    note: str
    place: str
    does: str
    holders: str


def proposals(reading: Reading, known: Known) -> list[Proposal]:
    """One proposal for each person or vacancy that the sheet names, in its order."""
    holders = _holders({(named.unit, named.post) for named in reading.named})
    seen: set[tuple[str, str, str]] = set()
    found = []
    for named in reading.named:
        name = named.person.name if named.person else ""
        key = (named.unit, named.post, name)
        if key not in seen:
            seen.add(key)
            there = holders.get((named.unit, named.post), [])
            if name or there:
                found.append(_proposal(named, there, reading, known))
    return found


def _holders(places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """Who holds these posts today, deputies included."""
    units = {unit for unit, _post in places}
    rows = (
        Holding.objects.at(timezone.now())
        .filter(post__unit__code__in=units)
        .order_by("kind", "rank", "pk")
        .values_list("post__unit__code", "post__code", "person__name")
    )
    found: dict[tuple[str, str], list[str]] = {}
    for unit, post, name in rows:
        found.setdefault((unit, post), []).append(name)
    return found


def _proposal(named: Named, there: list[str], reading: Reading, known: Known) -> Proposal:
    person = named.person
    new = reading.new_posts.get((named.unit, named.post))
    post = new.name if new else known.posts[named.unit, named.post].name
    does = "appoint" if person else "vacant"
    if person is not None and person.name in there:
        does = "stays"
    return Proposal(
        unit=known.units[named.unit].name,
        post=post,
        name=person.name if person else "",
        phone=person.phone if person else "",
        note="；".join(_notes(named)),
        place=named.line.cell("deputy" if named.is_deputy else "people"),
        does=does,
        holders="、".join(there),
    )


def _notes(named: Named) -> Iterator[str]:
    person = named.person
    if named.is_deputy:
        yield "B角"
    if person is not None:
        if person.is_concurrent:
            yield "兼任"
        if person.is_acting:
            yield "主持工作"
        if person.note and not (person.is_acting and person.note == "主持工作"):
            yield person.note
    if said := named.line.text("note"):
        yield said


def write_proposals(file: BinaryIO, found: Iterable[Proposal]) -> int:
    """The appointments as a workbook with the columns of 人员调整; returns their number.

    The day on which somebody took office is not in the sheet: that cell stays empty.
    """
    rows = [proposal for proposal in found if proposal.does == "appoint"]
    with Workbook(file, {**_OPTIONS, "constant_memory": True}) as book:
        sheet = book.add_worksheet("人员调整")
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        bold = book.add_format({"bold": True, "bg_color": "#DCE6F5", "border": 1})
        for index, (heading, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True)):
            sheet.set_column(index, index, width, text)
            sheet.write_string(0, index, heading, bold)
        for number, row in enumerate(rows, start=1):
            told = (row.unit, row.post, row.name, row.phone, "", row.note)
            for index, value in enumerate(told):
                sheet.write_string(number, index, value, text)
        sheet.freeze_panes(1, 0)
        if marks():
            sheet.set_header(f"&C&24&KC00000{guide.INVENTED}")
    return len(rows)


def words(does: str) -> str:
    """What a proposal asks for, for a page."""
    return {
        "appoint": _("to be appointed"),
        "stays": _("holds it already"),
        "vacant": _("vacant in the sheet, held here"),
    }[does]
