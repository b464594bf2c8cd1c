"""Pledges open by themselves: the tree, the year, a new holder; again and again without twins."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from notifications.delivery import chores
from notifications.delivery.chores import Chore
from notifications.delivery.worker import Worker
from notifications.mine import mine
from notifications.models import Entry, Obligation
from notifications.pledges import rulebook
from notifications.pledges.models import Pledge
from notifications.pledges.opening import Opener, open_due_pledges
from notifications.pledges.rules import PledgeRules, check
from notifications.pledges.slots import slots
from safety.ledger.actions import SYSTEM
from safety.posts.models import Holding
from safety.posts.tenure import appoint
from safety.rules.actions import default_content
from safety.rules.drafts import start_draft
from safety.rules.models import RuleBook
from safety.rules.selectors import content_of

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # a Wednesday morning


def open_all(**over):
    while open_due_pledges(**over).more:
        pass


def of(who, city):
    return Pledge.objects.standing().get(lower=city.person(who))


@pytest.fixture
def opened(city):
    with time_machine.travel(NOW, tick=False):
        open_all()
        yield city


def test_the_tree_says_who_signs_with_whom(opened):
    city = opened
    for below, above in (
        ("county.chief", "city.chief"),
        ("county.party_chief", "city.chief"),
        ("county.section_basic", "county.chief"),
        ("school.principal", "county.chief"),
        ("vocational.principal", "city.chief"),
        ("school.safety_staff", "school.principal"),
    ):
        assert of(below, city).upper_post == city.post(above), below
    assert not Pledge.objects.filter(lower=city.person("city.chief")).exists()


def test_each_one_is_an_obligation_of_its_person(opened):
    city = opened
    pledge = of("school.safety_staff", city)

    (owed,) = Obligation.objects.filter(subject_ref=str(pledge.ref))

    assert (owed.kind, owed.state, owed.person) == ("pledge", "open", pledge.lower)
    assert owed.due_at == pledge.due_at
    assert owed.capacity == "SCH_SAFETY_STAFF"
    assert Pledge.objects.count() == Obligation.objects.filter(kind="pledge").count()


def test_ten_working_days_from_the_day_it_could_be_signed(opened):
    # Wednesday the 25th is not counted; two week-ends lie between.
    due = timezone.localtime(of("school.safety_staff", opened).due_at)

    assert (due.date().isoformat(), due.hour, due.minute) == ("2026-12-09", 17, 30)


def test_opening_again_changes_nothing(opened):
    before = set(Pledge.objects.values_list("pk", "ended_at"))

    again = open_due_pledges()

    assert (again.opened, again.ended, again.more) == (0, 0, False)
    assert set(Pledge.objects.values_list("pk", "ended_at")) == before


def test_portions_add_up_to_the_whole(city):
    with time_machine.travel(NOW, tick=False):
        wanted = {s.key for s in slots(PledgeRules.of(default_content())) if s.person}
        sizes = []
        while True:
            portion = open_due_pledges(portion=7)
            sizes.append(portion.opened)
            if not portion.more:
                break

    assert set(sizes[:-1]) == {7}
    assert sum(sizes) == len(wanted) == Pledge.objects.count()


def test_a_new_holder_gets_a_sheet_of_the_own_and_the_old_one_ends(opened):
    city = opened
    old = of("school.safety_staff", city)
    city.vacate("school.safety_staff", at=NOW)
    Holding.objects.create(
        post=city.post("school.safety_staff"),
        person=city.person("boarding.safety_staff"),
        starts_at=NOW,
    )

    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        open_all()

    old.refresh_from_db()
    assert (old.ended_why, old.is_signed) == ("holder", False)
    assert Obligation.objects.get(subject_ref=str(old.ref)).state == "lapsed"
    new = Pledge.objects.standing().get(lower_post=city.post("school.safety_staff"))
    assert (new.lower, new.why) == (city.person("boarding.safety_staff"), "holder")
    assert timezone.localtime(new.due_at).date().isoformat() == "2026-12-09"


def test_the_next_year_opens_before_this_one_ends(opened):
    city = opened
    first = of("school.safety_staff", city)
    assert (first.year, first.expires_on.isoformat()) == (2026, "2027-09-01")

    with time_machine.travel(datetime(2027, 8, 17, tzinfo=UTC)):
        open_all()
        assert Pledge.objects.filter(year=2027).count() == 0
    with time_machine.travel(datetime(2027, 8, 20, tzinfo=UTC)):
        open_all()
    both = Pledge.objects.standing().filter(lower=first.lower).order_by("year")
    assert [p.year for p in both] == [2026, 2027]
    due = timezone.localtime(both[1].due_at).date()
    assert due.isoformat() == "2027-09-15"

    with time_machine.travel(datetime(2027, 9, 2, tzinfo=UTC)):
        open_all()
    first.refresh_from_db()
    assert first.ended_why == "year"
    assert Pledge.objects.standing().filter(lower=first.lower).count() == 1


def test_a_vacant_post_is_a_gap_and_no_pledge(city):
    city.vacate("school.safety_staff")

    open_all()

    rules = PledgeRules.of(default_content())
    vacant = [s for s in slots(rules, below=city.unit("school").path) if s.person is None]
    assert [s.post for s in vacant] == [city.post("school.safety_staff").pk]
    assert not Pledge.objects.filter(lower_post=city.post("school.safety_staff")).exists()


def test_nobody_signs_with_himself_and_nobody_twice_in_one_unit(city):
    city.vacate("school.safety_staff")
    city.give("school.safety_staff", "school.principal")
    city.unite_chiefs("county")

    open_all()

    principal, chief = city.person("school.principal"), city.person("county.chief")
    assert [p.pair for p in Pledge.objects.filter(lower=principal)] == ["schools"]
    assert Pledge.objects.filter(lower=chief, pair="bureaus").count() == 1


def test_a_deputy_of_a_post_signs_nothing(city):
    city.give("school.safety_staff", "school.deputy_teaching", kind=Holding.Kind.DEPUTY)

    open_all()

    posts = Pledge.objects.filter(lower=city.person("school.deputy_teaching"))
    assert [p.lower_post for p in posts] == [city.post("school.deputy_teaching")]


def test_without_a_published_table_nothing_is_due(empty_house):
    assert open_due_pledges().opened == 0


def test_a_rule_book_from_before_reads_the_shipped_pairs(rules):
    content = {**content_of(rules)}
    content.pop("pledges")

    old = PledgeRules.of(content)

    assert [p.id for p in old.pairs] == [row["id"] for row in rulebook.load()["pair"]]


def test_a_draft_from_such_a_book_gets_the_section_as_shipped(rules):
    old = {name: part for name, part in content_of(rules).items() if name != "pledges"}
    RuleBook.objects.filter(pk=rules.pk).update(content=old, digest="0" * 64)

    draft = start_draft(title="时限", actor=SYSTEM)

    assert draft.content["pledges"] == rulebook.load()
    assert {name: part for name, part in draft.content.items() if name in old} == old


def broken(path, value):
    book = default_content()
    book["pledges"] = json.loads(json.dumps(rulebook.load()))
    part = book["pledges"]
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return book


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("year", "begins"), "02-30"),
        (("year", "renew_within_working_days"), 0),
        (("year", "basis"), "statutory"),
        (("pair", 0, "upper"), "NOBODY"),
        (("pair", 0, "at"), "beside"),
        (("pair", 0, "text"), "none"),
        (("pair", 0, "id"), "schools"),
        (("pair", 1, "lower"), ["ADMIN_CHIEF"]),
        (("text", 0, "title"), "{pupil}责任书"),
        (("text", 0, "clauses"), []),
    ],
)
def test_a_section_of_the_wrong_shape_is_named(path, value):
    with pytest.raises(ValueError, match="pledges"):
        check(broken(path, value))


def test_the_shipped_section_is_well_formed():
    check({**default_content(), "pledges": rulebook.load()})


def test_the_command_opens_all_and_says_how_many(city):
    said = StringIO()

    call_command("open_pledges", "--json", stdout=said)

    assert json.loads(said.getvalue()) == {"opened": Pledge.objects.count(), "ended": 0}
    assert Pledge.objects.exists()


def test_the_dispatcher_opens_them_in_its_turn(city):
    worker = Worker()

    assert worker.turn()
    while chores.Beat.objects.filter(name="chore:pledges", until__lte=timezone.now()).exists():
        worker.turn()

    expected = {s.key for s in slots(PledgeRules.of(default_content())) if s.person}
    assert Pledge.objects.count() == len(expected)


def test_a_chore_that_fails_is_tried_again_and_harms_nobody(db, monkeypatch):
    runs = []

    def fails() -> bool:
        runs.append(1)
        raise RuntimeError

    monkeypatch.setattr(chores, "_chores", {})
    chores.register(Chore(name="fails", every=timedelta(0), run=fails))
    chores.register(Chore(name="works", every=timedelta(hours=1), run=lambda: runs.append(2)))

    chores.run_due("a")
    chores.run_due("a")

    assert runs == [1, 2, 1]


def test_the_own_list_names_it_with_its_clock(opened):
    (duty,) = mine(opened.person("school.safety_staff")).others

    assert "责任书" in duty.word
    assert str(of("school.safety_staff", opened).ref) in duty.url


def test_every_row_of_the_table_that_should_sign_does(opened):
    """Counted the slow way, row by row."""
    capacities = {c for row in rulebook.load()["pair"] for c in row["lower"]} - {
        "PARTY_CHIEF",
        "ADMIN_CHIEF",
    }
    posts = set(
        Entry.objects.filter(table__state="published", capacity__in=capacities).values_list(
            "post", flat=True
        )
    )
    assert posts <= set(Pledge.objects.values_list("lower_post", flat=True))


def test_the_chore_looks_again_only_when_something_changed(
    city_committed, django_assert_max_num_queries
):
    city, run_portion = city_committed, Opener().run
    while run_portion():
        pass
    with django_assert_max_num_queries(12):
        assert not run_portion()
    before = Pledge.objects.count()

    appoint(
        post=city.post("school.safety_staff"),
        person=city.person("boarding.safety_staff"),
        actor=SYSTEM,
        starts_at=timezone.now() - timedelta(seconds=1),
        kind=Holding.Kind.ACTING,
    )
    run_portion()

    assert Pledge.objects.count() == before + 1
