"""The ledger: written once, chained in order, and no change goes unnoticed."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from io import StringIO
from threading import Barrier

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safety.ledger import actions
from safety.ledger.actions import GENESIS, Actor, Fact, digest_of, link, record, seal
from safety.ledger.models import Anchor, Event, Seal
from safety.ledger.selectors import history, verify

NORA = Actor(kind="person", ref="7")


def tell(*verbs: str, **over: object) -> list[Event]:
    """Write one event for each verb about the unit X and return them."""
    facts = [Fact(verb=v, subject_kind="unit", subject_ref="X", body={"of": "甲区"}) for v in verbs]
    record(actor=NORA, facts=facts, **over)  # type: ignore[arg-type]
    return list(Event.objects.order_by("-id")[: len(verbs)])[::-1]


def by_hand(sql: str, *values: str | int) -> None:
    """What somebody with the database's own rights could do: drop the guard, then write."""
    with connection.cursor() as cursor:
        for table in ("ledger_event", "ledger_seal"):
            for verb in ("update", "delete"):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}")
        cursor.execute(sql, values)


@pytest.fixture
def chain(empty_house):
    """Three sealed events in a ledger that holds nothing else."""
    events = tell("a", "b", "c")
    assert seal() == 3
    return events


# ---- written once ----


@pytest.mark.parametrize("model", [Event, Seal])
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_database_refuses_to_change_or_delete_a_row(chain, model, verb):
    before = list(model.objects.values_list())
    column = "verb" if model is Event else "chain"
    rows = model.objects.all()
    change = {
        "update": lambda: rows.update(**{column: "x"}),
        "delete": lambda: rows._raw_delete("default"),
    }[verb]

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change()

    assert list(model.objects.values_list()) == before


def test_a_fact_is_gone_with_the_transaction_it_tells_of(city):
    before = Event.objects.count()

    with transaction.atomic():
        tell("a")
        transaction.set_rollback(True)

    assert Event.objects.count() == before


def test_history_is_that_of_one_subject_oldest_first(city):
    tell("a", "b")
    record(actor=NORA, facts=[Fact(verb="c", subject_kind="unit", subject_ref="Y")])

    told = history(subject_kind="unit", subject_ref="X")

    assert [(event.verb, event.actor_ref) for event in told] == [("a", "7"), ("b", "7")]


# ---- chained ----


def test_an_empty_ledger_is_whole_and_its_head_is_the_beginning(empty_house):
    found = verify()

    assert found.ok
    assert (found.events, found.unsealed, found.head) == (0, 0, GENESIS)


def test_seals_follow_the_events_and_each_other(chain):
    seals = list(Seal.objects.order_by("position"))

    assert [s.event_id for s in seals] == [event.pk for event in chain]
    assert [s.position for s in seals] == [1, 2, 3]
    expected = GENESIS
    for one in seals:
        expected = link(expected, one.event_id, one.event.digest)
        assert one.chain == expected
    assert verify().head == expected


def test_sealing_goes_on_in_batches_and_again_seals_nothing(chain):
    tell("d", "e", "f")

    counts = [seal(limit=2), seal(limit=2), seal(limit=2)]

    assert counts == [2, 1, 0]
    found = verify()
    assert found.ok
    assert (found.events, found.unsealed) == (6, 0)


def test_what_was_committed_late_waits_for_the_look_at_the_whole(empty_house, monkeypatch):
    monkeypatch.setattr(actions, "NEAR", 2)
    late, *others = tell("late", "a", "b", "c", "d", "e")
    chain, position = GENESIS, 0
    for event in others[:4]:
        position, chain = position + 1, link(chain, event.pk, event.digest)
        Seal.objects.create(position=position, event=event, chain=chain, sealed_at=event.at)

    near = seal(whole=False)
    sealed = set(Seal.objects.values_list("event", flat=True))

    assert near == 1
    assert late.pk not in sealed
    assert others[4].pk in sealed
    assert seal() == 1
    assert not Event.objects.filter(seal=None).exists()


def test_waiting_events_are_counted_and_are_no_fault(chain):
    tell("d")

    found = verify()

    assert found.ok
    assert (found.events, found.unsealed) == (3, 1)


def test_the_hash_does_not_depend_on_the_clock_of_the_writer(empty_house):
    there = timezone(timedelta(hours=8))
    [one] = tell("a", at=datetime(2026, 9, 1, 8, tzinfo=there))
    [other] = tell("a", at=datetime(2026, 9, 1, 0, tzinfo=UTC))

    assert one.digest == other.digest


def test_two_sealers_at_once_seal_each_event_once(city_committed):
    tell(*(f"v{n}" for n in range(40)))
    gate = Barrier(4)

    def work() -> int:
        try:
            gate.wait(timeout=20)
            return sum(seal(limit=7) for _round in range(12))
        finally:
            connections.close_all()

    waiting = Event.objects.filter(seal=None).count()
    with ThreadPoolExecutor(4) as pool:
        counts = [f.result(timeout=60) for f in [pool.submit(work) for _n in range(4)]]
    left = Event.objects.filter(seal=None).count()

    assert sum(counts) == waiting - left
    assert sum(counts) >= 40
    while seal():
        pass
    found = verify()
    assert found.ok, found.problems
    assert (found.events, found.unsealed) == (Event.objects.count(), 0)


# ---- no change goes unnoticed ----


@pytest.mark.parametrize(
    ("sql", "values"),
    [
        ("UPDATE ledger_event SET verb = %s WHERE verb = 'b'", ["B"]),
        ("UPDATE ledger_event SET actor_ref = %s WHERE verb = 'b'", ["8"]),
        ("UPDATE ledger_event SET subject_ref = %s WHERE verb = 'b'", ["Y"]),
        ("UPDATE ledger_event SET body = %s WHERE verb = 'b'", ['{"of": "乙区"}']),
        ("UPDATE ledger_event SET at = %s WHERE verb = 'b'", ["2020-01-01 00:00:00+00:00"]),
        ("UPDATE ledger_event SET digest = %s WHERE verb = 'b'", ["0" * 64]),
        ("UPDATE ledger_seal SET chain = %s WHERE position = 2", ["0" * 64]),
        ("DELETE FROM ledger_seal WHERE position = %s", [2]),
        ("UPDATE ledger_seal SET position = %s WHERE position = 3", [4]),
    ],
    ids=["verb", "actor", "subject", "body", "time", "hash", "seal", "seal gone", "seal moved"],
)
def test_a_change_by_hand_is_found(chain, sql, values):
    by_hand(sql, *values)

    found = verify()

    assert not found.ok
    with pytest.raises(CommandError):
        call_command("verify_ledger", stdout=StringIO())


def test_an_event_that_was_taken_out_with_its_seal_is_found(chain):
    by_hand("DELETE FROM ledger_seal WHERE position = %s", 2)
    by_hand("DELETE FROM ledger_event WHERE verb = %s", "b")

    assert any("position 2" in problem for problem in verify().problems)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("table", ["ledger_event, ledger_seal", "ledger_seal"])
def test_the_database_refuses_to_empty_the_ledger(chain, table):
    connection.check_constraints()  # what is still to be checked would stop it first
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {table} CASCADE")

    assert Seal.objects.count() == 3


@pytest.mark.parametrize("left", [0, 1, 2])
def test_a_chain_that_lost_its_end_is_found(chain, left):
    by_hand("DELETE FROM ledger_seal WHERE position > %s", left)
    by_hand("DELETE FROM ledger_event WHERE id > %s", chain[0].pk - 1 + left)

    [problem] = verify().problems

    assert "position 3" in problem


def test_sealing_on_after_the_end_was_taken_hides_nothing(chain):
    by_hand("DELETE FROM ledger_seal")
    by_hand("DELETE FROM ledger_event WHERE id = %s", chain[1].pk)
    tell("d", "e")

    assert seal() == 4

    [problem] = verify().problems
    assert "position 3" in problem


def test_the_anchor_follows_the_head(chain):
    tell("d")
    seal()

    head = Seal.objects.get(position=4)
    anchor = Anchor.objects.get()
    assert (anchor.position, anchor.chain, anchor.at) == (4, head.chain, head.sealed_at)
    assert verify().ok


def test_a_change_is_found_before_the_event_is_sealed(chain):
    tell("d")
    by_hand("UPDATE ledger_event SET actor_ref = %s WHERE verb = 'd'", "8")

    assert not verify().ok


def test_a_new_hash_beside_the_change_does_not_help(chain):
    event = chain[1]
    event.verb = "B"
    by_hand(
        "UPDATE ledger_event SET verb = %s, digest = %s WHERE id = %s",
        "B",
        digest_of(event),
        event.pk,
    )

    assert verify().problems == ("position 2 does not follow from the one before it",)


def test_the_command_prints_one_document(chain):
    out = StringIO()

    call_command("verify_ledger", "--json", stdout=out)

    found = json.loads(out.getvalue())
    head = Seal.objects.get(position=3).chain
    assert found == {"ok": True, "events": 3, "unsealed": 0, "head": head, "problems": []}


# ---- what is read back has the hash of what was written ----

texts = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"))
bodies = st.dictionaries(
    texts,
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(10**20), 10**20)
        | st.floats(allow_nan=False, allow_infinity=False)
        | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=bodies)
def test_any_body_reads_back_with_its_hash(city, body):
    with transaction.atomic():
        record(actor=NORA, facts=[Fact(verb="a", subject_kind="u", subject_ref="X", body=body)])
        written = Event.objects.order_by("-id")[0]
        transaction.set_rollback(True)

    assert digest_of(written) == written.digest
