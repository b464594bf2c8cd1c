"""The table's pages: who sees what, rows with filters, one row in a form, what differs."""

from __future__ import annotations

from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import Entry, ResponsibilityTable
from notifications.table.drafts import publish_draft, put_rows, remove_rows, start_draft
from notifications.table.rows import Row
from safety.people.models import User

KEEPER, DISTRICT, STRANGER = "city.administrator", "county.safety_office", "county.section_basic"
NEW: dict[str, Any] = {
    "unit": "520121",
    "post": "B12",
    "capacity": "AREA_CONTACT",
    "business_duty": "联系学校",
    "safety_duty": "督促学校落实安全工作",
    "scope": {"schools": ["5201210001"]},
}


@pytest.fixture
def keeper(city: ModuleType, client: Client) -> User:
    found: User = city.sign_in(client, KEEPER)
    return found


@pytest.fixture
def draft(city: ModuleType) -> ResponsibilityTable:
    return start_draft(by=city.person(KEEPER))


def version(name: str, table: ResponsibilityTable, *more: object) -> str:
    return reverse(f"table:{name}", args=[table.ref, *more])


def in_force() -> ResponsibilityTable:
    return ResponsibilityTable.objects.get(state="published")


def entry_of(table: ResponsibilityTable, unit: str, post: str) -> Entry:
    return table.entries.get(unit__code=unit, post__code=post)


def text(client: Client, address: str) -> str:
    response = client.get(address, headers={"Accept-Language": "zh-CN"})
    assert response.status_code == 200
    return response.content.decode()


# ---- who ----


def test_a_draft_is_begun_from_the_version_in_force(client: Client, keeper: User) -> None:
    page = text(client, reverse("table:versions"))
    assert "第1版" in page

    response = client.post(reverse("table:begin"))

    made = ResponsibilityTable.objects.get(state="draft")
    assert response["Location"] == version("version", made)
    assert (made.made_by, made.based_on) == (keeper, in_force())
    assert "第1版之后的拟稿" in text(client, reverse("table:versions"))


def test_who_keeps_a_part_reads_that_part_and_no_draft(
    city: ModuleType, client: Client, draft: ResponsibilityTable
) -> None:
    city.sign_in(client, DISTRICT)

    page = text(client, version("version", in_force()))
    assert "丁县" in page
    assert "甲区" not in page
    assert "拟稿" not in text(client, reverse("table:versions"))
    for name in ("version", "differences", "publish", "add_row"):
        assert client.get(version(name, draft)).status_code == 404
    assert client.post(reverse("table:begin")).status_code == 404
    assert client.post(version("discard", draft)).status_code == 404
    assert ResponsibilityTable.objects.filter(pk=draft.pk).exists()


def test_what_differs_is_told_only_for_the_own_part(
    city: ModuleType, client: Client, draft: ResponsibilityTable
) -> None:
    put_rows(draft, [Row(**NEW)])
    put_rows(draft, [Row(**{**NEW, "unit": "520102", "scope": {"schools": ["5201020002"]}})])
    publish_draft(table=draft, note="")
    city.sign_in(client, DISTRICT)

    page = text(client, version("differences", draft))
    assert "丁县教育局" in page
    assert "甲区" not in page


def test_a_stranger_gets_the_same_answer_as_for_a_missing_version(
    city: ModuleType, client: Client, draft: ResponsibilityTable
) -> None:
    city.sign_in(client, STRANGER)
    for name in ("version", "differences", "publish", "add_row"):
        hidden = client.get(version(name, in_force()))
        missing = client.get(reverse(f"table:{name}", args=[uuid4()]))
        assert (hidden.status_code, missing.status_code) == (404, 404)
    assert client.get(reverse("table:versions")).status_code == 404


# ---- rows ----


@pytest.mark.parametrize(
    ("asked", "shown", "hidden"),
    [
        ({"q": "丁县一中"}, "丁县一中", "甲区"),
        ({"q": "520102"}, "甲区", "丁县"),
        ({"capacity": "SCH_PRINCIPAL"}, "校长", "教学副校长"),
        ({"hazard": "EXAM"}, "招生考试办", "校医"),
        ({"hazard": "SEXA", "q": "520121"}, "人事科", "学前教育科"),
    ],
)
def test_rows_are_found_by_unit_post_capacity_and_hazard(
    client: Client, keeper: User, asked: dict[str, str], shown: str, hidden: str
) -> None:
    response = client.get(version("version", in_force()), asked)
    rows = "".join(str(row) for row in response.context["rows"])

    assert shown in rows or any(shown in r.entry.post.name for r in response.context["rows"])
    assert response.context["rows"]
    assert not any(hidden in str(r.entry.post) for r in response.context["rows"])


def test_incomplete_rows_are_found(
    client: Client, keeper: User, draft: ResponsibilityTable
) -> None:
    put_rows(draft, [Row(**{**NEW, "safety_duty": ""})])
    response = client.get(version("version", draft), {"incomplete": "1"})

    assert [row.entry.capacity for row in response.context["rows"]] == ["AREA_CONTACT"]
    assert "待补全" in response.content.decode()


def test_a_page_of_rows_asks_the_same_however_many_there_are(
    client: Client, keeper: User, django_assert_max_num_queries: object
) -> None:
    for asked in ({"q": "520121"}, {}):
        with django_assert_max_num_queries(30):  # type: ignore[operator]
            client.get(version("version", in_force()), asked)


# ---- one row ----


def form_of(client: Client, address: str, **over: object) -> dict[str, object]:
    form = client.get(address).context["form"]
    said = {name: form[name].value() for name in form.fields}
    said = {name: value for name, value in said.items() if value is not None}
    return {**said, **over}


def test_a_row_is_changed_in_its_form(
    client: Client, keeper: User, draft: ResponsibilityTable
) -> None:
    entry = entry_of(draft, "520121", "B12")
    address = version("row", draft, entry.serial)
    said = form_of(client, address, safety_duty="监管\r\n全学段", stages=["primary"])

    response = client.post(address, said)

    assert response["Location"].startswith(version("version", draft))
    entry.refresh_from_db()
    assert (entry.safety_duty, entry.scope) == ("监管\n全学段", {"stages": ["primary"]})


def test_a_form_that_is_sent_unchanged_changes_nothing(
    client: Client, keeper: User, draft: ResponsibilityTable
) -> None:
    before = {e.pk: (e.scope, e.business_duty, e.line) for e in draft.entries.all()}
    for entry in draft.entries.filter(unit__code__in=("520121", "5201210001")):
        address = version("row", draft, entry.serial)
        assert client.post(address, form_of(client, address)).status_code == 302

    assert {e.pk: (e.scope, e.business_duty, e.line) for e in draft.entries.all()} == before


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(
    client: Client, keeper: User, draft: ResponsibilityTable
) -> None:
    entry = entry_of(draft, "520121", "B12")
    address = version("row", draft, entry.serial)
    first = form_of(client, address, safety_duty="先到")
    second = form_of(client, address, safety_duty="后到")
    client.post(address, first)

    response = client.post(address, second)

    assert response.status_code == 422
    assert "已被他人修改" in response.content.decode()
    assert "后到" in response.content.decode()
    entry.refresh_from_db()
    assert entry.safety_duty == "先到"


def test_a_row_that_somebody_removed_is_said_to_be_gone(
    client: Client, keeper: User, draft: ResponsibilityTable
) -> None:
    entry = entry_of(draft, "520121", "B20")
    address = version("row", draft, entry.serial)
    said = form_of(client, address, safety_duty="后到")
    remove_rows(draft, [("520121", "B20", "LINE_SECTION")])

    response = client.post(address, said, follow=True)

    assert "已不在拟稿中" in response.content.decode()
    assert not draft.entries.filter(unit__code="520121", post__code="B20").exists()


def test_a_row_is_added_with_the_standard_texts(
    client: Client, keeper: User, draft: ResponsibilityTable
) -> None:
    remove_rows(draft, [("520121", "B20", "LINE_SECTION")])
    add = version("add_row", draft)
    assert "人事科" in text(client, f"{add}?q=丁县教育局")
    address = f"{add}?unit=520121&post=B20"
    said = form_of(client, address)

    assert said["business_duty"] == "主管人事和教师工作"
    assert client.post(address, said).status_code == 302
    assert entry_of(draft, "520121", "B20").scope == {"hazards": ["SEXA+staff_involved"]}


def test_adding_what_is_there_points_to_the_row(
    client: Client, keeper: User, draft: ResponsibilityTable
) -> None:
    address = f"{version('add_row', draft)}?unit=520121&post=B20"
    response = client.post(address, form_of(client, address))

    assert response.status_code == 422
    assert f"第{entry_of(draft, '520121', 'B20').serial}行" in response.content.decode()


def test_a_standard_text_is_taken_over_and_not_saved_yet(
    client: Client, keeper: User, draft: ResponsibilityTable
) -> None:
    put_rows(draft, [Row(**{**NEW, "capacity": "LINE_SECTION", "business_duty": "另写"})])
    entry = entry_of(draft, "520121", "B12")
    address = version("row", draft, entry.serial)
    said = form_of(client, address, safety_duty="写了一半")

    response = client.post(address, {**said, "use_business": "1"})

    form = response.context["form"]
    assert form["business_duty"].value() == "主管小学、初中、高中教育教学"
    assert form["safety_duty"].value() == "写了一半"
    entry.refresh_from_db()
    assert entry.business_duty == "另写"


def test_a_row_is_removed(client: Client, keeper: User, draft: ResponsibilityTable) -> None:
    entry = entry_of(draft, "520121", "B20")
    client.post(version("remove_row", draft, entry.serial), {"seen": draft.revision})

    assert not draft.entries.filter(pk=entry.pk).exists()
    assert client.get(version("row", draft, entry.serial)).status_code == 302


# ---- what differs, discarding, carrying over ----


def test_what_differs_is_told_by_unit_in_words(
    client: Client, keeper: User, draft: ResponsibilityTable
) -> None:
    put_rows(draft, [Row(**NEW)])
    put_rows(draft, [Row(**{**NEW, "capacity": "LINE_SECTION", "scope": {"stages": ["primary"]}})])
    remove_rows(draft, [("520121", "B20", "LINE_SECTION")])
    response = client.get(version("differences", draft))
    page = response.content.decode()

    found = response.context["found"]
    assert (len(found.added), len(found.removed), len(found.changed)) == (1, 1, 1)
    assert [(row.kind, row.post) for row in response.context["units"][0].rows] == [
        ("added", "基础教育科"),
        ("changed", "基础教育科"),
        ("removed", "人事科"),
    ]
    for said in ("主管小学、初中、高中教育教学", "联系学校", "丁县一中", "人事科"):
        assert said in page


def test_a_draft_is_thrown_away(client: Client, keeper: User, draft: ResponsibilityTable) -> None:
    client.post(version("discard", draft))

    assert not ResponsibilityTable.objects.filter(pk=draft.pk).exists()


def test_changes_are_carried_over_to_the_version_in_force_except_where_both_changed(
    client: Client, keeper: User, draft: ResponsibilityTable
) -> None:
    put_rows(draft, [Row(**NEW)])
    put_rows(draft, [Row(**{**NEW, "capacity": "LINE_SECTION", "safety_duty": "我的"})])
    remove_rows(draft, [("520121", "B20", "LINE_SECTION")])
    other = start_draft()
    theirs = {**NEW, "capacity": "LINE_SECTION", "safety_duty": "别人的"}
    put_rows(other, [Row(**{**theirs, "scope": entry_of(other, "520121", "B12").scope})])
    publish_draft(table=other, note="")
    assert "不能直接发布" in text(client, version("version", draft))

    response = client.post(version("carry", draft), follow=True)

    new = ResponsibilityTable.objects.get(state="draft", based_on=other)
    assert new.entries.filter(post__code="B12", capacity="AREA_CONTACT").count() == 1
    assert not new.entries.filter(unit__code="520121", post__code="B20").exists()
    kept = new.entries.get(unit__code="520121", post__code="B12", capacity="LINE_SECTION")
    assert kept.safety_duty == "别人的"
    assert "520121 / B12 / LINE_SECTION" in response.content.decode()
