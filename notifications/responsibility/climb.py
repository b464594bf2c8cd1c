"""Fill every slot: with its holder or B角, or with the next superior who is there.

A vacancy never delays anything and never leaves its own level, except from a
school to its bureau's safety office. Each one is written down as a finding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from notifications.responsibility.case import Case, Slot
from notifications.responsibility.inputs import EntryFacts
from notifications.responsibility.lines import DEPUTY, deputies
from notifications.responsibility.offices import ABSENT, Held
from notifications.responsibility.offices import DEPUTY as B_ROLE
from notifications.responsibility.plan import Finding
from notifications.responsibility.school import seats_of
from notifications.responsibility.words import Level, Owed

CODES = {"vacant": "F-VAC", ABSENT: "F-ABS"}
NOBODY = "nobody"


@dataclass(kw_only=True)
class Filled:
    """A slot and who answers for it. ``superior`` is the capacity it climbed to, or ""."""

    slot: Slot
    owed: Owed
    entry: EntryFacts | None
    held: Held
    wrong: str = ""
    superior: str = ""
    rules: list[str] = field(default_factory=list)

    def join(self, slot: Slot, *, least: Owed = Owed.FEED) -> None:
        """Answer for a further slot of the same capacity, which nobody else could take."""
        self.owed = max(self.owed, slot.owed, least)
        self.slot.take_in(slot)
        self.rules.append(f"joined: {slot.seat.post_type or slot.capacity}")


def fill(case: Case, slots: Sequence[Slot]) -> tuple[list[Filled], list[Finding]]:
    """Fill ``slots``. Capacities are filled apart: nobody gets the same one twice at a unit."""
    groups: dict[tuple[int, str], list[Slot]] = defaultdict(list)
    for slot in slots:
        groups[(slot.unit.id, slot.capacity)].append(slot)
    filled: list[Filled] = []
    findings: list[Finding] = []
    for group in groups.values():
        group.sort(key=lambda slot: (slot.seat.post_type, slot.seat.key))
        filling = _Group(case)
        for slot in group:
            filling.seat(slot)
        for slot, held in filling.empty:
            filling.climb(slot, held)
        filled += filling.filled
        findings += filling.findings
    return filled, findings


class _Group:
    """The slots of one capacity at one unit while they are being filled."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.filled: list[Filled] = []
        self.findings: list[Finding] = []
        self.empty: list[tuple[Slot, Held]] = []

    def seat(self, slot: Slot) -> None:
        """Give ``slot`` to whoever answers for its own post; set it aside if nobody does."""
        held = Held(wrong="vacant")
        if slot.seat.entry is not None:
            held = self.case.offices.hold(slot.seat.entry.post, delegable=self._delegable(slot))
        if held.is_empty:
            self.empty.append((slot, held))
            return
        self._add(slot, slot.seat.entry, held)
        if held.how == B_ROLE and held.wrong == "vacant":
            self._find(slot, held, B_ROLE)

    def climb(self, slot: Slot, held: Held) -> None:
        """Give an empty ``slot`` to the first superior who is there and has not got one yet."""
        if slot.owed == Owed.FEED:  # the board shows it; nobody is addressed, nobody stands in
            self._leave_open(slot, held)
            return
        if self.case.rules.capacities[slot.capacity].optional:
            return
        passed_over: Filled | None = None
        for superior, entry in _superiors(self.case, slot):
            found = self.case.offices.hold(entry.post, delegable=self._delegable(slot))
            if found.is_empty:
                continue
            taken = self._addressed(found)
            if taken is None:
                self._add(slot, entry, found, wrong=held.wrong, superior=superior)
                self._find(slot, held, superior)
                return
            passed_over = passed_over or taken
        if passed_over is not None:
            passed_over.join(slot, least=Owed.ACK)
            self._find(slot, held, passed_over.superior or passed_over.slot.capacity)
            return
        self._leave_open(slot, held)

    def _leave_open(self, slot: Slot, held: Held) -> None:
        """Nobody at all: the row stays with its post, so that whoever takes office answers."""
        post = slot.seat.entry.post if slot.seat.entry else None
        for row in self.filled:
            if row.held.is_empty and (row.entry.post if row.entry else None) == post:
                row.join(slot)
                break
        else:
            self._add(slot, slot.seat.entry, held)
        self._find(slot, held, NOBODY)

    def _add(
        self,
        slot: Slot,
        entry: EntryFacts | None,
        held: Held,
        *,
        wrong: str = "",
        superior: str = "",
    ) -> None:
        rules = []
        if superior:
            rules.append(f"climb.{slot.capacity} to {superior}")
        if held.how not in ("", "holder"):
            rules.append(f"stand-in: {held.how}")
        self.filled.append(
            Filled(
                slot=slot,
                owed=max(slot.owed, Owed.ACK) if superior else slot.owed,
                entry=entry,
                held=held,
                wrong=wrong or held.wrong,
                superior=superior,
                rules=rules,
            )
        )

    def _addressed(self, found: Held) -> Filled | None:
        return next((row for row in self.filled if row.held.person == found.person), None)

    def _delegable(self, slot: Slot) -> bool:
        return self.case.rules.delegable(slot.capacity, self.case.asked.grade)

    def _find(self, slot: Slot, held: Held, detail: str) -> None:
        self.findings.append(
            Finding(
                code=CODES[held.wrong],
                level=slot.unit.level,
                unit=slot.unit.id,
                unit_code=slot.unit.code,
                capacity=slot.capacity,
                post_type=slot.seat.post_type,
                post_name=slot.seat.post_name,
                detail=detail,
            )
        )


def _superiors(case: Case, slot: Slot) -> Iterator[tuple[str, EntryFacts]]:
    """The posts to climb to, nearest first, each with its capacity."""
    for superior in case.rules.climb[slot.capacity]:
        for entry in _posts(case, slot, superior):
            yield superior.removeprefix("^"), entry


def _posts(case: Case, slot: Slot, superior: str) -> Iterator[EntryFacts]:
    if superior == DEPUTY and slot.claims:
        yield from _deputies_of(case, slot)
        return
    for school in slot.schools:
        if superior.startswith("^"):
            bureau = school.district or school.city
            yield from case.table.having(bureau, superior[1:], school=school)
        elif slot.unit.level == Level.SCHOOL:
            for seat in seats_of(case, school, superior):
                if seat.entry is not None:
                    yield seat.entry
        else:
            yield from case.table.having(slot.unit, superior, school=school)


def _deputies_of(case: Case, slot: Slot) -> Iterator[EntryFacts]:
    for school in slot.schools:
        for claim in slot.claims:
            for seat in deputies(case, slot.unit, claim, slot.seat, school):
                if seat.entry is not None:
                    yield seat.entry
