"""The clocks of reporting: by when the first report, and by when what goes upward.

Pure: grade, hazards, time and the ``filing`` section of the rule book in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from notifications.obligations.upward import offices


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A deadline with what it rests on. ``basis`` "reminder" never counts against anybody.

    ``telling``: it is only owed for some hazards, so that its receiver tells which.
    """

    due_at: datetime
    basis: str
    document: str
    level: str = ""
    owed_by: str = ""
    receiver: str = ""
    receiver_en: str = ""
    telling: bool = False


def first_report(*, grade: str, aware_at: datetime, rules: Mapping[str, Any]) -> Clock:
    """By when the first report was owed. Raises ``ValueError`` if no clock names the grade."""
    for row in rules["first_report_clock"]:
        if grade in row["grades"]:
            return _clock(row, aware_at)
    raise ValueError(f"filing: no first_report_clock for grade '{grade}'")


def upward(
    *, grade: str, hazards: Sequence[str], aware_at: datetime, rules: Mapping[str, Any]
) -> list[Clock]:
    """Everything that is owed upward for this incident."""
    return [
        _clock(row, aware_at)
        for row in rules["upward_clock"]
        if grade in row["grades"] and ("hazards" not in row or set(hazards) & set(row["hazards"]))
    ]


def _clock(row: Mapping[str, Any], start: datetime) -> Clock:
    return Clock(
        due_at=start + timedelta(minutes=row["minutes"]),
        basis=row["basis"],
        document=" ".join(part for part in (row["document"], row["article"]) if part),
        level=row.get("level", ""),
        owed_by=row.get("owed_by", ""),
        receiver=row.get("receiver_zh", ""),
        # Rule books published before 0.1.0 name their receivers in Chinese only.
        receiver_en=row.get("receiver_en", ""),
        telling="hazards" in row,
    )


def check(rules: Mapping[str, Any]) -> None:
    """Raise ``ValueError`` naming the clock that cannot be right."""
    for grade in ("G1", "G2", "G3", "G4", "G5"):
        if not any(grade in row["grades"] for row in rules["first_report_clock"]):
            raise ValueError(f"filing: no first_report_clock for grade '{grade}'")
    for row in [*rules["first_report_clock"], *rules["upward_clock"]]:
        if row["basis"] not in ("statutory", "superior", "bureau", "reminder"):
            raise ValueError(f"filing: unknown basis '{row['basis']}'")
        if row["basis"] != "reminder" and not row["document"]:
            raise ValueError("filing: a clock that is more than a reminder names its document")
    for row in rules["upward_clock"]:
        named = {code: row.get(f"receiver_{code}", "") for code in ("zh", "en")}
        told = {code: len(offices(text, code)) for code, text in named.items()}
        if not told["zh"] or told["zh"] != told["en"]:
            raise ValueError(
                "filing: an upward_clock names as many receivers in receiver_en as in "
                f"receiver_zh, not '{named['zh']}' and '{named['en']}'"
            )
