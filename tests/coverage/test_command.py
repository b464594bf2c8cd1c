"""``check_responsibility``: the ten gaps put in by hand, each found, and nothing else."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from notifications.models import Entry
from notifications.snapshot import current_table
from notifications.table.publishing import NewEntry, publish_table
from safety.ledger.actions import SYSTEM
from safety.posts.models import Holding, Post


def check(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    try:
        call_command("check_responsibility", "--json", *arguments, stdout=out)
        refused = False
    except CommandError:
        refused = True
    document: dict[str, Any] = json.loads(out.getvalue())
    assert refused is not document["publishable"]
    return document


def found(document: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(gap["unit"], gap["capacity"], gap["post_type"]) for gap in document["gaps"]}


def test_the_cast_has_no_gap(city: ModuleType) -> None:
    document = check()

    assert document["publishable"] is True
    assert (document["gaps"], document["accepted"], document["notices"]) == ([], [], [])
    assert document["counts"]["schools"] == sum(1 for key in city.SCHOOLS if key != "closed")


def republish(
    city: ModuleType, *, without: str = "", scopes: Mapping[str, dict[str, Any]] | None = None
) -> None:
    """The next version: the same rows, one left out or with another scope."""
    rescoped = {city.post(name).pk: scope for name, scope in (scopes or {}).items()}
    left_out = city.post(without).pk if without else 0
    rows = Entry.objects.filter(table=current_table()).select_related("post")
    publish_table(
        entries=[
            NewEntry(
                post=row.post,
                capacity=row.capacity,
                line=row.line,
                scope=rescoped.get(row.post_id, row.scope),
                business_duty=row.business_duty,
                safety_duty=row.safety_duty,
            )
            for row in rows
            if row.post_id != left_out
        ],
        note="",
        actor=SYSTEM,
    )


def code(city: ModuleType, key: str) -> str:
    return str(city.UNITS[key][0])


def vacant_post(city: ModuleType) -> Iterator[tuple[str, str, str]]:
    city.vacate("district.safety_deputy")
    yield code(city, "district"), "SAFETY_DEPUTY", "B03"


def holding_that_ends_in_12_days(city: ModuleType) -> Iterator[tuple[str, str, str]]:
    city.vacate("county.section_moral", at=timezone.now() + timedelta(days=12))
    yield code(city, "county"), "LINE_SECTION", "B17"


def leave_without_delegate(city: ModuleType) -> Iterator[tuple[str, str, str]]:
    city.send_away("boarding.safety_staff")
    yield code(city, "boarding"), "SCH_SAFETY_STAFF", "SCH_SAFETY_STAFF"


def abolished_post(city: ModuleType) -> Iterator[tuple[str, str, str]]:
    Post.objects.filter(pk=city.post("city.office").pk).update(abolished_at=timezone.now())
    yield code(city, "city"), "REPORTING", "B21"


def missing_row(city: ModuleType) -> Iterator[tuple[str, str, str]]:
    republish(city, without="zone.section_health")
    yield code(city, "zone"), "LINE_SECTION", "B18"


def scope_that_misses_a_hazard(city: ModuleType) -> Iterator[tuple[str, str, str]]:
    republish(city, scopes={"county.deputy_health": {"hazards": ["FOOD", "PE", "INJ"]}})
    yield code(city, "county"), "LINE_DEPUTY", "B07"


def owner_of_a_stage_missing(city: ModuleType) -> Iterator[tuple[str, str, str]]:
    republish(city, without="city.section_vocational")
    yield code(city, "city"), "LINE_SECTION", "B14"


def district_without_duty_officer(city: ModuleType) -> Iterator[tuple[str, str, str]]:
    city.vacate("county.duty_officer")
    yield code(city, "county"), "DUTY_OFFICER", "B27D"


def private_school_without_its_section(city: ModuleType) -> Iterator[tuple[str, str, str]]:
    city.vacate("district.section_private")
    yield code(city, "district"), "LINE_SECTION", "B16"


def teaching_point_whose_central_school_lost_its_secretary(
    city: ModuleType,
) -> Iterator[tuple[str, str, str]]:
    city.vacate("central.secretary")
    yield code(city, "central"), "SCH_SECRETARY", "SCH_SECRETARY"
    yield code(city, "point"), "SCH_SECRETARY", "SCH_SECRETARY"


TEN = [
    missing_row,
    scope_that_misses_a_hazard,
    owner_of_a_stage_missing,
    vacant_post,
    holding_that_ends_in_12_days,
    leave_without_delegate,
    abolished_post,
    district_without_duty_officer,
    private_school_without_its_section,
    teaching_point_whose_central_school_lost_its_secretary,
]


@pytest.mark.parametrize("gap", TEN, ids=lambda gap: gap.__name__)
def test_it_finds_each_of_ten_gaps_and_no_false_one(city: ModuleType, gap: Any) -> None:
    wanted = set(gap(city))

    document = check()

    assert document["publishable"] is False
    assert found(document) == wanted
    assert all(row["climb"] != "nobody" for row in document["gaps"])


def test_it_finds_all_ten_at_once(city: ModuleType) -> None:
    wanted = {key for gap in TEN for key in gap(city)}

    assert found(check()) == wanted


def test_a_gap_says_since_when_for_what_and_who_stands_in(city: ModuleType) -> None:
    leaves = timezone.now() + timedelta(days=12)
    city.vacate("county.section_moral", at=leaves)

    rows = check()["gaps"]

    assert {row["hazard"] for row in rows} == {"BULLY", "SEXA", "PSY", "DRUG"}
    assert {row["stage"] for row in rows} == {"primary", "junior", "senior"}
    assert {row["from"] for row in rows} == {leaves.isoformat()}
    assert {(row["climb"], row["climb_person"], row["to"]) for row in rows} == {
        ("LINE_DEPUTY", "county.deputy_basic", None)
    }


def test_a_stand_in_and_a_deputy_leave_no_gap_to_block(city: ModuleType) -> None:
    city.send_away("county.section_health", delegate="county.section_basic")
    city.vacate("district.section_health")
    city.give("district.section_health", "district.section_basic", kind=Holding.Kind.DEPUTY)
    city.send_away("county.chief", delegate="county.safety_deputy")

    document = check()

    assert document["publishable"] is True
    assert {(row["kind"], row["capacity"]) for row in document["notices"]} == {
        ("deputy", "LINE_SECTION"),
        ("grave", "ADMIN_CHIEF"),
    }


def test_somebody_who_was_shut_out_counts_for_nobody(city: ModuleType) -> None:
    person = city.person("school.principal")
    person.is_active = False
    person.save()

    assert (code(city, "school"), "SCH_PRINCIPAL", "SCH_PRINCIPAL") in found(check())


def test_it_looks_at_one_unit_and_at_the_days_it_is_told(city: ModuleType) -> None:
    city.vacate("county.section_moral", at=timezone.now() + timedelta(days=12))

    assert check("--unit", code(city, "district"))["publishable"] is True
    assert check("--days", "11")["publishable"] is True
    assert found(check("--unit", code(city, "county"))) == {
        (code(city, "county"), "LINE_SECTION", "B17")
    }


@pytest.mark.parametrize(
    "arguments", [("--table", "99"), ("--table", "x"), ("--unit", "none"), ("--days", "0")]
)
def test_it_refuses_what_it_cannot_look_at(city: ModuleType, arguments: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match=arguments[0].removeprefix("--")):
        call_command("check_responsibility", *arguments)


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "空岗"), ("en", "vacant")])
def test_its_text_groups_what_is_to_be_done(city: ModuleType, language: str, word: str) -> None:
    for gap in TEN:
        list(gap(city))
    out = io.StringIO()

    with pytest.raises(CommandError):
        call_command("check_responsibility", "--language", language, stdout=out)

    lines = out.getvalue().splitlines()
    county = lines.index("  丁县教育局")
    own = itertools.takewhile(lambda line: line.startswith("    "), lines[county + 1 :])
    assert any(word in line for line in own)
    assert any("丁县河口村教学点" in line and "丁县河口中心小学" in line for line in lines)
