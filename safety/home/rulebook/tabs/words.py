"""The words that several tabs share: choices of cells, and what a code is called."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from incidents.cases.grading import GRADES
from notifications.words import basis_word, grade_word, in_language, level_word
from safety.home.rulebook.sheets import Cell, Content, Reader, Row, Sheet

BASES = ("statutory", "superior", "bureau", "reminder")


def owed_choices() -> list[tuple[str, str]]:
    return [
        ("", "—"),
        ("FEED", _("copy on the board")),
        ("READ", _("read")),
        ("ACK", _("sign")),
        ("ACT", _("sign and act")),
    ]


def grade_choices() -> list[tuple[str, str]]:
    return [(grade, grade_word(grade)) for grade in GRADES]


def basis_choices() -> list[tuple[str, str]]:
    return [(basis, basis_word(basis)) for basis in BASES]


def privacy_choices() -> list[tuple[str, str]]:
    return [("open", _("not restricted")), ("guarded", _("guarded")), ("sealed", _("sealed"))]


def place(level: str) -> str:
    return level_word(level)


def reader(content: Content) -> Reader:
    """Reads ``content`` with the words of its own capacities, posts, hazards and grades."""
    said = content["responsibility"]
    return Reader(
        content=content,
        words={
            "capacity": {code: in_language(row) for code, row in said["capacity"].items()},
            "post": {row["code"]: in_language(row) for row in content["posts"]["post"]},
            "hazard": {row["code"]: in_language(row) for row in content["hazards"]["hazard"]},
            "grade": {grade: grade_word(grade) for grade in GRADES},
        },
    )


def bureau_posts(content: Content) -> list[tuple[str, str]]:
    """Post types of a bureau, to choose an owner from."""
    rows = [row for row in content["posts"]["post"] if row.get("at") == "bureau"]
    return [(row["code"], f"{row['code']} {in_language(row)}") for row in rows]


def rests_on(read: Reader, *path: str) -> list[Cell]:
    """Basis, document and article of one clock."""
    return [
        read.cell(*path, "basis", kind="choice", choices=basis_choices()),
        read.cell(*path, "document", kind="line"),
        read.cell(*path, "article", kind="line"),
    ]


def basis_columns() -> list[str]:
    return [_("Basis"), _("Document"), _("Article")]


def basis_sheet(read: Reader, sections: Mapping[str, str]) -> Sheet:
    """On what whole sections rest: (section → its word). Nothing cited is the system's default."""
    choices = [("", _("system default")), *basis_choices()]
    rows = [
        Row(
            head=word,
            note=section,
            cells=[
                read.cell(section, "meta", "basis", kind="choice", choices=choices),
                read.cell(section, "meta", "document", kind="line"),
                read.cell(section, "meta", "article", kind="line"),
            ],
        )
        for section, word in sections.items()
    ]
    return Sheet(title=_("What it rests on"), columns=[_("Section"), *basis_columns()], rows=rows)


def in_both(read: Reader, *path: str, kind: str = "line") -> list[Cell]:
    """The Chinese and the English words of one thing."""
    return [read.cell(*path, "zh", kind=kind), read.cell(*path, "en", kind=kind)]
