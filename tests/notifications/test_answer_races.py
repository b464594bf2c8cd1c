"""Of two answers at the same moment exactly one is written, on every database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections
from django.utils import timezone

from notifications.models import Obligation, Stream, StreamRow
from notifications.obligations.answering import Answer, acknowledge, act, record_answer
from safety.ledger.models import Event
from tests.notifications.asking import COUNTY, alert_of, owed

ROUNDS = 4


def at_once(*calls):
    """Run every call in a thread of its own, started together; return what each returned."""
    gate = Barrier(len(calls))

    def run(call):
        try:
            gate.wait(timeout=20)
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, c) for c in calls]]


def test_one_of_four_answers_wins_and_the_ledger_says_which(city_committed):
    city = city_committed
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    row = owed(incident, COUNTY, "SAFETY_OFFICE")
    office, duty = city.person("county.safety_office"), city.person("county.duty_officer")
    own = Answer(by=office)
    call = Answer(by=duty, how="phone", phone="0851", at=timezone.now())
    deed = Answer(by=office, verb="handling", note="已派车")

    counts = at_once(
        lambda: len(acknowledge(obligations=[row], answer=own)),
        lambda: len(acknowledge(obligations=[row], answer=own)),
        lambda: len(record_answer(obligations=[row], answer=call)),
        lambda: sum(o.kind == "acknowledge" for o in act(obligations=[row], answer=deed)),
    )

    assert sorted(counts) == [0, 0, 0, 1]
    told = Event.objects.filter(verb="obligation.met")
    assert [fact.body["obligation"] for fact in told].count(str(row.ref)) == 1
    row.refresh_from_db()
    won = next(fact for fact in told if fact.body["obligation"] == str(row.ref))
    assert (row.met_how, row.met_verb) == (won.body["how"], won.body["verb"])
    assert won.actor_ref == str(row.met_by_id)


def test_many_capacities_at_once_neither_deadlock_nor_leave_a_hole_in_a_stream(city_committed):
    city = city_committed
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    alert = alert_of(incident)
    rows = list(
        Obligation.objects.open()
        .filter(alert=alert, kind="acknowledge", person__isnull=False)
        .select_related("person", "alert", "unit")
        .order_by("id")[: ROUNDS * 2]
    )

    def answer_one(row):
        return lambda: len(acknowledge(obligations=[row], answer=Answer(by=row.person)))

    counts = [n for i in range(0, len(rows), 4) for n in at_once(*map(answer_one, rows[i : i + 4]))]

    assert counts == [1] * len(rows)
    for stream in Stream.objects.filter(kind="board", head__gt=0):
        seqs = list(
            StreamRow.objects.filter(stream=stream).order_by("seq").values_list("seq", flat=True)
        )
        assert seqs == list(range(1, stream.head + 1))
    answered = StreamRow.objects.filter(kind="alert.answered", stream__owner=city.unit("city").pk)
    assert answered.filter(stream__kind="board").count() == len(rows)
