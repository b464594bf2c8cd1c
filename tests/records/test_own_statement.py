"""本人说明: own words beside a late matter, once, in versions, and for nobody else's eyes."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.models import Alert, Obligation
from notifications.obligations.answering import Answer, acknowledge
from notifications.records.models import Statement, StatementVersion
from notifications.records.stating import add_statement, correct_statement
from safety.errors import Conflict, Hidden, Refused
from safety.ledger.models import Event
from tests.incidents.test_races import at_once
from tests.notifications.asking import COUNTY, JSON, alert_of, owed
from tests.records.test_quarter import WHO, figures, words_of

SAID = "当时在山区下校,没有信号;回到镇上后立即签收。"


def late_row(city, basis="bureau", **over):
    """An acknowledgement of ``WHO`` whose time limit passed two hours ago."""
    given = {"hazard": "DROWN", "people": "counted", "missing": 1, **over}
    incident = city.make_incident(at=timezone.now() - timedelta(hours=3), **given)
    row = owed(incident, COUNTY, "LINE_DEPUTY")
    Obligation.objects.filter(pk=row.pk).update(
        basis=basis, due_at=row.created_at + timedelta(minutes=30)
    )
    row.refresh_from_db()
    return row


def answered_late(city, **over):
    row = late_row(city, **over)
    acknowledge(obligations=[row], answer=Answer(by=city.person(WHO)))
    row.refresh_from_db()
    return row


def address(row):
    return reverse("records:statement", args=[row.ref])


def stated(city, row, text=SAID):
    made, _new = add_statement(ref=uuid4(), obligation=row, person=city.person(WHO), text=text)
    return made


def hidden_fields(page):
    """What the form of the page sends beside the words."""
    form = page.content.decode().split('<form class="form card note"')[1].split("</form>")[0]
    parts = form.split('type="hidden" name="')[1:]
    found = {part.split('"')[0]: part.split('value="')[1].split('"')[0] for part in parts}
    found.pop("csrfmiddlewaretoken", None)
    return found


def of_list(client, **asked):
    return unescape(client.get(reverse("records:answers"), asked).content.decode())


def test_words_stand_beside_the_late_matter_and_change_no_figure(city, client):
    row = answered_late(city)
    before = figures(city)
    city.sign_in(client, WHO)
    assert address(row) in of_list(client)

    page = client.get(address(row))
    answer = client.post(address(row), {**hidden_fields(page), "text": f" {SAID}\r\n第二行 "})

    assert answer.status_code == 302
    made = Statement.objects.get()
    assert (made.obligation, made.person) == (row, city.person(WHO))
    assert made.text == f"{SAID}\n第二行"
    assert f"{SAID}<br>第二行" in of_list(client)
    assert f"{SAID}<br>第二行" in of_list(client, state="late")
    assert figures(city) == before


def test_the_ledger_proves_the_words_without_telling_them(city):
    made = stated(city, answered_late(city))

    event = Event.objects.get(subject_kind="statement")

    assert (event.verb, event.subject_ref) == ("statement.added", str(made.ref))
    assert event.body["version"] == 1
    assert len(event.body["words"]) == 64
    assert SAID not in str(event.body)


def test_a_double_press_is_one_statement(city, client):
    row = answered_late(city)
    city.sign_in(client, WHO)
    sent = {**hidden_fields(client.get(address(row))), "text": SAID}

    client.post(address(row), sent)
    again = client.post(address(row), sent, follow=True)

    assert Statement.objects.count() == StatementVersion.objects.count() == 1
    assert "没有重复记录" in again.content.decode()


def test_a_second_page_corrects_and_loses_no_words(city, client):
    row = answered_late(city)
    city.sign_in(client, WHO)
    first, second = (hidden_fields(client.get(address(row))) for _page in range(2))
    client.post(address(row), {**first, "text": SAID})

    refused = client.post(address(row), {**second, "text": "另一种说法"})

    assert refused.status_code == 409
    page = refused.content.decode()
    assert SAID in page
    assert ">另一种说法</textarea>" in page
    client.post(address(row), {**hidden_fields(refused), "text": "另一种说法"})
    assert Statement.objects.get().text == "另一种说法"


def test_a_correction_is_a_version_and_the_newest_is_shown(city, client):
    row = answered_late(city)
    stated(city, row)
    city.sign_in(client, WHO)
    sent = {**hidden_fields(client.get(address(row))), "text": "更准确的说法"}

    for _press in range(2):
        assert client.post(address(row), sent).status_code == 302
    stale = client.post(address(row), {**sent, "text": "旧页面"})

    assert stale.status_code == 409
    kept = StatementVersion.objects.values_list("number", "text")
    assert list(kept) == [(1, SAID), (2, "更准确的说法")]
    listed = of_list(client)
    assert "已更正1次" in listed
    assert "更准确的说法" in listed
    assert SAID not in listed
    history = client.get(address(row)).content.decode()
    assert SAID in history
    assert "旧页面" not in history
    assert Event.objects.filter(verb="statement.corrected").count() == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", ""),
        (" \u3000\u200b\n", ""),
        ("长" * 501, "长" * 80 + "…"),
        ("看不见\x07", "U+0007"),
        ("反向\u202e字", "U+202E"),
        ("没有\uffff", "U+FFFF"),
    ],
)
def test_bad_words_are_refused_with_field_value_message_and_remedy(city, client, text, value):
    row = answered_late(city)
    city.sign_in(client, WHO)
    sent = {"ref": str(uuid4()), "text": text}

    told = client.post(address(row), sent, **JSON)
    page = client.post(address(row), sent)

    assert (told.status_code, page.status_code) == (422, 422)
    (problem,) = told.json()["errors"]
    assert (problem["field"], problem["value"]) == ("text", value)
    assert problem["message"]
    assert problem["remedy"]
    assert problem["message"] in unescape(page.content.decode())
    assert not Statement.objects.exists()
    assert not Event.objects.filter(subject_kind="statement").exists()


def test_five_hundred_characters_with_line_breaks_are_not_too_long(city):
    text = "长" * 249 + "\r\n" + "长" * 250

    assert len(stated(city, answered_late(city), text=text).text) == 500


@pytest.mark.parametrize("ref", ["", "x", "1" * 300])
def test_a_page_that_names_nothing_is_told_so(city, client, ref):
    row = answered_late(city)
    city.sign_in(client, WHO)

    answer = client.post(address(row), {"ref": ref, "text": SAID}, **JSON)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "ref"
    assert not Statement.objects.exists()


def test_what_was_answered_in_time_has_nothing_to_state(city, client):
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    row = owed(incident, COUNTY, "LINE_DEPUTY")
    acknowledge(obligations=[row], answer=Answer(by=city.person(WHO)))
    city.sign_in(client, WHO)
    assert address(row) not in of_list(client)

    answer = client.post(address(row), {"ref": str(uuid4()), "text": SAID}, **JSON)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "obligation"
    assert "<textarea" not in client.get(address(row)).content.decode()
    assert not Statement.objects.exists()


def test_an_answer_after_a_mere_reminder_is_not_late(city):
    row = answered_late(city, basis="reminder")

    with pytest.raises(Refused):
        stated(city, row)


@pytest.mark.parametrize("basis", ["bureau", "reminder"])
def test_what_is_overdue_and_open_may_be_explained(city, client, basis):
    row = late_row(city, basis=basis)
    city.sign_in(client, WHO)
    assert address(row) in of_list(client, state="open")

    assert stated(city, row).pk
    assert SAID in of_list(client, state="open")


def test_what_lapsed_unanswered_is_listed_in_no_figure_and_may_be_explained(city, client):
    row = late_row(city)
    Obligation.objects.filter(pk=row.pk).update(state="lapsed")
    row.refresh_from_db()
    city.sign_in(client, WHO)

    assert sum(c.open + c.done + c.late for c in figures(city)) == 0
    assert address(row) in of_list(client)
    assert address(row) not in of_list(client, state="open")
    stated(city, row)
    assert SAID in of_list(client)


@pytest.mark.parametrize(
    "who", ["county.chief", "county.administrator", "county.section_basic", "school.principal"]
)
def test_nobody_else_finds_it(city, client, who):
    row = answered_late(city)
    stated(city, row)
    city.sign_in(client, who)

    for url in (address(row), reverse("records:statement", args=[uuid4()])):
        told = client.get(url, **JSON)
        assert told.status_code == 404
        assert client.post(url, {"version": "1", "text": "别人写的"}, **JSON).json() == told.json()
    assert SAID not in of_list(client)
    with pytest.raises(Hidden):
        add_statement(ref=uuid4(), obligation=row, person=city.person(who), text="别人写的")
    assert Statement.objects.get().text == SAID


def test_the_name_of_somebody_elses_statement_is_hidden(city):
    made = stated(city, answered_late(city))
    other = late_row(city)
    city.give(WHO, "county.chief")

    with pytest.raises(Hidden):
        add_statement(ref=made.ref, obligation=other, person=city.person("county.chief"), text=SAID)


def test_a_visitor_is_asked_to_sign_in(city, client):
    row = answered_late(city)

    assert client.get(address(row)).status_code == 302
    assert client.post(address(row), {"ref": str(uuid4()), "text": SAID}).status_code == 302
    assert not Statement.objects.exists()


@pytest.mark.parametrize("status", [Alert.Status.TEST, Alert.Status.EXERCISE])
def test_tests_and_exercises_are_nothing_to_explain(city, client, status):
    row = late_row(city)
    Alert.objects.filter(pk=row.alert_id).update(status=status)
    city.sign_in(client, WHO)

    assert client.get(address(row)).status_code == 404


def test_who_takes_the_post_over_states_for_himself(city, client):
    row = late_row(city)
    stated(city, row)
    city.vacate(WHO)
    city.give(WHO, "county.section_basic", starts_at=timezone.now() - timedelta(seconds=1))
    city.sign_in(client, "county.section_basic")

    listed = of_list(client)
    page = client.get(address(row)).content.decode()

    assert address(row) in listed
    assert SAID not in listed
    assert SAID not in page
    add_statement(
        ref=uuid4(), obligation=row, person=city.person("county.section_basic"), text="刚接任。"
    )
    city.sign_in(client, WHO)
    own = client.get(address(row)).content.decode()
    assert SAID in own
    assert "刚接任。" not in own


def test_the_dossier_prints_the_statement(city, client):
    row = answered_late(city)
    made = stated(city, row)
    correct_statement(found=made, text="更准确的说法", seen=1)
    city.sign_in(client, WHO)

    said = words_of(client.get(reverse("records:dossier")))

    assert "本人说明" in said
    assert "更准确的说法(已更正1次)" in said
    assert SAID not in said
    assert "超过规定时限" in said


def test_a_dossier_without_statements_does_not_ask_for_one(city, client):
    answered_late(city)
    city.sign_in(client, WHO)

    assert "本人说明" not in words_of(client.get(reverse("records:dossier")))


def sealed_row(city):
    incident = city.make_incident(hazard="SEXA")
    row = Obligation.objects.filter(
        alert=alert_of(incident), person__isnull=False, kind="acknowledge"
    ).first()
    Obligation.objects.filter(pk=row.pk).update(
        basis="bureau", created_at=row.created_at - timedelta(hours=2), due_at=row.created_at
    )
    row.refresh_from_db()
    acknowledge(obligations=[row], answer=Answer(by=row.person))
    row.refresh_from_db()
    assert row.person_id in row.alert.named
    return row


def test_to_a_sealed_case_only_who_may_read_it_states_something(city, client):
    row = sealed_row(city)
    client.force_login(row.person)
    sent = {**hidden_fields(client.get(address(row))), "text": SAID}
    assert client.post(address(row), sent).status_code == 302
    assert SAID in of_list(client)
    assert SAID not in words_of(client.get(reverse("records:dossier")))

    Alert.objects.filter(pk=row.alert_id).update(named=[])

    assert client.get(address(row)).status_code == 404
    assert client.post(address(row), {"version": "1", "text": "改"}).status_code == 404
    listed = of_list(client)
    assert SAID not in listed
    assert address(row) not in listed


def test_another_correction_meanwhile_is_a_conflict(city):
    made = stated(city, answered_late(city))
    correct_statement(found=made, text="二", seen=1)

    with pytest.raises(Conflict):
        correct_statement(found=made, text="三", seen=1)
    assert correct_statement(found=made, text="二", seen=2)[1] is False


def test_many_statements_ask_no_more_questions(
    city, client, django_assert_num_queries, django_assert_max_num_queries
):
    rows = [late_row(city) for _each in range(2)]
    stated(city, rows[0])
    city.sign_in(client, WHO)
    of_list(client)
    with django_assert_max_num_queries(40) as asked:
        of_list(client)
    for _each in range(6):
        stated(city, late_row(city))

    with django_assert_num_queries(len(asked)):
        of_list(client)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_speaks_both_languages(city, client, language):
    row = late_row(city)
    city.sign_in(client, WHO)

    page = client.get(address(row), headers={"accept-language": language}).content.decode()

    assert ("本人说明" if language == "zh-hans" else "Own statement") in page


def test_the_same_form_four_times_at_once_is_one_statement(city_committed):
    city = city_committed
    row, person, ref = answered_late(city), city.person(WHO), uuid4()

    told = at_once(
        [lambda: add_statement(ref=ref, obligation=row, person=person, text=SAID) for _ in range(4)]
    )

    assert sorted(is_new for _made, is_new in told) == [False, False, False, True]
    assert Statement.objects.count() == StatementVersion.objects.count() == 1
    assert Event.objects.filter(verb="statement.added").count() == 1


def test_of_two_pages_at_once_one_wins_and_the_other_is_told(city_committed):
    city = city_committed
    row, person = answered_late(city), city.person(WHO)

    def add(text):
        try:
            add_statement(ref=uuid4(), obligation=row, person=person, text=text)
        except Conflict:
            return ""
        return text

    won = [text for text in at_once([partial(add, "一"), partial(add, "二")]) if text]

    assert len(won) == 1
    assert list(StatementVersion.objects.values_list("text", flat=True)) == won


def test_of_two_corrections_at_once_one_wins(city_committed):
    city = city_committed
    made = stated(city, answered_late(city))

    def correct(text):
        try:
            correct_statement(found=made, text=text, seen=1)
        except Conflict:
            return ""
        return text

    won = [text for text in at_once([partial(correct, "一"), partial(correct, "二")]) if text]

    assert len(won) == 1
    assert Statement.objects.get().text == won[0]
    assert StatementVersion.objects.count() == 2
