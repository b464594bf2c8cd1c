"""The units of the demo city: one city, its districts and zones, and N schools.

Pure and repeatable: the same seed and number give the same list, and the first
dozen schools are always the ones that a tour needs (``TOUR``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from random import Random

from safety.demo.kinds import KINDS, Kind
from safety.demo.names import CITY_CODE, CITY_NAMES, FICTIONAL, PLACES, Place, school_words
from safety.units.actions import NewUnit, SchoolFacts

BEGAN = date(2018, 9, 1)


POINTS_PER_CENTRAL = 2  # teaching points under a central school, where the number allows it


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A school that every demo city has: its kind, and where (``None`` = under the city)."""

    kind: str
    place: int | None = None
    private: bool = False
    boarding: bool = False


# In this order, so that even the smallest demo city shows what matters.
TOUR = (
    Stop(kind="junior", place=0),
    Stop(kind="primary", place=1, private=True),
    Stop(kind="vocational", boarding=True),
    Stop(kind="kindergarten", place=2),
    Stop(kind="central", place=6),
    Stop(kind="complete", place=7, boarding=True),
    Stop(kind="village", place=8),
    Stop(kind="he", boarding=True),
    Stop(kind="special", place=3),
    Stop(kind="training", place=5, private=True),
    Stop(kind="unlicensed", place=9, private=True),
    Stop(kind="senior"),
    Stop(kind="kindergarten", place=10),
    Stop(kind="nine_year", place=11),
)
UNDER_THE_CITY = {"he": 1.0, "senior": 0.25, "vocational": 0.6, "special": 0.2}
RURAL = ("village", "central")


def plan_units(*, schools: int, names: str, random: Random) -> list[NewUnit]:
    """The city, its districts and zones, and ``schools`` schools under them."""
    city = NewUnit(
        code=CITY_CODE,
        name=f"{CITY_NAMES[names]}教育局",
        short_name=CITY_NAMES[names],
        kind="city",
        starts_on=BEGAN,
        duty_phone="0851-00000000",
    )
    bureaus = [_bureau(place, names, index) for index, place in enumerate(PLACES, start=1)]
    makers = {
        place: _SchoolMaker(place=place, names=names, random=random) for place in (None, *PLACES)
    }
    return [city, *bureaus, *_schools(schools, makers, random)]


def _bureau(place: Place, names: str, index: int) -> NewUnit:
    name = place.name(names)
    return NewUnit(
        code=place.code,
        name=f"{name}教育{'处' if place.zone else '局'}",
        short_name=name,
        kind="zone" if place.zone else "district",
        parent=CITY_CODE,
        starts_on=BEGAN,
        duty_phone=f"0851-0000{index:04d}",
    )


def _schools(
    number: int, makers: Mapping[Place | None, _SchoolMaker], random: Random
) -> Iterator[NewUnit]:
    made = 0
    for kind, place in _kinds_and_places(random):
        family = makers[place].make(kind)
        for unit in family[: number - made]:
            made += 1
            yield unit
        if made == number:
            return


def _kinds_and_places(random: Random) -> Iterator[tuple[Kind, Place | None]]:
    """First the tour, then kinds by their shares, wherever they fit, without end."""
    for stop in TOUR:
        kind = KINDS[stop.kind]
        fixed = replace(
            kind,
            private=float(stop.private),
            boarding=float(stop.boarding),
            canteen=float(kind.canteen > 0),
        )
        yield fixed, None if stop.place is None else PLACES[stop.place]
    kinds, shares = list(KINDS.values()), [kind.share for kind in KINDS.values()]
    weights = [place.weight for place in PLACES]
    rural = [place for place in PLACES if place.is_county]
    while True:
        kind = random.choices(kinds, shares)[0]
        if random.random() < UNDER_THE_CITY.get(kind.key, 0.0):
            yield kind, None
        elif kind.key in RURAL:
            yield kind, random.choice(rural)
        else:
            yield kind, random.choices(PLACES, weights)[0]


class _SchoolMaker:
    """Makes the schools of one district (or of the city itself) one after another."""

    def __init__(self, *, place: Place | None, names: str, random: Random) -> None:
        self._place, self._random = place, random
        self._parent = place.code if place else CITY_CODE
        label = place.name(names) if place else CITY_NAMES[names]
        self._label = label if names == FICTIONAL else f"{label}演示"
        self._words = school_words(random)
        self._serial = 0

    def make(self, kind: Kind) -> list[NewUnit]:
        """A school; a central one with its teaching points."""
        name = f"{self._label}{next(self._words)}{kind.suffix}"
        school = self._unit(
            name=name,
            kind="central_school" if kind.key == "central" else "school",
            parent=self._parent,
            facts=self._facts(kind),
        )
        if kind.key != "central":
            return [school]
        points = [
            self._unit(
                name=f"{name.removesuffix('中心小学')}{side}寨教学点",
                kind="teaching_point",
                parent=school.code,
                facts=self._point(),
            )
            for side in ("上", "下")[:POINTS_PER_CENTRAL]
        ]
        return [school, *points]

    def _unit(self, *, name: str, kind: str, parent: str, facts: SchoolFacts) -> NewUnit:
        self._serial += 1
        return NewUnit(
            code=f"{self._parent}{self._serial:04d}",
            name=name,
            kind=kind,
            parent=parent,
            starts_on=BEGAN,
            school=facts,
        )

    def _facts(self, kind: Kind) -> SchoolFacts:
        county = self._place is not None and self._place.is_county
        private = self._chance(kind.private)
        pupils = self._random.randint(*kind.pupils)
        return self._placed(
            SchoolFacts(
                stages=kind.stages,
                ownership="private" if private else "public",
                city_direct=self._place is None,
                pupils=pupils,
                staff=max(2, round(pupils / kind.pupils_per_staff)),
                boarding=self._chance(kind.boarding * (1.4 if county else 1.0)),
                bus=self._chance(0.35 if private else 0.12 if county else 0.02),
                canteen=self._chance(kind.canteen),
                near_water=self._chance(0.3 if county else 0.12),
                near_main_road=self._chance(0.25 if county else 0.4),
            )
        )

    def _point(self) -> SchoolFacts:
        return self._placed(
            SchoolFacts(
                stages=("primary",),
                pupils=self._random.randint(6, 38),
                staff=2,
                near_water=self._chance(0.4),
            )
        )

    def _placed(self, facts: SchoolFacts) -> SchoolFacts:
        """Somewhere in the district's square; a few schools never told where they are."""
        square = self._place or PLACES[1]
        east, south = self._random.uniform(0.05, 0.95), self._random.uniform(0.05, 0.95)
        datum = self._random.choices(("gcj02", "cgcs2000", "wgs84", ""), (60, 28, 8, 4))[0]
        if not datum:
            return facts
        return replace(
            facts,
            longitude=Decimal(f"{106.2 + (square.col + east) * 0.22:.6f}"),
            latitude=Decimal(f"{27.2 - (square.row + south) * 0.2:.6f}"),
            datum=datum,
        )

    def _chance(self, share: float) -> bool:
        return self._random.random() < share
