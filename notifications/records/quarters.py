"""Quarters of the year, as the bureau's clock has them. Pure, but for the time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

_CODE = re.compile(r"(20\d\d)Q([1-4])")


@dataclass(frozen=True, kw_only=True, order=True)
class Quarter:
    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Quarter:
        return cls(year=day.year, number=(day.month - 1) // 3 + 1)

    @classmethod
    def named(cls, code: str) -> Quarter:
        """The quarter "2026Q2"; the present one where ``code`` is none."""
        found = _CODE.fullmatch(code)
        if found is None:
            return cls.of(timezone.localdate())
        return cls(year=int(found[1]), number=int(found[2]))

    @property
    def code(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def label(self) -> str:
        words = (
            _("first quarter of %(year)d"),
            _("second quarter of %(year)d"),
            _("third quarter of %(year)d"),
            _("fourth quarter of %(year)d"),
        )
        return words[self.number - 1] % {"year": self.year}

    @property
    def first(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> Quarter:
        if self.number == 4:  # noqa: PLR2004 - of a year
            return Quarter(year=self.year + 1, number=1)
        return Quarter(year=self.year, number=self.number + 1)

    @property
    def previous(self) -> Quarter:
        if self.number == 1:
            return Quarter(year=self.year - 1, number=4)
        return Quarter(year=self.year, number=self.number - 1)

    @property
    def starts_at(self) -> datetime:
        return start_of(self.first)

    @property
    def ends_at(self) -> datetime:
        """The first moment after it."""
        return start_of(self.next.first)


def quarters_of(year: int) -> list[Quarter]:
    return [Quarter(year=year, number=number) for number in (1, 2, 3, 4)]


def start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
