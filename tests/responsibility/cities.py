"""Hypothesis strategies: cities with gaps, absences, merged sections and odd schools."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from notifications.responsibility.plan import Plan
from notifications.responsibility.words import GRADES
from tests.responsibility.town import FACILITIES, MONDAY, SUNDAY, Town, book, rules

BUREAUS = ("CITY", "COUNTY", "ZONE")
BUREAU_POSTS = tuple(
    p["code"] for p in book()["posts"]["post"] if p["at"] == "bureau" and p["code"] != "B26"
)
SCHOOL_POSTS = tuple(p["code"] for p in book()["posts"]["post"] if p["at"] == "school")
STAGES = tuple(rules().stages)
HAZARDS = tuple(rules().hazards)
FLAGS = ("staff_involved", "school_bus")

hazards = st.lists(st.sampled_from(HAZARDS), min_size=1, max_size=3, unique=True)
flags = st.lists(st.sampled_from(FLAGS), max_size=2, unique=True)
grades = st.sampled_from(GRADES)
moments = st.sampled_from([SUNDAY, MONDAY, MONDAY + timedelta(hours=9)])


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A city and a question about it; ``plan`` may ask it differently."""

    town: Town
    hazards: tuple[str, ...]
    flags: tuple[str, ...]
    grade: str
    at: datetime

    def plan(self, *, grade: str = "", schools: tuple[str, ...] = ()) -> Plan:
        return self.town.plan(
            *self.hazards,
            grade=grade or self.grade,
            schools=schools,
            flags=self.flags,
            at=self.at,
        )


@st.composite
def schools_of(draw: st.DrawFn, town: Town) -> list[str]:
    """One to three schools: of the county, the zone or the city; some with a teaching point."""
    made: list[str] = []
    for number in range(draw(st.integers(1, 3))):
        code = f"S{number}"
        school = town.school(
            code,
            draw(st.sampled_from(["COUNTY", "ZONE", None])),
            stages=tuple(
                draw(st.lists(st.sampled_from(STAGES), min_size=1, max_size=2, unique=True))
            ),
            ownership=draw(st.sampled_from(["public", "private"])),
            staff=draw(st.sampled_from([None, 2, 12, 13, 80])),
            facilities=frozenset(draw(st.sets(st.sampled_from(sorted(FACILITIES))))),
        )
        made.append(code)
        if draw(st.booleans()):
            district = school.district.code if school.district else None
            town.school(
                f"P{number}", district, posts=False, central=school, staff=2, stages=school.stages
            )
            made.append(f"P{number}")
    return made


@st.composite
def whole_cities(draw: st.DrawFn) -> Asked:
    """A city in which every post is filled."""
    town = Town()
    town.bureau("COUNTY")
    town.bureau("ZONE")
    draw(schools_of(town))
    return Asked(
        town=town,
        hazards=tuple(draw(hazards)),
        flags=tuple(draw(flags)),
        grade=draw(grades),
        at=draw(moments),
    )


@st.composite
def cities(draw: st.DrawFn) -> Asked:
    """A city with every kind of gap."""
    asked = draw(whole_cities())
    town = asked.town
    for code in BUREAUS:
        _open_gaps(draw, town, code, BUREAU_POSTS)
        _keep_rosters(draw, town, code)
        if draw(st.booleans()):  # one section is owner of a stage and safety office (Taishan)
            town.remove(code, "B11")
            town.merge(code, "B12", "SAFETY_OFFICE")
    for code, school in town.schools.items():
        if school.central is None:
            _open_gaps(draw, town, code, SCHOOL_POSTS)
    first = next(iter(town.schools))
    if draw(st.booleans()):  # imported without its stage
        town.schools[first] = replace(town.schools[first], stages=())
    if draw(st.booleans()):
        town.post(town.units["CITY"], "B26", scope={"schools": [first]})
    return asked


def _open_gaps(draw: st.DrawFn, town: Town, unit: str, posts: tuple[str, ...]) -> None:
    here = {e.post_type for e in town.entries if e.unit == town.units[unit].id}
    for post_type in draw(st.lists(st.sampled_from(posts), max_size=6, unique=True)):
        if post_type in here - {"B11", "B12"}:  # those two are for merging
            _open_gap(draw(st.sampled_from(GAPS)), town, unit, post_type)


def _keep_rosters(draw: st.DrawFn, town: Town, unit: str) -> None:
    """Some duty seats have a roster, with or without somebody on shift."""
    here = {e.post_type for e in town.entries if e.unit == town.units[unit].id}
    for seat in ("B27D", "B27L"):
        if seat in here and draw(st.booleans()):
            town.keep_roster(unit, seat)
            for start in draw(st.lists(st.sampled_from([SUNDAY, MONDAY]), max_size=2, unique=True)):
                town.put_on_shift(unit, seat, starts_at=start - timedelta(hours=1), hours=8)


GAPS = ("vacant", "removed", "away", "delegate", "B", "vacant with B", "several posts")


def _open_gap(gap: str, town: Town, unit: str, post_type: str) -> None:
    entry = town.entry(unit, post_type)
    holders = [h.person for h in town.holdings if h.post == entry.post]
    if gap in ("away", "delegate", "B"):
        delegate = town.newcomer() if gap == "delegate" else None
        for person in holders:
            town.send_away(person, delegate=delegate)
    elif gap == "removed":
        town.remove(unit, post_type)
    else:
        town.vacate(unit, post_type)
    if gap in ("B", "vacant with B"):
        town.deputise(unit, post_type)
    if gap == "several posts":
        others = [h.person for h in town.holdings if h.post < entry.post]
        town.hold(entry, others[-1] if others else town.newcomer())
