"""What bench.table measures, inside an installation: prints one JSON document of seconds and ms."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from random import Random
from typing import Any

from django.utils import timezone

from bench.figures import percentile
from notifications import holders
from notifications.models import Entry, ResponsibilityTable
from notifications.snapshot import snapshot
from notifications.table.comparing import differences_between
from notifications.table.drafts import check_table, publish_draft, put_rows, start_draft
from notifications.table.rows import rows_of
from safety.demo.actions import build_city
from safety.units.models import Unit

TIMES = 300


def build(schools: int) -> None:
    build_city(
        schools=schools,
        seed=1,
        names="fictional",
        password="x",
        now=timezone.now(),
        history_days=0,
    )


def seconds(does: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = does()
    return time.perf_counter() - began, result


def main() -> None:
    found: dict[str, float] = {}
    found["draft_s"], draft = seconds(start_draft)
    found["rows"] = draft.entries.count()
    rows = [row for row in rows_of(draft.entries) if row.capacity == "SCH_DIRECT"]
    found["edited"] = len(rows)
    found["edit_s"], _ = seconds(lambda: put_rows(draft, [_changed(row) for row in rows]))
    found["differences_s"], told = seconds(lambda: differences_between(draft.based_on, draft))
    assert len(told.changed) == len(rows)
    found["check_s"], problems = seconds(lambda: check_table(draft))
    found["problems"] = len(problems)
    found["publish_s"], table = seconds(lambda: publish_draft(table=draft, note="bench"))
    assert ResponsibilityTable.objects.get(state="published") == table
    assert Entry.objects.filter(table=table).count() == found["rows"]
    found |= _resolving()
    print(json.dumps(found))


def _changed(row: Any) -> Any:
    return type(row)(**{**vars(row), "assessment": "年度述职和季度通报"})


def _resolving() -> dict[str, float]:
    """One incident in a school: with its units in memory, and with nothing in memory."""
    random = Random(1)
    schools = list(Unit.objects.filter(kind="school").order_by("path"))
    chosen = [random.choice(schools) for _ in range(TIMES)]
    now = timezone.now()

    def resolve(school: Unit) -> float:
        took, plan = seconds(
            lambda: snapshot([school]).resolve(hazards=["DROWN"], grade="G2", at=now)
        )
        assert plan.rows
        return took * 1000

    resolve(chosen[0])
    cold = []
    for school in chosen:
        holders.forget()
        cold.append(resolve(school))
    warm = [resolve(chosen[0]) for _ in range(TIMES)]
    ready = snapshot([chosen[0]])
    pure = [
        seconds(lambda: ready.resolve(hazards=["DROWN"], grade="G2", at=now))[0] * 1000
        for _ in range(TIMES)
    ]
    return {
        "cold_p50_ms": percentile(cold, 50),
        "cold_p99_ms": percentile(cold, 99),
        "warm_p50_ms": percentile(warm, 50),
        "warm_p99_ms": percentile(warm, 99),
        "resolve_p50_ms": percentile(pure, 50),
        "resolve_p99_ms": percentile(pure, 99),
    }
