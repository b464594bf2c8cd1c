"""The rule book as pages: read by everybody with a post, written by whoever keeps the city's."""

from __future__ import annotations

import json
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from safety.home.rulebook.tabs import TABS
from safety.ledger.models import Event
from safety.rules.models import RuleBook, RuleDraft
from safety.rules.selectors import content_of, current_rules
from tests.rulebook.writing import draft_of, field, publish, save, tab_form

KEEPER = "city.administrator"


@pytest.fixture
def keeper(city: ModuleType, client: Client) -> Client:
    city.sign_in(client, KEEPER)
    return client


@pytest.mark.parametrize("slug", [one.slug for one in TABS])
def test_every_tab_shows_each_value_of_its_sheets(
    city: ModuleType, client: Client, slug: str
) -> None:
    city.sign_in(client, "school.safety_staff")
    book = current_rules()
    page = client.get(reverse("rulebook:version", args=[book.number, slug]))

    text = page.content.decode()
    sheets = page.context["sheets"]
    assert sheets
    for sheet in sheets:
        assert sheet.title in text
        for row in sheet.rows:
            for cell in row.cells:
                assert str(cell.text).replace("&", "&amp;").split("<")[0][:20] in text


def test_together_the_tabs_show_every_clock_cell_and_criterion(city: ModuleType) -> None:
    content = content_of(current_rules())
    paths = {
        cell.path
        for one in TABS
        for sheet in one.sheets(content)
        for row in sheet.rows
        for cell in row.cells
    }

    for level, rows in content["responsibility"]["matrix"].items():
        for capacity, by_grade in rows.items():
            assert {("responsibility", "matrix", level, capacity, g) for g in by_grade} <= paths
    assert ("clocks", "acknowledge", "DUTY_OFFICER", "minutes", "G1") in paths
    assert ("clocks", "first_action", "minutes", "G4") in paths
    for row in content["grades"]["rule"]:
        assert ("grades", "rule", row["id"], "grade") in paths
    for row in content["hazards"]["hazard"]:
        assert ("hazards", "hazard", row["code"], "owners") in paths
    assert ("filing", "upward_clock", "school G1+G2+G3 FOOD+DIS", "minutes") in paths


def test_the_statutory_basis_is_shown_with_document_and_article(keeper: Client) -> None:
    page = keeper.get(reverse("rulebook:version", args=[current_rules().number, "upward"]))

    text = page.content.decode()
    assert "法定" in text
    assert "突发公共卫生事件应急条例" in text
    assert "第二十条" in text


@pytest.mark.parametrize(
    "who", ["county.administrator", "city.safety_office", "school.safety_staff"]
)
def test_only_whoever_keeps_the_whole_city_writes(
    city: ModuleType, client: Client, who: str
) -> None:
    draft = draft_of(city)
    city.sign_in(client, who)

    assert client.get(reverse("rulebook:versions")).status_code == 200
    assert "rulebook/drafts" not in client.get(reverse("rulebook:versions")).content.decode()
    for name in ("draft", "publish", "trial", "rebase"):
        assert client.get(reverse(f"rulebook:{name}", args=[draft.pk])).status_code == 404
    assert client.get(reverse("rulebook:edit", args=[draft.pk, "matrix"])).status_code == 404
    assert client.post(reverse("rulebook:begin"), {"title": "x"}).status_code == 404
    assert RuleDraft.objects.count() == 1


def test_without_a_post_there_is_no_rule_book(city: ModuleType, client: Client) -> None:
    city.vacate("school.safety_staff")
    city.sign_in(client, "school.safety_staff")

    assert client.get(reverse("rulebook:current")).status_code == 404


def test_a_draft_is_begun_changed_published_and_holds(city: ModuleType, keeper: Client) -> None:
    first = current_rules()
    keeper.post(reverse("rulebook:begin"), {"title": "缩短值班员时限"})
    draft = RuleDraft.objects.get()
    path = ("clocks", "acknowledge", "DUTY_OFFICER", "minutes", "G4")

    answer = save(keeper, draft, "clocks", {field(path): "10"})
    draft.refresh_from_db()
    shown = keeper.get(reverse("rulebook:draft", args=[draft.pk]))
    done = publish(keeper, draft, note="市教育局会议纪要")

    assert answer.status_code == done.status_code == 302
    [line] = shown.context["lines"]
    assert (line.tab, line.row, line.before, line.after) == (
        "时限",
        "值班员",
        "15",
        "10",
    )
    book = current_rules()
    assert (book.number, book.note) == (first.number + 1, "市教育局会议纪要")
    assert content_of(book)["clocks"]["acknowledge"][0]["minutes"]["G4"] == 10
    assert content_of(first)["clocks"]["acknowledge"][0]["minutes"]["G4"] == 15
    verbs = list(Event.objects.order_by("id").values_list("verb", flat=True))
    assert verbs[-3:] == ["rules.draft_started", "rules.draft_changed", "rules.published"]
    versions = keeper.get(reverse("rulebook:versions")).context["rows"]
    assert [(row.state, row.by) for row in versions] == [
        ("in_force", city.person(KEEPER).name),
        ("past", ""),
    ]


def test_saving_without_a_change_changes_nothing(city: ModuleType, keeper: Client) -> None:
    draft = draft_of(city)
    before = json.dumps(draft.content, sort_keys=True)
    for one in TABS:
        answer = save(keeper, draft, one.slug, {})
        assert answer.status_code == 302, one.slug

    draft.refresh_from_db()
    assert json.dumps(draft.content, sort_keys=True) == before
    assert draft.revision == 1


@pytest.mark.parametrize(
    ("slug", "path", "value", "told"),
    [
        (
            "matrix",
            ("responsibility", "matrix", "district", "PARTY_CHIEF", "G3"),
            "READ",
            "PARTY_CHIEF 与 ADMIN_CHIEF 的责任必须相同",
        ),
        (
            "matrix",
            ("responsibility", "matrix", "city", "SUPERVISION", "G3"),
            "ACT",
            "越重的事件责任反而越轻",
        ),
        (
            "clocks",
            ("clocks", "acknowledge", "DUTY_OFFICER", "basis"),
            "statutory",
            "须写明依据文件",
        ),
        ("owners", ("hazards", "hazard", "FOOD", "owners"), "B99", "“B99”不是"),
        ("texts", ("responsibility", "why", "stage", "zh"), "{who}", "{thing}"),
        ("texts", ("hazards", "hazard", "FOOD", "en"), "", "“en”没有填写"),
    ],
)
def test_what_cannot_be_a_rule_is_refused_with_section_and_key(
    city: ModuleType, keeper: Client, slug: str, path: tuple[str, ...], value: str, told: str
) -> None:
    draft = draft_of(city)
    answer = save(keeper, draft, slug, {field(path): value})

    assert answer.status_code == 200
    text = answer.content.decode()
    assert told in text.replace("&quot;", '"')
    assert path[0] in str(answer.context["problems"][0].field)
    draft.refresh_from_db()
    assert draft.revision == 1


@pytest.mark.parametrize("value", ["0", "-1", "x", "99999999999"])
def test_minutes_that_are_none_stay_in_the_form(
    city: ModuleType, keeper: Client, value: str
) -> None:
    draft = draft_of(city)
    name = field(("clocks", "first_action", "minutes", "G1"))
    answer = save(keeper, draft, "clocks", {name: value})

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [name]
    assert f'value="{value}"' in answer.content.decode()


def test_a_day_off_and_an_emptied_clock_are_kept(city: ModuleType, keeper: Client) -> None:
    draft = draft_of(city)
    changed = {
        field(("clocks", "hours", "days_off")): "2026-10-01、2026-10-02",
        field(("clocks", "first_action", "minutes", "G4")): "",
        field(("clocks", "first_action", "working")): "",
    }
    save(keeper, draft, "clocks", changed)

    draft.refresh_from_db()
    assert draft.content["clocks"]["hours"]["days_off"] == ["2026-10-01", "2026-10-02"]
    assert draft.content["clocks"]["first_action"]["minutes"] == {"G1": 30, "G2": 30, "G3": 60}
    assert "working" not in draft.content["clocks"]["first_action"]


def test_a_basis_for_a_whole_section_is_kept(city: ModuleType, keeper: Client) -> None:
    draft = draft_of(city)
    save(
        keeper,
        draft,
        "matrix",
        {
            field(("responsibility", "meta", "basis")): "bureau",
            field(("responsibility", "meta", "document")): "筑教发〔2026〕1号",
        },
    )

    draft.refresh_from_db()
    meta = draft.content["responsibility"]["meta"]
    assert (meta["basis"], meta["document"]) == ("bureau", "筑教发〔2026〕1号")
    assert "article" not in meta


def test_two_who_edit_one_draft_cannot_overwrite_each_other(
    city: ModuleType, keeper: Client
) -> None:
    draft = draft_of(city)
    name = field(("clocks", "first_action", "minutes", "G1"))
    save(keeper, draft, "clocks", {name: "20"})
    late = save(keeper, draft, "clocks", {name: "25"}, revision=1)

    assert late.status_code == 200
    assert "别人已经改过这份草案" in late.content.decode()
    draft.refresh_from_db()
    assert draft.content["clocks"]["first_action"]["minutes"]["G1"] == 20


def test_a_version_for_a_later_day_waits_and_can_be_withdrawn(
    city: ModuleType, keeper: Client
) -> None:
    first = current_rules()
    draft = draft_of(city)
    save(keeper, draft, "clocks", {field(("clocks", "first_action", "minutes", "G1")): "20"})
    day = timezone.localtime(timezone.now() + timedelta(days=3))
    publish(keeper, draft, note="n", effective_at=day.strftime("%Y-%m-%dT%H:%M"))

    waiting = RuleBook.objects.get(number=first.number + 1)
    assert current_rules().pk == first.pk
    page = keeper.get(reverse("rulebook:version", args=[first.number, "clocks"]))
    assert page.context["waiting"].pk == waiting.pk
    assert f"第{waiting.number}版" in page.content.decode()

    keeper.post(reverse("rulebook:withdraw", args=[waiting.number]))
    waiting.refresh_from_db()
    assert waiting.withdrawn_at is not None
    city.sign_in(keeper, "school.safety_staff")
    gone = reverse("rulebook:version", args=[waiting.number, "clocks"])
    assert keeper.get(gone).status_code == 404


def test_a_version_in_force_cannot_be_withdrawn(keeper: Client) -> None:
    number = current_rules().number
    answer = keeper.post(reverse("rulebook:withdraw", args=[number]), follow=True)

    assert "不能再撤回" in answer.content.decode()
    assert current_rules().withdrawn_at is None


def test_a_withdrawn_draft_is_gone(city: ModuleType, keeper: Client) -> None:
    draft = draft_of(city)
    keeper.post(reverse("rulebook:discard", args=[draft.pk]), {"revision": draft.revision})

    draft.refresh_from_db()
    assert draft.state == RuleDraft.State.DISCARDED
    assert keeper.get(reverse("rulebook:edit", args=[draft.pk, "matrix"])).status_code == 404


def test_a_page_costs_the_same_with_many_versions(
    city: ModuleType, keeper: Client, django_assert_max_num_queries: Any
) -> None:
    book = current_rules()
    RuleBook.objects.bulk_create(
        RuleBook(number=book.number + n, content={}, digest=f"{n}", published_at=timezone.now())
        for n in range(1, 30)
    )
    RuleBook.objects.filter(number__gt=book.number).update(withdrawn_at=timezone.now())

    with django_assert_max_num_queries(45):
        assert keeper.get(reverse("rulebook:versions")).status_code == 200


def test_the_edit_page_holds_a_field_for_each_cell(city: ModuleType, keeper: Client) -> None:
    draft = draft_of(city)
    page = keeper.get(reverse("rulebook:edit", args=[draft.pk, "matrix"]))

    names = tab_form(draft, "matrix").fields
    text = page.content.decode()
    assert len(names) > 100
    assert all(f'name="{name}"' in text for name in names)
