"""What a sheet of the bureau's own leaves unsaid, as the type of the post has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from notifications.responsibility.checks.reading import is_school_capacity
from notifications.table.rows import Key, Row
from notifications.table.workbook.decoding import Decoder
from notifications.table.workbook.problems import CellProblem
from notifications.table.workbook.reading import SheetRow
from notifications.table.workbook.statements import NewPost, Reading

PostType = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """``types`` and ``capacities`` are those of the rule book, ``before`` is the table as it is."""

    decoder: Decoder
    before: Mapping[Key, Row]
    types: Mapping[str, PostType]
    capacities: Mapping[str, Mapping[str, Any]]

    @cached_property
    def _had(self) -> Mapping[tuple[str, str], list[str]]:
        """The capacities that each post has already."""
        found: dict[tuple[str, str], list[str]] = {}
        for unit, post, capacity in self.before:
            found.setdefault((unit, post), []).append(capacity)
        return found

    def new_post(self, line: SheetRow, unit: str, name: str) -> NewPost | None:
        """A post of a type whose name stands in the cell, where the unit has none of it yet."""
        kind = self.decoder.words.sections.code(line.text("post_type") or name)
        at = "school" if self.decoder.known.units[unit].is_school else "bureau"
        if (
            kind is None
            or self.types[kind]["at"] != at
            or self.decoder.known.posts_called(unit, kind)
        ):
            return None
        return NewPost(unit=unit, code=kind, kind=kind, name=name[:80])

    def row(self, key: Key, reading: Reading) -> Row:
        """A new row as the type of its post has it; its duties have to be said by the sheet."""
        unit, post, capacity = key
        kind = self._kind(unit, post, reading)
        scope = {k: list(v) for k, v in self.types.get(kind, {}).get("scope", {}).items()}
        is_party = self.capacities[capacity]["line"] == "party"
        line = "party" if is_party else "administration"
        return Row(unit=unit, post=post, capacity=capacity, line=line, scope=scope)

    def _kind(self, unit: str, post: str, reading: Reading) -> str:
        new = reading.new_posts.get((unit, post))
        return new.kind if new else self.decoder.known.posts[unit, post].kind

    def capacity(
        self,
        line: SheetRow,
        place: tuple[str, str],
        reading: Reading,
        problems: list[CellProblem],
    ) -> str | None:
        """The capacity in its cell; else the one the post has already, else that of its type."""
        words = self.decoder.words.capacity
        if text := line.text("capacity"):
            code = words.code(text)
        else:
            had = self._had.get(place, ())
            kind = self._kind(*place, reading)
            code = had[0] if len(had) == 1 else self.types.get(kind, {}).get("capacity")
        is_school = self.decoder.known.units[place[0]].is_school
        if code is not None and (not code or is_school_capacity(code) == is_school):
            return code
        problems.append(
            line.problem(
                "unknown_word",
                "capacity" if "capacity" in line.found.columns else "post",
                _("The capacity of this post is not known."),
                _("Add a column 责任类别 with one of: %s.") % "、".join(words.words()),
            )
        )
        return None
