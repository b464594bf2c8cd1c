"""The standard posts of a unit come from the rule book, and fit the unit."""

from __future__ import annotations

import pytest

from safety.errors import Refused
from safety.ledger.actions import SYSTEM
from safety.ledger.models import Event
from safety.posts.actions import create_posts
from safety.posts.models import Post
from safety.posts.standard import create_standard_posts, types_for
from safety.rules.selectors import content_of, current_rules
from safety.units.actions import NewUnit, SchoolFacts, create_units
from safety.units.models import Unit
from tests.city import BEGAN, UNITS, unit

MERGED = {
    *("SCH_SECRETARY", "SCH_PRINCIPAL", "SCH_SAFETY_DEPUTY", "SCH_SAFETY_STAFF"),
    "SCH_CLASS_TEACHER",
}


@pytest.fixture
def book(city):
    return content_of(current_rules())


def _kinds(facts: SchoolFacts, book, *, kind: str = "school") -> set[str]:
    (school,) = create_units(
        units=[
            NewUnit(
                code="9999",
                name="新学校",
                kind=kind,
                parent=UNITS["county"][0],
                starts_on=BEGAN,
                school=facts,
            )
        ],
        actor=SYSTEM,
    )
    return {p.post.kind for p in create_standard_posts(units=[school], rules=book, actor=SYSTEM)}


def test_a_bureau_has_every_post_of_a_bureau_and_none_of_a_school(book):
    kinds = {t["code"] for t in types_for(unit("county"), school=None, rules=book)}

    assert {"B01", "B02", "B03", "B11", "B12", "B27D", "B27L"} <= kinds
    assert not any(kind.startswith("SCH_") for kind in kinds)
    assert "B26" not in kinds


def test_facilities_bring_their_posts(book):
    plain = _kinds(SchoolFacts(staff=40), book)
    assert {"SCH_PRINCIPAL", "SCH_DEPUTY_TEACHING", "SCH_GATE"} <= plain
    assert not {"SCH_CANTEEN", "SCH_DORM", "SCH_BUS"} & plain


def test_a_boarding_school_with_canteen_and_bus_has_their_keepers(book):
    kinds = _kinds(SchoolFacts(staff=40, boarding=True, canteen=True, bus=True), book)

    assert {"SCH_CANTEEN", "SCH_DORM", "SCH_BUS"} <= kinds


@pytest.mark.parametrize(("staff", "merged"), [(12, True), (13, False), (None, False)])
def test_a_school_of_few_staff_has_the_merged_set(book, staff, merged):
    kinds = _kinds(SchoolFacts(staff=staff), book)

    assert (kinds == MERGED) is merged


def test_a_small_school_with_a_canteen_still_has_its_keeper(book):
    assert _kinds(SchoolFacts(staff=6, canteen=True), book) == {*MERGED, "SCH_CANTEEN"}


def test_a_teaching_point_has_no_posts_of_its_own(book):
    assert _kinds(SchoolFacts(staff=2), book, kind="teaching_point") == set()


def test_every_standard_post_of_the_city_has_both_duties(city):
    for post in Post.objects.filter(entries__isnull=False):
        for entry in post.entries.all():
            assert entry.business_duty
            assert entry.safety_duty
            assert entry.business_duty != entry.safety_duty


def test_party_posts_stand_in_the_party_column(city):
    lines = dict(Post.objects.filter(entries__isnull=False).values_list("kind", "entries__line"))

    assert lines["B01"] == lines["SCH_SECRETARY"] == "party"
    assert lines["B02"] == lines["SCH_PRINCIPAL"] == "administration"


def test_doing_it_twice_is_refused_and_changes_nothing(book):
    before = Post.objects.count()

    with pytest.raises(Refused) as refused:
        create_standard_posts(units=[unit("county")], rules=book, actor=SYSTEM)

    assert refused.value.problems[0].field == "code"
    assert Post.objects.count() == before


def test_posts_get_groups_of_their_own_and_the_ledger_knows(city):
    county = unit("county")
    (made,) = create_posts(posts=[(county, "X1", "X1", "专项办")], actor=SYSTEM)

    assert made.group.name == f"post:{county.code}:X1"
    event = Event.objects.filter(verb="posts.created").latest("pk")
    assert event.body == {"posts": ["X1"]}
    assert event.subject_ref == county.code


def test_no_school_of_the_city_lacks_a_table_row_but_points_and_closed_ones(city):
    with_rows = set(Post.objects.filter(entries__isnull=False).values_list("unit__code", flat=True))

    without = {u.code for u in Unit.objects.all()} - with_rows
    assert without == {UNITS["point"][0], UNITS["closed"][0]}
