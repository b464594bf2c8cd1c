"""The digest of a report: the same content the same digest, other content another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from types import ModuleType
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from incidents.cases.actions import report_incident
from incidents.cases.first_report import FirstReport, is_storable
from incidents.cases.models import Incident
from safety.units.models import Unit

SCHOOL, OTHER = Unit(code="1"), Unit(code="2")
count = st.none() | st.integers(0, 1000)
START = datetime(2020, 1, 1, tzinfo=UTC)
moments = st.integers(0, 10 * 366 * 86_400).map(lambda s: START + timedelta(seconds=s))
reports = st.builds(
    FirstReport,
    schools=st.sampled_from([(SCHOOL,), (OTHER,), (SCHOOL, OTHER), (OTHER, SCHOOL)]),
    hazards=st.sampled_from([("INJ",), ("DROWN",), ("INJ", "DROWN")]),
    people=st.sampled_from(["counted", "none", "unknown"]),
    aware_at=moments,
    dead=count,
    missing=count,
    injured=count,
    critical=count,
    place_kind=st.sampled_from(["", "on_campus", "off_campus"]),
    place=st.text(max_size=20),
    occurred_at=st.none() | moments,
    summary=st.text(max_size=40),
    flags=st.dictionaries(st.sampled_from(["armed", "serious", "school_bus"]), st.booleans()),
    caller=st.text(max_size=5),
    caller_post=st.text(max_size=5),
    caller_phone=st.text(max_size=5),
    caller_told=st.text(max_size=5),
)


def content(report: FirstReport) -> Any:
    """What two reports must have in common to be the same."""
    fields = {name: getattr(report, name) for name in FirstReport.__dataclass_fields__}
    fields["schools"] = [school.code for school in report.schools]
    fields["flags"] = {name for name, on in report.flags.items() if on}
    return fields


@given(reports, reports)
def test_digests_agree_exactly_when_the_reports_do(one: FirstReport, two: FirstReport) -> None:
    assert (one.digest() == two.digest()) == (content(one) == content(two))


@given(reports, st.sampled_from(sorted(FirstReport.__dataclass_fields__)))
def test_every_field_counts(report: FirstReport, name: str) -> None:
    given_value = getattr(report, name)
    others: dict[str, Any] = {
        "schools": (Unit(code="3"),),
        "hazards": ("FOOD",),
        "flags": {"trapped": True, **report.flags},
        "aware_at": report.aware_at + timedelta(seconds=1),
        "occurred_at": datetime(2031, 1, 1, tzinfo=UTC),
        **dict.fromkeys(("dead", "missing", "injured", "critical"), 1001),
    }
    other = replace(report, **{name: others.get(name, f"{given_value}!")})

    assert other.digest() != report.digest()


@given(reports)
def test_the_same_moment_in_another_zone_is_the_same_report(report: FirstReport) -> None:
    elsewhere = replace(report, aware_at=report.aware_at.astimezone(timezone(timedelta(hours=8))))

    assert elsewhere.digest() == report.digest()


@given(reports)
def test_a_flag_that_is_off_says_nothing(report: FirstReport) -> None:
    quiet = replace(report, flags={name: on for name, on in report.flags.items() if on})

    assert quiet.digest() == report.digest()


@given(st.text(st.characters(), max_size=30))
def test_what_is_storable_can_be_written_as_utf8(text: str) -> None:
    assert is_storable(text) == ("\x00" not in text and _encodes(text))


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def test_any_number_of_repeats_in_any_order_is_one_incident_per_key(city: ModuleType) -> None:
    reporter = city.person("school.safety_staff")
    filings = [(str(uuid4()), city.first_report(summary=f"第{n}件")) for n in range(3)]

    answers = [
        (key, report_incident(report=report, reporter=reporter, via="api", key=key).incident.pk)
        for key, report in [*filings, *reversed(filings), *filings]
    ]

    assert len(set(answers)) == Incident.objects.count() == 3
