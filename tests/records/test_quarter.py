"""The quarter side by side: figures that open to their records, and papers made of them."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape
from io import BytesIO
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document

from notifications.models import Alert, Obligation
from notifications.obligations.answering import Answer, acknowledge, act
from notifications.records.actions import Work, note_work
from notifications.records.answered import counts
from notifications.records.quarters import Quarter
from notifications.records.selectors import quarter_view
from notifications.words import capacity_words
from safety.demo.models import DemoCity
from tests.notifications.asking import COUNTY, alert_of, owed

WHO = "county.deputy_basic"


def now_quarter() -> Quarter:
    return Quarter.of(timezone.localdate())


def noted(city, **over):
    said = {"kind": "visit", "on": timezone.localdate(), "text": "查看宿舍用电", **over}
    person = city.person(WHO)
    return note_work(ref=uuid4(), person=person, post=city.post(WHO), work=Work(**said))[0]


def figures(city, who=WHO):
    quarter = now_quarter()
    return counts(city.person(who), quarter.starts_at, quarter.ends_at, capacity_words())


def test_a_quarter_begins_and_ends_with_its_months():
    quarter = Quarter.of(date(2026, 6, 14))

    assert (quarter.code, quarter.first, quarter.last) == (
        "2026Q2",
        date(2026, 4, 1),
        date(2026, 6, 30),
    )
    assert Quarter.of(date(2026, 12, 31)).next.code == "2027Q1"
    assert Quarter.of(date(2026, 1, 1)).previous.code == "2025Q4"
    assert Quarter.named("2026Q5") == now_quarter()


def test_each_side_counts_what_served_it(city):
    noted(city)
    noted(city, safety=False, text="听课")
    noted(city, kind="meeting", business=False, text="安全例会")

    view = quarter_view(city.person(WHO), now_quarter(), capacity_words())

    assert {(k.kind, k.n, k.both) for k in view.business} == {("visit", 2, 1)}
    assert {(k.kind, k.n, k.both) for k in view.safety} == {("visit", 1, 1), ("meeting", 1, 0)}
    assert {line.record.text for line in view.latest} == {"查看宿舍用电", "听课"}


def test_answers_count_by_themselves_in_their_capacity(city):
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    row = owed(incident, COUNTY, "LINE_DEPUTY")
    (before,) = figures(city)
    assert (before.code, before.done, before.open) == ("LINE_DEPUTY", 0, 1)

    rows = list(Obligation.objects.filter(alert=alert_of(incident), post=row.post))
    act(obligations=rows, answer=Answer(by=city.person(WHO), verb="phone_instruction"))

    (after,) = figures(city)
    assert (after.done, after.actions, after.open, after.late) == (1, 1, 0, 0)


def test_my_page_says_where_a_business_line_counts_and_leads_to_the_rules(city, client):
    city.make_incident(hazard="DROWN", people="counted", missing=1)
    city.sign_in(client, WHO)

    page = client.get(reverse("notifications:mine")).content.decode()

    assert page.count("还没有记录。") == 2
    assert page.count("您的答复按责任类别记在业务职责一栏") == 1
    assert f'href="{reverse("rulebook:current")}"' in page


@pytest.mark.parametrize(("basis", "late"), [("reminder", 0), ("bureau", 1)])
def test_a_mere_reminder_makes_nothing_late(city, basis, late):
    at = timezone.now() - timedelta(hours=3)
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1, at=at)
    row = owed(incident, COUNTY, "LINE_DEPUTY")
    Obligation.objects.filter(pk=row.pk).update(basis=basis)

    acknowledge(obligations=[row], answer=Answer(by=city.person(WHO)))

    (found,) = figures(city)
    assert (found.done, found.late) == (1, late)


@pytest.mark.parametrize("status", [Alert.Status.TEST, Alert.Status.EXERCISE])
def test_tests_and_exercises_count_nowhere(city, client, status):
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    Alert.objects.filter(pk=alert_of(incident).pk).update(status=status)

    assert figures(city) == []
    city.sign_in(client, WHO)
    assert "溺水" not in client.get(reverse("records:answers")).content.decode()


def test_what_a_successor_answered_is_the_successors(city):
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    row = owed(incident, COUNTY, "LINE_DEPUTY")
    city.vacate(WHO)
    city.give(WHO, "county.section_basic", starts_at=timezone.now() - timedelta(seconds=1))

    acknowledge(obligations=[row], answer=Answer(by=city.person("county.section_basic")))

    assert figures(city) == []
    codes = {c.code: c.done for c in figures(city, "county.section_basic")}
    assert codes["LINE_DEPUTY"] == 1


def test_every_number_opens_its_rows(city, client):
    noted(city)
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    acknowledge(
        obligations=[owed(incident, COUNTY, "LINE_DEPUTY")],
        answer=Answer(by=city.person(WHO)),
    )
    city.sign_in(client, WHO)
    page = unescape(client.get("/mine/").content.decode())

    for state, n in (("done", 1), ("late", 0), ("actions", 0), ("open", 0)):
        asked = f"quarter={now_quarter().code}&capacity=LINE_DEPUTY&state={state}"
        link = f"{reverse('records:answers')}?{asked}"
        assert f'<a href="{link}">{n}</a>' in page
        assert client.get(link).content.decode().count('<li class="work">') == n
    visits = f"{reverse('records:records')}?quarter={now_quarter().code}&kind=visit&side=safety"
    assert visits in page
    assert client.get(visits).content.decode().count('<li class="work">') == 1


def test_a_list_of_thirty_asks_as_few_questions_as_one_of_one(
    city, client, django_assert_num_queries, django_assert_max_num_queries
):
    city.sign_in(client, WHO)
    url = reverse("records:answers")
    city.make_incident(hazard="DROWN", people="counted", missing=1)
    client.get(url)
    with django_assert_max_num_queries(40) as asked:
        client.get(url)
    for _each in range(12):
        city.make_incident(hazard="DROWN", people="counted", missing=1)

    with django_assert_num_queries(len(asked)):
        client.get(url)


def words_of(answer) -> str:
    assert answer.status_code == 200
    assert answer["Content-Type"].endswith("wordprocessingml.document")
    paper = Document(BytesIO(answer.content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    head = [p.text for p in paper.sections[0].header.paragraphs]
    return "\n".join([*head, *(p.text for p in paper.paragraphs), *cells])


def test_the_dossier_tells_both_lines_of_the_quarter(city, client):
    noted(city, about="丁县一中")
    noted(city, on=timezone.localdate() - timedelta(days=1), text="昨天的检查")
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    row = owed(incident, COUNTY, "LINE_DEPUTY")
    rows = list(Obligation.objects.filter(alert=alert_of(incident), post=row.post))
    act(obligations=rows, answer=Answer(by=city.person(WHO), verb="on_site"))
    person = city.sign_in(client, WHO)

    said = words_of(client.get(reverse("records:dossier")))

    assert "履职纪实" in said
    assert person.name in said
    assert "(一)业务线" in said
    assert "(二)安全线" in said
    assert said.count("查看宿舍用电") == 2
    assert "补录" in said or now_quarter() != Quarter.of(timezone.localdate() - timedelta(days=1))
    assert "溺水" in said
    assert "演示数据" not in said
    for forbidden in ("免责", "失职", "线索", "打开次数"):
        assert forbidden not in said


def test_papers_of_a_demonstration_say_so(city, client):
    DemoCity.objects.create(seed=1, schools=1, names="fictional", created_at=timezone.now())
    city.sign_in(client, WHO)

    assert "演示数据" in words_of(client.get(reverse("records:dossier")))
    assert "演示数据" in words_of(client.get(reverse("records:duty_report")))


def test_a_sealed_case_is_on_no_paper(city, client):
    incident = city.make_incident(hazard="SEXA")
    row = Obligation.objects.filter(
        alert=alert_of(incident), person__isnull=False, kind="acknowledge"
    ).first()
    alert = row.alert
    rows = list(Obligation.objects.filter(alert=alert, post=row.post, person=row.person))
    verb = "handling"
    if row.capacity.endswith(("CHIEF", "DEPUTY", "LEADER")):
        verb = "instruction"
    act(obligations=rows, answer=Answer(by=row.person, verb=verb, note="已处置"))
    client.force_login(row.person)

    said = words_of(client.get(reverse("records:dossier")))

    assert alert.words["hazard_zh"] not in said
    assert str(alert.words.get("where") or "—") not in said.split("责任类别", 1)[1]


def test_the_yearly_report_is_a_draft_with_blanks_for_the_person(city, client):
    for n in range(7):
        noted(city, text=f"检查{n}")
    person = city.sign_in(client, WHO)

    said = words_of(client.get(reverse("records:duty_report")))

    assert f"{timezone.localdate().year}年度述职报告(安全工作部分)" in said
    assert person.name in said
    assert "下校检查7次" in said
    assert "其余2次见履职纪实" in said
    assert "(请本人填写)" in said


def test_a_year_that_is_none_is_this_year(city, client):
    city.sign_in(client, WHO)

    for said in ("9999", "-1", "abc", ""):
        text = words_of(client.get(reverse("records:duty_report"), {"year": said}))
        assert f"{timezone.localdate().year}年度" in text
