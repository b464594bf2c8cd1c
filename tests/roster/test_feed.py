"""The calendar of one's shifts: correct by RFC 5545, secret, and holding nothing else."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from types import ModuleType

from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from safety.roster.feed import escaped, folded
from safety.roster.models import CalendarLink
from tests.city import make_incident, person, post, sign_in
from tests.roster.shifts import now, put

SEAT = "county.duty_officer"


def make_address(client) -> str:
    page = client.post(reverse("roster:calendar"), {"do": "renew"}).content.decode()
    found = re.search(r'value="http://testserver(/roster/calendar/[^"]+)"', page)
    assert found
    return found[1]


def test_the_feed_holds_the_own_shifts_in_utc_and_nothing_else(city: ModuleType, client) -> None:
    start = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
    shift = put(SEAT, "county.exams", start=start, hours=9)
    put("county.duty_leader", "county.chief", start=start)
    make_incident(hazard="DROWN", people="unknown")
    sign_in(client, "county.exams")
    address = make_address(client)
    client.logout()

    answer = client.get(address)

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    lines = answer.content.decode().replace("\r\n ", "").split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
    assert f"UID:{shift.ref}@campus-safety" in lines
    assert "DTSTART:20261201T003000Z" in lines
    assert "DTEND:20261201T093000Z" in lines
    assert any(re.fullmatch(r"DTSTAMP:\d{8}T\d{6}Z", line) for line in lines)
    assert f"SUMMARY:{post(SEAT).name} · {post(SEAT).unit.label}" in lines
    assert person("county.chief").name not in answer.content.decode()


def test_a_new_address_kills_the_old_one_and_so_does_switching_off(
    city: ModuleType, client
) -> None:
    sign_in(client, "county.exams")
    old = make_address(client)
    new = make_address(client)

    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200
    client.post(reverse("roster:calendar"), {"do": "drop"})
    assert client.get(new).status_code == 404
    assert not CalendarLink.objects.exists()


def test_only_a_hash_is_kept_and_whoever_is_shut_out_has_no_feed(city: ModuleType, client) -> None:
    owner = sign_in(client, "county.exams")
    address = make_address(client)
    token = address.rsplit("/", 1)[1].removesuffix(".ics")
    assert token not in str(CalendarLink.objects.values().get())

    owner.is_active = False
    owner.save()

    assert client.get(address).status_code == 404


def test_shifts_of_long_ago_are_left_out(city: ModuleType, client) -> None:
    put(SEAT, "county.exams", start=now() - timedelta(days=100))
    sign_in(client, "county.exams")

    assert b"VEVENT" not in client.get(make_address(client)).content


def test_signs_of_the_format_are_escaped() -> None:
    assert escaped("a,b;c\\d\ne\x00") == "a\\,b\\;c\\\\d\\ne"


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), max_size=300))
def test_lines_are_folded_at_75_octets_and_come_back_whole(text: str) -> None:
    line = folded(f"SUMMARY:{text}")

    assert all(len(part.encode()) <= 75 for part in line.split("\r\n"))
    assert line.replace("\r\n ", "") == f"SUMMARY:{text}"
