"""Writing the tree: creating, changing, moving and closing units."""

from __future__ import annotations

from datetime import date

import pytest

from safety.errors import Conflict, Refused
from safety.ledger.actions import SYSTEM
from safety.ledger.models import Event
from safety.ledger.selectors import history
from safety.units import actions
from safety.units.actions import (
    NewUnit,
    SchoolFacts,
    UnitChange,
    close_unit,
    create_units,
    update_units,
)
from safety.units.facts import ONE_BY_ONE
from safety.units.models import School, Unit

DAY = date(2026, 9, 1)
pytestmark = pytest.mark.usefixtures("city")


def new(code: str, **over: object) -> NewUnit:
    values = {"name": f"甲区{code}小学", "kind": "school", "parent": "520102", "starts_on": DAY}
    return NewUnit(code=code, **{**values, **over})  # type: ignore[arg-type]


def create(*units: NewUnit) -> list[Unit]:
    return create_units(units=units, actor=SYSTEM)


def update(code: str, **change: object) -> list[Unit]:
    return update_units(changes=[UnitChange(code=code, **change)], actor=SYSTEM)  # type: ignore[arg-type]


def test_units_are_created_below_one_another_whatever_their_order():
    point = new("P1", kind="teaching_point", parent="C1")
    central = new("C1", kind="central_school", school=SchoolFacts(stages=("primary",), pupils=90))

    made = create(point, central)

    assert [unit.code for unit in made] == ["P1", "C1"]
    assert made[0].path == "/520100/520102/C1/P1/"
    assert made[0].parent == made[1]
    assert School.objects.get(unit__code="C1").stages == ["primary"]
    assert not School.objects.filter(unit__code="P1").exists()
    [told] = history(subject_kind="unit", subject_ref="P1")
    assert told.verb == "unit.created"
    assert told.body["path"] == made[0].path


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"code": "5201020002"}, "code"),
        ({"code": "a/b"}, "code"),
        ({"code": ""}, "code"),
        ({"parent": "nowhere"}, "parent"),
        ({"parent": ""}, "parent"),
        ({"parent": "5201020002"}, "parent"),
        ({"kind": "teaching_point", "parent": "5201020002"}, "parent"),
        ({"kind": "district"}, "parent"),
        ({"parent": "X1"}, "parent"),
    ],
    ids=str,
)
def test_an_impossible_unit_is_refused_and_nothing_is_written(over, field):
    units, events = Unit.objects.count(), Event.objects.count()
    values = {"code": "X1", **over}

    with pytest.raises(Refused) as refused:
        create(new("X0"), new(str(values.pop("code")), **values))

    assert {problem.field for problem in refused.value.problems} == {field}
    assert all(problem.remedy for problem in refused.value.problems)
    assert (Unit.objects.count(), Event.objects.count()) == (units, events)


def test_the_same_code_from_somebody_else_meanwhile_is_a_conflict(monkeypatch):
    monkeypatch.setattr(actions, "_code_problems", lambda _units: [])

    with pytest.raises(Conflict):
        create(new("5201020002"))

    assert Unit.objects.filter(code="5201020002").count() == 1


def test_very_many_units_are_told_in_few_facts_without_leaving_one_out():
    create(*(new(f"X{n}") for n in range(ONE_BY_ONE + 1)))

    facts = Event.objects.filter(verb="units.created", subject_ref="520102").order_by("id")
    assert len(facts) == 2
    told = [code for fact in facts for code, _name, _kind in fact.body["units"]]
    assert told == [f"X{n}" for n in range(ONE_BY_ONE + 1)]


def test_a_change_keeps_the_rest_and_the_ledger_keeps_the_old_value():
    before = School.objects.get(unit__code="5201020002")

    changed = update("5201020002", unit={"duty_phone": "0851-1"}, school={"pupils": 1400})

    assert [unit.code for unit in changed] == ["5201020002"]
    after = School.objects.select_related("unit").get(unit__code="5201020002")
    assert (after.pupils, after.unit.duty_phone) == (1400, "0851-1")
    assert (after.stages, after.staff) == (before.stages, before.staff)
    told = history(subject_kind="unit", subject_ref="5201020002").last()
    assert told is not None
    assert told.body == {"duty_phone": ["", "0851-1"], "pupils": [1300, 1400]}


def test_a_change_that_changes_nothing_writes_nothing():
    events = Event.objects.count()

    assert update("5201020002", unit={"name": "甲区第一小学"}, school={"pupils": 1300}) == []
    assert Event.objects.count() == events


def test_a_unit_without_facts_gets_them_with_its_first_change():
    create(new("X1"))

    update("X1", school={"stages": ("primary",), "boarding": True})

    school = School.objects.get(unit__code="X1")
    assert (school.stages, school.boarding) == (["primary"], True)


def test_a_moved_unit_takes_everything_below_along():
    changed = update("5201210004", parent="520102")

    assert [unit.path for unit in changed] == ["/520100/520102/5201210004/"]
    point = Unit.objects.get(code="5201210005")
    assert point.path == "/520100/520102/5201210004/5201210005/"
    told = history(subject_kind="unit", subject_ref="5201210004").last()
    assert told is not None
    assert told.body == {"parent": ["520121", "520102"]}


def test_moves_of_one_list_follow_one_another():
    update_units(
        changes=[
            UnitChange(code="5201210004", parent="520102"),
            UnitChange(code="5201210005", parent="520102", unit={"name": "甲区河口村教学点"}),
        ],
        actor=SYSTEM,
    )

    point = Unit.objects.get(code="5201210005")
    assert (point.path, point.name) == ("/520100/520102/5201210005/", "甲区河口村教学点")


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("5201210004", {"parent": "5201210005"}),
        ("5201210002", {"parent": "5201020002"}),
        ("5201210004", {"unit": {"kind": "school"}}),
        ("nowhere", {"unit": {"name": "x"}}),
        ("5201210002", {"parent": "nowhere"}),
    ],
    ids=["below itself", "under a school", "no longer central", "unknown", "unknown parent"],
)
def test_an_impossible_change_is_refused_and_nothing_is_written(code, change):
    before, events = list(Unit.objects.values_list()), Event.objects.count()

    with pytest.raises(Refused) as refused:
        update(code, **change)

    assert refused.value.problems[0].remedy
    assert (list(Unit.objects.values_list()), Event.objects.count()) == (before, events)


def test_a_closed_school_is_open_until_its_day(city):
    school = city.unit("primary")

    close_unit(unit=school, ends_on=DAY, actor=SYSTEM)

    school.refresh_from_db()
    assert school.is_open_on(date(2026, 8, 31))
    assert not school.is_open_on(DAY)


@pytest.mark.parametrize(
    ("key", "day"),
    [("central", DAY), ("primary", date(2020, 9, 1))],
    ids=["open below", "too early"],
)
def test_a_unit_closes_neither_before_it_begins_nor_over_open_ones(city, key, day):
    with pytest.raises(Refused):
        close_unit(unit=city.unit(key), ends_on=day, actor=SYSTEM)

    assert city.unit(key).ends_on is None
