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

from safety.home.rulebook.paths import value_at
from safety.home.rulebook.tabs import TABS, tab
from safety.ledger.models import Event
from safety.rules.models import RuleBook, RuleDraft
from safety.rules.registry import sections
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


@pytest.mark.parametrize(("slug", "is_folded"), [("texts", True), ("matrix", False)])
def test_tables_are_folded_where_a_tab_has_many_rows(
    keeper: Client, slug: str, is_folded: bool
) -> None:
    text = keeper.get(reverse("rulebook:version", args=[current_rules().number, slug]))

    folded = text.content.decode().count('<details class="card"><summary class="card-head')
    assert folded == (len(text.context["sheets"]) if is_folded else 0)


def test_a_folded_table_with_a_wrong_cell_is_open(city: ModuleType, keeper: Client) -> None:
    draft = draft_of(city)
    stage = next(iter(draft.content["responsibility"]["stage"]))
    path = ("responsibility", "stage", stage, "zh")

    answer = save(keeper, draft, "texts", {field(path): "x" * 3000})

    opened = [one["is_open"] for one in answer.context["sheets"]]
    assert opened.count(True) == 1
    assert answer.content.decode().count('<details class="card" open>') == 1


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


# ---- the sections of the later rooms, and working time ----


def cells_of_tabs(content: Any) -> set[tuple[str, ...]]:
    sheets = [sheet for one in TABS for sheet in one.sheets(content)]
    return {cell.path for sheet in sheets for row in sheet.rows for cell in row.cells}


def test_every_section_of_the_rule_book_has_its_place_on_a_tab(city: ModuleType) -> None:
    shown = {path[0] for path in cells_of_tabs(content_of(current_rules())) if path}

    assert shown == {section.name for section in sections()}


CHANGES: list[tuple[str, tuple[str, ...], Any, Any]] = [
    ("clocks", ("clocks", "hours", "weekdays"), ["0", "1", "2", "3", "4", "5"], [0, 1, 2, 3, 4, 5]),
    (
        "clocks",
        ("clocks", "hours", "spans"),
        "8:30–12:00\r\n14:00 - 18:00",
        [["08:30", "12:00"], ["14:00", "18:00"]],
    ),
    ("pledges", ("pledges", "year", "sign_within_working_days"), "15", 15),
    ("pledges", ("pledges", "pair", "schools", "lower"), "SCH_PRINCIPAL", ["SCH_PRINCIPAL"]),
    (
        "pledges",
        ("pledges", "text", "post", "clauses"),
        "一岗双责。\r\n\r\n按时报告。",
        ["一岗双责。", "按时报告。"],
    ),
    ("duty", ("roster", "call_back", "minutes"), "10", 10),
    (
        "duty",
        ("roster", "pattern", "day", "rest"),
        "8:00 12\n20:00 12",
        [{"from": "08:00", "hours": 12}, {"from": "20:00", "hours": 12}],
    ),
    ("duty", ("chaintest", "test", "answer_minutes"), "20", 20),
    (
        "duty",
        ("chaintest", "test", "invited"),
        "PARTY_CHIEF ADMIN_CHIEF",
        ["PARTY_CHIEF", "ADMIN_CHIEF"],
    ),
]


@pytest.mark.parametrize(("slug", "path", "typed", "value"), CHANGES)
def test_what_is_typed_into_a_cell_stands_in_the_draft_and_holds(
    city: ModuleType, keeper: Client, slug: str, path: tuple[str, ...], typed: Any, value: Any
) -> None:
    draft = draft_of(city)
    before = value_at(draft.content, path)

    answer = save(keeper, draft, slug, {field(path): typed})

    assert answer.status_code == 302
    draft.refresh_from_db()
    assert before != value
    assert value_at(draft.content, path) == value
    [line] = keeper.get(reverse("rulebook:draft", args=[draft.pk])).context["lines"]
    assert (line.tab, bool(line.row), line.before != line.after) == (
        str(tab(slug).label),
        True,
        True,
    )
    publish(keeper, draft, note="n")
    assert value_at(content_of(current_rules()), path) == value


def test_the_holidays_of_a_new_year_are_written_into_its_empty_row(
    city: ModuleType, keeper: Client
) -> None:
    draft = draft_of(city)
    year = str(max(row["year"] for row in draft.content["roster"]["year"]) + 1)
    path = ("roster", "year", year)
    days = f"元旦 New Year {year}-01-01 {year}-01-03\n国庆节 National Day {year}-10-01 {year}-10-07"

    save(keeper, draft, "duty", {field((*path, "holiday")): days})
    save(keeper, draft, "duty", {field((*path, "document")): "国务院办公厅通知"})

    draft.refresh_from_db()
    assert value_at(draft.content, path) == {
        "year": int(year),
        "document": "国务院办公厅通知",
        "holiday": [
            {"zh": "元旦", "en": "New Year", "from": f"{year}-01-01", "to": f"{year}-01-03"},
            {"zh": "国庆节", "en": "National Day", "from": f"{year}-10-01", "to": f"{year}-10-07"},
        ],
        "workdays": [],
    }


@pytest.mark.parametrize(
    ("slug", "path", "typed", "told"),
    [
        ("clocks", ("clocks", "hours", "spans"), "早上", "“早上”不是时段"),
        ("clocks", ("clocks", "hours", "spans"), "25:00–26:00", "“25:00”不是时刻"),
        ("clocks", ("clocks", "hours", "weekdays"), [], "必填"),
        ("duty", ("roster", "pattern", "day", "rest"), "08:30", "“08:30”不是班次"),
        ("duty", ("roster", "year", "2026", "holiday"), "元旦 2026-01-01", "不是假日"),
        ("duty", ("roster", "year", "2026", "workdays"), "2026-13-01", "不是日期"),
    ],
)
def test_what_cannot_be_read_stays_in_its_cell_with_the_reason(
    city: ModuleType, keeper: Client, slug: str, path: tuple[str, ...], typed: Any, told: str
) -> None:
    draft = draft_of(city)

    answer = save(keeper, draft, slug, {field(path): typed})

    assert list(answer.context["form"].errors) == [field(path)]
    assert told in answer.content.decode()
    draft.refresh_from_db()
    assert draft.revision == 1


@pytest.mark.parametrize(
    ("slug", "path", "typed", "told"),
    [
        ("clocks", ("clocks", "hours", "spans"), "14:00–12:00", "时段须在一天之内依次排列"),
        ("pledges", ("pledges", "year", "begins"), "9月1日", "像 09-01 这样"),
        ("pledges", ("pledges", "year", "open_days_before"), "61", "1 到 60"),
        ("pledges", ("pledges", "pair", "schools", "lower"), "HERO", "“HERO”不是"),
        ("pledges", ("pledges", "text", "post", "preamble"), "{who}", "“who”"),
        ("duty", ("roster", "call_back", "minutes"), "0", "大于 0 的整数"),
        ("duty", ("roster", "pattern", "day", "rest"), "08:30 49", "不超过 48 小时"),
        (
            "duty",
            ("roster", "year", "2026", "holiday"),
            "元旦 New Year 2026-01-03 2026-01-01",
            "起止日期不对",
        ),
        ("duty", ("roster", "year", "2026", "workdays"), "2026-06-08", "不是可以调休上班的周末"),
        ("duty", ("chaintest", "test", "answer_minutes"), "0", "1 到 1440"),
    ],
)
def test_what_the_later_sections_refuse_is_told_in_words(
    city: ModuleType, keeper: Client, slug: str, path: tuple[str, ...], typed: str, told: str
) -> None:
    draft = draft_of(city)

    answer = save(keeper, draft, slug, {field(path): typed})

    assert told in answer.content.decode()
    draft.refresh_from_db()
    assert draft.revision == 1


def test_a_version_from_before_these_sections_is_still_read(
    city: ModuleType, client: Client
) -> None:
    city.sign_in(client, "school.safety_staff")
    book = current_rules()
    content = {
        k: v for k, v in content_of(book).items() if k not in ("pledges", "roster", "chaintest")
    }
    RuleBook.objects.filter(pk=book.pk).update(content=content, digest="of an older time")

    for slug in ("pledges", "duty"):
        page = client.get(reverse("rulebook:version", args=[book.number, slug]))
        assert "这一版还没有这一部分" in page.content.decode()
