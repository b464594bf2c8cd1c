"""What every page has: language, skip link, duty phones, marks, and nothing inline."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from incidents.cases.devices import make_device_link
from notifications.models import Alert
from safety.demo.models import DemoCity

INLINE = re.compile(r"""\sstyle=|\son\w+=|hx-on|javascript:|<style|<script(?![^>]*\ssrc=)""")


def html(answer):
    return answer.content.decode()


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password"])
def test_the_pages_before_sign_in_need_nothing_inline_and_show_the_telephone(
    city, client, settings, name
):
    settings.DUTY_PHONES = ["值班室:0851-00000000"]

    page = client.get(reverse(name))

    assert page.status_code == 200
    assert not INLINE.search(html(page))
    assert 'href="tel:085100000000"' in html(page)
    assert "unsafe" not in page["Content-Security-Policy"]


def test_the_sign_in_page_says_what_must_not_be_entered(city, client, settings):
    assert "严禁录入" in html(client.get(reverse("account_login")))

    settings.CLASSIFIED_NOTICE = "本局另有规定。"

    assert "本局另有规定。" in html(client.get(reverse("account_login")))


def test_the_duty_phone_of_the_city_is_shown_without_a_setting(city, client):
    bureau = city.unit("city")
    bureau.duty_phone = "0851-00000009"
    bureau.save()

    assert "0851-00000009" in html(client.get(reverse("account_login")))


def test_invented_data_are_marked_on_every_page(city, client):
    assert "demo-mark" not in html(client.get(reverse("account_login")))

    DemoCity.objects.create(seed=1, schools=14, names="demo", created_at=timezone.now())

    for name in ("account_login", "account_reset_password"):
        assert "演示数据" in html(client.get(reverse(name)))


def test_htmx_may_neither_evaluate_nor_store_nor_leave_the_house(city, client):
    page = html(client.get(reverse("account_login")))

    config = json.loads(re.search(r"name=\"htmx-config\" content='([^']+)'", page)[1])

    assert config == {
        "includeIndicatorStyles": False,
        "allowEval": False,
        "selfRequestsOnly": True,
        "historyCacheSize": 0,
        "allowScriptTags": False,
    }


def test_the_language_chosen_stays_chosen(city, client):
    page = client.get(reverse("account_login"), headers={"accept-language": "zh-CN"})
    assert '<html lang="zh-hans">' in html(page)

    answer = client.post(
        reverse("set_language"), {"language": "en", "next": reverse("account_login")}
    )

    assert answer.url == reverse("account_login")
    assert int(answer.cookies["django_language"]["max-age"]) > 300 * 24 * 3600
    again = client.get(reverse("account_login"), headers={"accept-language": "zh-CN"})
    assert '<html lang="en">' in html(again)
    assert "Sign in" in html(again)


def test_the_watermark_names_who_is_looking(city, client):
    person = city.sign_in(client, "city.duty_officer")

    page = client.get(reverse("cases:incidents"))

    assert person.name in str(page.context["watermark_text"])
    assert person.username in str(page.context["watermark_text"])
    assert 'class="watermark"' in html(page)


def test_the_styleguide_is_for_builders_only(client, db):
    assert client.get("/styleguide/").status_code == 404


def test_a_bureau_may_have_its_own_word_for_the_first_report(city, client, settings):
    incident = city.make_incident()
    settings.TERMS = {"first_report": "初报"}
    alert = Alert.objects.get(subject_ref=str(incident.ref))
    officer = city.person("school.safety_staff")
    secret = make_device_link(
        school=city.unit("school"), reporter=officer, label="门卫", made_by=officer
    )
    receipt = reverse("filing:receipt", args=[incident.ref])
    case = reverse("cases:incident", args=[incident.ref])
    shown = ["/report/", receipt, "/mine/", case, "/incidents/"]
    seen = {"/bind": html(Client().get(reverse("filing:bind", args=[secret])))}
    city.sign_in(client, "school.safety_staff")
    seen |= {url: html(client.get(url)) for url in shown}
    city.sign_in(client, "county.duty_officer")
    shown = [case, "/calls/new/", f"/alerts/{alert.ref}/", "/boards/520121/"]
    seen |= {f"duty {url}": html(client.get(url)) for url in shown}

    assert [url for url, text in seen.items() if "首报" in text] == []
    assert {url for url, text in seen.items() if "初报" in text} >= {
        *("/bind", "/report/", "/incidents/", case),
        *("duty /calls/new/", f"duty /alerts/{alert.ref}/", "duty /boards/520121/"),
    }
    english = client.get(case, headers={"accept-language": "en"})
    assert "<p>First report:" in html(english)
