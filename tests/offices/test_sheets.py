"""人员调整表: looked at before anything is written, applied at once, taken back as a whole."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from notifications.models import Obligation
from safety.errors import Conflict, Refused
from safety.home.offices.sheets.actions import answer_questions, apply_sheet, keep_sheet, plan_of
from safety.home.offices.sheets.reading import read_paste
from safety.home.offices.sheets.undoing import undo_sheet
from safety.ledger.models import Event
from safety.people.models import User
from safety.posts.models import Holding
from tests.city import SINCE, make_incident, person, post

HEAD = "单位\t岗位\t新任职人\t手机\t起始日期\t备注\n"
TODAY = timezone.localdate


def draft(text: str, *, who: str = "county.administrator", starts_on: date | None = None):
    sheet = read_paste(text if text.startswith("单位") else HEAD + text)
    return keep_sheet(sheet=sheet, title="八月调整", starts_on=starts_on, user=person(who))


def planned(sheet, who: str = "county.administrator"):
    return plan_of(sheet, person(who), now=timezone.now())


def apply(sheet, who: str = "county.administrator"):
    return apply_sheet(sheet=sheet, digest=planned(sheet, who).digest, user=person(who))


def problems(text: str, **over) -> list[tuple[str, str]]:
    plan = planned(draft(text, **over))
    return [(p.field, p.message) for row in plan.rows for p in row.problems]


def moved(who: str) -> str:
    user = person(who)
    return f"{user.name}\t{user.phone}"


def test_a_new_principal_replaces_the_old_one_and_gets_an_account(city):
    sheet = draft("丁县一中\t校长\t示范新人\t16499990001\t2026-09-01\t\n")
    assert not User.objects.filter(username="16499990001").exists()

    applied = apply(sheet)

    newcomer = User.objects.get(username="16499990001")
    start = timezone.make_aware(timezone.datetime(2026, 9, 1))
    assert Holding.objects.get(post=post("school.principal"), person=newcomer).starts_at == start
    old = Holding.objects.get(post=post("school.principal"), person=person("school.principal"))
    assert old.ends_at == start
    assert Event.objects.filter(verb="adjustment.applied").count() == 1
    assert [a.user for a in applied.accounts] == [newcomer]


def test_who_would_read_more_than_the_administrator_gets_no_password_from_him(city):
    [account] = apply(draft("丁县一中\t校长\t示范新人\t16499990001\t2026-09-01\t\n")).accounts
    assert account.password == ""
    assert not account.user.has_usable_password()

    sheet = draft("丁县一中\t校医\t示范新人乙\t16499990002\t2026-09-01\t接替\n")
    [other] = apply(sheet).accounts

    assert other.user.check_password(other.password)
    assert User.objects.get(pk=other.user.pk).must_change_password


def test_a_swap_of_two_principals_is_two_rows(city):
    text = (
        f"丁县一中\t校长\t{moved('boarding.principal')}\t2026-09-01\t\n"
        f"丁县寄宿制中学\t校长\t{moved('school.principal')}\t2026-09-01\t\n"
    )
    sheet = draft(text)
    assert not planned(sheet).open

    apply(sheet)

    moment = timezone.make_aware(timezone.datetime(2026, 9, 2))
    now_held = Holding.objects.at(moment)
    assert now_held.get(post=post("school.principal")).person == person("boarding.principal")
    assert now_held.get(post=post("boarding.principal")).person == person("school.principal")


def test_a_name_alone_is_asked_about_and_never_guessed(city):
    User.objects.create_user("twin", name=person("boarding.doctor").name)
    sheet = draft(f"丁县一中\t校医\t{person('boarding.doctor').name}\t\t2026-09-01\t接替 调任\n")

    plan = planned(sheet)
    assert plan.open == 1
    assert len(plan.rows[0].questions[0].choices) == 2
    with pytest.raises(Refused):
        apply(sheet)

    key = plan.rows[0].questions[0].key
    answer_questions(sheet=sheet, answers={key: str(person("boarding.doctor").pk)})
    apply(sheet)

    assert Holding.objects.filter(
        post=post("school.doctor"), person=person("boarding.doctor")
    ).exists()


def test_a_known_name_with_another_number_is_asked_about(city):
    sheet = draft(
        f"丁县一中\t校医\t{person('boarding.doctor').name}\t16499990009\t2026-09-01\t接替 调任\n"
    )
    plan = planned(sheet)
    assert {c.value for c in plan.rows[0].questions[0].choices} == {
        str(person("boarding.doctor").pk),
        "new",
    }

    answer_questions(
        sheet=sheet, answers={plan.rows[0].questions[0].key: str(person("boarding.doctor").pk)}
    )
    apply(sheet)

    assert person("boarding.doctor").phone == "16499990009"


@pytest.mark.parametrize("typed", ["示范员(借调)", "示范员\uff08借调\uff09"])
@pytest.mark.parametrize("phone", ["known", ""])
def test_a_name_that_is_kept_with_brackets_is_found(city, typed, phone):
    doctor = person("boarding.doctor")
    User.objects.filter(pk=doctor.pk).update(name="示范员(借调)")
    number = doctor.phone if phone else ""

    plan = planned(draft(f"丁县一中\t校医\t{typed}\t{number}\t2026-09-01\t接替 调任\n"))

    if phone:
        assert plan.rows[0].person == doctor
    else:
        assert [c.value for c in plan.rows[0].questions[0].choices] == [str(doctor.pk)]


def test_a_remark_in_brackets_of_full_width_is_one_too(city):
    rows = "丁县一中\t校医\t示范甲\uff08兼\uff09\t16499990001\t2026-09-01\t接替\n"
    rows += "丁县一中\t班主任\t示范乙\uff0c示范丙\t\t2026-09-01\t\n"

    one, several = planned(draft(rows)).rows

    assert (one.name.text, one.name.remark) == ("示范甲", "兼")
    assert several.name.is_several


def test_brackets_that_nobody_is_called_by_stay_a_remark(city):
    doctor = person("boarding.doctor")
    User.objects.filter(pk=doctor.pk).update(name="示范员")
    User.objects.create_user("other", name="示范员(兼)", phone="16499990008")

    plan = planned(draft(f"丁县一中\t校医\t示范员(兼)\t{doctor.phone}\t2026-09-01\t接替\n"))

    [row] = plan.rows
    assert (row.person, row.name.remark) == (doctor, "兼")
    assert not plan.open


def test_what_else_somebody_holds_is_asked_about_unless_the_note_says(city):
    who = moved("boarding.doctor")
    asked = planned(draft(f"丁县一中\t校医\t{who}\t2026-09-01\t接替\n"))
    assert [q.key for q in asked.rows[0].questions] == ["2:others"]

    kept = planned(draft(f"丁县一中\t校医\t{who}\t2026-09-01\t接替,兼\n"))

    assert not kept.open
    assert not [h for row in kept.rows for h in row.ends if h.person == person("boarding.doctor")]


def test_a_post_of_several_is_asked_about(city):
    sheet = draft("丁县一中\t班主任\t示范新人\t16499990001\t2026-09-01\t\n")
    [question] = planned(sheet).rows[0].questions
    assert question.key == "2:here"

    answer_questions(sheet=sheet, answers={question.key: "beside"})
    apply(sheet)

    moment = timezone.make_aware(timezone.datetime(2026, 9, 2))
    assert Holding.objects.at(moment).filter(post=post("school.class_teacher")).count() == 2


def test_a_vacancy_is_a_row_too(city):
    apply(draft("丁县一中\t校长\t空缺\t\t2026-09-01\t退休\n"))

    moment = timezone.make_aware(timezone.datetime(2026, 9, 2))
    assert not Holding.objects.at(moment).filter(post=post("school.principal")).exists()


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("没有的学校\t校长\t新人\t16499990001\t2026-09-01\t", "unit"),
        ("甲区第一小学\t校长\t新人\t16499990001\t2026-09-01\t", "unit"),
        ("丁县一中\t校长助理\t新人\t16499990001\t2026-09-01\t", "post"),
        ("丁县一中\t校长\t新人\t1649999\t2026-09-01\t", "phone"),
        ("丁县一中\t校长\t新人\t\t2026-09-01\t", "phone"),
        ("丁县一中\t校长\t新人、旧人\t16499990001\t2026-09-01\t", "person"),
        ("丁县一中\t校长\t新人\t16499990001\t9月1日\t", "starts"),
        ("丁县一中\t校长\t新人\t16499990001\t2026-02-30\t", "starts"),
        ("丁县一中\t校长\t新人\t16499990001\t\t", "starts"),
        ("丁县一中\t校长\t\t16499990001\t2026-09-01\t", "person"),
    ],
)
def test_each_bad_cell_is_named_with_its_reason(city, row, field):
    found = problems(row + "\n")

    assert [f for f, _m in found] == [field]


def test_a_number_of_somebody_else_is_no_match(city):
    phone = person("boarding.doctor").phone

    assert problems(f"丁县一中\t校长\t别的人\t{phone}\t2026-09-01\t\n")[0][0] == "phone"


def test_two_rows_for_one_exclusive_post_contradict_each_other(city):
    text = (
        "丁县一中\t校长\t示范甲\t16499990001\t2026-09-01\t\n"
        "丁县一中\t校长\t示范乙\t16499990002\t2026-09-05\t\n"
    )

    assert [field for field, _m in problems(text)] == ["post"]


def test_somebody_of_another_district_must_leave_there_first(city):
    row = f"丁县一中\t校长\t{moved('primary.principal')}\t2026-09-01\t兼\n"

    found = problems(row)

    assert [field for field, _m in found] == ["person"]
    moving = draft(row.replace("兼", "调任"))
    assert planned(moving).wrong == 1  # what another district gave, only it or the city takes
    assert planned(moving, "city.administrator").wrong == 0


def test_titles_ditto_marks_and_excel_dates_are_read(city):
    text = (
        "2026年秋季人员调整表\t\t\t\t\t\n"
        + HEAD
        + "丁县一中\t校长\t示范甲(兼)\t164 9999 0001\t2026年9月1日\t\n"
        + "同上\t党组织书记\t示范甲(兼)\t16499990001\t46266\t\n"
    )
    sheet = (
        draft(text)
        if text.startswith("单位")
        else keep_sheet(
            sheet=read_paste(text), title="", starts_on=None, user=person("county.administrator")
        )
    )

    plan = planned(sheet)

    assert [p for row in plan.rows for p in row.problems] == []
    assert {row.starts_at for row in plan.rows} == {
        timezone.make_aware(timezone.datetime(2026, 9, 1))
    }
    assert len(plan.newcomers) == 1
    assert sheet.notes


def test_a_paste_without_the_needed_headings_is_refused(city):
    with pytest.raises(Refused):
        read_paste("一\t二\t三\t四\t五\t六\t七\n1\t2\t3\t4\t5\t6\t7\n")
    with pytest.raises(Refused):
        read_paste("  ")


def test_a_formula_is_text(city):
    sheet = draft("丁县一中\t校长\t示范甲\t16499990001\t2026-09-01\t=1+1\n")
    apply(sheet)

    assert Holding.objects.get(person__username="16499990001").note == "=1+1"


def test_what_changed_since_the_preview_is_not_applied(city):
    sheet = draft("丁县一中\t校长\t示范甲\t16499990001\t2026-09-01\t\n")
    digest = planned(sheet).digest
    Holding.objects.filter(post=post("school.principal")).update(
        ends_at=timezone.now() + timedelta(days=3650)
    )

    with pytest.raises(Conflict):
        apply_sheet(sheet=sheet, digest=digest, user=person("county.administrator"))

    sheet.refresh_from_db()
    assert sheet.state == "draft"
    assert not User.objects.filter(username="16499990001").exists()


def test_a_sheet_in_force_hands_over_and_undoing_gives_back(city):
    make_incident(hazard="DROWN", people="counted", missing=1)
    owed = Obligation.objects.open().filter(post=post("school.principal"))
    assert owed.exists()
    sheet = draft(f"丁县一中\t校长\t示范甲\t16499990001\t{TODAY().isoformat()}\t\n")
    sheet = apply(sheet).sheet
    newcomer = User.objects.get(username="16499990001")
    assert {o.person for o in owed} == {newcomer}

    undo_sheet(sheet=sheet, why="填错了学校", user=person("county.administrator"))

    assert {o.person for o in owed.all()} == {person("school.principal")}
    assert Holding.objects.get(post=post("school.principal")).ends_at is None
    taken = Holding.versions.get(person=newcomer)
    assert taken.withdrawn_why == "填错了学校"
    newcomer.refresh_from_db()
    assert not newcomer.is_active
    with pytest.raises(Conflict):
        undo_sheet(sheet=sheet, why="again", user=person("county.administrator"))


def test_what_somebody_built_on_is_not_undone(city):
    sheet = apply(draft("丁县一中\t校长\t示范甲\t16499990001\t2026-09-01\t\n")).sheet
    Holding.objects.filter(person__username="16499990001").update(
        ends_at=timezone.make_aware(timezone.datetime(2027, 1, 1))
    )

    with pytest.raises(Conflict, match="丁县一中"):
        undo_sheet(sheet=sheet, why="x", user=person("county.administrator"))


def test_hundreds_of_rows_need_few_questions(city, django_assert_max_num_queries):
    row = "丁县一中\t班主任\t示范{n}\t1649998{n:04d}\t2026-09-01\t增补\n"
    sheet = draft("".join(row.format(n=n) for n in range(600)))

    with django_assert_max_num_queries(40):
        plan = planned(sheet)
    assert plan.wrong == 0

    apply(sheet)

    assert Holding.objects.filter(post=post("school.class_teacher")).count() == 601


@pytest.mark.parametrize(
    ("before", "note", "after"),
    [
        ("acting", "", "principal"),
        ("deputy", "", "principal"),
        ("deputy", "主持工作", "acting"),
        ("principal", "B角", "deputy"),
    ],
)
def test_whoever_is_there_as_something_else_becomes_what_the_row_says(city, before, note, after):
    user = person("school.secretary")
    target = post("school.principal")
    if before == "principal":
        Holding.objects.filter(post=target).update(person=user)
    else:
        Holding.objects.create(post=target, person=user, kind=before, starts_at=SINCE)

    sheet = draft(f"丁县一中\t校长\t{moved('school.secretary')}\t2026-09-01\t{note},兼\n")
    assert [p for row in planned(sheet).rows for p in row.problems] == []
    apply(sheet)

    held = Holding.objects.at(timezone.make_aware(timezone.datetime(2026, 9, 2)))
    assert [h.kind for h in held.filter(post=target, person=user)] == [after]
    full = held.filter(post=target).exclude(kind="deputy").exclude(person=user)
    assert full.exists() is (after == "acting")
