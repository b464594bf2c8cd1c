"""Rows of a draft come and go on its pages; a list never names two rows alike."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from safety.home.rulebook.paths import names_of, value_at
from safety.home.rulebook.rows import LISTS
from safety.home.rulebook.tabs import TABS
from safety.rules.models import RuleDraft
from safety.rules.selectors import content_of, current_rules
from tests.rulebook.writing import draft_of, field, publish, save

UPWARD = "filing/upward_clock"


@pytest.fixture
def keeper(city: ModuleType, client: Client) -> Client:
    city.sign_in(client, "city.administrator")
    return client


@pytest.fixture
def draft(city: ModuleType) -> RuleDraft:
    return draft_of(city)


def send(client: Client, draft: RuleDraft, slug: str, do: str, **said: str) -> Any:
    draft.refresh_from_db()
    sent = {"revision": draft.revision, "do": do, **said}
    return client.post(reverse("rulebook:rows", args=[draft.pk, slug]), sent)


def rows_of(draft: RuleDraft, *path: str) -> list[dict[str, Any]]:
    draft.refresh_from_db()
    found: list[dict[str, Any]] = value_at(draft.content, path)
    return found


def test_a_new_clock_is_a_copy_with_its_own_grades_and_then_its_own_minutes(
    keeper: Client, draft: RuleDraft
) -> None:
    before = rows_of(draft, "filing", "upward_clock")
    like = names_of("upward_clock", before)[0]

    answer = send(
        keeper,
        draft,
        "upward",
        "copy",
        list=UPWARD,
        row=like,
        level=before[0]["level"],
        grades="G3",
        hazards="FIRE BLDG",
    )

    assert answer.status_code == 302
    after = rows_of(draft, "filing", "upward_clock")
    new = {**before[0], "grades": ["G3"], "hazards": ["FIRE", "BLDG"]}
    assert after == [before[0], new, *before[1:]]
    path = ("filing", "upward_clock", names_of("upward_clock", [new])[0], "minutes")
    save(keeper, draft, "upward", {field(path): "45"})
    publish(keeper, draft, note="n")
    assert value_at(content_of(current_rules()), path) == 45


def test_a_row_is_taken_out_and_what_needs_it_says_so(keeper: Client, draft: RuleDraft) -> None:
    pairs = names_of("pair", rows_of(draft, "pledges", "pair"))

    send(keeper, draft, "pledges", "remove", list="pledges/pair", row="bureaus")
    needed = send(keeper, draft, "pledges", "remove", list="pledges/text", row="post")

    assert names_of("pair", rows_of(draft, "pledges", "pair")) == [
        name for name in pairs if name != "bureaus"
    ]
    assert "“post”不是" in needed.content.decode()
    assert len(rows_of(draft, "pledges", "text")) == 2


@pytest.mark.parametrize(
    ("code", "told"), [("schools", "已经有这样的一行"), ("", "新的一行要有自己的代码")]
)
def test_a_copy_needs_a_name_of_its_own(
    keeper: Client, draft: RuleDraft, code: str, told: str
) -> None:
    answer = send(keeper, draft, "pledges", "copy", list="pledges/pair", row="schools", id=code)

    assert told in answer.content.decode()
    draft.refresh_from_db()
    assert draft.revision == 1


@pytest.mark.parametrize(
    ("slug", "named", "row"),
    [
        ("pledges", "pledges/pair", "nobody"),
        ("pledges", "pledges/year", "begins"),
        ("matrix", "responsibility/matrix", "city"),
        ("pledges", "", ""),
    ],
)
def test_no_other_place_of_the_book_is_touched(
    keeper: Client, draft: RuleDraft, slug: str, named: str, row: str
) -> None:
    assert send(keeper, draft, slug, "remove", list=named, row=row).status_code == 404
    draft.refresh_from_db()
    assert draft.revision == 1


def test_what_somebody_else_changed_meanwhile_is_told(keeper: Client, draft: RuleDraft) -> None:
    save(keeper, draft, "clocks", {field(("clocks", "first_action", "minutes", "G4")): "61"})

    answer = keeper.post(
        reverse("rulebook:rows", args=[draft.pk, "pledges"]),
        {"revision": 1, "do": "remove", "list": "pledges/pair", "row": "bureaus"},
    )

    assert "其他人" in answer.content.decode() or "别人" in answer.content.decode()
    assert len(rows_of(draft, "pledges", "pair")) == 4


def test_every_list_is_offered_on_its_tab_with_words_for_its_rows(
    keeper: Client, draft: RuleDraft
) -> None:
    for one in TABS:
        page = keeper.get(reverse("rulebook:edit", args=[draft.pk, one.slug]))
        lists = page.context["lists"]
        assert [found.path for found in lists] == list(LISTS.get(one.slug, ()))
        for found in lists:
            assert found.title
            assert all(head for _name, head in found.rows), found.path
            assert f'value="{found.name}"' in page.content.decode()


def test_only_whoever_keeps_the_rules_changes_rows(
    city: ModuleType, client: Client, draft: RuleDraft
) -> None:
    city.sign_in(client, "county.administrator")

    answer = send(client, draft, "pledges", "remove", list="pledges/pair", row="bureaus")

    assert answer.status_code == 404
