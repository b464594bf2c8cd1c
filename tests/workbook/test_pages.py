"""The pages: who may come in, what they show, and what they write."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from notifications.models import Entry, ResponsibilityTable, TableUpload
from notifications.table.drafts import put_rows, start_draft
from notifications.table.rows import rows_of
from tests.workbook.books import edited, exported, place, published, row_of
from tests.workbook.sheets import bureau, schools

START = "/table/workbook/"
KEEPER = "city.administrator"
DISTRICT = "county.safety_office"
STRANGERS = ("county.section_basic", "school.principal")


@pytest.fixture
def keeper(client, city):
    city.sign_in(client, KEEPER)
    return client


def send(client, content: bytes, name: str = "责任表.xlsx"):
    return client.post(reverse("table_workbook:send"), {"file": SimpleUploadedFile(name, content)})


def changed_book() -> bytes:
    content = exported()
    cell = place("safety_duty", row_of(content, "520121", "B12"))
    return edited(content, lambda sheet: sheet.__setitem__(cell, "新的<b>职责</b>"))


def safety_duty(table: ResponsibilityTable) -> str:
    return Entry.objects.get(table=table, unit__code="520121", post__code="B12").safety_duty


def test_the_keeper_gets_the_whole_table(keeper, city):
    answer = keeper.get(reverse("table_workbook:export"), {"table": str(published().ref)})

    content = b"".join(answer.streaming_content)
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert openpyxl.load_workbook(io.BytesIO(content))["标记"]["B5"].value == str(
        published().entries.count()
    )


def test_a_district_gets_its_own_part_and_no_other(client, city):
    city.sign_in(client, DISTRICT)
    own = client.get(reverse("table_workbook:export"), {"table": str(published().ref)})
    other = client.get(
        reverse("table_workbook:export"), {"table": str(published().ref), "unit": "520102"}
    )
    missing = client.get(
        reverse("table_workbook:export"), {"table": str(published().ref), "unit": "999"}
    )

    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(own.streaming_content)))["责任表"]
    units = {row[1].value for row in sheet.iter_rows(min_row=3)}
    county = city.unit("county")
    inside = published().entries.filter(unit__path__startswith=county.path)
    assert units == set(inside.values_list("unit__code", flat=True))
    assert (other.status_code, missing.status_code) == (404, 404)
    assert _plain(other.content) == _plain(missing.content)


def _plain(page: bytes) -> bytes:
    """A page without what differs from one request to the next."""
    return re.sub(rb"[A-Za-z0-9]{64}|\d+", b"", page)


def test_a_district_sees_no_draft_and_may_not_import(client, city):
    draft = start_draft()
    city.sign_in(client, DISTRICT)

    page = client.get(START)
    hidden = client.get(reverse("table_workbook:export"), {"table": str(draft.ref)})

    assert page.status_code == 200
    assert b'type="file"' not in page.content
    assert hidden.status_code == 404
    assert send(client, changed_book()).status_code == 404
    assert TableUpload.objects.count() == 0


@pytest.mark.parametrize("name", STRANGERS)
def test_others_find_nothing_here(client, city, name):
    city.sign_in(client, name)

    assert client.get(START).status_code == 404
    assert client.get(reverse("table_workbook:export")).status_code == 404
    assert send(client, changed_book()).status_code == 404
    assert client.get(reverse("table_workbook:preview", args=[uuid4()])).status_code == 404


def test_a_workbook_is_shown_first_and_written_only_on_request(keeper, city):
    before = ResponsibilityTable.objects.count()
    answer = send(keeper, changed_book())
    page = keeper.get(answer.url)

    text = page.content.decode()
    assert "新的&lt;b&gt;职责&lt;/b&gt;" in text
    assert safety_duty(published()) in text
    assert ResponsibilityTable.objects.count() == before
    upload = TableUpload.objects.get()
    done = keeper.post(
        reverse("table_workbook:import", args=[upload.ref]), {"seen": page.context["seen"]}
    )
    draft = ResponsibilityTable.objects.get(state="draft")
    assert done.url == reverse("table:version", args=[draft.ref])
    assert safety_duty(draft) == "新的<b>职责</b>"
    assert draft.made_by == city.person(KEEPER)
    assert TableUpload.objects.count() == 0


def test_an_edit_after_the_preview_is_told_and_nothing_is_written(keeper, city):
    draft = start_draft()
    page = keeper.get(send(keeper, changed_book()).url + f"&draft={draft.ref}")
    rows = list(rows_of(Entry.objects.filter(table=draft, unit__code="520121", post__code="B02")))
    put_rows(draft, rows)

    answer = keeper.post(
        reverse("table_workbook:import", args=[TableUpload.objects.get().ref]),
        {"seen": page.context["seen"], "draft": str(draft.ref)},
    )

    assert answer.status_code == 422
    assert safety_duty(draft) != "新的<b>职责</b>"


def test_errors_are_shown_by_cell_and_no_button_imports_them(keeper, city):
    page = keeper.get(send(keeper, schools(), "学校.xlsx").url)

    text = page.content.decode()
    assert "B6" in text
    assert "宇航员" in text
    assert "/import/" not in text
    upload = TableUpload.objects.get()
    forced = keeper.post(reverse("table_workbook:import", args=[upload.ref]), {"seen": ""})
    assert forced.status_code == 422
    assert not ResponsibilityTable.objects.filter(state="draft").exists()


def test_the_people_of_an_own_sheet_are_a_download(keeper, city):
    page = keeper.get(send(keeper, bureau(), "旧表.xlsx").url + "&show=people")
    upload = TableUpload.objects.get()
    answer = keeper.get(reverse("table_workbook:people", args=[upload.ref]))

    assert "赵演示安" in page.content.decode()
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert "赵演示安" in {row[2].value for row in sheet.iter_rows()}


def test_a_column_can_be_named_on_the_page(keeper, city):
    url = send(keeper, bureau(), "旧表.xlsx").url
    page = keeper.get(url + "&map_safety_duty=F&map_business_duty=G")

    row = page.context["outcome"].reading.statements["520100", "B02", "ADMIN_CHIEF"].row
    assert (row.business_duty, row.safety_duty) == ("第一责任人", "主持全面")
    wrong = keeper.get(url + "&map_safety_duty=没有这列")
    assert wrong.status_code == 422


def test_a_file_that_is_refused_leaves_nothing_behind(keeper, city):
    answer = send(keeper, b"PK\x03\x04nothing")

    assert answer.status_code == 422
    assert TableUpload.objects.count() == 0
    assert keeper.post(reverse("table_workbook:send")).status_code == 422


def test_a_workbook_is_only_for_whoever_sent_it_and_for_one_day(client, city):
    city.sign_in(client, KEEPER)
    url = send(client, changed_book()).url
    other = city.person("city.safety_office")
    client.force_login(other)
    assert client.get(url).status_code == 404
    city.sign_in(client, KEEPER)
    TableUpload.objects.update(sent_at=timezone.now() - timedelta(days=2))
    assert client.get(url).status_code == 404


def test_it_can_be_thrown_away(keeper, city):
    send(keeper, changed_book())
    keeper.post(reverse("table_workbook:drop", args=[TableUpload.objects.get().ref]))

    assert TableUpload.objects.count() == 0


def test_queries_do_not_grow_with_the_rows(keeper, city, django_assert_max_num_queries):
    url = send(keeper, exported()).url
    with django_assert_max_num_queries(30):
        keeper.get(url)
