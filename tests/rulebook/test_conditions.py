"""Criteria, circumstances and rows of the matrix are changed on the pages of a draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from incidents.cases.grading import grade
from safety.home.rulebook.conditions import Facts
from safety.home.rulebook.paths import value_at
from safety.rules.actions import default_content
from safety.rules.models import RuleDraft
from safety.rules.selectors import content_of, current_rules
from tests.rulebook.writing import draft_of, field, publish, save, tab_form

INJURED = ("grades", "rule", "g3-injured", "when")
BUILDING = ("grades", "rule", "g1-collapse", "when")
UNDER_14 = ("grades", "uplift", "under_14", "any_of")


@pytest.fixture
def keeper(city: ModuleType, client: Client) -> Client:
    city.sign_in(client, "city.administrator")
    return client


@pytest.fixture
def draft(city: ModuleType) -> RuleDraft:
    return draft_of(city)


def at(draft: RuleDraft, *path: str) -> Any:
    draft.refresh_from_db()
    return value_at(draft.content, path)


def rows(client: Client, draft: RuleDraft, slug: str, do: str, **said: str) -> Any:
    draft.refresh_from_db()
    sent = {"revision": draft.revision, "do": do, **said}
    return client.post(reverse("rulebook:rows", args=[draft.pk, slug]), sent)


def conditions(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    said = content["grades"]
    for row in [*said["rule"], *said["stat"]]:
        yield from (*row.get("when", ()), *row.get("any", ()))
    for row in said["uplift"]:
        for group in row.get("any_of", ()):
            yield from group


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_condition_of_the_shipped_book_is_read_as_it_is_shown(language: str) -> None:
    content = default_content()
    with override(language):
        facts = Facts.of(content)
        for one in conditions(content):
            assert facts.read(facts.line(one)) == one, facts.line(one)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("死亡>=2", {"fact": "dead", "at_least": 2}),
        ("失联至少1", {"fact": "missing", "at_least": 1}),
        ("injured ≤ 4", {"fact": "injured", "at_most": 4}),
        ("类别:火情用电、LAB", {"fact": "hazards", "in": ["FIRE", "LAB"]}),
        ("hazards = fire LAB", {"fact": "hazards", "in": ["FIRE", "LAB"]}),
        ("people = unknown", {"fact": "people", "is": "unknown"}),
        ("非有人被困", {"fact": "trapped", "is": False}),
        ("people trapped", {"fact": "trapped", "is": True}),
        ("涉及多所学校", {"fact": "several_schools", "is": True}),
    ],
)
def test_words_of_both_languages_and_codes_are_understood(
    text: str, meant: Mapping[str, Any]
) -> None:
    assert Facts.of(default_content()).read(text) == meant


def test_two_of_the_same_name_are_shown_by_their_codes() -> None:
    content = default_content()
    content["grades"]["flags"]["caught"] = dict(content["grades"]["flags"]["trapped"])
    facts = Facts.of(content)

    for code in ("trapped", "caught"):
        one = {"fact": code, "is": True}
        assert facts.line(one) == code
        assert facts.read(code) == one


def test_a_condition_changed_on_the_page_grades_otherwise_once_it_is_published(
    city: ModuleType, keeper: Client, draft: RuleDraft
) -> None:
    made = city.make_incident(
        at=timezone.now() - timedelta(days=3),
        school="school",
        hazard="INJ",
        people="counted",
        injured=1,
    )
    assert made.grade == "G4"

    save(keeper, draft, "criteria", {field(INJURED): "受伤就医 ≥ 1\n类别 = INJ、火情用电"})
    keeper.post(reverse("rulebook:begin_trial", args=[draft.pk]), {"days": "30"})
    tried = keeper.get(reverse("rulebook:trial", args=[draft.pk])).context["tried"]
    told = keeper.get(reverse("rulebook:draft", args=[draft.pk])).context["lines"]
    done = publish(keeper, draft, note="市教育局会议纪要")

    assert at(draft, *INJURED) == [
        {"fact": "injured", "at_least": 1},
        {"fact": "hazards", "in": ["INJ", "FIRE"]},
    ]
    assert (tried.examined, tried.regraded) == (1, 1)
    assert [(one.column, "≥ 3" in one.before, "≥ 1" in one.after) for one in told] == [
        ("须全部符合", True, True)
    ]
    assert done.status_code == 302
    facts = {"injured": 1, "hazards": ["INJ"], "people": "counted"}
    assert grade(facts, content_of(current_rules())["grades"]).grade == "G3"


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        (INJURED, "受惊 ≥ 3", "“受惊”在规则库里没有"),
        (INJURED, "死亡 = 3", "“死亡 = 3”不能这样比较"),
        (BUILDING, "类别 = 火星", "“火星”在规则库里没有"),
        (INJURED, "", "没有条件,任何事件都会符合"),
        (INJURED, "有人被困 ≥ 2", "“trapped”是情形"),
        (INJURED, "死亡", "“dead”是数字"),
        (BUILDING, "类别", "类别后面至少写一个类别"),
        (UNDER_14, "类别 = 食品饮水; 不满", "“不满”在规则库里没有"),
    ],
)
def test_a_wrong_condition_is_told_at_its_cell_and_changes_nothing(
    keeper: Client, draft: RuleDraft, path: tuple[str, ...], text: str, told: str
) -> None:
    before = at(draft, *path)

    answer = save(keeper, draft, "criteria", {field(path): text})

    [sheet] = [one for one in answer.context["sheets"] if one["is_open"]]
    [cell] = [
        it
        for row in sheet["rows"]
        for it in row["cells"]
        if it["field"] is not None and (it["field"].errors or it["wrong"])
    ]
    assert cell["cell"].path == path
    page = answer.content.decode()
    assert told in page.split("cell-wrong", 1)[1]
    assert text in page
    draft.refresh_from_db()
    assert (draft.revision, at(draft, *path)) == (1, before)


def test_alternatives_are_lines_and_an_emptied_list_is_always(
    keeper: Client, draft: RuleDraft
) -> None:
    save(keeper, draft, "criteria", {field(UNDER_14): "类别 = SEXA;情节严重\n死亡 ≥ 1"})
    assert at(draft, *UNDER_14) == [
        [{"fact": "hazards", "in": ["SEXA"]}, {"fact": "serious", "is": True}],
        [{"fact": "dead", "at_least": 1}],
    ]

    save(keeper, draft, "criteria", {field(UNDER_14): ""})
    assert "any_of" not in at(draft, "grades", "uplift", "under_14")


def test_a_new_criterion_rests_on_a_new_circumstance(keeper: Client, draft: RuleDraft) -> None:
    flag = {"list": "grades/flags", "row": "trapped", "code": "gas", "zh": "燃气泄漏", "en": "gas"}
    rows(keeper, draft, "criteria", "copy", **flag)
    rule = {"list": "grades/rule", "row": "g2-hostage", "id": "g2-gas"}
    rows(keeper, draft, "criteria", "copy", **rule)
    save(keeper, draft, "criteria", {field(("grades", "rule", "g2-gas", "when")): "燃气泄漏"})

    assert at(draft, "grades", "flags", "gas") == {"zh": "燃气泄漏", "en": "gas"}
    assert at(draft, "grades", "rule", "g2-gas", "when") == [{"fact": "gas", "is": True}]
    needed = rows(keeper, draft, "criteria", "remove", list="grades/flags", row="gas")
    assert "“gas”不是" in needed.content.decode()
    assert at(draft, "grades", "flags", "gas")
    rows(keeper, draft, "criteria", "remove", list="grades/rule", row="g2-gas")
    rows(keeper, draft, "criteria", "remove", list="grades/flags", row="gas")
    assert at(draft, "grades") == default_content()["grades"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"code": "漏气", "zh": "漏气", "en": "gas"}, "这不是代码"),
        ({"code": "trapped", "zh": "漏气", "en": "gas"}, "已经有这样的一行"),
        ({"code": "gas", "zh": "漏气", "en": ""}, "“en”没有填写"),
    ],
)
def test_a_circumstance_needs_a_code_of_its_own_and_words(
    keeper: Client, draft: RuleDraft, said: Mapping[str, str], told: str
) -> None:
    answer = rows(keeper, draft, "criteria", "copy", list="grades/flags", row="trapped", **said)

    page = answer.content.decode()
    assert told in page
    assert f'name="code" value="{said["code"]}"' in page, "what was typed stays"
    draft.refresh_from_db()
    assert draft.revision == 1


def test_a_capacity_comes_into_the_matrix_and_goes_again(keeper: Client, draft: RuleDraft) -> None:
    listed = "responsibility/matrix/district"
    path = ("responsibility", "matrix", "district")
    before = at(draft, *path)
    page = keeper.get(reverse("rulebook:edit", args=[draft.pk, "matrix"]))
    by_name = {one.name: one for one in page.context["lists"]}
    assert [code for code, _word in by_name[listed].keys[0].choices] == ["REPORTING", "SUPERVISION"]
    assert not by_name["responsibility/matrix/city"].may_grow

    rows(keeper, draft, "matrix", "copy", list=listed, row="DUTY_LEADER", capacity="REPORTING")
    save(keeper, draft, "matrix", {field((*path, "REPORTING", "G4")): ""})
    added = at(draft, *path, "REPORTING")
    done = publish(keeper, draft, note="会议纪要", gaps_known="on")

    assert added == {"G3": "ACK", "G2": "ACT", "G1": "ACT"}
    assert done.status_code == 302
    assert set(value_at(content_of(current_rules()), path)) == {*before, "REPORTING"}


def test_what_the_matrix_cannot_do_without_stays(keeper: Client, draft: RuleDraft) -> None:
    listed = "responsibility/matrix/district"
    alone = rows(keeper, draft, "matrix", "remove", list=listed, row="PARTY_CHIEF")
    alien = rows(keeper, draft, "matrix", "copy", list=listed, row="DUTY_LEADER", capacity="XYZ")

    assert "PARTY_CHIEF" in alone.content.decode()
    assert "“XYZ”不是责任类别" in alien.content.decode()
    draft.refresh_from_db()
    assert draft.revision == 1
    rows(keeper, draft, "matrix", "remove", list=listed, row="AREA_CONTACT")
    assert "AREA_CONTACT" not in at(draft, "responsibility", "matrix", "district")


def test_a_cell_of_the_matrix_that_the_check_refuses_is_marked(
    keeper: Client, draft: RuleDraft
) -> None:
    path = ("responsibility", "matrix", "city", "REPORTING", "G1")

    answer = save(keeper, draft, "matrix", {field(path): "READ"})

    marked = answer.content.decode().split("cell-wrong", 1)[1].split("</td>", 1)[0]
    assert f'name="{field(path)}"' in marked
    assert "更严重" in marked or "REPORTING" in marked


def test_the_table_that_was_saved_stays_unfolded(keeper: Client, draft: RuleDraft) -> None:
    assert tab_form(draft, "criteria").fields
    answer = save(keeper, draft, "criteria", {field(INJURED): "受伤就医 ≥ 5"})
    sheets = keeper.get(answer.url).context["sheets"]
    grown = rows(keeper, draft, "criteria", "remove", list="grades/uplift", row="sensitive_period")

    assert [one["sheet"].path for one in sheets if one["is_open"]] == [("grades", "rule")]
    opened = [
        one["sheet"].path for one in keeper.get(grown.url).context["sheets"] if one["is_open"]
    ]
    assert opened == [("grades", "uplift")]


def test_what_a_post_claims_is_changed_on_the_page(keeper: Client, draft: RuleDraft) -> None:
    path = ("posts", "post", "B16", "scope")
    claims = field(path)
    assert tab_form(draft, "posts")[claims].value() == "training private"

    save(keeper, draft, "posts", {claims: "training FIRE private SEXA+staff_involved"})
    after = at(draft, *path)
    refused = save(keeper, draft, "posts", {claims: "training XYZ"})
    unchanged = at(draft, *path)
    save(keeper, draft, "posts", {claims: ""})

    assert after == unchanged
    assert after == {
        "stages": ["training"],
        "hazards": ["FIRE", "SEXA+staff_involved"],
        "ownership": ["private"],
    }
    assert "XYZ" in refused.content.decode().split("cell-wrong", 1)[1].split("</td>", 1)[0]
    assert "scope" not in at(draft, *path[:-1])
