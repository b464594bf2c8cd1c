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
                help=_claims_help(read),
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
            read.cell(
                *path,
                "scope",
                kind="scope",
                text=_claims(read, row.get("scope", {})),
                choices=_kinds(read.content),
            ),
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


def _kinds(content: Content) -> list[tuple[str, str]]:
    """Code → which part of a scope it belongs to; all others are kinds of incident."""
    said = content["responsibility"]
    return [
        *((row["code"], "sections") for row in content["posts"]["post"]),
        *((code, "ownership") for code in said["ownership"]),
        *((code, "stages") for code in said["stage"]),
    ]


def _claims_help(read: Reader) -> str:
    said = read.content["responsibility"]
    words = {
        **{code: in_language(row) for code, row in said["stage"].items()},
        **{code: in_language(row) for code, row in said["ownership"].items()},
        **read.words["hazard"],
    }
    told = "; ".join(f"{code}: {word}" for code, word in words.items())
    return _(
        "Claims are codes between spaces, also of posts in charge of; CODE+circumstance claims a"
        " kind only then. %(words)s"
    ) % {"words": told}
