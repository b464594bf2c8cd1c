"""A section or the whole rule book as a file: JSON out, JSON or TOML in."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from incidents.cases.first_report import is_storable
from safety.errors import Refused

BOOK = "book"
SIZE_MAX = 1_000_000


def written(content: Mapping[str, Any], section: str) -> str:
    """The section, or all of them, as a person can read and edit it."""
    said = content if section == BOOK else content[section]
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


def read_into(content: Mapping[str, Any], section: str, raw: bytes) -> dict[str, Any]:
    """``content`` with ``section`` (or everything) as the file says it. Raises ``Refused``."""
    said = _read(section, raw)
    if section == BOOK:
        return said
    if set(said) == {section} and isinstance(said[section], dict):
        said = said[section]  # a file that names its section at the top
    return {**content, section: said}


def _read(section: str, raw: bytes) -> dict[str, Any]:
    if len(raw) > SIZE_MAX:
        raise Refused(
            _("This file is too large."),
            field=section,
            value=str(len(raw)),
            remedy=_("A section of the rule book has less than 1 MB."),
        )
    try:
        text = raw.decode("utf-8-sig")
        said = _plain(_parse(text))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Refused(
            _("This file cannot be read."),
            field=section,
            value=str(error),
            remedy=_("Save it as JSON or TOML in UTF-8; best, change the file you downloaded."),
        ) from error
    if not isinstance(said, dict):
        raise Refused(
            _("This file holds no section."),
            field=section,
            remedy=_("It is one table of names and values, as in the file you downloaded."),
        )
    return said


def _parse(text: str) -> Any:
    if text.lstrip().startswith(("{", "[")) and not text.lstrip().startswith("[["):
        try:
            return json.loads(text, parse_constant=_no_number)
        except json.JSONDecodeError:
            if text.lstrip().startswith("{"):
                raise
    return tomllib.loads(text)


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is not a number")


def _plain(value: Any) -> Any:
    """Days and times of TOML as texts; texts that no database keeps are refused."""
    if isinstance(value, dict):
        return {_plain(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, str) and not is_storable(value):
        raise ValueError(_("It holds a character that cannot be stored."))
    if (isinstance(value, float) and value in (float("inf"), float("-inf"))) or value != value:  # noqa: PLR0124 - only "not a number" differs from itself
        raise ValueError("inf and nan are no numbers")
    return value
