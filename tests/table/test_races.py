"""Two administrators at once: one winner, one clear message, and nothing half-written."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from types import ModuleType
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from notifications.models import Entry, ResponsibilityTable, TableJob
from notifications.table import drafts, jobs
from notifications.table.drafts import publish_draft, put_rows, start_draft
from notifications.table.rows import Row
from safety.errors import Conflict
from safety.ledger.models import Event

Outcome = str


def at_once(attempts: list[Callable[[], object]]) -> list[Outcome]:
    """Run all of them together; "done", or the messages of what was refused."""
    start = Barrier(len(attempts))

    def run(attempt: Callable[[], object]) -> Outcome:
        start.wait(timeout=30)
        try:
            with translation.override("en"):
                attempt()
        except Conflict as refusal:
            return "; ".join(problem.message for problem in refusal.problems)
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(attempts)) as pool:
        futures = [pool.submit(run, attempt) for attempt in attempts]
        return [future.result(timeout=120) for future in futures]


def edit(city: ModuleType, who: str) -> ResponsibilityTable:
    draft = start_draft(by=city.person(who))
    row = Row(
        unit="520121",
        post="B12",
        capacity="AREA_CONTACT",
        business_duty=who,
        safety_duty=who,
        scope={"schools": ["5201210001"]},
    )
    put_rows(draft, [row])
    return draft


def test_two_administrators_publish_at_once_and_one_wins(city_committed: ModuleType) -> None:
    names = ("city.administrator", "city.safety_office")
    drafts = [edit(city_committed, name) for name in names]

    outcomes = at_once([partial(publish_draft, table=draft, note="") for draft in drafts])

    lost = [outcome for outcome in outcomes if outcome != "done"]
    assert len(lost) == 1
    assert "published" in lost[0]
    winner, loser = drafts if outcomes[0] == "done" else drafts[::-1]
    for table in (winner, loser):
        table.refresh_from_db()
    assert (winner.state, winner.number) == ("published", 2)
    assert loser.number is None
    assert loser.is_draft
    assert ResponsibilityTable.objects.filter(state="published").count() == 1
    assert Event.objects.filter(verb="table.published").count() == 2  # the first version, and this
    row = Entry.objects.get(table=winner, post__code="B12", capacity="AREA_CONTACT")
    assert row.business_duty in names


def test_the_same_draft_published_twice_at_once_is_one_version(city_committed: ModuleType) -> None:
    draft = edit(city_committed, "city.administrator")
    copies = [ResponsibilityTable.objects.get(pk=draft.pk) for _ in range(3)]

    outcomes = at_once([partial(publish_draft, table=copy, note="") for copy in copies])

    assert outcomes.count("done") == 1
    assert ResponsibilityTable.objects.filter(number__isnull=False).count() == 2


def test_an_edit_while_it_is_published_is_either_in_it_or_refused(
    city_committed: ModuleType,
) -> None:
    draft = edit(city_committed, "city.administrator")
    late = Row(
        unit="520121",
        post="B13",
        capacity="AREA_CONTACT",
        business_duty="晚到",
        safety_duty="晚到",
        scope={"schools": ["5201210001"]},
    )
    copy = ResponsibilityTable.objects.get(pk=draft.pk)

    published, edited = at_once(
        [partial(publish_draft, table=draft, note=""), partial(put_rows, copy, [late])]
    )

    draft.refresh_from_db()
    there = draft.entries.filter(post__code="B13", capacity="AREA_CONTACT").exists()
    assert there is (edited == "done")
    assert (draft.state == "published") is (published == "done")
    assert "done" in (published, edited)


def test_of_two_editors_of_one_row_one_wins(city_committed: ModuleType) -> None:
    draft = edit(city_committed, "city.administrator")
    draft.refresh_from_db()
    rows = [
        Row(
            unit="520121",
            post="B12",
            capacity="AREA_CONTACT",
            business_duty=text,
            safety_duty=text,
        )
        for text in ("甲", "乙")
    ]

    outcomes = at_once([partial(put_rows, draft, [row], seen=draft.revision) for row in rows])

    assert sorted(o == "done" for o in outcomes) == [False, True]
    kept = draft.entries.get(post__code="B12", capacity="AREA_CONTACT").business_duty
    assert kept == ("甲" if outcomes[0] == "done" else "乙")


def test_progress_is_told_while_others_write(
    city_committed: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "TOLD_EVERY", 50)
    draft = edit(city_committed, "city.administrator")
    others = [start_draft() for _ in range(9)]
    told: list[tuple[str, int, int]] = []

    def tell(*step: Any) -> None:
        if others:
            other = others.pop()
            assert at_once([partial(put_rows, other, [])]) == ["done"]
        ResponsibilityTable.objects.filter(pk=draft.pk).update(note=str(step))
        told.append(step)

    assert drafts.check_table(draft, tell=tell) == []
    assert [step for step, _done, _total in told[-2:]] == ["rows", "coverage"]
    assert told[1][1] == 50


def test_a_job_is_taken_by_one_worker(city_committed: ModuleType) -> None:
    draft = edit(city_committed, "city.administrator")
    keeper = city_committed.person("city.administrator")
    jobs.ask(table=draft, kind=TableJob.Kind.PUBLISH, by=keeper, note="x")
    taken: list[object] = []

    at_once([lambda n=n: taken.append(jobs.take(f"worker {n}")) for n in range(4)])  # type: ignore[misc]

    assert sum(job is not None for job in taken) == 1
