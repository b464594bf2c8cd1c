"""Publishing: one winner, a day to come, and nothing that the table could not stand on."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from types import ModuleType
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from incidents.cases.models import Incident
from notifications.models import Entry
from notifications.table.publishing import NewEntry, publish_table
from safety.errors import Conflict, Refused
from safety.ledger.actions import SYSTEM
from safety.rules import actions
from safety.rules.actions import publish_rules, withdraw_rules
from safety.rules.drafts import publish_draft
from safety.rules.models import RuleBook, RuleDraft
from safety.rules.selectors import content_of, current_rules, rules_at
from tests.incidents.test_races import at_once
from tests.rulebook.writing import change, draft_of, publish


def quicker(minutes: int) -> Callable[[dict[str, Any]], None]:
    def edit(content: dict[str, Any]) -> None:
        content["clocks"]["first_action"]["minutes"]["G1"] = minutes

    return edit


def renamed(content: dict[str, Any]) -> None:
    content["responsibility"]["capacity"]["REPORTING"]["zh"] = "报送办公室"


def test_two_drafts_one_winner_and_one_clear_message(city: ModuleType, client: Client) -> None:
    first, second = (change(draft_of(city), edit) for edit in (quicker(20), renamed))
    city.sign_in(client, "city.administrator")
    publish(client, first, note="一号文件")
    late = publish(client, second, note="二号文件")

    assert late.status_code == 200
    assert "这期间别人已发布第2版" in late.content.decode()
    assert current_rules().number == 2
    second.refresh_from_db()
    assert second.state == RuleDraft.State.OPEN

    client.post(reverse("rulebook:rebase", args=[second.pk]), {"revision": second.revision})
    publish(client, second, note="二号文件")
    content = content_of(current_rules())
    assert current_rules().number == 3
    assert content["clocks"]["first_action"]["minutes"]["G1"] == 20
    assert content["responsibility"]["capacity"]["REPORTING"]["zh"] == "报送办公室"


def test_one_draft_published_by_two_says_as_which_version(city: ModuleType, client: Client) -> None:
    draft = change(draft_of(city), quicker(20))
    revision = draft.revision
    city.sign_in(client, "city.administrator")
    publish(client, draft, note="一号文件")
    late = publish(client, draft, note="一号文件", revision=revision)

    assert late.status_code == 200
    assert "已由别人发布,为第2版" in late.content.decode()
    assert RuleBook.objects.count() == 2


def test_of_two_at_the_same_moment_one_wins(city_committed: ModuleType) -> None:
    drafts = [change(draft_of(city_committed), quicker(minutes)) for minutes in (20, 25)]

    def go(draft: RuleDraft) -> str:
        try:
            publish_draft(
                draft=draft, revision=draft.revision, note="n", effective_at=None, actor=SYSTEM
            )
        except Conflict:
            return "told"
        return "won"

    assert sorted(at_once([partial(go, draft) for draft in drafts])) == ["told", "won"]
    assert RuleBook.objects.count() == 2
    assert RuleDraft.objects.filter(state="published").count() == 1


def test_whoever_publishes_between_the_look_and_the_writing_wins(
    city: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = (change(draft_of(city), quicker(minutes)) for minutes in (20, 25))
    decide = actions._moment

    def meanwhile(*looked_at):
        monkeypatch.undo()
        publish_draft(
            draft=quick, revision=quick.revision, note="n", effective_at=None, actor=SYSTEM
        )
        return decide(*looked_at)

    monkeypatch.setattr(actions, "_moment", meanwhile)

    with pytest.raises(Conflict):
        publish_draft(draft=slow, revision=slow.revision, note="n", effective_at=None, actor=SYSTEM)


def test_what_both_changed_stays_as_published(city: ModuleType, client: Client) -> None:
    first, second = (change(draft_of(city), edit) for edit in (quicker(20), quicker(25)))
    change(second, renamed)
    city.sign_in(client, "city.administrator")
    publish(client, first, note="n")

    page = client.get(reverse("rulebook:rebase", args=[second.pk]))
    [clash] = page.context["clashes"]
    assert (clash.before, clash.after) == ("20", "25")
    client.post(reverse("rulebook:rebase", args=[second.pk]), {"revision": second.revision})

    second.refresh_from_db()
    assert second.content["clocks"]["first_action"]["minutes"]["G1"] == 20
    assert second.content["responsibility"]["capacity"]["REPORTING"]["zh"] == "报送办公室"
    assert second.based_on.number == 2


def test_a_version_holds_from_its_day_on(city: ModuleType) -> None:
    first = current_rules()
    day = timezone.now() + timedelta(days=10)
    draft = change(draft_of(city), quicker(20))
    second = publish_draft(
        draft=draft, revision=draft.revision, note="n", effective_at=day, actor=SYSTEM
    )

    assert current_rules().pk == first.pk
    assert rules_at(day - timedelta(seconds=1)).pk == first.pk
    assert rules_at(day).pk == second.pk
    now = city.make_incident(hazard="DROWN", people="counted", missing=1)
    with time_machine.travel(day + timedelta(minutes=1), tick=False):
        assert current_rules().pk == second.pk
        then = city.make_incident(hazard="DROWN", people="counted", missing=1)
    assert (now.rules_id, then.rules_id) == (first.pk, second.pk)
    assert Incident.objects.get(pk=now.pk).rules_id == first.pk


def test_a_withdrawn_version_never_holds(city: ModuleType) -> None:
    first = current_rules()
    draft = change(draft_of(city), quicker(20))
    day = timezone.now() + timedelta(days=1)
    second = publish_draft(
        draft=draft, revision=draft.revision, note="n", effective_at=day, actor=SYSTEM
    )
    withdraw_rules(book=second, actor=SYSTEM)

    assert rules_at(day + timedelta(days=1)).pk == first.pk
    with pytest.raises(Conflict):
        withdraw_rules(book=second, actor=SYSTEM)
    assert draft_of(city).based_on.pk == first.pk
    third = publish_rules(content=draft.content, note="", actor=SYSTEM)
    assert (third.number, current_rules().pk) == (second.number + 1, third.pk)


def test_no_version_holds_before_an_earlier_one(city: ModuleType) -> None:
    day = timezone.now() + timedelta(days=5)
    content = copy.deepcopy(dict(content_of(current_rules())))
    quicker(20)(content)
    publish_rules(content=content, note="", actor=SYSTEM, effective_at=day)
    quicker(25)(content)

    with pytest.raises(Refused) as refused:
        publish_rules(content=content, note="", actor=SYSTEM)
    assert refused.value.problems[0].field == "effective_at"
    publish_rules(content=content, note="", actor=SYSTEM, effective_at=day + timedelta(days=1))


@pytest.mark.parametrize(
    ("note", "days", "field"), [("", 0, "note"), ("n", -1, "effective_at"), ("   ", 1, "note")]
)
def test_it_asks_for_a_reason_and_a_day_to_come(
    city: ModuleType, note: str, days: int, field: str
) -> None:
    draft = change(draft_of(city), quicker(20))
    day = timezone.now() + timedelta(days=days) if days else None

    with pytest.raises(Refused) as refused:
        publish_draft(
            draft=draft, revision=draft.revision, note=note, effective_at=day, actor=SYSTEM
        )

    assert refused.value.problems[0].field == field
    draft.refresh_from_db()
    assert draft.state == RuleDraft.State.OPEN
    assert RuleBook.objects.count() == 1


def test_a_draft_without_a_change_is_not_a_version(city: ModuleType) -> None:
    draft = draft_of(city)
    with pytest.raises(Refused):
        publish_draft(
            draft=draft, revision=draft.revision, note="n", effective_at=None, actor=SYSTEM
        )
    assert RuleBook.objects.count() == 1


def unlisted(value: Any, code: str) -> None:
    """Take ``code`` out of every list, wherever it stands."""
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, list) and code in inner:
            inner.remove(code)
        if isinstance(inner, dict | list):
            unlisted(inner, code)


def without_contacts(content: dict[str, Any]) -> None:
    said = content["responsibility"]
    for level in ("district", "city"):
        del said["matrix"][level]["AREA_CONTACT"]
    del said["capacity"]["AREA_CONTACT"], said["climb"]["AREA_CONTACT"], said["why"]["AREA_CONTACT"]
    unlisted(content, "AREA_CONTACT")
    posts = content["posts"]["post"]
    content["posts"]["post"] = [row for row in posts if row["capacity"] != "AREA_CONTACT"]


def test_a_capacity_that_the_table_needs_cannot_be_taken_out(city: ModuleType) -> None:
    content = copy.deepcopy(dict(content_of(current_rules())))
    without_contacts(content)

    with pytest.raises(Refused) as refused:
        publish_rules(content=content, note="", actor=SYSTEM)

    [problem] = refused.value.problems
    assert problem.field == "responsibility.capacity.AREA_CONTACT"
    assert "1行用到责任类别" in problem.message
    assert city.unit("county").name in problem.message
    assert RuleBook.objects.count() == 1


def as_new(row: Entry) -> NewEntry:
    """The row for another version; the area contact claims a kind of incident, too."""
    is_contact = row.capacity == "AREA_CONTACT"
    names = ("post", "capacity", "line", "business_duty", "safety_duty", "assessment")
    return NewEntry(
        **{name: getattr(row, name) for name in names},
        scope={**row.scope, "hazards": ["OTHER"]} if is_contact else row.scope,
    )


def test_a_scope_that_the_table_has_must_stay_readable(city: ModuleType) -> None:
    rows = Entry.objects.filter(table__state="published").select_related("post")
    publish_table(entries=[as_new(row) for row in rows], note="", actor=SYSTEM)
    content = copy.deepcopy(dict(content_of(current_rules())))
    for section, key, name in (("hazards", "hazard", "code"), ("filing", "tile", "hazard")):
        rows = content[section][key]
        content[section][key] = [row for row in rows if row[name] != "OTHER"]

    with pytest.raises(Refused) as refused:
        publish_rules(content=content, note="", actor=SYSTEM)

    [problem] = refused.value.problems
    assert problem.field == "responsibility_table.scope"
    assert "OTHER" in problem.value


def test_what_waits_for_its_day_is_not_taken_for_what_holds(city: ModuleType) -> None:
    content = copy.deepcopy(dict(content_of(current_rules())))
    quicker(20)(content)
    day = timezone.now() + timedelta(days=30)
    waiting = publish_rules(content=content, note="下月起", actor=SYSTEM, effective_at=day)

    assert publish_rules(content=content, note="再次", actor=SYSTEM, effective_at=day) == waiting
    with pytest.raises(Refused, match="待生效"):
        publish_rules(content=content, note="现在", actor=SYSTEM)
    with pytest.raises(Refused):
        publish_rules(
            content=content, note="早些", actor=SYSTEM, effective_at=day - timedelta(days=9)
        )

    assert current_rules().number < waiting.number
    assert RuleBook.objects.count() == waiting.number
    with time_machine.travel(day + timedelta(days=1)):
        assert publish_rules(content=content, note="现在", actor=SYSTEM) == waiting


def test_a_history_that_is_seeded_later_meets_the_version_in_force(city: ModuleType) -> None:
    """As ``prepare --demo`` does: the shipped rules are published, then a past is built."""
    book = current_rules()
    content = content_of(book)
    RuleBook.objects.filter(pk=book.pk).update(effective_at=timezone.now())
    long_ago = timezone.now() - timedelta(days=730)

    assert publish_rules(content=content, note="", actor=SYSTEM, at=long_ago).pk == book.pk
