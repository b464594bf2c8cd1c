"""The words people read (文字): capacities, hazards, flags, and the sentence "why you"."""

from __future__ import annotations

from django.utils.translation import gettext as _

from safety.home.rulebook.sheets import Content, Reader, Row, Sheet
from safety.home.rulebook.tabs.words import in_both, reader


def texts(content: Content) -> list[Sheet]:
    read = reader(content)
    said = content["responsibility"]
    hazards = [row["code"] for row in content["hazards"]["hazard"]]
    return [
        _sheet(
            read,
            _("Why you"),
            [(key, ("responsibility", "why", key)) for key in said["why"]],
            _("{thing}, {post} and {reason} are filled in."),
        ),
        _sheet(
            read,
            _("Capacities"),
            [(code, ("responsibility", "capacity", code)) for code in said["capacity"]],
        ),
        _sheet(
            read, _("Kinds of incident"), [(code, ("hazards", "hazard", code)) for code in hazards]
        ),
        _sheet(
            read, _("Stages"), [(code, ("responsibility", "stage", code)) for code in said["stage"]]
        ),
        _sheet(
            read,
            _("Circumstances"),
            [(code, ("grades", "flags", code)) for code in content["grades"]["flags"]],
        ),
        _tiles(read),
    ]


def _sheet(
    read: Reader, title: str, things: list[tuple[str, tuple[str, ...]]], text: str = ""
) -> Sheet:
    rows = [Row(head=code, path=path, cells=in_both(read, *path)) for code, path in things]
    return Sheet(title=title, columns=[_("Code"), _("Chinese"), _("English")], rows=rows, help=text)


def _tiles(read: Reader) -> Sheet:
    rows = []
    for row in read.content["filing"]["tile"]:
        path = ("filing", "tile", row["hazard"])
        cells = [
            *in_both(read, *path),
            read.cell(*path, "hint_zh", kind="line"),
            read.cell(*path, "hint_en", kind="line"),
            read.cell(*path, "first_in", kind="months"),
        ]
        rows.append(Row(head=row["hazard"], path=path, cells=cells))
    return Sheet(
        title=_("Tiles of the first report"),
        columns=[
            *(_("Code"), _("Chinese"), _("English"), _("Hint, Chinese"), _("Hint, English")),
            _("First in these months"),
        ],
        rows=rows,
        path=("filing", "tile"),
    )
