"""Who owes what at which grade: one sheet for each level; and who stands in."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from incidents.cases.grading import GRADES
from notifications.words import grade_word, line_word
from safety.home.rulebook.sheets import Content, Reader, Row, Sheet, plain
from safety.home.rulebook.tabs.words import basis_sheet, owed_choices, place, reader


def matrix(content: Content) -> list[Sheet]:
    """The matrix of capacities and grades (报送矩阵)."""
    read = reader(content)
    sheets = [_level(read, level) for level in content["responsibility"]["matrix"]]
    return [*sheets, basis_sheet(read, {"responsibility": _("Matrix and stand-ins")})]


def _level(read: Reader, level: str) -> Sheet:
    rows = []
    words = read.words["capacity"]
    for capacity in read.content["responsibility"]["matrix"][level]:
        path = ("responsibility", "matrix", level, capacity)
        cells = [read.cell(*path, grade, kind="choice", choices=owed_choices()) for grade in GRADES]
        rows.append(Row(head=words.get(capacity, capacity), note=capacity, path=path, cells=cells))
    return Sheet(
        title=place(level),
        columns=[_("Capacity"), *(grade_word(grade) for grade in GRADES)],
        rows=rows,
        path=("responsibility", "matrix", level),
    )


def stand_ins(content: Content) -> list[Sheet]:
    """Who answers where a post is vacant or its holder away (空岗承接)."""
    read = reader(content)
    return [
        Sheet(
            title=_("Who stands in, in this order"),
            columns=[_("Capacity"), _("Line"), _("Who takes over"), _("Not delegable at")],
            rows=list(_climbs(read)),
            help=_("“^X” is capacity X of the bureau above the school. Codes, in order."),
            path=("responsibility", "climb"),
        ),
        Sheet(
            title=_("Small schools"),
            columns=[_("Item"), _("Value")],
            rows=[
                Row(
                    head=_("Staff, at most"),
                    cells=[read.cell("responsibility", "small_school", "staff", kind="count")],
                ),
                *(
                    Row(
                        head=read.named("capacity", [capacity]),
                        cells=[plain(read.named("capacity", [other]))],
                    )
                    for capacity, other in content["responsibility"]["small_school"][
                        "merged"
                    ].items()
                ),
            ],
            help=_("There the second answers for the first, without a finding."),
        ),
    ]


def _climbs(read: Reader) -> Iterator[Row]:
    said = read.content["responsibility"]
    for capacity, row in said["capacity"].items():
        superiors = said["climb"].get(capacity, ())
        bare = {code: code.removeprefix("^") for code in superiors}
        words = read.words["capacity"]
        text = " → ".join(
            f"{'↑' if code != bare[code] else ''}{words.get(bare[code], code)}"
            for code in superiors
        )
        yield Row(
            head=words.get(capacity, capacity),
            note=capacity,
            path=("responsibility", "climb", capacity),
            cells=[
                plain(line_word(row["line"])),
                read.cell("responsibility", "climb", capacity, kind="list", text=text),
                read.cell("responsibility", "capacity", capacity, "not_delegable", kind="codes"),
            ],
        )
