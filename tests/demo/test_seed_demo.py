"""The demo city: repeatable, without gaps, marked as invented, and never beside real data."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from incidents.cases.models import Incident, UpwardReport
from notifications.models import Entry, Obligation, StreamRow
from notifications.pledges.models import Pledge
from notifications.pledges.opening import open_due_pledges
from notifications.pledges.signing import sign_below
from notifications.records.models import WorkRecord, WorkVersion
from notifications.snapshot import snapshot
from safety.demo.actions import build_city
from safety.demo.models import DemoCity
from safety.demo.names import PLACES, TOUR_SCHOOL
from safety.demo.selectors import is_demo
from safety.demo.sign_ins import sign_ins
from safety.errors import Refused
from safety.ledger.actions import seal
from safety.ledger.models import Event
from safety.ledger.selectors import verify
from safety.people.models import User
from safety.posts.access import posts_held, rights_of
from safety.posts.models import Holding, Post
from safety.posts.roles import ADMINISTRATOR, GRANTS
from safety.units.models import School, Unit
from tests.restoring import empty

NOW = datetime(2026, 6, 14, 3, 0, tzinfo=UTC)
SMALL = {"schools": 14, "seed": 7, "names": "fictional", "password": "x", "now": NOW}
GRADES = ("G1", "G2", "G3", "G4", "G5")


# What cannot be the same twice: a password is stored with a salt drawn by lot.
DRAWN_BY_LOT = {"people_user": {"password"}}


def _rows() -> dict[str, list[str]]:
    """Every row of every table, keys included."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            told = [
                {
                    k: v
                    for k, v in zip(names, row, strict=True)
                    if k not in DRAWN_BY_LOT.get(table, ())
                }
                for row in cursor.fetchall()
            ]
            found[table] = sorted(json.dumps(row, default=str) for row in told)
    return found


def test_the_same_arguments_build_the_same_rows_in_every_table(empty_house):
    build_city(**SMALL, history_days=900)
    once = _rows()
    assert Incident.objects.filter(privacy="sealed").exists()
    empty()
    build_city(**SMALL, history_days=900)
    again = _rows()

    assert [table for table in once if again[table] != once[table]] == []
    full = {table for table, rows in once.items() if rows}
    assert {"cases_incident", "cases_upwardreport", "notifications_alert"} <= full
    assert {"notifications_obligation", "notifications_streamrow", "ledger_event"} <= full
    assert {"pledges_pledge", "records_workrecord", "records_workversion"} <= full


def test_another_seed_builds_another_city(empty_house):
    build_city(**SMALL, history_days=20)
    once = _rows()
    empty()
    build_city(**{**SMALL, "seed": 8}, history_days=20)
    again = _rows()

    for table in ("cases_incident", "notifications_alert", "notifications_stream"):
        assert not set(once[table]) & set(again[table]), table


def test_the_command_ends_the_history_where_it_is_told_to(empty_house):
    arguments = ("seed_demo", "--schools", "14", "--history-days", "20")
    call_command(*arguments, "--at", "2026-06-14T11:00:00", stdout=StringIO())

    city = DemoCity.objects.get()
    assert city.created_at == NOW
    newest = Incident.objects.order_by("filed_at").last()
    assert NOW - timedelta(hours=1) < newest.filed_at < NOW
    call_command(*arguments, "--at", NOW.isoformat(), stdout=StringIO())
    assert DemoCity.objects.get() == city
    with pytest.raises(CommandError, match="database"):
        call_command(*arguments, "--at", "2026-06-15T11:00:00", stdout=StringIO())


@pytest.mark.parametrize("said", ["yesterday", "2999-01-01T00:00:00"])
def test_a_time_that_cannot_be_is_named(empty_house, said):
    with pytest.raises(CommandError, match=r"^at "):
        call_command("seed_demo", "--schools", "14", "--at", said, stdout=StringIO())

    assert not Unit.objects.exists()


def test_nothing_of_the_history_is_told_later_than_it_ends(empty_house):
    build_city(**SMALL, history_days=30)

    assert not Event.objects.filter(at__gt=NOW).exists()
    assert not StreamRow.objects.filter(created_at__gt=NOW).exists()
    assert not UpwardReport.objects.filter(recorded_at__gt=NOW).exists()
    met = Obligation.objects.filter(state="met", met_at__gt=NOW)
    assert not met.exists()


def test_no_school_has_a_gap_for_any_hazard_at_any_grade(empty_house):
    build_city(**SMALL, history_days=0)

    schools = Unit.objects.schools()
    assert schools.count() == 14
    for school in schools:
        known = snapshot([school])
        for hazard in known.hazards:
            for grade in GRADES:
                plan = known.resolve(hazards=[hazard], grade=grade, at=NOW)
                gaps = [f for f in plan.findings if f.code in ("F-VAC", "F-ABS")]
                assert not gaps, f"{school} {hazard} {grade}: {gaps}"


def test_a_post_that_falls_vacant_would_be_seen(empty_house):
    build_city(**SMALL, history_days=0)
    Holding.objects.filter(post__unit__code=PLACES[0].code, post__kind="B03").delete()

    known = snapshot([Unit.objects.get(code=TOUR_SCHOOL)])
    plan = known.resolve(hazards=["DROWN"], grade="G3", at=NOW)

    assert [(f.code, f.capacity) for f in plan.findings] == [("F-VAC", "SAFETY_DEPUTY")]


def test_a_larger_city_has_every_kind_of_school_and_no_gap_in_a_sample(empty_house):
    build_city(**{**SMALL, "schools": 90}, history_days=0)

    schools = School.objects.select_related("unit")
    assert {stage for school in schools for stage in school.stages} == set(School.Stage.values)
    assert set(schools.values_list("ownership", flat=True)) == {"public", "private"}
    assert Unit.objects.filter(parent__kind="city", kind__in=Unit.SCHOOL_KINDS).exists()
    for fact in ("boarding", "bus", "canteen", "near_water", "near_main_road", "city_direct"):
        assert schools.filter(**{fact: True}).exists(), fact
    points = Unit.objects.filter(kind=Unit.Kind.TEACHING_POINT)
    assert points.exists()
    assert not Post.objects.filter(unit__in=points).exists()
    assert not schools.exclude(latitude=None).filter(datum="").exists()
    for number, school in enumerate(schools.order_by("unit__code")):
        known = snapshot([school.unit])
        hazard = list(known.hazards)[number % len(known.hazards)]
        for grade in GRADES:
            plan = known.resolve(hazards=[hazard], grade=grade, at=NOW)
            assert not [f for f in plan.findings if f.code in ("F-VAC", "F-ABS")]


def test_districts_have_their_national_codes_and_a_zone_of_the_city(empty_house):
    build_city(**SMALL, history_days=0)

    level_two = Unit.objects.filter(kind__in=Unit.DISTRICT_KINDS)
    assert set(level_two.filter(kind="district").values_list("code", flat=True)) == {
        *("520102", "520103", "520111", "520112", "520113", "520115"),
        *("520121", "520122", "520123", "520181"),
    }
    assert level_two.filter(kind="zone").exists()
    assert Unit.objects.get(parent=None).code == "520100"


def test_real_district_names_appear_only_when_asked_for(empty_house):
    build_city(**SMALL, history_days=0)
    real = {place.guiyang for place in PLACES if not place.zone}
    names = " ".join(Unit.objects.values_list("name", flat=True))
    assert not any(name in names for name in real)

    empty()
    build_city(**{**SMALL, "names": "guiyang"}, history_days=0)

    assert set(Unit.objects.filter(kind="district").values_list("short_name", flat=True)) == real
    for school in Unit.objects.schools():
        assert "演示" in school.name


def test_every_person_is_visibly_invented_and_cannot_be_called(empty_house):
    build_city(**SMALL, history_days=0)

    for person in User.objects.all():
        assert "演示" in person.name
        assert person.phone.startswith("164")
        assert len(person.phone) == 11


def test_sections_and_duty_posts_have_a_deputy_who_is_somebody_else(empty_house):
    build_city(**SMALL, history_days=0)

    needing = Entry.objects.filter(
        capacity__in=("SAFETY_OFFICE", "LINE_SECTION", "DUTY_OFFICER", "DUTY_LEADER")
    )
    assert needing.exists()
    for entry in needing.select_related("post"):
        deputies = set(entry.post.holdings.filter(kind="deputy").values_list("person", flat=True))
        holders = set(entry.post.holdings.filter(kind="principal").values_list("person", flat=True))
        assert deputies, entry
        assert not deputies & holders, entry


def test_one_director_is_the_party_secretary_too(empty_house):
    build_city(**SMALL, history_days=0)

    chief = User.objects.get(username="520103.chief")

    assert {post.kind for post in posts_held(chief, at=NOW)} == {"B01", "B02"}


def test_that_director_owes_two_ticks_for_each_incident(empty_house):
    build_city(**SMALL, history_days=1)
    chief = User.objects.get(username="520103.chief")

    owed = Obligation.objects.filter(person=chief, unit__code="520103", kind="acknowledge")
    per_alert = defaultdict(set)
    for obligation in owed:
        per_alert[obligation.alert_id].add(obligation.capacity)

    assert per_alert
    for capacities in per_alert.values():
        assert capacities == {"ADMIN_CHIEF", "PARTY_CHIEF"}


def test_what_is_over_is_answered_and_what_is_open_is_recent(empty_house):
    build_city(**SMALL, history_days=365)

    over = Incident.objects.exclude(closed_at=None)
    assert over.count() > 10
    refs = [str(ref) for ref in over.values_list("ref", flat=True)]
    assert not Obligation.objects.open().filter(subject_ref__in=refs).exists()
    assert not over.filter(closed_at__gt=NOW).exists()
    met = Obligation.objects.filter(state="met")
    assert not met.filter(met_at__gt=NOW).exists()
    now_open = Incident.objects.open()
    assert {"DROWN", "PE"} <= set(now_open.values_list("hazard", flat=True))
    assert all((NOW - incident.filed_at).total_seconds() < 3600 for incident in now_open)
    at_tour_school = Obligation.objects.open().filter(unit__code=TOUR_SCHOOL)
    assert at_tour_school.exists()


def test_the_ledger_of_a_demo_city_verifies(empty_house):
    build_city(**SMALL, history_days=30)
    while seal():
        pass

    found = verify()

    assert found.ok
    assert found.unsealed == 0


def test_most_pledges_are_signed_with_all_that_a_signature_writes(empty_house):
    build_city(**SMALL, history_days=900)

    standing = list(Pledge.objects.standing())
    by_state = Counter(pledge.state for pledge in standing)
    assert by_state["signed"] > len(standing) * 0.7
    assert by_state["above"]
    assert by_state["below"]
    events, signatures = Counter(), Counter()
    for event in Event.objects.filter(verb__in=["pledge.signed", "obligation.met"]):
        if event.subject_kind == "pledge":
            events[event.subject_ref, event.verb] += 1
    for pledge in Pledge.objects.all():
        sides = sum(at is not None for at in (pledge.lower_signed_at, pledge.upper_signed_at))
        signatures += Counter(dict.fromkeys(_facts_of(pledge), sides))
    assert events == signatures
    for pledge in standing:
        owed = Obligation.objects.filter(subject_ref=str(pledge.ref)).order_by("id")
        states = {"signed": ["met", "met"], "above": ["met", "open"], "below": ["open"]}
        assert [row.state for row in owed] == states[pledge.state]
        assert bool(pledge.text) == (pledge.state != "below")
    lower = {pledge.lower_id for pledge in standing if pledge.lower_signed_at}
    upper = {pledge.upper_id for pledge in standing if pledge.upper_signed_at}
    assert set(WorkRecord.objects.values_list("person", flat=True)) >= lower | upper
    assert WorkVersion.objects.count() == WorkRecord.objects.count()
    assert not Pledge.objects.filter(upper_signed_at__gt=NOW).exists()
    assert not Pledge.objects.filter(lower_signed_at__gt=NOW).exists()


def _facts_of(pledge):
    return [(str(pledge.ref), verb) for verb in ("pledge.signed", "obligation.met")]


def test_new_principals_sign_sheets_of_their_own(empty_house):
    build_city(**{**SMALL, "schools": 60}, history_days=900)

    ended = Pledge.objects.filter(ended_why="holder")
    assert ended.filter(lower_post__kind="SCH_PRINCIPAL").exists()
    standing = Pledge.objects.standing()
    for old in ended:  # who is the secretary too has a sheet already
        assert standing.filter(pair=old.pair, unit=old.unit).exists()
    renewed = standing.filter(why="holder", lower_post__kind="SCH_PRINCIPAL")
    assert renewed.exclude(upper=None).exists()
    found = open_due_pledges(now=NOW)
    assert (found.opened, found.ended) == (0, 0)


def test_a_seeded_signature_is_what_the_action_writes(empty_house):
    build_city(**SMALL, history_days=900)
    standing = Pledge.objects.standing().order_by("id")
    seeded, pledge = next(
        (other, one)
        for one in standing.filter(lower_signed_at=None)
        for other in standing.filter(pair=one.pair, upper_post=one.upper_post).exclude(upper=None)
    )
    sign_below(pledge=pledge, person=pledge.lower, typed=pledge.lower.name, confirmed=True)

    assert _written(pledge, "lower") == _written(seeded, "lower")


def _written(pledge, side):
    """The shape of everything that hangs on one signature, without whose it is and when."""
    pledge.refresh_from_db()
    met = Obligation.objects.get(subject_ref=str(pledge.ref), person=pledge.lower)
    facts = [
        fact
        for fact in Event.objects.filter(actor_ref=str(pledge.lower_id)).order_by("id")
        if fact.body.get("side", side) == side
        and str(pledge.ref) in (fact.subject_ref, fact.body.get("source_ref"))
    ]
    work = WorkRecord.objects.get(source_ref=str(pledge.ref), person=pledge.lower)
    return {
        "text": sorted(pledge.text),
        "signature": pledge.lower_signature == pledge.lower.name,
        "met": (met.state, met.met_how, met.met_verb, met.met_note, met.met_by == pledge.lower),
        "facts": [(fact.verb, fact.actor_kind, sorted(fact.body)) for fact in facts],
        "work": (work.kind, work.business, work.safety, work.source_kind, work.version),
        "said": sorted(work.versions.get().said),
        "above": _owed_of(pledge),
    }


def _owed_of(pledge):
    row = Obligation.objects.get(subject_ref=str(pledge.ref), person=None)
    return (row.kind, row.level, row.capacity, row.line, row.owed, row.trace, row.basis)


def test_pages_carry_the_mark_of_a_demo(empty_house, client):
    assert not is_demo()
    build_city(**SMALL, history_days=0)

    assert is_demo()
    page = client.get(reverse("account_login"))
    assert "演示数据" in page.content.decode()


def test_it_refuses_a_database_in_use_and_writes_nothing(city):
    units = Unit.objects.count()

    with pytest.raises(Refused) as refused:
        build_city(**SMALL)

    (problem,) = refused.value.problems
    assert problem.field == "database"
    assert problem.value
    assert "SAFETY_DATABASE_URL" in problem.remedy
    assert Unit.objects.count() == units
    assert not DemoCity.objects.exists()


def test_one_person_alone_makes_a_database_real(empty_house):
    User.objects.create_user("somebody.real")

    with pytest.raises(Refused, match="database"):
        build_city(**SMALL)

    assert not Unit.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"schools": 0}, "schools"),
        ({"names": "x"}, "names"),
        ({"history_days": -1}, "history-days"),
    ],
)
def test_it_names_the_argument_that_is_wrong(empty_house, wrong, field):
    with pytest.raises(Refused) as refused:
        build_city(**{**SMALL, **wrong})

    assert [problem.field for problem in refused.value.problems] == [field]
    assert not Unit.objects.exists()


def test_the_command_prints_sign_ins_that_open(empty_house, client):
    told = StringIO()
    call_command("seed_demo", "--schools", "14", "--history-days", "0", "--json", stdout=told)
    said = json.loads(told.getvalue())

    assert said["password"]
    assert [row["username"] for row in said["sign_ins"]] == [s.username for s in sign_ins()]
    assert len(said["sign_ins"]) == 10
    for row in said["sign_ins"]:
        assert client.login(username=row["username"], password=said["password"])
    officer, administrator = (
        User.objects.get(username=name)
        for name in (f"{TOUR_SCHOOL}.safety_staff", "520102.administrator")
    )
    assert "file_incident" in rights_of(officer)
    assert rights_of(administrator) == set(GRANTS[ADMINISTRATOR])


def test_the_command_asked_again_only_prints(empty_house):
    arguments = ("seed_demo", "--schools", "14", "--history-days", "0", "--password", "other-one")
    call_command(*arguments, stdout=StringIO())
    people = User.objects.count()

    told = StringIO()
    call_command(*arguments, stdout=told)

    assert "other-one" in told.getvalue()
    assert User.objects.count() == people
    with pytest.raises(CommandError, match="database"):
        call_command("seed_demo", "--schools", "15", stdout=StringIO())


def test_the_command_never_prints_a_password_that_does_not_open(empty_house):
    arguments = ("seed_demo", "--schools", "14", "--history-days", "0", "--password")
    call_command(*arguments, "one-password", stdout=StringIO())

    told = StringIO()
    call_command(*arguments, "another-one", stdout=told)

    assert "another-one" not in told.getvalue()
