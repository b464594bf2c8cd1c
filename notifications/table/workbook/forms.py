"""What the pages of workbooks read from a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from notifications.models import ResponsibilityTable, TableUpload
from notifications.table.workbook.columns import ALIASES
from notifications.table.workbook.outcome import Request

SWITCHES = ("over", "create_posts", "valid_only")
NOT_MAPPED = "-"


@dataclass(frozen=True, kw_only=True)
class Choices:
    """How the reader wants the workbook to be taken. ``draft`` "" is a new draft."""

    draft: str = ""
    unit: str = ""
    switches: frozenset[str] = frozenset()
    maps: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, said: Mapping[str, str]) -> Choices:
        """From the query or the form; a column is named by its letter, "-" leaves a field out."""
        maps = ((field, said.get(f"map_{field}", "").strip()[:40]) for field in ALIASES)
        return cls(
            draft=said.get("draft", "").strip()[:40],
            unit=said.get("unit", "").strip()[:120],
            switches=frozenset(name for name in SWITCHES if said.get(name) == "1"),
            maps=tuple((field, column) for field, column in maps if column),
        )

    def as_pairs(self) -> list[tuple[str, str]]:
        """As the hidden fields of the form that imports."""
        pairs = [("draft", self.draft), ("unit", self.unit)]
        pairs += [(name, "1") for name in sorted(self.switches)]
        pairs += [(f"map_{field}", column) for field, column in self.maps]
        return [(name, value) for name, value in pairs if value]

    def as_query(self) -> str:
        return urlencode(self.as_pairs())

    def request(self, upload: TableUpload, draft: ResponsibilityTable | None) -> Request:
        maps = {f: "" if column == NOT_MAPPED else column for f, column in self.maps}
        return Request(
            content=bytes(upload.content),
            name=upload.name,
            draft=draft,
            maps=maps,
            unit=self.unit,
            **{name: name in self.switches for name in SWITCHES},
        )
