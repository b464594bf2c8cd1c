"""Rosters as offices write them: what is read, and what is told by row and cell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from safety.posts.models import Shift
from safety.roster.access import people_for, seat_kinds, seats_of
from safety.roster.calendar import ZONE, current_calendar
from safety.roster.sheets.days import Undated, days_of, span_of
from safety.roster.sheets.heading import Office
from safety.roster.sheets.names import Known, written_in
from safety.roster.sheets.reading import Read, read_roster
from tests.city import person, post, sign_in, unit
from tests.roster.shifts import put

TODAY = date(2026, 11, 20)
EXAMS, OFFICE, CHIEF = "county.exams", "county.office", "county.chief"


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        (datetime(2026, 11, 25), ["2026-11-25"]),  # noqa: DTZ001 - as calamine gives it
        (date(2026, 11, 25), ["2026-11-25"]),
        (46351.0, ["2026-11-25"]),
        ("11月25日", ["2026-11-25"]),
        ("11月25日(星期三)", ["2026-11-25"]),
        ("11 月 25 号", ["2026-11-25"]),
        ("2026年11月25日", ["2026-11-25"]),
        ("2026/11/25", ["2026-11-25"]),
        ("2026.11.25", ["2026-11-25"]),
        ("11.25", ["2026-11-25"]),
        ("11-25 周三", ["2026-11-25"]),
        ("1月3日", ["2027-01-03"]),
        ("11月30日-12月2日", ["2026-11-30", "2026-12-01", "2026-12-02"]),
        ("12月31日至1月1日", ["2026-12-31", "2027-01-01"]),
        ("11月25日至27日", ["2026-11-25", "2026-11-26", "2026-11-27"]),
    ],
)
def test_a_day_is_read_as_people_write_it(cell: object, days: list[str]) -> None:
    found = days_of(cell, today=TODAY, year=None, above=None)  # type: ignore[arg-type]

    assert [day.isoformat() for day in found] == days


def test_a_bare_day_takes_its_month_from_above_and_a_title_gives_the_year() -> None:
    assert days_of("3日", today=TODAY, year=None, above=date(2026, 10, 1)) == [date(2026, 10, 3)]
    assert days_of("2月9日", today=TODAY, year=2026, above=None) == [date(2026, 2, 9)]


@pytest.mark.parametrize("cell", ["", "待定", "13月1日", "2月30日", "11月25日-", "99", 3, True])
def test_what_is_no_day_is_not_guessed(cell: object) -> None:
    with pytest.raises(Undated):
        days_of(cell, today=TODAY, year=None, above=None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "begin", "hours"),
    [
        ("08:30-17:30", "08:30", 9),
        ("8:30—次日8:30", "08:30", 24),
        ("17:30-8:30", "17:30", 15),
        ("8时30分至17时30分", "08:30", 9),
        ("20:30~次日8:30", "20:30", 12),
        ("0:00-24:00", "00:00", 24),
    ],
)
def test_a_time_is_read_as_people_write_it(text: str, begin: str, hours: float) -> None:
    starts, lasts = span_of(text)

    assert (starts.isoformat("minutes"), lasts) == (begin, timedelta(hours=hours))


@pytest.mark.parametrize("text", ["白班", "8:30", "25:70-26:90", "8:30和9:30"])
def test_what_is_no_time_is_not_guessed(text: str) -> None:
    with pytest.raises(Undated):
        span_of(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("张三", ["张三"]),
        ("张 三", ["张三"]),
        ("张三、李四", ["张三", "李四"]),
        ("张三 李四", ["张三", "李四"]),
        ("张三(兼) 13900000000", ["张三"]),
        ("李和平", ["李和平"]),
        ("张三\n李四", ["张三", "李四"]),
    ],
)
def test_names_are_read_without_numbers_and_remarks(text: str, names: list[str]) -> None:
    assert [one.name for one in written_in(text)] == names


# ---- whole sheets ----


@pytest.fixture
def office(city: ModuleType) -> Office:
    return Office(
        seats=list(seats_of([unit("county").pk])),
        capacities=seat_kinds(),
        known=Known.of(people_for(unit("county"))),
        calendar=current_calendar(),
        pattern="halves",
        today=TODAY,
    )


def name(who: str) -> str:
    return str(person(who).name)


def written(
    path: Path, rows: Sequence[Sequence[object]], merged: Sequence[tuple[int, int, int, int]] = ()
) -> Path:
    """A workbook with these rows; ``merged`` areas take the value of their first cell."""
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            page.write(r, c, value)
    for top, left, bottom, right in merged:
        page.merge_range(top, left, bottom, right, rows[top][left])
    book.close()
    return path


def told(read: Read) -> list[tuple[str, str, str, str]]:
    """(seat, person, begin, end) of each shift, in local time."""
    form = "%m-%d %H:%M"
    return [
        (
            new.post.kind,
            new.person.username,
            new.starts_at.astimezone(ZONE).strftime(form),
            new.ends_at.astimezone(ZONE).strftime(form),
        )
        for new in read.shifts
    ]


def test_title_rows_merged_days_and_ditto_marks_are_read(tmp_path: Path, office: Office) -> None:
    rows = [
        ["丁县教育局2026年11月值班表", "", "", "", ""],
        ["日 期", "带班领导", "值班时间", "值班人员", "备注"],
        ["11月25日(周三)", name(CHIEF), "8:30-17:30", f"{name(EXAMS)} 16400000001", ""],
        ["", "", "17:30-次日8:30", name(OFFICE), ""],
        ["11月26日", "同上", "8:30-17:30", "同上", ""],
        ["注:值班电话0851-00000000", "", "", "", ""],
    ]
    path = written(
        tmp_path / "值班表.xlsx", rows, merged=[(0, 0, 0, 4), (2, 0, 3, 0), (2, 1, 3, 1)]
    )

    read = read_roster(path, office)

    assert read.problems == []
    assert told(read) == [
        ("B27D", EXAMS, "11-25 08:30", "11-25 17:30"),
        ("B27L", CHIEF, "11-25 08:30", "11-25 17:30"),
        ("B27D", OFFICE, "11-25 17:30", "11-26 08:30"),
        ("B27L", CHIEF, "11-25 17:30", "11-26 08:30"),
        ("B27D", OFFICE, "11-26 08:30", "11-26 17:30"),
        ("B27L", CHIEF, "11-26 08:30", "11-26 17:30"),
    ]


def test_without_times_the_pattern_of_the_day_is_taken(tmp_path: Path, office: Office) -> None:
    rows = [
        ["日期", "值班员", "带班领导"],
        ["11月25日", f"{name(EXAMS)}、{name(OFFICE)}", name(CHIEF)],
        ["11月28日", f"{name(EXAMS)}、{name(OFFICE)}", name(CHIEF)],
    ]

    read = read_roster(written(tmp_path / "a.xlsx", rows), office)

    assert read.problems == []
    officers = [row[1:] for row in told(read) if row[0] == "B27D"]
    assert officers == [
        (EXAMS, "11-25 08:30", "11-25 17:30"),
        (OFFICE, "11-25 17:30", "11-26 08:30"),
        (EXAMS, "11-28 08:30", "11-28 20:30"),
        (OFFICE, "11-28 20:30", "11-29 08:30"),
    ]
    leaders = [row[2:] for row in told(read) if row[0] == "B27L"]
    assert leaders == [("11-25 08:30", "11-26 08:30"), ("11-28 08:30", "11-29 08:30")]


def test_words_for_day_and_night_are_read(tmp_path: Path, office: Office) -> None:
    rows = [
        ["日期", "班次", "值班员"],
        ["11月25日", "白班", name(EXAMS)],
        ["11月25日", "夜班", name(OFFICE)],
        ["11月26日", "全天", name(OFFICE)],
    ]

    read = read_roster(written(tmp_path / "a.xlsx", rows), office)

    assert [row[2:] for row in told(read)] == [
        ("11-25 08:30", "11-25 17:30"),
        ("11-25 17:30", "11-26 08:30"),
        ("11-26 08:30", "11-27 08:30"),
    ]


def test_every_bad_cell_is_told_by_row_and_column(tmp_path: Path, office: Office) -> None:
    rows = [
        ["日期", "值班时间", "值班员"],
        ["11月25日", "8:30-17:30", "查无此人"],
        ["13月40日", "8:30-17:30", name(EXAMS)],
        ["11月27日", "上半夜", name(EXAMS)],
        ["11月28日", "8:30-17:30", f"{name(EXAMS)}、{name(OFFICE)}"],
        ["11月29日", "8:30-17:30", "空缺"],
    ]

    read = read_roster(written(tmp_path / "a.xlsx", rows), office)

    assert [(p.row, p.column) for p in sorted(read.problems, key=lambda p: p.row)] == [
        (2, "值班员"),
        (3, "日期"),
        (4, "值班时间"),
        (5, "值班员"),
    ]
    assert all(p.message and p.remedy for p in read.problems)
    assert read.shifts == []


def test_two_of_one_name_are_told_apart_by_number_or_not_at_all(
    tmp_path: Path, office: Office
) -> None:
    twin = person(OFFICE)
    twin.name = name(EXAMS)
    twin.phone = "16400001111"
    twin.save()
    known = Office(**{**office.__dict__, "known": Known.of(people_for(unit("county")))})
    rows = [
        ["日期", "值班时间", "值班员"],
        ["11月25日", "8:30-17:30", f"{twin.name} 16400001111"],
        ["11月26日", "8:30-17:30", twin.name],
    ]

    read = read_roster(written(tmp_path / "a.xlsx", rows), known)

    assert [row[1] for row in told(read)] == [OFFICE]
    assert [p.row for p in read.problems] == [3]


# ---- the page ----


def upload(client, path: Path, pattern: str = "halves"):
    return client.post(
        reverse("roster:import", args=[unit("county").code]),
        {"file": SimpleUploadedFile(path.name, path.read_bytes()), "pattern": pattern},
    )


def sheet_ahead(path: Path, who: str = EXAMS, days: int = 3) -> Path:
    first = timezone.localdate() + timedelta(days=5)
    rows: list[list[object]] = [["日期", "值班时间", "值班员"]]
    for n in range(days):
        day = first + timedelta(days=n)
        rows.append([f"{day.year}年{day.month}月{day.day}日", "8:30-次日8:30", name(who)])
    return written(path, rows)


def test_looking_writes_nothing_and_taking_in_writes_all(
    city: ModuleType, client, tmp_path: Path
) -> None:
    sign_in(client, "county.safety_office")

    looked = upload(client, sheet_ahead(tmp_path / "a.xlsx"))
    assert looked.status_code == 200
    assert not Shift.objects.exists()
    token = looked.context["preview"].token
    client.post(reverse("roster:take_in", args=[unit("county").code]), {"token": token})

    assert Shift.objects.filter(person=person(EXAMS), post=post("county.duty_officer")).count() == 3
    again = upload(client, sheet_ahead(tmp_path / "a.xlsx"))
    assert (len(again.context["preview"].new), len(again.context["preview"].known)) == (0, 3)


def test_a_preview_belongs_to_its_reader_its_bureau_and_its_hour(
    city: ModuleType, client, tmp_path: Path
) -> None:
    sign_in(client, "county.safety_office")
    token = upload(client, sheet_ahead(tmp_path / "a.xlsx")).context["preview"].token
    address = reverse("roster:take_in", args=[unit("county").code])

    assert client.post(address, {"token": token[:-2] + "xx"}).status_code == 422
    sign_in(client, "county.administrator")
    assert client.post(address, {"token": token}).status_code == 422
    sign_in(client, "city.administrator")
    other = reverse("roster:take_in", args=[unit("city").code])
    assert client.post(other, {"token": token}).status_code == 422
    assert not Shift.objects.exists()


def test_pressing_twice_plans_once_and_says_so(city: ModuleType, client, tmp_path: Path) -> None:
    sign_in(client, "county.safety_office")
    token = upload(client, sheet_ahead(tmp_path / "a.xlsx")).context["preview"].token
    address = reverse("roster:take_in", args=[unit("county").code])

    first = client.post(address, {"token": token})
    planned = list(Shift.objects.order_by("pk"))
    again = client.post(address, {"token": token})

    assert planned
    assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert list(Shift.objects.order_by("pk")) == planned
    Shift.objects.filter(pk=planned[0].pk).delete()
    client.post(address, {"token": token})
    assert Shift.objects.count() == len(planned)


def test_a_clash_with_what_is_planned_is_told_before_anything_is_written(
    city: ModuleType, client, tmp_path: Path
) -> None:
    first = datetime.combine(
        timezone.localdate() + timedelta(days=6), datetime.min.time(), ZONE
    ) + timedelta(hours=10)
    put("county.duty_officer", OFFICE, start=first, hours=2)
    put("county.duty_leader", EXAMS, start=first + timedelta(days=1), hours=2)
    sign_in(client, "county.safety_office")

    looked = upload(client, sheet_ahead(tmp_path / "a.xlsx"))

    assert looked.status_code == 422
    assert len(looked.context["preview"].problems) == 2
    assert looked.context["preview"].token == ""
    assert Shift.objects.count() == 2


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("roster.xlsx", b"PK\x03\x04 broken"),
        ("roster.xlsx", b""),
        ("roster.csv", "姓名,电话\n张三,1".encode()),
        ("roster.pdf", b"%PDF-1.4"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_with_words(
    city: ModuleType, client, file: str, content: bytes
) -> None:
    sign_in(client, "county.safety_office")

    answer = client.post(
        reverse("roster:import", args=[unit("county").code]),
        {"file": SimpleUploadedFile(file, content), "pattern": "halves"},
    )

    assert answer.status_code == 422
    assert not Shift.objects.exists()


def test_what_is_exported_and_taken_in_again_changes_nothing(
    city: ModuleType, client, tmp_path: Path
) -> None:
    day = timezone.localdate() + timedelta(days=3)
    start = datetime.combine(day, datetime.min.time(), ZONE) + timedelta(hours=8, minutes=30)
    put("county.duty_officer", EXAMS, start=start, hours=9)
    put("county.duty_officer", OFFICE, start=start + timedelta(hours=9), hours=15)
    put("county.duty_leader", CHIEF, start=start, hours=24)
    before = set(Shift.objects.values_list("post", "person", "starts_at", "ends_at"))
    sign_in(client, "county.safety_office")
    address = reverse("roster:export", args=[unit("county").code])
    content = client.get(f"{address}?from={day}&to={day + timedelta(days=1)}").content
    path = tmp_path / "export.xlsx"
    path.write_bytes(content)

    same = upload(client, path)
    assert (len(same.context["preview"].known), len(same.context["preview"].new)) == (3, 0)
    Shift.objects.all().delete()
    token = upload(client, path).context["preview"].token
    client.post(reverse("roster:take_in", args=[unit("county").code]), {"token": token})

    assert set(Shift.objects.values_list("post", "person", "starts_at", "ends_at")) == before


def test_a_name_that_looks_like_a_formula_stays_text(
    city: ModuleType, client, tmp_path: Path
) -> None:
    evil = person(EXAMS)
    evil.name = '=HYPERLINK("http://x","y")'
    evil.save()
    put("county.duty_officer", EXAMS)
    sign_in(client, "county.safety_office")
    path = tmp_path / "export.xlsx"
    path.write_bytes(client.get(reverse("roster:export", args=[unit("county").code])).content)

    import zipfile  # noqa: PLC0415 - only this test looks inside the file

    inside = zipfile.ZipFile(path)
    sheet = inside.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
