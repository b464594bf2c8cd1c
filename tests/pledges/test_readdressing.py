"""When the table gives a unit another upper side, its sheets follow, or are opened anew."""

from __future__ import annotations

import pytest
from django.utils import timezone

from notifications.models import Entry, Obligation
from notifications.pledges.models import Pledge
from notifications.pledges.opening import open_due_pledges
from notifications.pledges.signing import sign_above, sign_below
from notifications.snapshot import current_table
from notifications.table.publishing import NewEntry, publish_table
from safety.ledger.actions import SYSTEM
from safety.ledger.models import Event
from safety.posts.models import Post

WHO, ABOVE, OTHER = "school.safety_staff", "school.principal", "school.class_teacher"


def open_all() -> None:
    for _turn in range(20):
        if not open_due_pledges().more:
            return
    raise AssertionError("it never ends")


@pytest.fixture
def opened(city):
    open_all()
    return city


def republish(city, principal: str = "") -> None:
    """The next table: whoever leads the school is another post, or none at all."""
    leads = Entry.objects.filter(unit=city.unit("school"), capacity="SCH_PRINCIPAL")
    rest = Entry.objects.filter(table=current_table()).exclude(pk__in=leads)
    entries = [_same(row, row.post) for row in rest.select_related("post").order_by("id")]
    if principal:
        entries.append(_same(leads[0], city.post(principal)))
    publish_table(entries=entries, note="", actor=SYSTEM)
    open_all()


def _same(row: Entry, post: Post) -> NewEntry:
    return NewEntry(
        post=post,
        capacity=row.capacity,
        line=row.line,
        scope=row.scope,
        business_duty=row.business_duty,
        safety_duty=row.safety_duty,
    )


def sheet(city) -> Pledge:
    return Pledge.objects.standing().get(lower=city.person(WHO))


def sign(city, pledge: Pledge) -> None:
    person = city.person(WHO)
    assert sign_below(pledge=pledge, person=person, typed=person.name, confirmed=True)


def countersign(city, who: str) -> list[Pledge]:
    person = city.person(who)
    return sign_above(pledges=[sheet(city)], person=person, typed=person.name, confirmed=True)


def test_a_sheet_that_nobody_signed_goes_to_the_post_of_today(opened):
    city, before = opened, sheet(opened)
    republish(city, OTHER)

    assert sheet(city) == before
    assert sheet(city).upper_post == city.post(OTHER)
    assert Event.objects.filter(verb="pledge.readdressed", subject_ref=str(before.ref)).exists()
    sign(city, before)  # as a page of yesterday knows it
    assert city.post(OTHER).name in str(sheet(city).text)
    assert countersign(city, OTHER)


def test_a_unit_that_had_nobody_above_can_be_countersigned_once_it_has(opened):
    city = opened
    republish(city)
    assert sheet(city).upper_post is None
    sign(city, sheet(city))
    first = sheet(city)
    republish(city, ABOVE)

    first.refresh_from_db()
    assert (first.state, first.ended_why) == ("ended", "holder")
    assert sheet(city).upper_post == city.post(ABOVE)
    sign(city, sheet(city))
    assert countersign(city, ABOVE)
    open_all()
    assert sheet(city).is_signed


def test_what_is_signed_below_stays_with_the_post_that_its_text_names(opened):
    city = opened
    sign(city, sheet(city))
    republish(city, OTHER)

    assert sheet(city).upper_post == city.post(ABOVE)
    assert countersign(city, ABOVE)


def test_it_is_opened_anew_when_that_post_is_abolished(opened):
    city = opened
    sign(city, sheet(city))
    first = sheet(city)
    Post.objects.filter(pk=city.post(ABOVE).pk).update(abolished_at=timezone.now())
    republish(city, OTHER)

    first.refresh_from_db()
    assert first.state == "ended"
    assert not Obligation.objects.open().filter(subject_ref=str(first.ref)).exists()
    assert sheet(city).upper_post == city.post(OTHER)
    assert sheet(city).state == "below"


def test_nothing_moves_twice(opened):
    republish(opened, OTHER)

    again = open_due_pledges()

    assert (again.opened, again.ended, again.more) == (0, 0, False)
    assert Event.objects.filter(verb="pledge.readdressed").count() == len(
        set(Event.objects.filter(verb="pledge.readdressed").values_list("subject_ref"))
    )
