"""One cell as a spreadsheet hands it over, and its text."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

Cell = str | int | float | bool | date | datetime | time | timedelta

_BLANKS = re.compile(r"\s+")
# Written before a formula sign by our own lists of rejected rows, and by careful people.
_GUARDED = re.compile(r"'(?=[=+\-@＝＋－＠\t\r\n])")
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def text_of(cell: Cell) -> str:
    """What a reader sees in the cell, with plain blanks and without invisible characters.

    Spreadsheets keep every number as a float: 71045.0 is read as "71045".
    """
    if isinstance(cell, str):
        return _clean(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return str(cell)


def _clean(text: str) -> str:
    # Invisible characters and all blanks but the plain one are not "printable".
    if not text.isprintable() or "  " in text:
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")
        text = _BLANKS.sub(" ", text)
    text = text.strip()
    return _GUARDED.sub("", text, count=1) if text.startswith("'") else text


def name_key(text: str) -> str:
    """Two names that differ only in width, case or blanks are the same name."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text)).lower()


def guarded(text: str) -> str:
    """``text`` for a spreadsheet that must not take it for a formula, also of full width."""
    return f"'{text}" if text.startswith(_FORMULA) else text
