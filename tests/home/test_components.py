"""Each component says what it wants, and shows every state by more than its colour."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.template import Context, RequestContext, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from notifications.board_cells import State
from notifications.board_lines import LINES
from safety.home import styleguide
from safety.home.templatetags.components import ago, clock_face, clock_time, tel
from tests.home.test_frame import INLINE

ROOT = Path(__file__).resolve().parents[2]
COMPONENTS = sorted((ROOT / "templates" / "components").glob("*.html"))
NOW = datetime(2026, 6, 14, 12, 33, tzinfo=UTC)  # 20:33 in Guiyang


@pytest.fixture
def at_duty():
    with time_machine.travel(NOW, tick=False), translation.override("zh-hans"):
        yield


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_says_in_its_first_line_what_it_wants(path):
    first = path.read_text(encoding="utf-8").partition("#}")[0]

    assert first.startswith("{# ")
    assert "Wants" in first
    assert "\n" not in first


@pytest.mark.parametrize(
    ("left", "state", "words"),
    [
        (timedelta(days=3, hours=2), "open", "剩余 3 天"),
        (timedelta(hours=2, minutes=5, seconds=59), "open", "剩余 2 小时 5 分"),
        (timedelta(minutes=12), "open", "剩余 12 分"),
        (timedelta(minutes=5), "soon", "剩余 5 分"),
        (timedelta(seconds=59), "soon", "剩余 0 分"),
        (timedelta(0), "over", "超时 0 分"),
        (timedelta(minutes=-3), "over", "超时 3 分"),
        (timedelta(hours=-23, minutes=-59), "over", "超时 23 小时 59 分"),
        (timedelta(days=-2, minutes=-1), "over", "逾期 2 天"),
    ],
)
def test_a_clock_counts_down_and_tells_minutes_late_from_days_late(at_duty, left, state, words):
    face = clock_face(NOW + left)

    assert (face.state, face.text) == (state, words)


@pytest.mark.parametrize(
    ("since", "zh", "en"),
    [
        (timedelta(seconds=59), "0分前", "0 min ago"),
        (timedelta(minutes=33), "33分前", "33 min ago"),
        (timedelta(minutes=66), "1小时6分前", "1 h 6 min ago"),
        (timedelta(days=2, hours=3), "2天前", "2 d ago"),
        (timedelta(minutes=-1), "0分前", "0 min ago"),
    ],
)
def test_how_long_ago_is_said_as_short_as_a_clock(since, zh, en):
    for language, words in (("zh-hans", zh), ("en", en)):
        with translation.override(language):
            assert ago(NOW - since, NOW) == words


def test_a_clock_that_was_met_says_when_and_whether_in_time(at_duty):
    due = NOW + timedelta(minutes=1)

    assert clock_face(due, NOW).text == "已办 20:33"
    assert clock_face(NOW - timedelta(minutes=1), NOW).text == "超时办结 20:33"
    assert clock_face(None, NOW).state == "met"
    assert clock_face(None) is None


def test_a_time_shows_as_much_of_its_date_as_is_needed(at_duty):
    assert clock_time(NOW) == "20:33"
    assert clock_time(NOW - timedelta(days=1)) == "06-13 20:33"
    assert clock_time(NOW - timedelta(days=365)) == "2025-06-14 20:33"
    assert clock_time(None) == ""


def test_a_number_is_dialled_without_its_blanks_and_dashes():
    assert tel("+86 0851-8888 (转1)") == "+86085188881"


def test_grades_differ_in_word_and_shape(at_duty):
    source = '{% include "components/grade_badge.html" with grade=grade only %}'
    badges = {grade: render(source, grade=grade) for grade in styleguide.GRADES}

    assert [re.search(r"<span>([^<]+)</span>", badge)[1] for badge in badges.values()] == [
        "红·立即报",
        "橙·紧急报",
        "黄·及时报",
        "蓝·按时报",
        "白·登记",
    ]
    assert len({re.search(r"#(grade-g\d)", badge)[1] for badge in badges.values()}) == 5
    assert render(source, grade="").strip() == ""


def test_answers_of_a_line_differ_in_word_and_sign(at_duty):
    source = '{% include "components/line_state.html" with state=state only %}'
    told = [render(source, state=state) for state in styleguide.LINE_STATES]

    assert len({re.sub(r'class="[^"]+"', "", text) for text in told}) == len(told)
    assert "系统故障(不计入个人)" in told[styleguide.LINE_STATES.index("fault")]


def test_a_refused_form_leads_to_each_field_that_is_wrong(at_duty):
    form = styleguide.examples()["wrong_form"]

    page = render("{{ form }}", form=form)

    assert 'role="alert"' in page
    for name in ("school", "place", "sure"):
        assert f'href="#id_{name}"' in page
        assert f'id="id_{name}"' in page
    assert "最多 40 个字,现有 50 个字。" in page
    assert 'aria-invalid="true"' in page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_styleguide_shows_every_state_without_anything_inline(db, language):
    request = RequestFactory().get("/styleguide/")
    request.user = AnonymousUser()
    request._messages = CookieStorage(request)

    with translation.override(language):
        page = styleguide.show(request).content.decode()

    assert not INLINE.search(page)
    for grade in styleguide.GRADES:
        assert f"grade-{grade.lower()}" in page
    for state in ("open", "soon", "over", "met", "late"):
        assert f"clock-{state}" in page


def test_leafing_keeps_the_filters(db):
    request = RequestFactory().get("/incidents/?q=河口&page=3")
    request.user = AnonymousUser()
    page = styleguide.examples()["page_middle"]

    source = Template('{% include "components/pagination.html" %}')
    text = source.render(RequestContext(request, {"page": page}))

    assert "q=%E6%B2%B3%E5%8F%A3&amp;page=5" in text
    assert "q=%E6%B2%B3%E5%8F%A3&amp;page=3" in text


def test_names_of_strangers_are_never_markup():
    text = render(
        '{% include "components/watermark.html" with watermark_text=name only %}'
        '{% include "components/empty.html" with title=name only %}',
        name="<script>alert(1)</script>",
    )

    assert "<script>" not in text
    assert text.count("&lt;script&gt;") == 3


def test_the_styleguide_shows_a_line_in_every_state():
    levels = styleguide.board_levels(timezone.now())

    shown = {cell.cell.state for level in levels for cell in level.cells}
    assert shown == set(State)
    assert all(len(level.cells) == len(LINES) for level in levels)
