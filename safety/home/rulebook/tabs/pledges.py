"""Who signs a pledge with whom, when, and what it says (责任书)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from notifications.pledges.rules import LEVELS, NAME, NAMES, PLACES
from notifications.words import in_language
from safety.home.rulebook.sheets import Content, Reader, Row, Sheet
from safety.home.rulebook.tabs.words import basis_columns, in_both, reader, rests_on


def pledges(content: Content) -> list[Sheet]:
    """Nothing of a version that was published before it had this section."""
    if NAME not in content:
        return []
    read = reader(content)
    return [_year(read), _pairs(read), _texts(read)]


def _year(read: Reader) -> Sheet:
    path = (NAME, "year")
    days = {
        "open_days_before": _("Opened so many days before the year begins"),
        "sign_within_working_days": _("Signed within so many working days"),
        "renew_within_working_days": _("Signed by a new holder within so many working days"),
        "answer_within_working_days": _("Signed by the upper side within so many working days"),
    }
    begins = Row(head=_("The year begins on"), cells=[read.cell(*path, "begins", kind="line")])
    rests = zip(basis_columns(), rests_on(read, *path), strict=True)
    return Sheet(
        title=_("Pledge year and time limits"),
        columns=[_("Item"), _("Value")],
        rows=[
            begins,
            *(
                Row(head=word, cells=[read.cell(*path, key, kind="count")])
                for key, word in days.items()
            ),
            *(Row(head=word, cells=[cell]) for word, cell in rests),
        ],
        help=_("A day as 09-01; 01-01 is the calendar year."),
        path=path,
    )


def _pairs(read: Reader) -> Sheet:
    said = read.content[NAME]
    capacities = list(read.words["capacity"].items())
    words = {"own": _("of the same unit"), "above": _("of the bureau above")}
    texts = [(row["id"], row["title"]) for row in said["text"]]
    rows = []
    for row in said["pair"]:
        path = (NAME, "pair", row["id"])
        lower = read.named("capacity", row["lower"])
        cells = [
            read.cell(*path, "upper", kind="choice", choices=capacities),
            read.cell(*path, "at", kind="choice", choices=[(at, words[at]) for at in PLACES]),
            read.cell(*path, "level", kind="list"),
            read.cell(*path, "lower", kind="list", text=lower),
            read.cell(*path, "text", kind="choice", choices=texts),
            *in_both(read, *path),
        ]
        rows.append(Row(head=in_language(row), note=row["id"], path=path, cells=cells))
    return Sheet(
        title=_("Who signs with whom"),
        columns=[
            *(_("Layer"), _("Upper side"), _("The upper side is"), _("Units at level")),
            *(_("Lower side"), _("Text"), _("Chinese"), _("English")),
        ],
        rows=rows,
        help=_("Codes of capacities, separated by spaces; levels: %(levels)s.")
        % {"levels": " ".join(LEVELS)},
        path=(NAME, "pair"),
    )


def _texts(read: Reader) -> Sheet:
    rows = []
    for row in read.content[NAME]["text"]:
        path = (NAME, "text", row["id"])
        cells = [
            read.cell(*path, "title", kind="line"),
            read.cell(*path, "preamble", kind="long"),
            read.cell(*path, "clauses", kind="lines"),
        ]
        rows.append(Row(head=row["id"], path=path, cells=cells))
    return Sheet(
        title=_("Texts of pledges"),
        columns=[_("Text"), _("Title"), _("Preamble"), _("Clauses")],
        rows=rows,
        help=_("One clause a line. Filled in: %(names)s.")
        % {"names": " ".join("{" + name + "}" for name in NAMES)},
        path=(NAME, "text"),
    )
