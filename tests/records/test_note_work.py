"""记一笔: one line, both sides, one record for a double tap, corrections keep what was said."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.records.actions import Work, change_work, count_work, note_work, withdraw_work
from notifications.records.models import WorkRecord
from notifications.records.quarters import Quarter
from notifications.records.selectors import quarter_view
from notifications.words import capacity_words
from safety.errors import Conflict, Hidden, Refused
from safety.ledger.models import Event

WHO = "county.deputy_basic"


def work(**over):
    said = {"kind": "visit", "on": timezone.localdate(), "text": "查看宿舍用电", **over}
    return Work(**said)


def noted(city, who=WHO, **over):
    person = city.person(who)
    made, _new = note_work(ref=uuid4(), person=person, post=city.post(who), work=work(**over))
    return made


def form(city, client, **over):
    """What a browser sends after typing one line, everything else as it stood."""
    page = unescape(client.get("/mine/").content.decode())
    ref = page.split('name="ref" value="')[1].split('"')[0]
    said = {
        "ref": ref,
        "kind": "meeting",
        "text": "布置期中教学视导,同时布置安全检查",
        "on": timezone.localdate().isoformat(),
        "post": str(city.post(WHO).pk),
        "business": "on",
        "safety": "on",
        **over,
    }
    return {name: value for name, value in said.items() if value is not None}


def test_one_line_on_the_own_page_is_enough(city, client):
    person = city.sign_in(client, WHO)

    answer = client.post(reverse("records:note"), form(city, client), follow=True)

    (made,) = WorkRecord.objects.all()
    assert (made.person, made.post, made.kind) == (person, city.post(WHO), "meeting")
    assert made.on == timezone.localdate()
    assert made.business
    assert made.safety
    assert answer.redirect_chain == [("/mine/", 302)]
    assert Event.objects.filter(verb="work.noted", subject_ref=str(made.ref)).exists()


def test_the_form_has_both_sides_ticked_and_today(city, client):
    city.sign_in(client, WHO)

    page = client.get("/mine/").content.decode()
    note = page.split('id="note"')[1].split("</form>")[0]

    assert note.count('type="checkbox"') == note.count(" checked") - 1 == 2
    assert f'value="{timezone.localdate().isoformat()}"' in note
    assert note.count('type="hidden" name="post"') == 1


def test_several_posts_are_a_choice_and_one_is_none(city, client):
    city.give("county.section_basic", WHO)
    city.sign_in(client, WHO)

    note = client.get("/mine/").content.decode().split('id="note"')[1].split("</form>")[0]

    assert '<select name="post"' in note


def test_a_double_tap_is_one_record(city, client):
    city.sign_in(client, WHO)
    sent = form(city, client)

    client.post(reverse("records:note"), sent)
    again = client.post(reverse("records:note"), sent, follow=True)

    assert WorkRecord.objects.count() == 1
    assert "没有重复记录" in again.content.decode()


def test_other_words_under_the_same_reference_are_not_lost(city, client):
    city.sign_in(client, WHO)
    sent = form(city, client)
    client.post(reverse("records:note"), sent)

    answer = client.post(reverse("records:note"), {**sent, "text": "另一件事"})
    page = unescape(answer.content.decode())
    renewed = page.split('name="ref" value="')[1].split('"')[0]
    client.post(reverse("records:note"), {**sent, "text": "另一件事", "ref": renewed})

    assert answer.status_code == 409
    assert renewed != sent["ref"]
    assert set(WorkRecord.objects.values_list("text", flat=True)) == {sent["text"], "另一件事"}


def test_the_reference_of_somebody_else_is_hidden(city):
    made = noted(city)

    with pytest.raises(Hidden):
        note_work(
            ref=made.ref,
            person=city.person("county.chief"),
            post=city.post("county.chief"),
            work=work(),
        )


@pytest.mark.parametrize(
    ("over", "fields"),
    [
        ({"text": "  "}, {"text"}),
        ({"text": "长" * 201}, {"text"}),
        ({"about": "长" * 61}, {"about"}),
        ({"kind": "pledge"}, {"kind"}),
        ({"business": False, "safety": False}, {"safety"}),
        ({"on": timezone.localdate() + timedelta(days=2)}, {"on"}),
        ({"on": timezone.localdate() - timedelta(days=400), "text": ""}, {"on", "text"}),
    ],
)
def test_what_is_wrong_is_named_all_at_once_and_nothing_is_written(city, over, fields):
    with pytest.raises(Refused) as refusal:
        noted(city, **over)

    assert {p.field for p in refusal.value.problems} == fields
    assert not WorkRecord.objects.exists()


def test_only_a_post_that_was_held_on_that_day(city):
    with pytest.raises(Refused) as refusal:
        note_work(ref=uuid4(), person=city.person(WHO), post=city.post("county.chief"), work=work())
    assert [p.field for p in refusal.value.problems] == ["post"]

    yesterday = timezone.localdate() - timedelta(days=1)
    city.vacate(WHO, at=timezone.now() - timedelta(minutes=1))
    assert noted(city, on=yesterday).pk
    with pytest.raises(Refused):
        noted(city)


def test_without_a_post_there_is_nothing_to_record(city, client):
    city.vacate(WHO)
    city.sign_in(client, WHO)

    assert client.get(reverse("records:note")).status_code == 404
    assert 'id="note"' not in client.get("/mine/").content.decode()


def test_a_correction_keeps_what_was_said(city, client):
    made = noted(city)
    city.sign_in(client, WHO)
    url = reverse("records:record", args=[made.ref])
    sent = {
        "ref": str(made.ref),
        "version": "1",
        "kind": "talk",
        "text": "约谈后勤负责人",
        "on": made.on.isoformat(),
        "post": str(made.post_id),
        "safety": "on",
    }

    assert client.post(url, sent).status_code == 302
    stale = client.post(url, {**sent, "text": "旧页面"})

    made.refresh_from_db()
    assert (made.kind, made.text, made.business, made.version) == (
        "talk",
        "约谈后勤负责人",
        False,
        2,
    )
    assert stale.status_code == 409
    page = client.get(url).content.decode()
    assert "查看宿舍用电" in page
    assert "约谈后勤负责人" in page
    assert "旧页面" not in page


def test_what_is_withdrawn_says_why_and_counts_nowhere(city, client):
    made = noted(city)
    person = city.sign_in(client, WHO)
    url = reverse("records:withdraw", args=[made.ref])

    assert client.post(url, {"version": "1", "reason": " "}).status_code == 422
    assert client.post(url, {"version": "1", "reason": "记重了"}).status_code == 302
    assert client.post(url, {"version": "1", "reason": "再来"}).status_code == 409

    view = quarter_view(person, Quarter.of(timezone.localdate()), capacity_words())
    assert (list(view.business), list(view.safety)) == ([], [])
    assert "记重了" in client.get(reverse("records:record", args=[made.ref])).content.decode()
    with pytest.raises(Conflict):
        change_work(found=made, person=person, post=made.post, work=work(), seen=2)


def test_work_recorded_elsewhere_counts_once_and_is_corrected_there(city):
    person, post = city.person(WHO), city.post(WHO)
    source = {"source_kind": "pledge", "source_ref": "a"}

    first = count_work(person=person, post=post, work=work(kind="pledge"), **source)
    second = count_work(person=person, post=post, work=work(kind="pledge"), **source)

    assert first is not None
    assert second is None
    with pytest.raises(Refused):
        withdraw_work(found=first, person=person, reason="x", seen=1)


@pytest.mark.parametrize("address", ["records:record", "records:withdraw"])
def test_nobody_else_finds_a_record(city, client, address):
    made = noted(city)
    url = reverse(address, args=[made.ref])
    for who in ("county.chief", "county.administrator", "school.principal"):
        city.sign_in(client, who)
        assert client.post(url, {}).status_code == 404
    city.sign_in(client, "county.chief")
    assert "查看宿舍用电" not in client.get(reverse("records:records")).content.decode()
