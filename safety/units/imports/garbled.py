"""Recognise text that cannot be what somebody meant to write, and say what happened to it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safety.units.imports.encodings import LOST
from safety.units.imports.problems import Unusable

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003134f]")
_HIGH_RUN = re.compile(r"[\x80-\xff]{4}")  # no language writes so many accents in a row
_LETTER = re.compile(r"[^\W\d_]")
_SPREADSHEET_ERROR = re.compile(r"#(N/A|REF!|NAME\?|VALUE!|DIV/0!|NULL!|NUM!)|#+", re.IGNORECASE)
# Bytes of one encoding read as another, as every Chinese office has seen them.
_FAMOUS = ("锟斤拷", "烫烫烫", "屯屯屯")
_OFFICE = re.compile(
    "教育考试院|招生考试院|考试院|招生办公室|招生考试办公室|教育委员会|教育局|教育厅|教体局|教育和体育局"
)
_REGIONS = re.compile(r"(?:[\u4e00-\u9fff]{1,7}?(?:省|市|自治区|州|盟|区|县|旗|镇|乡|街道|新区))*")
_OF_A_SCHOOL = re.compile("学|校|园|附属|民办|实验(?!区)")
_SENTENCE = re.compile(r"[。；;！!？?|<>{}\\]|https?:", re.IGNORECASE)
_TELEPHONE = re.compile(r"\d{7,}|\d{3,4}-\d{7,8}")
BY_CHANCE = 2
SHORT_PLACE = 4  # "贵阳" or "呼和浩特" before the name of an office
_PAIRS = {")": "(", "）": "（", "】": "【", "]": "[", "》": "《"}


def check_text(raw: str, text: str) -> None:
    """Raise ``Unusable`` where characters are lost or wrongly decoded.

    ``raw`` is the cell as it came, ``text`` as it is read.
    """
    if LOST in raw or "??" in raw or "？？" in raw:
        raise _garbled(_("Characters are lost in this cell; question marks stand in their place."))
    for character in raw:
        kind = unicodedata.category(character)
        if kind in ("Co", "Cn", "Cs") or (kind == "Cc" and character not in "\t\n\r"):
            raise _garbled(
                _("The cell holds a character that is no text (U+%(code)04X).")
                % {"code": ord(character)}
            )
    if any(sign in text for sign in _FAMOUS) or _mojibake(text) or _mojibake(raw):
        raise _garbled(_("The text was saved in one encoding and read in another."))
    if _SPREADSHEET_ERROR.fullmatch(text):
        raise _garbled(_("The spreadsheet shows an error here instead of a value."))


def check_name(text: str) -> None:
    """Raise ``Unusable`` where ``text`` can be read but is hardly the name of a unit."""
    for is_wrong, message in _DOUBTS:
        if is_wrong(text):
            raise _implausible(str(message))
    if office := _stamped(text):
        raise _implausible(
            _(
                "The name of an office (%(office)s) stands in the middle of the school's name, "
                "as when a stamp or watermark is copied along with a table."
            )
            % {"office": office}
        )


def _garbled(message: str) -> Unusable:
    return Unusable(
        "garbled",
        message,
        _("Type the text again from the original, or export the list anew (as .xlsx)."),
    )


def _implausible(message: str) -> Unusable:
    return Unusable(
        "implausible_name",
        message,
        _("Compare it with the original and correct it; if it is right, add --accept-name NAME."),
    )


def _mojibake(text: str) -> bool:
    """Whether the text turns into proper Chinese when its bytes are read the other way."""
    return (
        _reads_as(text, "gb18030", "utf-8")
        or _reads_as(text, "cp1252", "utf-8")
        or _reads_as(text, "latin-1", "utf-8")
        or bool(_HIGH_RUN.search(text) and _reads_as(text, "latin-1", "gb18030"))
    )


def _reads_as(text: str, read_as: str, was: str) -> bool:
    try:
        meant = text.encode(read_as).decode(was)
    except UnicodeError:
        return False
    # One character may turn out Chinese by chance; several hardly can.
    return meant != text and len(_HAN.findall(meant)) >= BY_CHANCE


def _unbalanced(text: str) -> bool:
    waiting: list[str] = []
    for character in text:
        if character in _PAIRS.values():
            waiting.append(unicodedata.normalize("NFKC", character))
        elif character in _PAIRS:
            opening = unicodedata.normalize("NFKC", _PAIRS[character])
            if not waiting or waiting.pop() != opening:
                return True
    return bool(waiting)


def _stamped(text: str) -> str:
    """The office named inside ``text`` after something that is no region; "" if none.

    "贵阳市云岩区教育局幼儿园" is a proper name: only regions stand before the office.
    """
    found = _OFFICE.search(text)
    if found is None:
        return ""
    before = text[: found.start()]
    is_place = not _OF_A_SCHOOL.search(before) and (
        len(before) <= SHORT_PLACE or _REGIONS.fullmatch(before)
    )
    return "" if is_place else found.group()


_DOUBTS: tuple[tuple[Callable[[str], object], StrPromise], ...] = (
    (
        lambda text: not _LETTER.search(text),
        gettext_lazy("A name of digits and signs alone is not the name of a school."),
    ),
    (lambda text: text[1:] == "", gettext_lazy("One character is not the whole name of a school.")),
    (
        lambda text: text.startswith("="),
        gettext_lazy("The cell holds a formula instead of a name."),
    ),
    (_SENTENCE.search, gettext_lazy("The name holds signs that names of schools do not have.")),
    (_TELEPHONE.search, gettext_lazy("A telephone or other long number stands inside the name.")),
    (
        _unbalanced,
        gettext_lazy("A bracket is opened or closed alone: part of the name is missing."),
    ),
)
