"""The mark inside a workbook: of which table it was made, of which part, and what stood in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from notifications.table.rows import Row
from notifications.table.workbook.columns import canonical

FORMAT = "1"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """``part`` is the code of the unit whose rows (and those below it) were written."""

    table: str
    number: str
    part: str
    digest: str
    rows: str
    made_at: str
    format: str = FORMAT

    def as_pairs(self) -> list[tuple[str, str]]:
        return list(asdict(self).items())

    @classmethod
    def of(cls, pairs: Mapping[str, str]) -> Mark | None:
        """The mark in these cells; ``None`` where a part of it is missing."""
        names = cls.__dataclass_fields__
        if not all(name in pairs for name in names):
            return None
        return cls(**{name: pairs[name] for name in names})


def digest_of(rows: Iterable[Row]) -> str:
    """SHA-256 of the rows whatever their order: the same content has the same digest."""
    told = sorted(json.dumps(_plain(row), ensure_ascii=False, sort_keys=True) for row in rows)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _plain(row: Row) -> list[object]:
    texts = (row.business_duty, row.safety_duty, row.assessment)
    return [*row.key, row.line, dict(row.scope), *map(canonical, texts)]
