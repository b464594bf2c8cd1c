"""Receivers of upward reports: recorded by one name, shown in the language of the reader."""

from __future__ import annotations

from copy import deepcopy
from types import ModuleType

import pytest
from django.test import Client
from django.utils import timezone, translation

from incidents.cases.models import Incident, UpwardReport
from incidents.cases.recording import Upward, open_upward, record_upward
from notifications.models import Alert, Obligation
from notifications.obligations.upward import receiver_words, receivers_of
from safety.rules.actions import default_content
from safety.rules.models import RuleBook

PARTY, GOVERNMENT = "市委值班室", "市政府总值班室"
PARTY_EN, GOVERNMENT_EN = "Party committee duty room", "City government duty room"


@pytest.fixture
def drowning(city: ModuleType) -> Incident:
    incident: Incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    return incident


def owed_by(city: ModuleType, incident: Incident, unit: str = "city") -> Obligation:
    (owed,) = open_upward(incident, city.unit(unit))
    return owed


def test_an_office_has_one_recorded_name_and_a_word_in_each_language(
    city: ModuleType, drowning: Incident
) -> None:
    owed = owed_by(city, drowning)

    assert receivers_of(owed) == (PARTY, GOVERNMENT)
    with translation.override("zh-hans"):
        assert receiver_words([owed]) == {PARTY: PARTY, GOVERNMENT: GOVERNMENT}
    with translation.override("en"):
        assert receiver_words([owed]) == {PARTY: PARTY_EN, GOVERNMENT: GOVERNMENT_EN}


def test_every_page_names_the_receivers_in_the_language_of_the_reader(
    city: ModuleType, client: Client, drowning: Incident
) -> None:
    city.sign_in(client, "city.duty_officer")
    alert = Alert.objects.get(subject_ref=str(drowning.ref))
    record_upward(
        incident=drowning,
        unit=city.unit("city"),
        upward=Upward(receiver=PARTY, received_by="赵某", how="phone", sent_at=timezone.now()),
        by=city.person("city.duty_officer"),
    )

    for address in (
        f"/boards/{city.unit('city').code}/",
        f"/incidents/{drowning.ref}/upward/",
        f"/incidents/{drowning.ref}/",
        f"/alerts/{alert.ref}/",
    ):
        english = client.get(address, headers={"accept-language": "en"}).content.decode()
        chinese = client.get(address, headers={"accept-language": "zh-hans"}).content.decode()
        assert PARTY_EN in english, address
        assert f">{PARTY}<" not in english, address
        assert PARTY in chinese, address
        assert PARTY_EN not in chinese, address


def test_whoever_owes_it_reads_the_receiver_in_english(city: ModuleType, client: Client) -> None:
    incident = city.make_incident(hazard="FOOD", people="counted", injured=12)
    city.sign_in(client, "school.safety_staff")

    page = client.get("/mine/", headers={"accept-language": "en"}).content.decode()

    assert owed_by(city, incident, "school").why["en"] == "County health authority"
    assert "Report to County health authority" in page
    assert "县级卫生健康主管部门" not in page


def test_what_an_english_page_offers_is_recorded_by_the_chinese_name(
    city: ModuleType, client: Client, drowning: Incident
) -> None:
    city.sign_in(client, "city.duty_officer")
    address = f"/incidents/{drowning.ref}/upward/"
    page = client.get(address, headers={"accept-language": "en"}).content.decode()
    assert f'value="{PARTY}"' in page

    for receiver in (PARTY, GOVERNMENT):
        sent_at = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
        told = {"receiver": receiver, "how": "phone", "sent_at": sent_at, "received_by": ""}
        client.post(address, told, headers={"accept-language": "en"})

    assert set(UpwardReport.objects.values_list("receiver", flat=True)) == {PARTY, GOVERNMENT}
    assert open_upward(drowning, city.unit("city")) == []


def test_a_rule_book_without_english_names_still_works(city: ModuleType, client: Client) -> None:
    content = deepcopy(default_content())
    for clock in content["filing"]["upward_clock"]:
        del clock["receiver_en"]
    number = RuleBook.objects.order_by("-number").values_list("number", flat=True)[0] + 1
    RuleBook.objects.create(
        number=number, content=content, digest="earlier", note="", published_at=timezone.now()
    )
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    city.sign_in(client, "city.duty_officer")

    page = client.get(f"/incidents/{incident.ref}/upward/", headers={"accept-language": "en"})

    assert f'value="{PARTY}"' in page.content.decode()
    with translation.override("en"):
        assert receiver_words([owed_by(city, incident)]) == {PARTY: PARTY, GOVERNMENT: GOVERNMENT}
