"""Shifts and holidays (值班与节假日), and the tests of the alert chain (链路测试)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from notifications.chaintest.rules import NAME as CHAINTEST
from notifications.words import in_language
from safety.home.rulebook.sheets import Content, Reader, Row, Sheet
from safety.home.rulebook.tabs.words import basis_choices, in_both, reader
from safety.roster.rulebook import NAME as ROSTER


def duty(content: Content) -> list[Sheet]:
    """Nothing of a version that was published before it had these sections."""
    read = reader(content)
    return [*_roster(read), *_chaintest(read)]


def _roster(read: Reader) -> Iterator[Sheet]:
    if ROSTER not in read.content:
        return
    limits = {
        ("handing_in", "days"): _("Handed in so many days before a holiday"),
        ("call_back", "minutes"): _("A call is answered within so many minutes"),
    }
    yield Sheet(
        title=_("Time limits of the duty room"),
        columns=[_("Item"), _("Number"), _("Basis"), _("Document")],
        rows=[
            Row(
                head=word,
                path=(ROSTER, key),
                cells=[
                    read.cell(ROSTER, key, unit, kind="count"),
                    read.cell(ROSTER, key, "basis", kind="choice", choices=basis_choices()),
                    read.cell(ROSTER, key, "document", kind="line"),
                ],
            )
            for (key, unit), word in limits.items()
        ],
    )
    yield _holidays(read)
    yield _patterns(read)


def _holidays(read: Reader) -> Sheet:
    """Each year as it was published, and an empty row for the next one."""
    years = sorted(row["year"] for row in read.content[ROSTER]["year"])
    rows = []
    for year in [*years, years[-1] + 1]:
        path = (ROSTER, "year", str(year))
        cells = [
            read.cell(*path, "holiday", kind="holidays"),
            read.cell(*path, "workdays", kind="days"),
            read.cell(*path, "document", kind="line"),
        ]
        rows.append(Row(head=str(year), path=path, cells=cells))
    return Sheet(
        title=_("Holidays, year by year"),
        columns=[_("Year"), _("Holidays"), _("Weekends worked"), _("Document")],
        rows=rows,
        help=_("One holiday a line: Chinese name, English name, first day, last day."),
        path=(ROSTER, "year"),
    )


def _patterns(read: Reader) -> Sheet:
    rows = []
    for row in read.content[ROSTER]["pattern"]:
        path = (ROSTER, "pattern", row["code"])
        cells = [
            read.cell(*path, "workday", kind="turns"),
            read.cell(*path, "rest", kind="turns"),
            *in_both(read, *path),
        ]
        rows.append(Row(head=in_language(row), note=row["code"], path=path, cells=cells))
    return Sheet(
        title=_("How a day is cut into shifts"),
        columns=[_("Pattern"), _("Workdays"), _("Days off"), _("Chinese"), _("English")],
        rows=rows,
        help=_("One shift a line: when it begins and how many hours it lasts, as 08:30 9."),
        path=(ROSTER, "pattern"),
    )


def _chaintest(read: Reader) -> Iterator[Sheet]:
    if CHAINTEST not in read.content:
        return
    path = (CHAINTEST, "test")
    said = read.content[CHAINTEST]["test"]
    yield Sheet(
        title=_("Tests of the alert chain"),
        columns=[_("Item"), _("Value")],
        rows=[
            Row(
                head=_("Minutes until a test ends"),
                cells=[read.cell(*path, "answer_minutes", kind="count")],
            ),
            *(
                Row(
                    head=word,
                    cells=[
                        read.cell(*path, key, kind="list", text=read.named("capacity", said[key]))
                    ],
                )
                for key, word in (
                    ("capacities", _("May be tested on schedule")),
                    ("invited", _("Only by invitation, one by one")),
                )
            ),
        ],
        help=_("Codes of capacities, separated by spaces."),
        path=path,
    )
