"""What keeps a row out of a published table: row by row, each with reason and remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from notifications.models import Entry
from notifications.responsibility.checks.posts import check_scope
from notifications.responsibility.checks.reading import is_school_capacity
from notifications.responsibility.scope import Scope
from notifications.table.candidates import Candidate, Place
from notifications.table.contradictions import contradictions
from safety.errors import Problem

Book = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class RowProblem(Problem):
    """A problem of one row; ``row`` is its number in the table, ``where`` its unit and post."""

    row: int
    where: str


def problems_of(
    rows: Iterable[Candidate], places: Mapping[str, Place], book: Book
) -> Iterator[Problem]:
    """Everything that keeps ``rows`` from being a table: first row by row, then between rows."""
    checked = _RowChecks(places, book)
    kept: list[Candidate] = []
    for row in rows:
        kept.append(row)
        yield from checked.problems(row)
    if not kept:
        yield Problem(
            field="entries",
            value="",
            message=_("A table without rows leaves everybody unnamed."),
            remedy=_("Add at least one row."),
        )
    yield from (
        row_problem(row, column, value, message, remedy)
        for row, column, value, message, remedy in contradictions(kept, places, book)
    )


def row_problem(row: Candidate, column: str, value: str, message: str, remedy: str) -> RowProblem:
    return RowProblem(
        field=f"entries.{row.number}.{column}",
        value=value,
        message=message,
        remedy=remedy,
        row=row.number,
        where=row.where,
    )


class _RowChecks:
    """The checks of single rows. Readable scopes are remembered: thousands of rows share few."""

    def __init__(self, places: Mapping[str, Place], book: Book) -> None:
        self._places = places
        self._book = book
        self._capacities: Mapping[str, Any] = book["responsibility"]["capacity"]
        self._below = _schools_below(places)
        self._readable: dict[str, str] = {}

    def problems(self, row: Candidate) -> Iterator[RowProblem]:
        yield from self._duties(row)
        yield from self._post(row)
        yield from self._capacity(row)
        yield from self._scope(row)

    def _duties(self, row: Candidate) -> Iterator[RowProblem]:
        for name in ("business_duty", "safety_duty"):
            if not getattr(row.row, name):
                yield row_problem(
                    row,
                    name,
                    "",
                    _("This row has only one of the two duties.")
                    if row.row.business_duty or row.row.safety_duty
                    else _("This row has neither of the two duties."),
                    _("One post has two responsibilities: write both."),
                )
        if row.row.line not in Entry.Line.values:
            yield row_problem(
                row,
                "line",
                row.row.line,
                _("There is no such line."),
                _("Use one of: %(codes)s") % {"codes": ", ".join(Entry.Line.values)},
            )

    def _post(self, row: Candidate) -> Iterator[RowProblem]:
        if row.claimed_unit and row.claimed_unit != row.place.code:
            yield row_problem(
                row,
                "post",
                row.post_name,
                _("This post belongs to another unit."),
                _("Choose a post of %(unit)s.") % {"unit": row.claimed_unit},
            )
        if row.is_abolished:
            yield row_problem(
                row,
                "post",
                row.post_name,
                _("This post was abolished."),
                _("Choose the post that took over its duties."),
            )
        if not row.place.is_open:
            yield row_problem(
                row,
                "unit",
                row.place.code,
                _("This unit is closed."),
                _("Remove the row, or name the unit that took over."),
            )

    def _capacity(self, row: Candidate) -> Iterator[RowProblem]:
        code = row.row.capacity
        if not code:
            yield row_problem(
                row,
                "capacity",
                "",
                _("This row does not say in which capacity the post answers."),
                _("Choose the capacity."),
            )
        elif code not in self._capacities:
            yield row_problem(
                row,
                "capacity",
                code,
                _("This capacity is not in the rule book."),
                _("Use one of: %(codes)s") % {"codes": ", ".join(self._capacities)},
            )
        elif is_school_capacity(code) != row.place.is_school:
            yield row_problem(
                row,
                "capacity",
                code,
                _("A unit of this kind has no such capacity."),
                _("Schools have the SCH_ capacities, bureaus the others."),
            )

    def _scope(self, row: Candidate) -> Iterator[RowProblem]:
        said = row.row.scope
        if not said:
            return
        unreadable = self._unreadable(said)
        if unreadable:
            yield row_problem(
                row,
                "scope",
                unreadable,
                _("This scope cannot be read."),
                _("Correct the scope."),
            )
            return
        scope = Scope.of(said)
        wrong = list(self._wrong_places(row, scope))
        yield from wrong
        if not wrong and self._matches_nothing(row.place, scope):
            yield row_problem(
                row,
                "scope",
                ", ".join(sorted(scope.stages | scope.ownership)),
                _("This scope matches nothing: no open school in it has this stage or ownership."),
                _("Widen the scope, or remove the row."),
            )

    def _unreadable(self, said: Mapping[str, Any]) -> str:
        key = repr(said)
        if key not in self._readable:
            try:
                check_scope(said, self._book, "scope")
            except ValueError as error:
                self._readable[key] = str(error)
            else:
                self._readable[key] = ""
        return self._readable[key]

    def _wrong_places(self, row: Candidate, scope: Scope) -> Iterator[RowProblem]:
        for code in sorted(scope.schools | scope.areas):
            place = self._places.get(code)
            if place is None or not place.path.startswith(row.place.path):
                yield row_problem(
                    row,
                    "scope",
                    code,
                    _("This scope matches nothing: there is no such unit below this one."),
                    _("Name schools and areas below %(unit)s by their codes.")
                    % {"unit": row.place.name},
                )
            elif not place.is_open:
                yield row_problem(
                    row,
                    "scope",
                    code,
                    _("This scope matches nothing: %(unit)s is closed.") % {"unit": place.name},
                    _("Take it out of the scope."),
                )

    def _matches_nothing(self, place: Place, scope: Scope) -> bool:
        """Whether the schools it names have none of the stages and ownerships it claims.

        A bureau's row without places is meant for schools that may still come, and
        a hazard can happen anywhere.
        """
        if scope.hazards or scope.sections or not (scope.stages or scope.ownership):
            return False
        if place.is_school and not scope.has_place:
            schools = [place]
        elif scope.has_place:
            schools = [s for code in scope.schools | scope.areas for s in self._below[code]]
        else:
            return False
        return not any(
            s.stages & scope.stages or s.ownership in scope.ownership or not s.stages
            for s in schools
        )


def _schools_below(places: Mapping[str, Place]) -> dict[str, list[Place]]:
    """Code of a unit → the open schools at and below it."""
    below: dict[str, list[Place]] = {code: [] for code in places}
    for place in places.values():
        if place.is_school and place.is_open:
            for code in place.path.split("/"):
                if code in below:
                    below[code].append(place)
    return below
