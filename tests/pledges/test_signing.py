"""Both sides sign on the page; the sheet, the papers and the progress follow."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document

from notifications.models import Obligation
from notifications.pledges import selectors
from notifications.pledges.models import Pledge
from notifications.pledges.opening import open_due_pledges
from notifications.pledges.selectors import progress
from notifications.pledges.signing import sign_above, sign_below
from notifications.records.models import WorkRecord
from safety.errors import Conflict, Refused
from safety.ledger.models import Event

WHO, ABOVE = "school.safety_staff", "school.principal"


@pytest.fixture
def opened(city):
    while open_due_pledges().more:
        pass
    return city


def sheet(city, who=WHO):
    return Pledge.objects.standing().get(lower=city.person(who))


def sign(city, client, who, pledge, **over):
    person = city.sign_in(client, who)
    said = {"name": person.name, "confirmed": "on", **over}
    return client.post(reverse("pledges:pledge", args=[pledge.ref]), said)


def owed(pledge):
    rows = Obligation.objects.filter(subject_ref=str(pledge.ref)).order_by("id")
    return [(row.post, row.state) for row in rows]


def test_below_signs_then_above_and_each_meets_the_own_obligation(opened, client):
    city, pledge = opened, sheet(opened)

    assert sign(city, client, WHO, pledge).status_code == 302
    assert owed(pledge) == [(city.post(WHO), "met"), (city.post(ABOVE), "open")]
    assert sign(city, client, ABOVE, pledge, side="upper").status_code == 302

    pledge.refresh_from_db()
    assert pledge.is_signed
    assert (pledge.lower_signature, pledge.upper) == (pledge.lower.name, city.person(ABOVE))
    assert owed(pledge) == [(city.post(WHO), "met"), (city.post(ABOVE), "met")]
    sides = Event.objects.filter(verb="pledge.signed", subject_ref=str(pledge.ref))
    assert [e.body["side"] for e in sides.order_by("id")] == ["lower", "upper"]
    assert len({e.body["text"] for e in sides}) == 1


def test_a_signed_pledge_counts_as_work_of_both(opened, client):
    city, pledge = opened, sheet(opened)
    sign(city, client, WHO, pledge)
    sign(city, client, ABOVE, pledge, side="upper")

    made = WorkRecord.objects.filter(kind="pledge")
    assert {r.person for r in made} == {city.person(WHO), city.person(ABOVE)}


@pytest.mark.parametrize(
    "over", [{"name": "另一个人"}, {"confirmed": ""}, {"name": "", "confirmed": ""}]
)
def test_a_signature_is_the_own_name_and_a_confirmation(opened, client, over):
    pledge = sheet(opened)

    assert sign(opened, client, WHO, pledge, **over).status_code == 422

    pledge.refresh_from_db()
    assert pledge.lower_signed_at is None


def test_both_problems_are_named_at_once(opened):
    with pytest.raises(Refused) as refusal:
        sign_below(pledge=sheet(opened), person=opened.person(WHO), typed="", confirmed=False)
    assert {p.field for p in refusal.value.problems} == {"name", "confirmed"}


def test_signing_twice_writes_once(opened, client):
    pledge = sheet(opened)
    sign(opened, client, WHO, pledge)
    at = sheet(opened).lower_signed_at

    assert sign(opened, client, WHO, pledge).status_code == 302

    assert sheet(opened).lower_signed_at == at
    assert Event.objects.filter(verb="pledge.signed").count() == 1
    assert Obligation.objects.filter(subject_ref=str(pledge.ref)).count() == 2


def test_above_cannot_sign_first(opened):
    person = opened.person(ABOVE)

    with pytest.raises(Conflict):
        sign_above(pledges=[sheet(opened)], person=person, typed=person.name, confirmed=True)


def test_what_ended_meanwhile_cannot_be_signed(opened):
    pledge, person = sheet(opened), opened.person(WHO)
    Pledge.objects.filter(pk=pledge.pk).update(ended_at=timezone.now(), ended_why="rule")

    with pytest.raises(Conflict):
        sign_below(pledge=pledge, person=person, typed=person.name, confirmed=True)


def test_a_stand_in_and_a_deputy_do_not_sign(opened, client):
    city, pledge = opened, sheet(opened)
    sign(city, client, WHO, pledge)
    city.send_away(ABOVE, delegate="school.deputy_teaching")
    city.give(ABOVE, "school.safety_deputy", kind="deputy")

    for who in ("school.deputy_teaching", "school.safety_deputy"):
        assert sign(city, client, who, pledge, side="upper").status_code == 422
    pledge.refresh_from_db()
    assert not pledge.is_signed


def test_many_are_signed_at_once_and_only_those_ticked(opened, client):
    city = opened
    pledges = [sheet(city, who) for who in (WHO, "school.deputy_teaching", "school.safety_deputy")]
    for pledge in pledges:
        lower = pledge.lower
        sign_below(pledge=pledge, person=lower, typed=lower.name, confirmed=True)
    person = city.sign_in(client, ABOVE)
    sent = {"name": person.name, "confirmed": "on", "ref": [str(p.ref) for p in pledges[:2]]}

    assert client.post(reverse("pledges:pledges"), sent).status_code == 302

    assert [Pledge.objects.get(pk=p.pk).is_signed for p in pledges] == [True, True, False]
    nothing = client.post(reverse("pledges:pledges"), {**sent, "ref": []})
    assert nothing.status_code == 422
    strange = {**sent, "ref": [str(sheet(city, "boarding.safety_staff").ref)]}
    assert client.post(reverse("pledges:pledges"), strange).status_code == 404


def test_the_text_is_frozen_by_the_first_signature(opened, client):
    pledge = sheet(opened)
    sign(opened, client, WHO, pledge)
    pledge.refresh_from_db()
    before = dict(pledge.text)
    unit = pledge.unit
    unit.name = "改名学校"
    unit.save()

    sign(opened, client, ABOVE, pledge, side="upper")

    pledge.refresh_from_db()
    assert pledge.text == before
    assert "{year}" not in before["title"]
    assert pledge.unit.name not in before["preamble"]


@pytest.mark.parametrize("address", ["pledges:pledge", "pledges:sheet"])
def test_a_sheet_is_read_by_both_sides_and_the_keeper_and_nobody_else(opened, client, address):
    url = reverse(address, args=[sheet(opened).ref])
    for who, status in (
        (WHO, 200),
        (ABOVE, 200),
        ("county.administrator", 200),
        ("county.safety_office", 200),
        ("school.deputy_teaching", 404),
        ("boarding.principal", 404),
        ("district.administrator", 404),
    ):
        opened.sign_in(client, who)
        assert client.get(url).status_code == status, who


def test_the_sheet_can_be_printed_with_and_without_signatures(opened, client):
    city, pledge = opened, sheet(opened)
    city.sign_in(client, WHO)

    def lines():
        answer = client.get(reverse("pledges:sheet", args=[pledge.ref]))
        return "\n".join(p.text for p in Document(BytesIO(answer.content)).paragraphs)

    assert lines().count("签字:____") == 2
    sign(city, client, WHO, pledge)
    assert lines().count("签字:____") == 1
    assert f"签字:{pledge.lower.name}" in lines()


def test_progress_counts_each_unit_and_names_its_gaps(opened):
    city = opened
    pledge, person = sheet(city), city.person(WHO)
    sign_below(pledge=pledge, person=person, typed=person.name, confirmed=True)
    city.vacate("school.deputy_teaching", at=timezone.now() - timedelta(minutes=1))
    open_due_pledges()

    county = progress(city.unit("county"))
    school = progress(city.unit("school"))

    tally = next(t for t in county.children if t.unit == city.unit("school"))
    assert (tally.signed, tally.above, tally.gaps) == (0, 1, 1)
    assert tally.total == tally.above + tally.below == school.whole.total
    assert [gap.post for gap in school.gaps] == [city.post("school.deputy_teaching")]
    assert county.whole.total == sum(t.total for t in county.children) + len(
        Pledge.objects.standing().filter(unit=city.unit("county"))
    )


def test_a_gap_leads_to_where_its_post_gets_a_holder(opened, client):
    opened.vacate("school.deputy_teaching", at=timezone.now() - timedelta(minutes=1))
    open_due_pledges()
    opened.sign_in(client, "county.administrator")

    there = reverse("offices:post", args=[opened.post("school.deputy_teaching").pk])
    page = client.get(reverse("pledges:progress") + "?unit=5201210001").content.decode()

    assert f'href="{there}"' in page
    assert client.get(there).status_code == 200


def test_progress_is_for_keepers_of_the_unit(opened, client):
    url = reverse("pledges:progress")
    for who, query, status in (
        ("county.administrator", "", 200),
        ("county.administrator", "?unit=5201210001", 200),
        ("county.administrator", "?unit=520102", 404),
        ("county.administrator", "?unit=520100", 404),
        ("county.chief", "", 404),
        ("school.principal", "", 404),
    ):
        opened.sign_in(client, who)
        assert client.get(url + query).status_code == status, (who, query)


def test_progress_asks_as_few_questions_for_a_city_as_for_a_school(
    opened, client, django_assert_num_queries, django_assert_max_num_queries
):
    opened.sign_in(client, "city.administrator")
    url = reverse("pledges:progress")
    client.get(url)
    with django_assert_max_num_queries(40) as asked:
        client.get(f"{url}?unit=520121")
    with django_assert_num_queries(len(asked)):
        client.get(f"{url}?unit=520102")


def test_a_unit_with_many_schools_is_leafed_through(opened, client, monkeypatch):
    monkeypatch.setattr(selectors, "UNITS", 1)
    opened.sign_in(client, "county.administrator")
    url = reverse("pledges:progress")

    first = client.get(url)
    second = client.get(f"{url}?page=2")

    shown = [page.context["progress"].children for page in (first, second)]
    [one], [other] = shown
    assert one.unit != other.unit
    assert shown[0].has_next()
    assert "page=2" in first.content.decode()
    whole = [page.context["progress"].whole for page in (first, second)]
    assert whole[0] == whole[1]


def test_the_sheets_of_a_unit_are_leafed_through_on_their_own(opened, client, monkeypatch):
    monkeypatch.setattr(selectors, "UNITS", 1)
    monkeypatch.setattr(selectors, "PAGE", 1)
    opened.sign_in(client, "county.administrator")
    url = reverse("pledges:progress")

    page = client.get(f"{url}?sheets=2")
    both = client.get(f"{url}?sheets=2&page=2")

    shown = page.context["progress"]
    assert (shown.own.number, shown.children.number) == (2, 1)
    assert "sheets=1" in page.content.decode()
    assert "sheets=2&amp;page=2" in page.content.decode()
    shown = both.context["progress"]
    assert (shown.own.number, shown.children.number) == (2, 2)
