"""The proof never says anything else than what an alert of that minute would do."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications.responsibility.bureau import MERGED
from notifications.responsibility.coverage import prove
from notifications.responsibility.coverage_gaps import OPEN, Period, Proof
from notifications.responsibility.coverage_slots import subjects_of
from notifications.responsibility.inputs import SchoolFacts
from notifications.responsibility.plan import Plan
from tests.responsibility.cities import Asked, cities, whole_cities
from tests.responsibility.town import Town, rules

SINCE = datetime.fromisoformat("2026-06-15T00:00:00+00:00")
PERIOD = Period(since=SINCE, until=SINCE + timedelta(days=30))
# code, unit, capacity, post type, who answers instead
Verdict = tuple[str, str, str, str, str]

thorough = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def moving_cities(draw: st.DrawFn) -> Asked:
    """A city with gaps, in which holdings and leaves begin and end within the month."""
    asked = draw(cities())
    town = asked.town
    for entry in draw(st.lists(st.sampled_from(town.entries), min_size=1, max_size=8)):
        day = SINCE + timedelta(days=draw(st.integers(0, 31)), hours=draw(st.integers(0, 3)))
        what = draw(st.sampled_from(["ends", "begins", "leave", "delegate", "B ends", "shift"]))
        _move(town, entry.unit, entry.post_type, what, day)
    return asked


def _move(town: Town, unit_id: int, post_type: str, what: str, day: datetime) -> None:
    unit = next(code for code, unit in town.units.items() if unit.id == unit_id)
    entry = town.entry(unit, post_type)
    holders = [held for held in town.holdings if held.post == entry.post]
    others = [held for held in town.holdings if held.post != entry.post]
    if what == "ends":
        town.holdings = [*others, *(replace(held, ends_at=day) for held in holders)]
    elif what == "begins":
        town.holdings = others
        town.hold(entry, town.newcomer(), starts_at=day)
    elif what == "B ends":
        town.holdings = others
        town.hold(entry, town.newcomer(), kind="deputy", ends_at=day)
    elif what == "shift":
        town.keep_roster(unit, post_type)
        town.put_on_shift(unit, post_type, starts_at=day, hours=8)
    else:
        delegate = town.newcomer() if what == "delegate" else None
        for held in holders:
            _be_away(town, held.person, day, delegate)
        if delegate:
            _be_away(town, delegate, day + timedelta(days=1), None)


def _be_away(town: Town, person: int, day: datetime, delegate: int | None) -> None:
    town.send_away(person, delegate=delegate)
    town.leaves[-1] = replace(town.leaves[-1], starts_at=day, ends_at=day + timedelta(days=4))


def said_by_proof(
    proof: Proof, school: SchoolFacts, subject: str, at: datetime, kinds: tuple[str, ...] = ()
) -> set[Verdict]:
    stages = [s for s in sorted(school.stages) if s in rules().stages] or [""]
    wanted = {(stage, subject) for stage in stages}
    return {
        (window.code, gap.unit.code, gap.capacity, gap.post_type, window.climb)
        for gap in proof.gaps
        for window in gap.windows
        if school.unit.code in gap.schools and window.since <= at < window.until
        if wanted & set(window.cells) and (not kinds or gap.kind in kinds)
    }


def said_by_plan(plan: Plan) -> set[Verdict]:
    return {
        (f.code, f.unit_code, f.capacity, f.post_type, f.detail)
        for f in plan.findings
        if f.code != MERGED
    }


def asked_alone(asked: Asked, school: str, subject: str, at: datetime, grade: str = "G1") -> Plan:
    hazard, _, flag = subject.partition("+")
    return asked.town.plan(
        hazard, grade=grade, schools=(school,), flags=(flag,) if flag else (), at=at
    )


moments = st.integers(0, 30 * 24 * 60 - 1).map(lambda minutes: SINCE + timedelta(minutes=minutes))


@thorough
@given(moving_cities(), st.lists(moments, min_size=1, max_size=3), st.data())
def test_the_proof_says_what_resolve_says(
    asked: Asked, at: list[datetime], data: st.DataObject
) -> None:
    proof = prove(rules(), asked.town.facts(), PERIOD)
    turning = sorted({w.since for gap in proof.gaps for w in gap.windows})
    turning += sorted({w.until for gap in proof.gaps for w in gap.windows if not w.lasts})
    if turning:
        at = [*at, *data.draw(st.lists(st.sampled_from(turning), max_size=3))]
    subjects = [subject.key for subject in subjects_of(rules(), asked.town.facts())]

    for code, school in asked.town.schools.items():
        for moment in at:
            for subject in data.draw(st.lists(st.sampled_from(subjects), min_size=1, max_size=6)):
                plan = asked_alone(asked, code, subject, moment)
                assert said_by_proof(proof, school, subject, moment) == said_by_plan(plan)


@thorough
@given(moving_cities(), moments, st.data())
def test_it_names_the_post_and_the_person_who_would_answer(
    asked: Asked, at: datetime, data: st.DataObject
) -> None:
    proof = prove(rules(), asked.town.facts(), PERIOD)
    subjects = [subject.key for subject in subjects_of(rules(), asked.town.facts())]
    subject = data.draw(st.sampled_from(subjects))

    for code, school in asked.town.schools.items():
        stages = [s for s in sorted(school.stages) if s in rules().stages] or [""]
        told = {
            (gap.unit.code, gap.capacity, gap.post_type, window.climb_post)
            for gap in proof.gaps
            for window in gap.windows
            if code in gap.schools and window.since <= at < window.until
            if {(stage, subject) for stage in stages} & set(window.cells)
        }
        for row in asked_alone(asked, code, subject, at).rows:
            if row.climbed_from:
                key = (row.unit_code, row.capacity, row.climbed_from["post_type"], row.post_id)
                assert key in told


@thorough
@given(moving_cities(), moments, st.data())
def test_where_stand_ins_count_only_open_gaps_climb(
    asked: Asked, at: datetime, data: st.DataObject
) -> None:
    """At G3 a chief's stand-in answers: exactly the gaps of kind GRAVE are none there."""
    proof = prove(rules(), asked.town.facts(), PERIOD)
    subject = data.draw(st.sampled_from(sorted(rules().hazards)))
    owed = {c for column in ("school", "district", "city") for c in rules().owed(column, "G3")}

    for code, school in asked.town.schools.items():
        plan = asked_alone(asked, code, subject, at, grade="G3")
        climbed = {v[1:4] for v in said_by_plan(plan) if v[4] != "deputy"}
        opened = said_by_proof(proof, school, subject, at, (OPEN,))
        assert {v for v in climbed if v[1] in owed} == {v[1:4] for v in opened if v[2] in owed}


@thorough
@given(whole_cities())
def test_a_whole_city_has_no_gap(asked: Asked) -> None:
    assert prove(rules(), asked.town.facts(), PERIOD).gaps == ()
