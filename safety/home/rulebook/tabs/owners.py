"""Whose business it is (归口): owners of hazards and stages, and the school's own posts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from notifications.words import in_language
from safety.home.rulebook.sheets import Content, Reader, Row, Sheet, plain
from safety.home.rulebook.tabs.words import basis_sheet, bureau_posts, privacy_choices, reader


def owners(content: Content) -> list[Sheet]:
    read = reader(content)
    said = content["responsibility"]
    choices = bureau_posts(content)
    return [
        Sheet(
            title=_("Kinds of incident"),
            columns=[
                *(_("Kind"), _("Privacy"), _("Owned by"), _("also, if")),
                *(_("Posts directly responsible at the school"), _("Told in any case")),
            ],
            rows=[_hazard(read, row) for row in content["hazards"]["hazard"]],
            help=_(
                "Codes of post types, separated by spaces. Owned by nobody: the safety office "
                "and the stage stand for it."
            ),
            path=("hazards", "hazard"),
        ),
        Sheet(
            title=_("Stages and ownership"),
            columns=[_("School"), _("Owned by")],
            rows=[
                Row(
                    head=in_language(row),
                    note=code,
                    path=("responsibility", kind, code),
                    cells=[
                        read.cell(
                            "responsibility", kind, code, "owner", kind="choice", choices=choices
                        )
                    ],
                )
                for kind in ("stage", "ownership")
                for code, row in said[kind].items()
            ],
        ),
        Sheet(
            title=_("Vice-principals and their kinds of incident"),
            columns=[_("Post"), _("Kinds of incident")],
            rows=[
                Row(
                    head=read.named("post", [post]),
                    path=("responsibility", "school_line", post),
                    cells=[_keys(read, post, keys)],
                )
                for post, keys in said["school_line"].items()
            ],
            help=_("“TRAF+school_bus”: only with this flag. Else the deputy for safety stands."),
            path=("responsibility", "school_line"),
        ),
        basis_sheet(read, {"hazards": _("Owners of hazards")}),
    ]


def _hazard(read: Reader, row: Mapping[str, Any]) -> Row:
    path = ("hazards", "hazard", row["code"])
    flags = read.content["grades"]["flags"]
    conditions = [
        f"{in_language(flags[one['flag']]) if one['flag'] in flags else one['flag']}: "
        f"{read.named('post', [one['owner']])}"
        for one in row.get("owners_if", ())
    ]
    return Row(
        head=in_language(row),
        note=row["code"],
        path=path,
        cells=[
            read.cell(*path, "privacy", kind="choice", choices=privacy_choices()),
            read.cell(*path, "owners", kind="list", text=read.named("post", row["owners"])),
            plain("、".join(conditions)),
            read.cell(*path, "direct", kind="list", text=read.named("post", row["direct"])),
            read.cell(
                *path, "also", kind="codes", text=read.named("capacity", row.get("also", ()))
            ),
        ],
    )


def _keys(read: Reader, post: str, keys: list[str]) -> Any:
    hazards = read.words["hazard"]
    text = "、".join(hazards.get(key.partition("+")[0], key) for key in keys)
    return read.cell("responsibility", "school_line", post, kind="list", text=text)
