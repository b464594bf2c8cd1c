"""The page of one post: take office, leave it, take a mistake back; who may, and races."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from notifications.models import Obligation
from safety.errors import Conflict
from safety.home.offices.actions import Office, appoint_to, state_of
from safety.people.models import User
from safety.posts.models import Holding
from tests.city import make_incident, person, post, sign_in

HEAD = "单位\t岗位\t新任职人\t手机\t起始日期\t备注\n"


def office(post_name: str, **over) -> dict[str, str]:
    return {
        "name": "示范新人",
        "phone": "16499990001",
        "kind": "principal",
        "starts_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "seen": state_of(post(post_name)),
        **over,
    }


def url(name: str, what: str = "appoint") -> str:
    return reverse(f"offices:{what}", args=[post(name).pk])


def test_a_new_principal_takes_office_and_what_is_open(city, client):
    make_incident(hazard="DROWN", people="counted", missing=1)
    sign_in(client, "county.administrator")
    old = Holding.objects.get(post=post("school.principal"))

    answer = client.post(url("school.principal"), office("school.principal", leaving=[str(old.pk)]))

    newcomer = User.objects.get(username="16499990001")
    assert answer.status_code == 200  # the page that tells who gives the first password
    owed = Obligation.objects.open().filter(post=post("school.principal"))
    assert {o.person for o in owed} == {newcomer}
    page = client.get(url("school.principal", "post")).content.decode()
    assert "示范新人" in page
    assert "交接单" in page


def test_an_exclusive_post_is_not_given_twice(city, client):
    sign_in(client, "county.administrator")

    answer = client.post(url("school.principal"), office("school.principal"))

    assert answer.status_code == 422
    assert "同一时间只能由一人担任" in answer.content.decode()
    assert not User.objects.filter(username="16499990001").exists()


def test_a_stale_page_is_refused(city, client):
    sign_in(client, "county.administrator")
    said = office("school.doctor")
    Holding.objects.create(
        post=post("school.doctor"), person=person("school.office"), starts_at=timezone.now()
    )

    answer = client.post(url("school.doctor"), said)

    assert answer.status_code == 409
    assert not User.objects.filter(username="16499990001").exists()


def test_a_name_alone_is_asked_about(city, client):
    sign_in(client, "county.administrator")
    said = office("school.doctor", name=person("boarding.doctor").name, phone="")

    answer = client.post(url("school.doctor"), said)

    assert answer.status_code == 422
    assert 'name="who"' in answer.content.decode()
    again = client.post(url("school.doctor"), {**said, "who": str(person("boarding.doctor").pk)})
    assert again.status_code == 302
    assert Holding.objects.filter(
        post=post("school.doctor"), person=person("boarding.doctor")
    ).exists()


def test_another_number_of_somebody_known_is_not_kept_and_that_is_said(city, client):
    sign_in(client, "county.administrator")
    doctor = person("boarding.doctor")
    said = office("school.doctor", name=doctor.name, phone="16499990009", who=str(doctor.pk))

    answer = client.post(url("school.doctor"), said, follow=True)

    [told] = [
        str(message) for message in answer.context["messages"] if message.level_tag != "success"
    ]
    assert "16499990009" in told
    assert doctor.phone[-4:] in told
    assert Holding.objects.filter(post=post("school.doctor"), person=doctor).exists()
    assert person("boarding.doctor").phone == doctor.phone


def test_who_types_the_known_number_hears_nothing_of_it(city, client):
    sign_in(client, "county.administrator")
    doctor = person("boarding.doctor")
    said = office("school.doctor", name=doctor.name, phone=doctor.phone)

    answer = client.post(url("school.doctor"), said, follow=True)

    assert [message.level_tag for message in answer.context["messages"]] == ["success"]


@pytest.mark.parametrize(("who", "status"), [("school.principal", 403), ("primary.principal", 404)])
def test_only_whoever_manages_the_unit_may_change(city, client, who, status):
    sign_in(client, who)

    assert client.get(url("school.doctor")).status_code == status
    assert client.post(url("school.doctor"), office("school.doctor")).status_code == status
    held = Holding.objects.get(post=post("school.doctor"))
    for what in ("end", "take_back"):
        assert client.post(reverse(f"offices:{what}", args=[held.pk])).status_code == status


def test_nobody_gives_himself_a_post_that_reads_more(city, client):
    user = sign_in(client, "county.administrator")

    answer = client.post(
        url("county.safety_deputy"),
        office("county.safety_deputy", name=user.name, phone=user.phone, kind="acting"),
    )

    assert answer.status_code == 422
    assert not Holding.objects.filter(post=post("county.safety_deputy"), person=user).exists()


def test_leaving_office_and_taking_it_back(city, client):
    sign_in(client, "county.administrator")
    held = Holding.objects.get(post=post("school.doctor"))
    end = reverse("offices:end", args=[held.pk])
    tomorrow = timezone.localtime() + timedelta(days=1)

    client.post(end, {"ends_at": tomorrow.strftime("%Y-%m-%dT%H:%M"), "seen": ""})
    held.refresh_from_db()
    assert held.ends_at is not None
    stale = client.post(end, {"ends_at": "", "seen": ""})
    assert stale.status_code == 422
    client.post(end, {"ends_at": "", "seen": held.ends_at.isoformat()})
    held.refresh_from_db()
    assert held.ends_at is None

    back = reverse("offices:take_back", args=[held.pk])
    assert client.post(back, {"why": ""}).status_code in (200, 422)
    client.post(back, {"why": "录错了人"})
    assert not Holding.objects.filter(pk=held.pk).exists()
    assert "录错了人" in client.get(url("school.doctor", "post")).content.decode()


def test_history_tells_what_was_believed_then(city, client):
    sign_in(client, "county.administrator")
    held = Holding.objects.get(post=post("school.doctor"))
    client.post(reverse("offices:take_back", args=[held.pk]), {"why": "录错了人"})
    history = url("school.doctor", "history")
    past = "2025-01-01T10:00"

    today = client.get(history, {"at": past})
    then = client.get(history, {"at": past, "known": "2025-06-01T10:00"})

    assert today.context["held"] == []
    assert [one.person for one in then.context["held"]] == [person("school.doctor")]


def test_two_administrators_at_once_end_with_one_winner(city):
    said = {
        "post": post("school.principal"),
        "newcomer": None,
        "leaving": [Holding.objects.get(post=post("school.principal")).pk],
        "seen": state_of(post("school.principal")),
        "user": person("county.administrator"),
    }
    appoint_to(
        person=person("school.secretary"),
        office=Office(kind="principal", starts_at=timezone.now()),
        **said,
    )

    with pytest.raises(Conflict):
        appoint_to(
            person=person("school.safety_deputy"),
            office=Office(kind="principal", starts_at=timezone.now()),
            **said,
        )


def test_the_sheet_pages_lead_from_paste_to_print(city, client):
    sign_in(client, "county.administrator")
    rows = f"{HEAD}丁县一中\t校医\t示范新人\t16499990001\t2026-09-01\t\n"

    start = client.post(reverse("offices:sheets"), {"title": "八月", "rows": rows})
    preview = client.get(start.url)
    assert not User.objects.filter(username="16499990001").exists()
    key = preview.context["plan"].rows[0].questions[0].key
    client.post(start.url, {f"q-{key}": "replaces"})
    plan = client.get(start.url).context["plan"]
    assert plan.may_be_applied
    done = client.post(start.url + "apply/", {"digest": plan.digest})

    [account] = done.context["accounts"]
    assert account.password in done.content.decode()
    printed = client.get(start.url + "print/").content.decode()
    assert "示范新人" in printed
    assert account.password not in printed
    assert client.post(start.url + "undo/", {"why": "作废"}).status_code == 302
    assert Holding.objects.get(post=post("school.doctor")).ends_at is None


def test_a_sheet_is_its_makers_alone(city, client):
    sign_in(client, "county.administrator")
    rows = "单位\t岗位\t新任职人\n丁县一中\t校医\t空缺\n"
    start = client.post(reverse("offices:sheets"), {"title": "八月", "rows": rows})
    sign_in(client, "city.administrator")

    assert client.get(start.url).status_code == 404
    sign_in(client, "school.principal")
    assert client.get(reverse("offices:sheets")).status_code == 404


def test_a_workbook_is_read_like_a_paste(city, client, tmp_path):
    row = "丁县一中,校医,示范新人,16499990001,2026-09-01,接替\n"
    text = HEAD.replace("\t", ",") + row
    sign_in(client, "county.administrator")

    start = client.post(
        reverse("offices:sheets"),
        {"title": "八月", "file": SimpleUploadedFile("a.csv", text.encode("gb18030"))},
    )

    assert client.get(start.url).context["plan"].may_be_applied
