"""What the tests of posts and holders do on the pages, as a browser would."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from safety.home.offices.actions import state_of
from safety.home.offices.models import Adjustment
from tests.city import person, post

HEAD = "单位\t岗位\t新任职人\t手机\t起始日期\t备注\n"


def minute(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def in_days(days: float) -> str:
    return minute(timezone.now() + timedelta(days=days))


def appoint(client, post_name: str, **over):
    """Fill in the page of one post; ``who`` is somebody of the cast."""
    if "who" in over:
        known = person(over.pop("who"))
        over = {"name": known.name, "phone": known.phone, **over}
    said = {
        "name": "示范新人",
        "phone": "16499990001",
        "kind": "principal",
        "starts_at": minute(timezone.now()),
        "seen": state_of(post(post_name)),
        **over,
    }
    return client.post(reverse("offices:appoint", args=[post(post_name).pk]), said)


def row_of(post_name: str, who: str, note: str = "接替,兼", day: str = "") -> str:
    """A row of a sheet that gives ``post_name`` to ``who``."""
    where, known = post(post_name), person(who)
    on = day or timezone.localdate().isoformat()
    return f"{where.unit.name}\t{where.name}\t{known.name}\t{known.phone}\t{on}\t{note}\n"


def keep(client, rows: str) -> Adjustment:
    """Paste ``rows``; the sheet as it is kept."""
    answer = client.post(reverse("offices:sheets"), {"title": "八月调整", "rows": HEAD + rows})
    return Adjustment.objects.get(ref=answer.url.rstrip("/").rpartition("/")[2])


def plan_on(client, sheet: Adjustment):
    return client.get(reverse("offices:sheet", args=[sheet.ref])).context["plan"]


def problems_on(client, sheet: Adjustment) -> list[tuple[int, str]]:
    """Line and message of each problem that the preview shows."""
    return [
        (row.line, str(problem.message))
        for row in plan_on(client, sheet).rows
        for problem in row.problems
    ]


def apply(client, sheet: Adjustment):
    digest = plan_on(client, sheet).digest
    return client.post(reverse("offices:apply", args=[sheet.ref]), {"digest": digest})


def send_away(client, who: str, *, delegate: str = "", starts: str = "", ends: str = ""):
    said = {"starts_at": starts, "ends_at": ends or in_days(2)}
    if delegate:
        said["delegate"] = str(person(delegate).pk)
    return client.post(reverse("offices:away", args=[person(who).pk]), said)
