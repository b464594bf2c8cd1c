"""Every page that takes a file answers a hostile one with an error, and goes on answering."""

from __future__ import annotations

import re
import tracemalloc
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from notifications.models import TableUpload
from safety.errors import Refused
from safety.home.offices.sheets.reading import read_file, read_paste
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


@pytest.mark.parametrize(
    "content",
    [b"a\n" * 1_500_000, b"a," * 1_500_000, "单位,岗位,姓名\n".encode() + b"a,b,c\n" * 400_000],
    ids=["long", "wide", "many rows"],
)
def test_a_plain_list_of_millions_of_lines_is_never_held_as_a_whole(content):
    tracemalloc.start()
    try:
        with pytest.raises(Refused):
            read_file(SimpleUploadedFile("名单.csv", content))
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 120_000_000


def test_a_paste_that_is_no_table_is_refused_while_it_is_read():
    with pytest.raises(Refused) as refused:
        read_paste("单位\t岗位\t姓名\n" + "x" * 200_000)

    assert refused.value.problems[0].field == "rows"


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
