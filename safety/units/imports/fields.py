"""Turn the text of one cell into the value of its field, or say why that is impossible."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from safety.units.imports.cells import Cell
from safety.units.imports.garbled import check_name
from safety.units.imports.problems import Unusable
from safety.units.imports.words import (
    BAIDU,
    CLOSED,
    DATUMS,
    KINDS,
    NO,
    OPEN,
    OWNERSHIP,
    STAGE_ORDER,
    STAGES,
    YES,
)
from safety.units.tree import code_fault

PUPILS_MAX = 200_000
EXACT_DIGITS = 15  # beyond these a spreadsheet keeps zeros instead of the digits typed
YEARS = range(1800, 2101)
LONGEST = {"name": 120, "short_name": 40}  # as the columns are
# Everything inside the country's borders, in degrees.
LATITUDES, LONGITUDES = (Decimal(3), Decimal(54)), (Decimal(73), Decimal(136))

_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_NUMBER = re.compile(r"\d+|\d{1,3}(?:,\d{3})+")
_DATE = re.compile(
    r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?)?[年月日]?|(\d{4})(\d\d)(\d\d)"
)
_PHONE = re.compile(r"[\d\s()+\-/转,;、]{5,30}(?:转\d+)?")
_SCIENTIFIC = re.compile(r"\d+(\.\d+)?[eE]\+?\d+")
_PARTS = re.compile(r"[、,，/;；+&\s]+")


def parse_code(cell: Cell, text: str) -> str:
    """A code as text; the ".0" that spreadsheets add to numbers is taken away."""
    if isinstance(cell, date | datetime):
        raise Unusable(
            "code_is_date",
            _("The spreadsheet has turned this code into a date."),
            _("Format the column as text and type the code again."),
        )
    code = re.sub(r"(?<=\d)\.0+$", "", unicodedata.normalize("NFKC", text))
    rounded = isinstance(cell, float) and len(code) > EXACT_DIGITS
    if rounded or _SCIENTIFIC.fullmatch(code):
        raise Unusable(
            "code_rounded",
            _("The spreadsheet has rounded this long number, its last digits are lost."),
            _("Format the column as text and type the code again."),
        )
    if fault := code_fault(code):
        raise Unusable("bad_code", fault.message, fault.remedy)
    return code


def parse_name(text: str) -> str:
    name = _BETWEEN_HAN.sub("", text)
    check_name(name)
    return _not_too_long(name, LONGEST["name"])


def parse_short_name(text: str) -> str:
    return _not_too_long(_BETWEEN_HAN.sub("", text), LONGEST["short_name"])


def _not_too_long(text: str, longest: int) -> str:
    if len(text) > longest:
        raise Unusable(
            "too_long",
            _("This has %(length)d characters; at most %(max)d can be kept.")
            % {"length": len(text), "max": longest},
            _("Shorten it."),
        )
    return text


def parse_phone(text: str) -> str:
    phone = unicodedata.normalize("NFKC", text)
    if not _PHONE.fullmatch(phone):
        raise Unusable(
            "bad_phone",
            _("This is no telephone number."),
            _("Write digits only, such as 0851-85550101; leave names and remarks out."),
        )
    return phone


def _one_of(words: Mapping[str, Any], code: str, examples: str) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        key = unicodedata.normalize("NFKC", text).lower().replace(" ", "")
        if key not in words:
            raise Unusable(code, _("This word is not known."), _("Write one of: %s.") % examples)
        return words[key]

    return parse


def parse_stages(text: str) -> tuple[str, ...]:
    """One or several stages, in the order of the vocabulary."""
    found: set[str] = set()
    for part in _PARTS.split(text):
        if part and (stages := STAGES.get(part.lower())) is None:
            raise Unusable(
                "unknown_stage",
                _("'%(word)s' is no stage, or could be several.") % {"word": part},
                _("Write one or more of: %s.") % "幼儿园、小学、初中、高中、职业、特教",
            )
        found.update(stages or () if part else ())
    return tuple(sorted(found, key=STAGE_ORDER.__getitem__))


def parse_whole(text: str) -> int:
    digits = text.removesuffix("人").removesuffix("名").strip()
    if not _NUMBER.fullmatch(digits) or int(digits.replace(",", "")) > PUPILS_MAX:
        raise Unusable(
            "bad_number",
            _("This is no whole number between 0 and %(max)d.") % {"max": PUPILS_MAX},
            _("Write digits only; leave the cell empty if the number is not known."),
        )
    return int(digits.replace(",", ""))


def parse_date(cell: Cell, text: str) -> date:
    """A day; a month or a year alone stands for its first day."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = _DATE.fullmatch(text.replace(" ", ""))
    parts = [int(part) for part in found.groups() if part] if found else [0]
    try:
        if parts[0] in YEARS:
            return date(*[*parts, 1, 1][:3])
    except ValueError:
        pass  # 31 November is no date either
    raise Unusable(
        "bad_date",
        _("This is no date."),
        _("Write it as 2026-09-01, or format the cell as a date."),
    )


def _degrees(low: Decimal, high: Decimal) -> Callable[[str], Decimal]:
    def parse(text: str) -> Decimal:
        try:
            value = Decimal(unicodedata.normalize("NFKC", text).rstrip("°EN"))
        except InvalidOperation as error:
            raise Unusable(
                "bad_coordinate",
                _("This is no number of degrees."),
                _("Write decimal degrees, such as 26.647."),
            ) from error
        if not low <= value <= high:
            raise Unusable(
                "bad_coordinate",
                _("No place in China has this; latitude and longitude may be exchanged."),
                _("Write a number between %(low)s and %(high)s.") % {"low": low, "high": high},
            )
        return value.quantize(Decimal("0.000001"))

    return parse


def parse_datum(text: str) -> str:
    if text.lower() in BAIDU:
        raise Unusable(
            "bad_datum",
            _("Baidu's own coordinates lie some hundred metres beside all others."),
            _("Convert them to GCJ-02 or WGS-84 first."),
        )
    parse: Callable[[str], str] = _one_of(
        DATUMS, "bad_datum", "WGS-84, GCJ-02 (高德、腾讯), CGCS2000 (天地图)"
    )
    return parse(text)


_yes_or_no = _one_of(
    {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)}, "bad_yes_no", "是, 否"
)

FROM_TEXT: Mapping[str, Callable[[str], Any]] = {
    "name": parse_name,
    "short_name": parse_short_name,
    "kind": _one_of(KINDS, "unknown_kind", "学校, 中心校, 校区, 教学点, 区县局, 功能区, 市局"),
    "parent": str,
    "district": str,
    "stages": parse_stages,
    "ownership": _one_of(OWNERSHIP, "unknown_ownership", "公办, 民办"),
    "city_direct": _yes_or_no,
    "pupils": parse_whole,
    "staff": parse_whole,
    "boarding": _yes_or_no,
    "bus": _yes_or_no,
    "canteen": _yes_or_no,
    "near_water": _yes_or_no,
    "near_main_road": _yes_or_no,
    "latitude": _degrees(*LATITUDES),
    "longitude": _degrees(*LONGITUDES),
    "datum": parse_datum,
    "duty_phone": parse_phone,
    "status": _one_of(
        {**dict.fromkeys(OPEN, "open"), **dict.fromkeys(CLOSED, "closed")},
        "unknown_status",
        "在办, 停办",
    ),
}
YES_NO = frozenset(field for field, parse in FROM_TEXT.items() if parse is _yes_or_no)
# Where it matters whether the cell was a number or a date.
FROM_CELL: Mapping[str, Callable[[Cell, str], Any]] = {
    "code": parse_code,
    "starts_on": parse_date,
    "ends_on": parse_date,
}
FIELDS = (*FROM_CELL, *FROM_TEXT)


def parse(field: str, cell: Cell, text: str) -> Any:
    """The value of ``field`` in a cell with ``text``. Raises ``Unusable``."""
    if field in FROM_CELL:
        return FROM_CELL[field](cell, text)
    return FROM_TEXT[field](text)
