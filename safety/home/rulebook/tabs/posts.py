"""Post types with both duties (岗位与双职责)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from notifications.words import in_language
from safety.home.rulebook.sheets import Content, Reader, Row, Sheet, plain
from safety.home.rulebook.tabs.words import basis_sheet, reader


def posts(content: Content) -> list[Sheet]:
    read = reader(content)
    places = {"bureau": _("Bureaus"), "school": _("Schools")}
    return [
        *(
            Sheet(
                title=word,
                columns=[
                    *(_("Post"), _("Capacity"), _("Claims"), _("Chinese"), _("English")),
                    *(_("Business duty"), _("Safety duty")),
                ],
                rows=[_post(read, row) for row in content["posts"]["post"] if row["at"] == at],
            )
            for at, word in places.items()
        ),
        basis_sheet(read, {"posts": _("Posts and duties")}),
    ]


def _post(read: Reader, row: Mapping[str, Any]) -> Row:
    path = ("posts", "post", row["code"])
    return Row(
        head=in_language(row),
        note=row["code"],
        path=path,
        cells=[
            plain(read.named("capacity", [row["capacity"]])),
            plain(_claims(read, row.get("scope", {}))),
            read.cell(*path, "zh", kind="line"),
            read.cell(*path, "en", kind="line"),
            read.cell(*path, "business_duty", kind="long"),
            read.cell(*path, "safety_duty", kind="long"),
        ],
    )


def _claims(read: Reader, scope: Mapping[str, Any]) -> str:
    said = read.content["responsibility"]
    words = {
        **{code: in_language(row) for code, row in said["stage"].items()},
        **{code: in_language(row) for code, row in said["ownership"].items()},
        **read.words["hazard"],
    }
    claimed = [code for codes in scope.values() if isinstance(codes, list) for code in codes]
    return "、".join(words.get(str(code), str(code)) for code in claimed)
