"""A NUL, which no database keeps, is answered 400 wherever it comes in; nothing is written."""

from __future__ import annotations

from uuid import uuid4

import pytest

from safety.ledger.models import Event

QUERIES = [
    "/people/?q=%00",
    "/people/devices/?q=a%00b",
    "/incidents/?q=%00",
    "/calls/schools/?q=%00",
    "/inbox/rows?stream=board:%00",
    "/api/v1/incidents?q=%00",
    "/report/?hazard=%00",
    "/?%00=1",
]
ADDRESSES = ["/boards/%00/", "/boards/%00/rows/", "/bind/%00/", "/api/%00", "/no%00where"]
FORMS = [
    ("/accounts/login/", {"login": "a\0", "password": "x"}),
    ("/report/", {"summary": "a\0b"}),
    ("/report/{ref}/measures/", {"kind": "verified\0"}),
    ("/incidents/{ref}/upward/", {"received_by": "a\0b"}),
    ("/obligations/act/", {"ref": "{ref}", "verb": "handling", "note": "a\0b"}),
    ("/obligations/acknowledge/", {"ref": "a\0b"}),
    ("/people/1/device/", {"school": "a\0b", "label": "x"}),
    ("/people/1/device/", {"school": "x", "label": "a\0b"}),
    ("/calls/new/", {"school": "a\0b"}),
    ("/i18n/setlang/", {"language": "zh\0"}),
    ("/calls/new/", {"a\0b": "1"}),
]
READERS = ["county.administrator", "county.safety_office", "county.duty_officer"]


@pytest.fixture(params=["", *READERS], ids=["a visitor", *READERS])
def reader(request, city, client):
    if request.param:
        city.sign_in(client, request.param)
    return client


@pytest.mark.parametrize("address", [*QUERIES, *ADDRESSES])
def test_in_an_address(reader, address):
    assert reader.get(address).status_code == 400


@pytest.mark.parametrize(("address", "form"), FORMS)
@pytest.mark.parametrize("kind", ["multipart", "urlencoded"])
def test_in_a_form(reader, address, form, kind):
    before = Event.objects.count()
    address = address.replace("{ref}", str(uuid4()))

    if kind == "multipart":
        answer = reader.post(address, form)
    else:
        body = "&".join(f"{n}={v}" for n, v in form.items()).replace("\0", "%00")
        answer = reader.post(address, body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 400
    assert Event.objects.count() == before


@pytest.mark.parametrize("name", ["sessionid", "filing_device", "django_language"])
@pytest.mark.parametrize("address", ["/mine/", "/report/", "/"])
def test_in_a_cookie(city, client, name, address):
    """Browsers never send one; the octal way of writing it in a cookie is read as NUL."""
    client.cookies[name] = "a\0b"

    assert client.get(address).status_code == 400


def test_the_answer_is_a_page_with_the_telephone_or_json(city, client, settings):
    settings.DUTY_PHONES = ["值班室:0851-00000000"]

    page = client.get("/?q=%00")
    answer = client.get("/?q=%00", headers={"accept": "application/json"})

    assert 'href="tel:085100000000"' in page.content.decode()
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "body"
