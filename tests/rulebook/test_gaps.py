"""Rules that would leave somebody unnamed are refused, unless whoever publishes knows it."""

from __future__ import annotations

import copy
from datetime import timedelta
from io import StringIO
from types import ModuleType
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.models import ResponsibilityTable
from notifications.table import jobs
from notifications.table.drafts import check_table, put_rows, start_draft
from notifications.table.rows import Row
from safety.errors import Conflict, Refused
from safety.ledger.actions import SYSTEM
from safety.ledger.models import Event
from safety.rules import actions
from safety.rules.actions import default_content, publish_rules
from safety.rules.drafts import publish_draft
from safety.rules.models import RuleBook, RuleDraft
from safety.rules.selectors import content_of, current_rules
from tests.rulebook.writing import change, draft_of, publish


def asks_more(content: dict[str, Any]) -> None:
    """From now on every school needs an area contact; in the test city hardly one has any."""
    content["responsibility"]["capacity"]["AREA_CONTACT"]["optional"] = False


def quicker(content: dict[str, Any]) -> None:
    content["clocks"]["first_action"]["minutes"]["G4"] = 61


@pytest.fixture
def draft(city: ModuleType) -> RuleDraft:
    return change(draft_of(city), asks_more)


def test_a_gap_that_the_rules_open_keeps_them_from_being_published(
    city: ModuleType, draft: RuleDraft
) -> None:
    with pytest.raises(Refused) as refused:
        publish_draft(
            draft=draft, revision=draft.revision, note="n", effective_at=None, actor=SYSTEM
        )

    bureau = city.unit("city")
    assert {one.field for one in refused.value.problems} == {"coverage"}
    assert f"{bureau.code} AREA_CONTACT" in {one.value for one in refused.value.problems}
    assert any(bureau.name in one.message for one in refused.value.problems)
    draft.refresh_from_db()
    assert (draft.state, RuleBook.objects.count()) == (RuleDraft.State.OPEN, 1)


def test_what_was_a_gap_before_is_not_the_rules_making(city: ModuleType, draft: RuleDraft) -> None:
    publish_draft(
        draft=draft,
        revision=draft.revision,
        note="n",
        effective_at=None,
        actor=SYSTEM,
        gaps_known=True,
    )
    next_one = change(draft_of(city), quicker)

    book = publish_draft(
        draft=next_one, revision=next_one.revision, note="n", effective_at=None, actor=SYSTEM
    )

    assert book.number == 3


def test_the_page_tells_the_gaps_and_asks_whether_they_are_known(
    city: ModuleType, client: Client, draft: RuleDraft
) -> None:
    city.sign_in(client, "city.administrator")
    assert 'name="gaps_known"' not in client.get(page_of(draft)).content.decode()

    told = publish(client, draft, note="新办法").content.decode()

    assert city.unit("city").name in told
    assert 'name="gaps_known"' in told
    assert RuleBook.objects.count() == 1
    publish(client, draft, note="新办法", gaps_known="on")
    assert current_rules().number == 2
    [fact] = Event.objects.filter(verb="rules.gaps_known")
    assert f"{city.unit('county').code} AREA_CONTACT" in fact.body["gaps"]


def page_of(draft: RuleDraft) -> str:
    return reverse("rulebook:publish", args=[draft.pk])


def test_who_comes_second_hears_that_before_any_gap(city: ModuleType, draft: RuleDraft) -> None:
    wanted: dict[str, Any] = {"revision": draft.revision, "note": "n", "effective_at": None}
    publish_draft(draft=draft, actor=SYSTEM, gaps_known=True, **wanted)

    with pytest.raises(Conflict):
        publish_draft(draft=draft, actor=SYSTEM, **wanted)


# ---- the command that publishes what was shipped ----


def test_the_command_asks_the_same_gate(city: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = copy.deepcopy(default_content())
    asks_more(shipped)
    monkeypatch.setattr(actions, "default_content", lambda: shipped)

    with pytest.raises(CommandError) as refused:
        call_command("publish_rules", stdout=StringIO())

    assert f"{city.unit('city').code} AREA_CONTACT" in str(refused.value)
    assert "--gaps-known" in str(refused.value)
    assert RuleBook.objects.count() == 1
    call_command("publish_rules", "--gaps-known", stdout=StringIO())
    call_command("publish_rules", stdout=StringIO())  # it is the newest now
    assert current_rules().number == RuleBook.objects.count() == 2
    [fact] = Event.objects.filter(verb="rules.gaps_known")
    assert f"{city.unit('county').code} AREA_CONTACT" in fact.body["gaps"]


def test_the_command_says_what_would_break_the_house(
    city: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = copy.deepcopy(default_content())
    del shipped["responsibility"]["capacity"]["ADMIN_CHIEF"]
    monkeypatch.setattr(actions, "default_content", lambda: shipped)

    with pytest.raises(CommandError, match="ADMIN_CHIEF"):
        call_command("publish_rules", "--gaps-known", stdout=StringIO())

    assert RuleBook.objects.count() == 1


# ---- a table that is published while rules wait for their day ----


def test_a_table_is_proved_under_the_rules_that_wait_for_their_day(city: ModuleType) -> None:
    table = start_draft()
    assert check_table(table) == []
    content = copy.deepcopy(dict(content_of(current_rules())))
    asks_more(content)
    day = timezone.now() + timedelta(days=10)
    publish_rules(content=content, note="", actor=SYSTEM, effective_at=day)

    found = check_table(table)

    values = {one.value for one in found}
    assert f"{city.unit('county').code} AREA_CONTACT" in values
    assert all("第2版" in one.remedy for one in found if one.field == "coverage")
    assert f"{day:%m-%d}" in found[0].message
    assert ResponsibilityTable.objects.get(pk=table.pk).state == "draft"


def test_those_gaps_are_looked_at_and_accepted_under_the_rules_to_come(
    city: ModuleType, client: Client
) -> None:
    table = start_draft()
    content = copy.deepcopy(dict(content_of(current_rules())))
    asks_more(content)
    day = timezone.now() + timedelta(days=10)
    book = publish_rules(content=content, note="", actor=SYSTEM, effective_at=day)
    user = city.sign_in(client, "city.administrator")
    jobs.ask(table=table, kind="check", by=user)
    jobs.work("me")

    there = f"{reverse('coverage:gaps')}?table={table.ref}@{book.number}&state=blocks"
    page = client.get(reverse("table:publish", args=[table.ref])).content.decode()
    assert f'href="{there.replace("&", "&amp;")}"' in page
    assert "没有空缺" in client.get(there.replace(f"@{book.number}", "")).content.decode()
    gaps = client.get(there)
    assert f"{timezone.localtime(day):%m-%d}" in gaps.content.decode()
    [row] = [one for one in gaps.context["rows"] if one.code == city.unit("city").code]
    client.post(
        f"{row.accept_url}&table={table.ref}@{book.number}",
        {"reason": "正在落实包片领导", "ends_on": f"{day + timedelta(days=30):%Y-%m-%d}"},
    )
    assert city.unit("city").code not in {one.code for one in client.get(there).context["rows"]}
    assert client.get(there.replace(f"@{book.number}", "@9")).status_code == 404


def test_rows_that_the_waiting_rules_no_longer_know_are_told(city: ModuleType) -> None:
    content = copy.deepcopy(dict(content_of(current_rules())))
    content["hazards"]["hazard"] = [
        row for row in content["hazards"]["hazard"] if row["code"] != "OTHER"
    ]
    content["filing"]["tile"] = [
        row for row in content["filing"]["tile"] if row["hazard"] != "OTHER"
    ]
    day = timezone.now() + timedelta(days=10)
    publish_rules(content=content, note="", actor=SYSTEM, effective_at=day)
    table = start_draft()
    scoped = Row(
        unit="520121",
        post="B12",
        capacity="AREA_CONTACT",
        business_duty="联系学校",
        safety_duty="督促学校落实安全工作",
        scope={"schools": ["5201210001"], "hazards": ["OTHER"]},
    )
    put_rows(table, [scoped])

    [problem] = check_table(table)

    assert "规则库第2版" in problem.message
    assert problem.field.endswith(".scope")


def test_the_page_does_not_call_the_reason_optional(
    city: ModuleType, client: Client, draft: RuleDraft
) -> None:
    city.sign_in(client, "city.administrator")

    page = client.get(page_of(draft)).content.decode()
    told = publish(client, draft, note=" ")

    assert page.count("可不填") == 1  # the day from which it holds
    assert list(told.context["form"].errors) == ["note"]
    assert RuleBook.objects.count() == 1
