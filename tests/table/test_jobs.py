"""Long work on a table: asked once, taken by one worker, picked up again when it dies."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from notifications.models import ResponsibilityTable, TableJob
from notifications.table import jobs
from notifications.table.drafts import publish_draft, put_rows, remove_rows, start_draft
from notifications.table.rows import Row
from safety.errors import Conflict, Refused
from safety.people.models import User

Kind, State = TableJob.Kind, TableJob.State


@pytest.fixture
def keeper(city: ModuleType, client: Client) -> User:
    found: User = city.sign_in(client, "city.administrator")
    return found


@pytest.fixture
def draft(keeper: User) -> ResponsibilityTable:
    return start_draft(by=keeper)


def page_of(draft: ResponsibilityTable) -> str:
    return reverse("table:publish", args=[draft.ref])


def spoil(draft: ResponsibilityTable) -> None:
    put_rows(draft, [Row(unit="520121", post="B12", capacity="HERO", business_duty="业务")])


def test_a_check_is_asked_done_and_shown(client: Client, draft: ResponsibilityTable) -> None:
    client.post(page_of(draft), {"check": "1"})
    job = TableJob.objects.get()
    assert (job.state, job.kind) == (State.WAITING, Kind.CHECK)
    assert "正在校验" in client.get(page_of(draft)).content.decode()

    assert jobs.work("me")

    job.refresh_from_db()
    draft.refresh_from_db()
    assert (job.state, job.problems, draft.state) == (State.DONE, [], "checked")
    assert "没有未处理的缺口" in client.get(page_of(draft)).content.decode()
    assert not jobs.work("me")


def test_gaps_lead_to_the_coverage_of_this_draft(
    city: ModuleType, client: Client, draft: ResponsibilityTable
) -> None:
    gaps = f"{reverse('coverage:gaps')}?table={draft.ref}&amp;state=blocks"
    remove_rows(draft, [("5201210001", "SCH_PRINCIPAL", "SCH_PRINCIPAL")])
    client.post(page_of(draft), {"check": "1"})
    jobs.work("me")

    assert {one["field"] for one in TableJob.objects.get().problems} == {"coverage"}
    assert f'href="{gaps}"' in client.get(page_of(draft)).content.decode()
    there = client.get(gaps.replace("&amp;", "&")).content.decode()
    assert "责任表中无人承担" in there
    assert "在责任表中写明岗位" in there
    assert "确定责任人" not in there
    assert f"{reverse('table:version', args=[draft.ref])}?q=5201210001" in there

    spoil(draft)
    client.post(page_of(draft), {"check": "1"})
    jobs.work("me")
    assert gaps not in client.get(page_of(draft)).content.decode()  # rows first


def test_what_stands_in_the_way_is_told_row_by_row(
    client: Client, draft: ResponsibilityTable
) -> None:
    spoil(draft)
    client.post(page_of(draft), {"check": "1"})
    jobs.work("me")

    job = TableJob.objects.get()
    serial = draft.entries.get(capacity="HERO").serial
    assert job.state == State.REFUSED
    assert {p["field"] for p in job.problems} == {
        f"entries.{serial}.safety_duty",
        f"entries.{serial}.capacity",
    }
    page = client.get(page_of(draft)).content.decode()
    assert f"第{serial}行 丁县教育局 基础教育科" in page
    assert reverse("table:row", args=[draft.ref, serial]) in page
    assert "HERO" in page
    put_rows(draft, [Row(unit="520121", post="B12", capacity="HERO", business_duty="改了")])
    assert "HERO" not in client.get(page_of(draft)).content.decode()  # told of another content


def test_it_is_published_with_its_note_by_whom_asked(
    client: Client, keeper: User, draft: ResponsibilityTable
) -> None:
    client.post(page_of(draft), {"check": "1"})
    jobs.work("me")
    assert client.post(page_of(draft), {"publish": "1", "note": ""}).status_code == 422
    client.post(page_of(draft), {"publish": "1", "note": "八月人员变动"})
    jobs.work("me")

    draft.refresh_from_db()
    assert (draft.state, draft.number, draft.note) == ("published", 2, "八月人员变动")
    assert draft.published_by == keeper
    part = client.get(page_of(draft), headers={"HX-Request": "true"})
    assert part["HX-Redirect"] == reverse("table:version", args=[draft.ref])
    assert client.get(page_of(draft)).status_code == 302


def test_the_progress_is_shown_while_it_lasts(
    client: Client, draft: ResponsibilityTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def look(*_args: Any) -> tuple[()]:
        part = client.get(page_of(draft), headers={"HX-Request": "true"})
        seen.append(part.content.decode())
        return ()

    monkeypatch.setattr("notifications.table.drafts.gaps_that_block", look)
    client.post(page_of(draft), {"check": "1"})
    jobs.work("me")

    [part] = seen
    assert "核对每所学校由谁负责" in part
    assert 'class="job-now"' in part
    ended = client.get(page_of(draft), headers={"HX-Request": "true"})
    assert ended["HX-Refresh"] == "true"


def test_a_waiting_job_that_nobody_takes_says_so(
    client: Client, keeper: User, draft: ResponsibilityTable
) -> None:
    jobs.ask(table=draft, kind=Kind.CHECK, by=keeper)
    assert "后台程序" not in client.get(page_of(draft)).content.decode()
    TableJob.objects.update(asked_at=timezone.now() - timedelta(minutes=1))
    assert "后台程序" in client.get(page_of(draft)).content.decode()


def test_the_same_asked_twice_is_one_job_and_another_is_refused(
    keeper: User, draft: ResponsibilityTable
) -> None:
    first = jobs.ask(table=draft, kind=Kind.CHECK, by=keeper)
    assert jobs.ask(table=draft, kind=Kind.CHECK, by=keeper) == first
    with pytest.raises(Conflict), translation.override("en"):
        jobs.ask(table=draft, kind=Kind.PUBLISH, by=keeper, note="x")
    assert TableJob.objects.count() == 1


def test_a_job_whose_worker_died_is_picked_up_again(
    keeper: User, draft: ResponsibilityTable
) -> None:
    job = jobs.ask(table=draft, kind=Kind.PUBLISH, by=keeper, note="x")
    assert jobs.take("the dead one") == job
    assert jobs.take("me") is None  # it may still be at work
    TableJob.objects.update(until=timezone.now() - timedelta(seconds=1))

    assert jobs.work("me")

    job.refresh_from_db()
    draft.refresh_from_db()
    assert (job.state, job.owner, draft.state) == (State.DONE, "me", "published")


def test_a_worker_that_died_between_publishing_and_saying_so_has_published(
    keeper: User, draft: ResponsibilityTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs.ask(table=draft, kind=Kind.PUBLISH, by=keeper, note="x")
    with monkeypatch.context() as dying:
        dying.setattr(jobs, "_end", lambda *_args: None)
        jobs.work("the dead one")
    TableJob.objects.update(until=timezone.now() - timedelta(seconds=1))

    assert jobs.work("me")

    job.refresh_from_db()
    assert (job.state, job.problems) == (State.DONE, [])
    assert ResponsibilityTable.objects.filter(number__isnull=False).count() == 2


def test_a_worker_that_lost_its_job_says_nothing_of_it(
    keeper: User, draft: ResponsibilityTable
) -> None:
    jobs.ask(table=draft, kind=Kind.CHECK, by=keeper)
    slow = jobs.take("the slow one")
    TableJob.objects.update(owner="me")
    assert slow is not None

    jobs.run(slow)

    assert TableJob.objects.get().state == State.RUNNING


def test_a_fault_ends_the_job_and_changes_nothing(
    client: Client, draft: ResponsibilityTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("notifications.table.drafts.gaps_that_block", broken)
    client.post(page_of(draft), {"check": "1"})
    jobs.work("me")

    draft.refresh_from_db()
    assert (TableJob.objects.get().state, draft.state) == (State.FAILED, "draft")
    assert "系统故障" in client.get(page_of(draft)).content.decode()


def test_a_draft_is_not_thrown_away_under_its_worker(
    client: Client, keeper: User, draft: ResponsibilityTable
) -> None:
    jobs.ask(table=draft, kind=Kind.CHECK, by=keeper)
    client.post(reverse("table:discard", args=[draft.ref]))

    assert ResponsibilityTable.objects.filter(pk=draft.pk).exists()


def test_only_who_keeps_the_whole_table_may_ask(
    city: ModuleType, client: Client, draft: ResponsibilityTable
) -> None:
    city.sign_in(client, "county.safety_office")

    assert client.post(page_of(draft), {"check": "1"}).status_code == 404
    assert not TableJob.objects.exists()


def test_a_job_whose_table_another_worker_published_meanwhile_is_done(
    client: Client, draft: ResponsibilityTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease ran out while the first worker published: the second one comes too late."""
    publish = publish_draft

    def late(**told: Any) -> None:
        publish(**told)  # the worker that was taken for dead
        publish(**told)

    monkeypatch.setattr(jobs, "publish_draft", late)
    client.post(page_of(draft), {"check": "1"})
    jobs.work("me")
    client.post(page_of(draft), {"publish": "1", "note": "八月人员变动"})
    jobs.work("me")

    job = TableJob.objects.get(kind=Kind.PUBLISH)
    draft.refresh_from_db()
    assert (job.state, job.problems, draft.state) == (State.DONE, [], "published")


def test_a_check_of_a_table_that_is_refused_stays_refused_when_it_is_published(
    keeper: User, draft: ResponsibilityTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_args: Any, **_told: Any) -> None:
        ResponsibilityTable.objects.filter(pk=draft.pk).update(
            state="superseded", number=99, published_at=timezone.now()
        )
        raise Refused("too late")

    monkeypatch.setattr(jobs, "check_table", late)
    job = jobs.ask(table=draft, kind=Kind.CHECK, by=keeper)
    jobs.work("me")

    job.refresh_from_db()
    assert job.state == State.REFUSED
