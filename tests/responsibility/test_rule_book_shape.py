"""Editing the rule book by hand: each wrong shape is refused by section and key."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from notifications.responsibility.checks import clocks, hazards, posts, responsibility
from notifications.responsibility.scope import Scope
from tests.responsibility.town import book

SECTIONS = (responsibility, hazards, clocks, posts)
Edit = Callable[[dict[str, Any]], None]


def edited(edit: Edit) -> dict[str, Any]:
    copied: dict[str, Any] = copy.deepcopy(book())
    edit(copied)
    return copied


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.NAME)
def test_the_shipped_book_is_right(section: Any) -> None:
    section.check(book())


def test_the_shipped_book_is_plain_data() -> None:
    assert json.loads(json.dumps(book())) == book()


def test_every_flag_of_the_shipped_book_is_one_that_incidents_have() -> None:
    grades = book()["grades"]
    known = {*grades["flags"], *(uplift["id"] for uplift in grades["uplift"])}
    keys = [key for keys in book()["responsibility"]["school_line"].values() for key in keys]
    keys += [k for p in book()["posts"]["post"] for k in p.get("scope", {}).get("hazards", ())]
    used = {key.partition("+")[2] for key in keys if "+" in key}
    used |= {c["flag"] for h in book()["hazards"]["hazard"] for c in h.get("owners_if", ())}

    assert used == {"staff_involved", "school_bus"}
    assert used <= known


def put(path: str, value: Any) -> Edit:
    """Set (or with ``...`` remove) the value at "section.key.key"; numbers index lists."""

    def edit(content: dict[str, Any]) -> None:
        *way, last = path.split(".")
        place: Any = content
        for step in way:
            place = place[int(step)] if step.isdigit() else place[step]
        if value is ...:
            del place[last]
        else:
            place[int(last) if last.isdigit() else last] = value

    return edit


WRONG = [
    (responsibility, put("responsibility.matrix.town", {}), "matrix has the columns"),
    (responsibility, put("responsibility.matrix.city.HERO", {}), "matrix.city.HERO.*HERO"),
    (responsibility, put("responsibility.matrix.city.SCH_DIRECT", {}), "another level"),
    (
        responsibility,
        put("responsibility.matrix.city.SUPERVISION", {"G2": "MUST"}),
        "matrix.city.SUPERVISION.G2.*MUST",
    ),
    (
        responsibility,
        put("responsibility.matrix.city.SUPERVISION", {"G9": "READ"}),
        "matrix.city.SUPERVISION.*G9",
    ),
    (
        responsibility,
        put("responsibility.matrix.city.SUPERVISION", {"G2": "READ"}),
        "matrix.city.SUPERVISION: a graver incident owes less",
    ),
    (
        responsibility,
        put("responsibility.matrix.district.PARTY_CHIEF", {"G1": "ACT"}),
        "matrix.district: PARTY_CHIEF and ADMIN_CHIEF",
    ),
    (
        responsibility,
        put("responsibility.matrix.school.SCH_SECRETARY", ...),
        "matrix.school: SCH_SECRETARY and SCH_PRINCIPAL",
    ),
    (
        responsibility,
        put(
            "responsibility.matrix.city",
            {"DUTY_OFFICER": {"G1": "ACT"}, "SAFETY_OFFICE": {"G1": "ACT"}},
        ),
        "matrix.city: at G1 none of LINE_SECTION",
    ),
    (responsibility, put("responsibility.capacity.REPORTING.zh", ""), "capacity.REPORTING.*zh"),
    (responsibility, put("responsibility.capacity.REPORTING.line", "own"), "REPORTING.*own"),
    (
        responsibility,
        put("responsibility.capacity.PARTY_CHIEF.not_delegable", ["G0"]),
        "PARTY_CHIEF.*G0",
    ),
    (responsibility, put("responsibility.stage.primary.owner", "B99"), "stage.primary.*B99"),
    (responsibility, put("responsibility.ownership.private.owner", ...), "private has no 'owner'"),
    (responsibility, put("responsibility.school_line.SCH_BOSS", ["PE"]), "school_line.SCH_BOSS"),
    (
        responsibility,
        put("responsibility.school_line.SCH_DEPUTY_MORAL", ["BULY"]),
        "SCH_DEPUTY_MORAL.*BULY",
    ),
    (
        responsibility,
        put("responsibility.school_line.SCH_DEPUTY_MORAL", ["BULLY+staff"]),
        "SCH_DEPUTY_MORAL.*'staff' is not a flag",
    ),
    (
        responsibility,
        put("responsibility.school_line.SCH_DEPUTY_MORAL", ["PE"]),
        "school_line: 'PE' stands there twice",
    ),
    (responsibility, put("responsibility.climb.REPORTING", ...), "climb has no 'REPORTING'"),
    (responsibility, put("responsibility.climb.REPORTING", ["GOD"]), "climb.REPORTING.*GOD"),
    (responsibility, put("responsibility.climb.REPORTING", ["REPORTING"]), "own superior"),
    (
        responsibility,
        put("responsibility.climb.REPORTING", ["^DUTY_LEADER"]),
        "leads from a school to its bureau",
    ),
    (
        responsibility,
        put("responsibility.climb.SCH_DIRECT", ["DUTY_LEADER"]),
        "another level",
    ),
    (responsibility, put("responsibility.why.masked", ...), "why has no 'masked'"),
    (responsibility, put("responsibility.why.SCH_DIRECT", ...), "why has no 'SCH_DIRECT'"),
    (responsibility, put("responsibility.why.stage.zh", "{name}"), "why.stage: only"),
    (responsibility, put("responsibility.small_school.staff", "few"), "small_school.staff"),
    (
        responsibility,
        put("responsibility.small_school.merged", {"SCH_DIRECT": "SCH_NONE"}),
        "small_school.merged.*SCH_NONE",
    ),
    (
        responsibility,
        put(
            "responsibility.small_school.merged",
            {"SCH_DIRECT": "SCH_PRINCIPAL", "SCH_PRINCIPAL": "SCH_DIRECT"},
        ),
        "leads back to itself",
    ),
    (hazards, put("hazards.hazard.1.code", "DROWN"), "hazards: 'DROWN' stands there twice"),
    (hazards, put("hazards.hazard.0.privacy", "secret"), "DROWN.*secret"),
    (hazards, put("hazards.hazard.0.owners", ...), "DROWN has no 'owners'"),
    (hazards, put("hazards.hazard.0.owners", ["SCH_PRINCIPAL"]), "DROWN.owners.*SCH_PRINCIPAL"),
    (
        hazards,
        put("hazards.hazard.0.owners_if", [{"flag": "staff", "owner": "B20"}]),
        "DROWN.owners_if.*'staff' is not a flag",
    ),
    (
        hazards,
        put("hazards.hazard.0.owners_if", [{"flag": "staff_involved", "owner": "B98"}]),
        "DROWN.owners_if.*B98",
    ),
    (hazards, put("hazards.hazard.0.direct", ["B12"]), "DROWN.direct.*B12"),
    (hazards, put("hazards.hazard.0.direct", ["SCH_CANTEEN"]), "DROWN.direct names no post"),
    (hazards, put("hazards.hazard.0.also", ["WATER"]), "DROWN.also.*WATER"),
    (hazards, put("hazards.hazard.0.also", ["SCH_DIRECT"]), "DROWN.also.*SCH_DIRECT"),
    (clocks, put("clocks.hours.timezone", "Mars/Base"), "clocks: hours cannot be read"),
    (clocks, put("clocks.hours.days_off", ...), "hours has no 'days_off'"),
    (clocks, put("clocks.acknowledge.1.capacities", ["DUTY_OFFICER"]), "stands there twice"),
    (clocks, put("clocks.acknowledge.0.capacities", ["CLERK"]), "CLERK.*not a capacity"),
    (clocks, put("clocks.acknowledge.0.minutes", {"G1": 0}), "DUTY_OFFICER: minutes.G1"),
    (clocks, put("clocks.acknowledge.0.working", ["G5"]), "DUTY_OFFICER.*G5"),
    (clocks, put("clocks.acknowledge.0.basis", "habit"), "DUTY_OFFICER.*habit"),
    (clocks, put("clocks.acknowledge.0.basis", "statutory"), "DUTY_OFFICER.*names its document"),
    (clocks, put("clocks.first_action.article", ...), "first_action has no 'article'"),
    (clocks, put("clocks.end_of_next_day", ...), "no 'end_of_next_day'"),
    (posts, put("posts.post.1.code", "B01"), "posts: 'B01' stands there twice"),
    (posts, put("posts.post.0.capacity", "KING"), "B01.*KING"),
    (posts, put("posts.post.0.at", "school"), "B01: PARTY_CHIEF is a capacity of another level"),
    (posts, put("posts.post.0.safety_duty", "  "), "B01 has no 'safety_duty'"),
    (posts, put("posts.post.0.business_duty", ...), "B01 has no 'business_duty'"),
    (posts, put("posts.post.0.needs", "pool"), "B01.*pool"),
    (posts, put("posts.post.3.scope", {"stage": ["primary"]}), "B04: scope: 'stage' is not one of"),
    (posts, put("posts.post.3.scope", {"stages": "primary"}), "B04: scope: 'stages' is not a list"),
    (posts, put("posts.post.3.scope", {"stages": ["college"]}), "B04: scope.stages.*college"),
    (posts, put("posts.post.3.scope", {"hazards": ["SEXA+staff"]}), "B04: scope.hazards.*staff"),
    (posts, put("posts.post.3.scope", {"ownership": ["church"]}), "B04: scope.ownership.*church"),
    (posts, put("posts.post.3.scope", {"sections": ["B00"]}), "B04: scope.sections.*B00"),
]


@pytest.mark.parametrize(("section", "edit", "says"), WRONG, ids=[says for _, _, says in WRONG])
def test_a_wrong_shape_is_refused_by_name(section: Any, edit: Edit, says: str) -> None:
    with pytest.raises(ValueError, match=says) as refusal:
        section.check(edited(edit))
    assert str(refusal.value).startswith(section.NAME)


def test_without_grades_flags_are_taken_as_they_are() -> None:
    content = edited(put("grades", ...))
    hazards.check(content)


def test_a_scope_covers_a_school_by_its_code_or_by_a_unit_above_it() -> None:
    codes = {"CITY", "COUNTY", "S1"}
    assert Scope.of({}).covers(codes)
    assert Scope.of({"schools": ["S1"]}).covers(codes)
    assert Scope.of({"areas": ["COUNTY"], "schools": ["S2"]}).covers(codes)
    assert not Scope.of({"schools": ["S2"]}).covers(codes)
