"""Every page that takes a file answers a hostile one with an error, and goes on answering."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from notifications.models import TableUpload
from safety.posts.models import Shift
from safety.settings import BASE_DIR
from tests.units.hostile import HOSTILE

KEEPER = "city.administrator"
PAGES = {
    "roster": ("roster:import", {"pattern": "halves"}),
    "offices": ("offices:sheets", {"title": "八月调整"}),
    "table": ("table_workbook:send", {}),
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("room", PAGES)
def test_a_hostile_file_is_answered_with_an_error_in_words(city, client, room, kind):
    city.sign_in(client, KEEPER)
    name, told = PAGES[room]
    address = reverse(name, args=[city.unit("county").code] if room == "roster" else [])
    sent = SimpleUploadedFile("名单.xlsx", HOSTILE[kind]())

    answer = client.post(address, told | {"file": sent})

    assert answer.status_code == 422
    words = ("工作簿", "工作表", "损坏", "超出", "解开后")
    assert any(word in answer.content.decode() for word in words)
    assert not TableUpload.objects.exists()
    assert not Shift.objects.filter(post__unit=city.unit("county")).exists()


def test_nothing_opens_a_workbook_beside_the_two_doors_with_the_guard():
    opens = re.compile(r"\bload_workbook\(")
    readers = {
        str(path.relative_to(BASE_DIR))
        for top in ("safety", "notifications", "incidents", "risk")
        for path in (Path(BASE_DIR) / top).rglob("*.py")
        if opens.search(path.read_text(encoding="utf-8"))
    }

    assert readers == {
        "notifications/table/workbook/opening.py",
        "safety/units/imports/reader.py",
        "safety/units/imports/trial.py",
    }
