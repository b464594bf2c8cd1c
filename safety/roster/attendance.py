"""Whether those who are planned will be there: nobody answers for a shift while being away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from django.db.models import Q

from safety.posts.models import Leave, Shift
from safety.roster.gaps import Span, gaps_of


@dataclass(frozen=True, kw_only=True)
class Attendance:
    """Absences without anybody to stand in, by person."""

    absences: Mapping[int, Sequence[Span]]

    @classmethod
    def of(cls, shifts: Sequence[Shift]) -> Self:
        """Those that touch ``shifts``, asked at once."""
        if not shifts:
            return cls(absences={})
        leaves = Leave.objects.filter(
            Q(delegate=None) | Q(delegate__is_active=False),
            person__in={shift.person_id for shift in shifts},
            starts_at__lt=max(shift.ends_at for shift in shifts),
            ends_at__gt=min(shift.starts_at for shift in shifts),
        )
        found: dict[int, list[Span]] = {}
        for person, starts_at, ends_at in leaves.values_list("person", "starts_at", "ends_at"):
            found.setdefault(person, []).append((starts_at, ends_at))
        return cls(absences=found)

    def spans(self, shift: Shift) -> list[Span]:
        """The parts of ``shift`` in which its person, or a stand-in, is there. Needs ``person``."""
        if not shift.person.is_active:
            return []
        away: Iterable[Span] = self.absences.get(shift.person_id, ())
        parts = gaps_of(shift.post_id, [(shift.starts_at, shift.ends_at)], away)
        return [(part.starts_at, part.ends_at) for part in parts]
