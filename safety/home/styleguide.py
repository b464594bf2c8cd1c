"""Every component in every state on one page; only in debug mode."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from notifications.board_cells import Cell, State
from notifications.board_lines import LEVELS, LINES, LevelRow, LineCell
from notifications.words import level_word, line_word
from safety.errors import Problem

GRADES = ("G1", "G2", "G3", "G4", "G5")
LINE_STATES = ("done", "proxy", "waiting", "overdue", "climbed", "fault", "none")
LONG_NAME = "示范市示范新区河口镇中心小学附属第二幼儿园(河口村教学点)"
TILES = (
    ("drown", "溺水"),
    ("traffic", "交通/校车"),
    ("injury", "受伤生病"),
    ("food", "食品饮水"),
    ("fire", "火情用电"),
    ("bully", "打架欺凌"),
    ("violence", "暴力闯入"),
    ("missing", "走失失联"),
    ("building", "校舍设施"),
    ("disaster", "自然灾害"),
    ("opinion", "舆情信访"),
    ("other", "其他"),
)


class Example(forms.Form):
    school = forms.CharField(label="School", max_length=40)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "first"), ("b", LONG_NAME)])
    place = forms.ChoiceField(
        label="Place",
        choices=[("on_campus", "校内"), ("off_campus", "校外"), ("on_the_way", "途中")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label="Note", required=False, widget=forms.Textarea, help_text="At most 200 characters."
    )
    sure = forms.BooleanField(label="I have told the parents")


def board_levels(now: datetime) -> list[LevelRow]:
    """A line of the board in every state, two of them in ratios."""
    cells = (
        Cell(state=State.DONE, at=now),
        Cell(state=State.PHONE, at=now, by_phone=True),
        Cell(state=State.ACTING, at=now, answered=2, owing=2),
        Cell(state=State.WAITING, due_at=now + timedelta(minutes=12), answered=1, owing=3),
        Cell(state=State.LATE, due_at=now - timedelta(minutes=3)),
        Cell(state=State.LATE, due_at=now - timedelta(minutes=3), by_action=True),
        Cell(state=State.NOBODY),
        Cell(state=State.WAITING, due_at=now + timedelta(minutes=2), climbed=True),
        Cell(state=State.FAULT),
        Cell(state=State.NONE),
        Cell(state=State.WAITING, due_at=now + timedelta(days=3)),
        Cell(state=State.DONE, at=now - timedelta(days=400)),
    )
    return [
        LevelRow(
            level=level,
            word=level_word(level),
            cells=[
                LineCell(line=line, word=line_word(line), cell=cell, who=LONG_NAME)
                for line, cell in zip(LINES, cells[4 * number :], strict=False)
            ],
        )
        for number, level in enumerate(LEVELS)
    ]


def show(request: HttpRequest) -> HttpResponse:
    if request.GET.get("toast"):
        messages.success(request, "Saved.")
        messages.error(request, LONG_NAME)
    return render(request, "home/styleguide.html", examples())


def examples() -> dict[str, Any]:
    """One value of each kind that the components take: none, one, many, long, late."""
    now = timezone.now()
    wrong = Example({"school": "x" * 50, "kind": "a"})
    wrong.is_valid()
    clocks = [
        {"due_at": now + timedelta(days=3, hours=2), "met_at": None},
        {"due_at": now + timedelta(hours=2, minutes=5), "met_at": None},
        {"due_at": now + timedelta(minutes=12), "met_at": None},
        {"due_at": now + timedelta(minutes=3), "met_at": None},
        {"due_at": now - timedelta(minutes=3), "met_at": None},
        {"due_at": now - timedelta(days=2, minutes=1), "met_at": None},
        {"due_at": now, "met_at": now - timedelta(minutes=4)},
        {"due_at": now - timedelta(minutes=4), "met_at": now},
    ]
    return {
        "grades": GRADES,
        "line_states": LINE_STATES,
        "board_levels": board_levels(now),
        "clocks": clocks,
        "long_name": LONG_NAME,
        "tiles": TILES,
        "empty_form": Example(),
        "wrong_form": wrong,
        "page_one": Paginator(range(500), 50).get_page(1),
        "page_middle": Paginator(range(500), 50).get_page(4),
        "page_only": Paginator(range(3), 50).get_page(1),
        "selects": [
            {"name": "grade", "label": "Grade", "value": "G2", "options": [(g, g) for g in GRADES]}
        ],
        "checks": [{"name": "open", "label": "Open only", "on": True}],
        "problems": [
            Problem(
                field="school",
                value="x",
                message="The school is closed.",
                remedy="Choose the school that took over its pupils.",
            )
        ],
        "two_phones": [
            {"label": "示范市教育局值班室", "number": "0851-00000000"},
            {"label": LONG_NAME, "number": "0851-00000001"},
        ],
        "rows": [(1, "G1", "丁县一中"), (2, "G2", LONG_NAME), (3, "G5", "School No. 3")],
        "now": now,
    }
