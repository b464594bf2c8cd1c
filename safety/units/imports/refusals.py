"""Why a file as a whole is refused, in words that say what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from safety.errors import Refused


def refused(name: str, message: str, remedy: str) -> Refused:
    return Refused(message, field="file", value=name, remedy=remedy)


def no_workbook(name: str) -> Refused:
    return refused(
        name,
        _("This is no workbook that can be read here."),
        _("Save it as .xlsx or .xls and give that file."),
    )


def unusual(name: str) -> Refused:
    return refused(
        name,
        _("The workbook is not built as spreadsheet programs build it."),
        _("Open it in a spreadsheet program and save it as .xlsx."),
    )


def too_large(name: str, rows: int) -> Refused:
    return refused(
        name,
        _("A sheet reaches beyond row %(rows)d or column IV.") % {"rows": rows},
        _(
            "Delete the cells far from the table, also blank ones that have a format; "
            "or split the table."
        ),
    )
