"""The tree of units: paths, what stands above and below, and the days on which a unit exists."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from safety.units.models import School, Unit
from safety.units.selectors import (
    central_school_of,
    city_of,
    district_of,
    school_by_code,
    with_ancestors,
)
from tests.city import CLOSED_ON, SCHOOLS, UNITS, unit


def test_a_path_names_every_unit_from_the_root(city):
    assert unit("point").path == "/520100/520121/5201210004/5201210005/"
    assert unit("point").ancestor_codes() == [
        UNITS[key][0] for key in ("city", "county", "central", "point")
    ]


def test_under_takes_the_unit_itself_and_all_below_it(city):
    below = Unit.objects.under(unit("county").path)

    expected = {"county", "school", "boarding", "small", "central", "point", "closed"}
    assert {u.code for u in below} == {UNITS[key][0] for key in expected}


def test_under_several_paths_is_their_union_and_under_none_is_nothing(city):
    both = Unit.objects.under(unit("zone").path, unit("central").path)

    assert set(both) == {unit(k) for k in ("zone", "kindergarten", "central", "point")}
    assert not Unit.objects.under().exists()


def test_schools_are_the_units_that_teach(city):
    assert set(Unit.objects.schools()) == {unit(key) for key in SCHOOLS}
    assert all(u.is_school for u in Unit.objects.schools())
    assert not unit("zone").is_school


def test_the_district_of_a_school_is_the_bureau_or_zone_above_it(city):
    assert district_of(unit("point")) == unit("county")
    assert district_of(unit("kindergarten")) == unit("zone")
    assert district_of(unit("vocational")) is None
    assert city_of(unit("point")) == unit("city")


def test_only_a_teaching_point_or_campus_has_a_school_that_answers_for_it(city):
    assert central_school_of(unit("point")) == unit("central")
    assert central_school_of(unit("school")) is None
    campus = Unit.objects.create(
        code="5201210099",
        name="丁县第一初级中学东校区",
        kind=Unit.Kind.CAMPUS,
        parent=unit("school"),
        path=f"{unit('school').path}5201210099/",
        starts_on=date(2024, 9, 1),
    )
    assert central_school_of(campus) == unit("school")


def test_ancestors_of_many_units_come_in_one_query(city, django_assert_num_queries):
    schools = list(Unit.objects.schools())

    with django_assert_num_queries(1):
        found = with_ancestors(schools)

    assert set(found) == {row[0] for row in UNITS.values()}


def test_a_school_is_found_by_its_code_with_its_facts(city, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = school_by_code(UNITS["boarding"][0])
        assert found is not None
        assert found.school.boarding

    assert school_by_code(UNITS["county"][0]) is None
    assert school_by_code("nothing") is None


def test_a_unit_exists_from_its_first_day_up_to_but_not_on_its_last(city):
    closed, last = unit("closed"), CLOSED_ON["closed"]

    assert closed.is_open_on(closed.starts_on)
    assert not closed.is_open_on(closed.starts_on - timedelta(days=1))
    assert closed.is_open_on(last - timedelta(days=1))
    assert not closed.is_open_on(last)
    for day in (closed.starts_on, last - timedelta(days=1), last):
        assert (closed in Unit.objects.open_on(day)) == closed.is_open_on(day)


def test_a_unit_without_a_last_day_stays_open(city):
    assert unit("school").is_open_on(date(2099, 1, 1))
    assert unit("school") in Unit.objects.open_on(date(2099, 1, 1))


def test_the_database_refuses_a_second_root_that_is_no_city(city):
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.create(
            code="x", name="x", kind="district", path="/x/", starts_on=date(2024, 1, 1)
        )


def test_the_database_refuses_a_unit_that_ends_before_it_begins(city):
    day = date(2024, 1, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.filter(pk=unit("school").pk).update(starts_on=day, ends_on=day)


def test_the_database_refuses_a_point_on_the_map_without_its_datum(city):
    school = School.objects.filter(unit=unit("school"))
    with pytest.raises(IntegrityError), transaction.atomic():
        school.update(latitude="26.6", longitude="106.7", datum="")
    with pytest.raises(IntegrityError), transaction.atomic():
        school.update(latitude="26.6", longitude=None, datum="gcj02")

    school.update(latitude="26.6", longitude="106.7", datum="gcj02")
    assert school.get().datum == School.Datum.GCJ02


def test_the_short_name_is_used_where_there_is_one(city):
    assert unit("school").label == "丁县一中"
    assert unit("small").label == unit("small").name
