"""A draft tried on the past: exact, bounded, in steps, and silent about sealed cases."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from incidents.cases.models import Incident
from notifications.models import Alert, Obligation
from safety.home.rulebook.replay import Ready, replay
from safety.home.rulebook.trial import continue_trial, result_of, start_trial
from safety.ledger.models import Event
from safety.rules.models import RuleDraft, RuleTrial
from safety.rules.selectors import content_of, current_rules
from tests.rulebook.writing import change, draft_of

KEEPER = "city.administrator"


def leaders_on_duty_act_at_yellow(content: dict[str, Any]) -> None:
    content["responsibility"]["matrix"]["district"]["DUTY_LEADER"]["G3"] = "ACT"


def seed(city: ModuleType) -> dict[str, Incident]:
    """Four incidents of the last month: two yellow, one blue, one sealed (and yellow)."""
    now = timezone.now()
    told: dict[str, dict[str, Any]] = {
        "food": {"school": "private", "hazard": "FOOD", "people": "counted", "injured": 12},
        "intrusion": {"school": "school", "hazard": "VIOL"},
        "fall": {"school": "school", "hazard": "INJ", "people": "counted", "injured": 1},
        "harm": {"school": "primary", "hazard": "PSY"},
    }
    return {
        name: city.make_incident(at=now - timedelta(days=20 - 4 * number), **facts)
        for number, (name, facts) in enumerate(told.items())
    }


def try_out(city: ModuleType, who: str, draft: RuleDraft, days: int = 30) -> Any:
    user = city.person(who)
    trial = start_trial(user=user, draft=draft, days=days)
    continue_trial(user=user, trial=trial)
    assert trial.finished_at is not None
    return result_of(user, trial)


def test_the_rules_that_filed_it_give_the_very_plan_that_was_frozen(city: ModuleType) -> None:
    found = seed(city)
    again = city.make_incident(school="school", hazard="VIOL")  # the second in twelve months
    book = Ready.of(content_of(current_rules()))

    for incident in [*found.values(), again]:
        done = replay(incident, book, book)
        alert = Alert.objects.get(subject_ref=str(incident.ref))
        assert done.after is not None
        assert done.after.plan.hash == alert.plan_hash
        assert done.after.grade == incident.grade
        assert not done.differs
    assert again.grade == "G2"


def test_it_says_who_more_and_in_how_many(city: ModuleType) -> None:
    seed(city)
    draft = change(draft_of(city), leaders_on_duty_act_at_yellow)
    tried = try_out(city, KEEPER, draft)

    assert tried.examined == 3  # without the sealed one
    assert len(tried.rows) == 2
    assert tried.more == {"district/DUTY_LEADER": 2}
    assert (tried.less, tried.regraded, tried.upward) == ({}, 0, 0)


def test_another_clock_and_another_criterion_are_told_apart(city: ModuleType) -> None:
    seed(city)

    def edit(content: dict[str, Any]) -> None:
        rule = next(r for r in content["grades"]["rule"] if r["id"] == "g4-injured")
        rule["grade"] = "G3"
        content["clocks"]["acknowledge"][0]["minutes"]["G3"] = 3
        content["filing"]["first_report_clock"][1]["minutes"] = 20

    tried = try_out(city, KEEPER, change(draft_of(city), edit))

    assert len(tried.rows) == 3
    assert tried.regraded == 1
    assert tried.clocks["district/DUTY_OFFICER"] == 2
    assert tried.more["district/DUTY_OFFICER"] == 1  # from blue to yellow
    assert tried.upward == 3


def test_it_goes_by_the_holders_and_the_table_of_that_time(city: ModuleType) -> None:
    found = seed(city)
    city.vacate("district.duty_leader")  # today: it was held when it happened
    draft = change(draft_of(city), leaders_on_duty_act_at_yellow)
    done = replay(found["food"], Ready.of(content_of(draft.based_on)), Ready.of(draft.content))

    [changed] = done.rows.more
    assert changed.before is not None
    assert changed.after is not None
    assert changed.after.person == city.person("district.duty_leader").pk
    assert (changed.before.owed.name, changed.after.owed.name) == ("ACK", "ACT")


def test_nothing_is_written_but_the_trial(city: ModuleType) -> None:
    seed(city)
    draft = change(draft_of(city), leaders_on_duty_act_at_yellow)
    before = (Obligation.objects.count(), Alert.objects.count(), Event.objects.count())
    try_out(city, KEEPER, draft)

    assert (Obligation.objects.count(), Alert.objects.count(), Event.objects.count()) == before


def test_a_sealed_case_counts_for_its_readers_only(city: ModuleType) -> None:
    found = seed(city)
    draft = change(draft_of(city), leaders_on_duty_act_at_yellow)
    city.give("city.administrator", "district.section_moral")  # named on it, and keeps the rules

    blind, named = (try_out(city, who, draft) for who in (KEEPER, "district.section_moral"))

    assert (blind.examined, blind.total, len(blind.rows)) == (3, 3, 2)
    assert (named.examined, named.total, len(named.rows)) == (4, 4, 3)
    assert found["harm"].pk in {row["id"] for row in named.rows}


def test_a_reader_who_lost_the_right_no_longer_sees_what_was_tried(
    city: ModuleType, client: Client
) -> None:
    found = seed(city)
    draft = change(draft_of(city), leaders_on_duty_act_at_yellow)
    city.give("city.administrator", "district.section_moral")
    user = city.person("district.section_moral")
    try_out(city, user.username, draft)
    city.vacate("district.section_moral")
    client.force_login(user)

    page = client.get(reverse("rulebook:trial", args=[draft.pk]))

    assert page.context["tried"].examined == 3
    assert found["harm"].number not in page.content.decode()
    one = reverse("rulebook:tried", args=[draft.pk, found["harm"].ref])
    assert client.get(one).status_code == 404


def test_whoever_cannot_open_an_incident_sees_its_figures_only(
    city: ModuleType, client: Client
) -> None:
    found = seed(city)
    draft = change(draft_of(city), leaders_on_duty_act_at_yellow)
    city.sign_in(client, KEEPER)
    client.post(reverse("rulebook:begin_trial", args=[draft.pk]), {"days": "30"})

    page = client.get(reverse("rulebook:trial", args=[draft.pk]))
    text = page.content.decode()

    assert "2起事件会有不同" in text
    assert found["food"].number in text
    assert str(found["food"].ref) not in text
    assert city.unit("private").name not in text
    one = reverse("rulebook:tried", args=[draft.pk, found["food"].ref])
    assert client.get(one).status_code == 404


def test_whoever_may_open_it_sees_person_by_person(city: ModuleType, client: Client) -> None:
    found = seed(city)
    draft = change(draft_of(city), leaders_on_duty_act_at_yellow)
    city.give("city.administrator", "city.safety_office")
    city.sign_in(client, "city.safety_office")

    page = client.get(reverse("rulebook:tried", args=[draft.pk, found["food"].ref]))

    [line] = page.context["lines"]
    assert line.person == city.person("district.duty_leader").name
    assert (line.kind, line.before[:3], line.after[:6]) == ("增加", "须签收", "须签收并处置")


def test_it_is_worked_off_in_steps_and_continued(city: ModuleType) -> None:
    seed(city)
    draft = change(draft_of(city), leaders_on_duty_act_at_yellow)
    user = city.person(KEEPER)
    trial = start_trial(user=user, draft=draft, days=90)
    seen = []
    while trial.finished_at is None:
        continue_trial(user=user, trial=trial, seconds=0)
        seen.append(result_of(user, trial).examined)

    assert seen[:3] == [1, 2, 3]
    assert result_of(user, trial).more == {"district/DUTY_LEADER": 2}


def test_two_who_press_at_once_count_nothing_twice(city: ModuleType) -> None:
    seed(city)
    draft = change(draft_of(city), leaders_on_duty_act_at_yellow)
    user = city.person(KEEPER)
    start_trial(user=user, draft=draft, days=90)
    one, other = (RuleTrial.objects.select_related("draft").get() for _ in range(2))
    continue_trial(user=user, trial=one, seconds=0)
    continue_trial(user=user, trial=other)  # it looked before the first one was done

    assert result_of(user, other).examined == 1
    continue_trial(user=user, trial=other)
    assert result_of(user, RuleTrial.objects.get()).examined == 3


def test_a_kind_that_the_draft_dropped_is_told(city: ModuleType) -> None:
    seed(city)

    def drop(content: dict[str, Any]) -> None:
        rows = content["hazards"]["hazard"]
        content["hazards"]["hazard"] = [row for row in rows if row["code"] != "INJ"]
        tiles = content["filing"]["tile"]
        content["filing"]["tile"] = [row for row in tiles if row["hazard"] != "INJ"]
        for post in content["posts"]["post"]:
            hazards = post.get("scope", {}).get("hazards", [])
            if "INJ" in hazards:
                hazards.remove("INJ")

    draft = draft_of(city)
    content = {**draft.content}
    drop(content)
    RuleDraft.objects.filter(pk=draft.pk).update(content=content)
    draft.refresh_from_db()
    tried = try_out(city, KEEPER, draft)

    assert tried.lost == 1
    assert [row["lost"] for row in tried.rows] == [["INJ"]]


@pytest.mark.parametrize("days", ["7", "x", ""])
def test_a_period_that_is_not_offered_is_refused(
    city: ModuleType, client: Client, days: str
) -> None:
    draft = draft_of(city)
    city.sign_in(client, KEEPER)
    client.post(reverse("rulebook:begin_trial", args=[draft.pk]), {"days": days})

    assert not RuleTrial.objects.exists()


def test_a_trial_of_an_older_draft_says_so(city: ModuleType, client: Client) -> None:
    seed(city)
    draft = draft_of(city)
    try_out(city, KEEPER, draft)
    change(draft, leaders_on_duty_act_at_yellow)
    city.sign_in(client, KEEPER)

    page = client.get(reverse("rulebook:trial", args=[draft.pk]))

    assert "试算以后草案又改过" in page.content.decode()
