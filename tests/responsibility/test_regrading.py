"""A new grade adds and strengthens; what is owed already keeps its clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.responsibility.regrade import regrade
from notifications.responsibility.words import Owed
from tests.responsibility.town import SUNDAY, Town, rows_at

LATER = SUNDAY + timedelta(minutes=40)


@pytest.fixture
def town() -> Town:
    made = Town()
    made.bureau("COUNTY")
    made.school("S", "COUNTY", stages=("junior",))
    return made


def test_raising_adds_those_who_were_not_told(town: Town) -> None:
    light = town.plan("INJ", grade="G4")
    result = regrade(light, town.plan("INJ", grade="G3", at=LATER))

    added = {(row.unit_code, row.capacity) for row in result.added}
    assert ("COUNTY", "PARTY_CHIEF") in added
    assert ("CITY", "REPORTING") in added
    assert {row.ack_due_at for row in result.added if row.capacity == "PARTY_CHIEF"} == {
        LATER + timedelta(minutes=60),
        None,  # the city's chief only reads
    }
    assert result.plan.grade == "G3"


def test_an_acknowledgement_becomes_an_action_and_keeps_its_own_clock(town: Town) -> None:
    light = town.plan("INJ", grade="G4")
    result = regrade(light, town.plan("INJ", grade="G2", at=LATER))

    [office] = [
        s
        for s in result.strengthened
        if (s.before.unit_code, s.before.capacity) == ("COUNTY", "SAFETY_OFFICE")
    ]
    assert (office.before.owed, office.after.owed) == (Owed.ACK, Owed.ACT)
    assert office.asks == ("act_due_at",)
    assert office.after.ack_due_at == office.before.ack_due_at
    assert office.after.act_due_at == LATER + timedelta(minutes=30)


def test_a_reading_becomes_an_acknowledgement(town: Town) -> None:
    light = town.plan("INJ", grade="G4")
    result = regrade(light, town.plan("INJ", grade="G3", at=LATER))

    [leader] = [
        s
        for s in result.strengthened
        if (s.before.unit_code, s.before.capacity) == ("COUNTY", "DUTY_LEADER")
    ]
    assert (leader.before.owed, leader.after.owed) == (Owed.READ, Owed.ACK)
    assert leader.asks == ("ack_due_at",)


def test_what_is_owed_alike_keeps_its_row(town: Town) -> None:
    light = town.plan("INJ", grade="G3")
    result = regrade(light, town.plan("INJ", grade="G2", at=LATER))

    [before] = rows_at(light, "district", "SAFETY_OFFICE")
    assert before in result.plan.rows
    assert not [s for s in result.strengthened if s.before == before]


def test_a_change_of_holder_is_not_a_new_duty(town: Town) -> None:
    light = town.plan("INJ", grade="G3")
    entry = town.entry("COUNTY", "B11")
    town.holdings = [h for h in town.holdings if h.post != entry.post]
    town.hold(entry, town.newcomer())
    result = regrade(light, town.plan("INJ", grade="G2", at=LATER))

    assert not [row for row in result.added if row.capacity == "SAFETY_OFFICE"]


def test_up_and_down_and_up_again_adds_nothing_the_second_time(town: Town) -> None:
    light, grave = town.plan("INJ", grade="G4"), town.plan("INJ", grade="G2", at=LATER)
    raised = regrade(light, grave).plan
    lowered = regrade(raised, light).plan
    again = regrade(lowered, grave)

    assert lowered.rows == raised.rows
    assert (again.added, again.strengthened) == ((), ())
