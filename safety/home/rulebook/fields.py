"""Fields for values that are lists: codes, days, weekdays, spans, shifts, holidays, sentences.

Each knows both ways: ``shown`` is how a value of the document stands in its field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _

SPLIT = re.compile(r"[\s,,、;;]+")
_PARTS = re.compile(r"[\n,,、;;]+")
_SPAN = re.compile(r"(\d{1,2}:\d\d)\s*[-–—~至]\s*(\d{1,2}:\d\d)")
_TURN = re.compile(r"(\d{1,2}:\d\d)\s+(\d{1,2})")
EXAMPLE = "元旦 New Year 2026-01-01 2026-01-03"
_HOLIDAY = re.compile(r"(\S+)\s+(.+?)\s+(\d{4}-\d\d-\d\d)\s+(\d{4}-\d\d-\d\d)")


class Codes(forms.CharField):
    """Codes between spaces, commas or 、."""

    @staticmethod
    def shown(value: Sequence[Any]) -> str:
        return " ".join(map(str, value))

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return [self.word(part) for part in SPLIT.split(text) if part]

    def word(self, part: str) -> Any:
        return part


class Days(Codes):
    def word(self, part: str) -> str:
        return _day(part)


class Months(Codes):
    def word(self, part: str) -> int:
        if not part.isdecimal() or not 1 <= int(part) <= 12:  # noqa: PLR2004 - months of a year
            raise forms.ValidationError(
                _("“%(text)s” is not a month. Write a number from 1 to 12.") % {"text": part}
            )
        return int(part)


class Lines(forms.CharField):
    """One thing a line; ``parts`` says where one ends."""

    rows: ClassVar[int] = 4
    parts: ClassVar[re.Pattern[str]] = re.compile(r"\n+")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": self.rows}), **kwargs)

    @classmethod
    def shown(cls, value: Sequence[Any]) -> str:
        return "\n".join(cls.line(one) for one in value)

    @staticmethod
    def line(one: Any) -> str:
        return str(one)

    def clean(self, value: Any) -> Any:
        text = super().clean(value).replace("\r", "\n")
        return [self.read(part.strip()) for part in self.parts.split(text) if part.strip()]

    def read(self, part: str) -> Any:
        return part


class Spans(Lines):
    """From when to when offices work, as 08:30–12:00."""

    rows: ClassVar[int] = 2
    parts: ClassVar[re.Pattern[str]] = _PARTS

    @staticmethod
    def line(one: Sequence[str]) -> str:
        return f"{one[0]}–{one[1]}"

    def read(self, part: str) -> list[str]:
        found = _SPAN.fullmatch(part)
        if found is None:
            said = _("“%(text)s” is no span of time. Write it like 08:30–12:00.")
            raise forms.ValidationError(said % {"text": part})
        return [_clock(found[1]), _clock(found[2])]


class Turns(Lines):
    """Shifts, as 08:30 9: when one begins, how many hours it lasts."""

    rows: ClassVar[int] = 3
    parts: ClassVar[re.Pattern[str]] = _PARTS

    @staticmethod
    def line(one: Mapping[str, Any]) -> str:
        return f"{one['from']} {one['hours']}"

    def read(self, part: str) -> dict[str, Any]:
        found = _TURN.fullmatch(part)
        if found is None:
            said = _("“%(text)s” is no shift. Write when it begins and its hours: 08:30 9.")
            raise forms.ValidationError(said % {"text": part})
        return {"from": _clock(found[1]), "hours": int(found[2])}


class Holidays(Lines):
    """As 元旦 New Year 2026-01-01 2026-01-03."""

    rows: ClassVar[int] = 8

    @staticmethod
    def line(one: Mapping[str, str]) -> str:
        return f"{one['zh']} {one['en']} {one['from']} {one['to']}"

    def read(self, part: str) -> dict[str, str]:
        found = _HOLIDAY.fullmatch(part)
        if found is None:
            said = _("“%(text)s” is no holiday. Write both names and both days: %(example)s.")
            raise forms.ValidationError(said % {"text": part, "example": EXAMPLE})
        return {"zh": found[1], "en": found[2], "from": _day(found[3]), "to": _day(found[4])}


class Weekdays(forms.TypedMultipleChoiceField):
    """Days of the week as numbers, Monday is 0."""

    def __init__(self, **kwargs: Any) -> None:
        names = enumerate(weekday_words())
        super().__init__(
            choices=[(str(number), name) for number, name in names],
            coerce=int,
            widget=forms.CheckboxSelectMultiple,
            **kwargs,
        )

    @staticmethod
    def shown(value: Sequence[int]) -> list[str]:
        return [str(day) for day in value]


def weekday_words() -> list[str]:
    return [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise forms.ValidationError(
            _("“%(text)s” is not a day. Write it like 2026-10-01.") % {"text": text}
        ) from error


def _clock(text: str) -> str:
    try:
        return time.fromisoformat(text.zfill(5)).isoformat("minutes")
    except ValueError as error:
        raise forms.ValidationError(
            _("“%(text)s” is not a time of the day. Write it like 08:30.") % {"text": text}
        ) from error
