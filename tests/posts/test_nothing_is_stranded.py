"""After any sequence of changes of holders, somebody can answer what is open, or it is found."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications.access import own_obligations
from notifications.models import Obligation
from notifications.obligations.handing_over import settle, unanswerable
from safety.errors import Refused
from safety.ledger.actions import SYSTEM
from safety.people.models import User
from safety.posts.absence import move_return, take_leave
from safety.posts.models import Holding, Leave, Post
from safety.posts.tenure import appoint, leave_office, withdraw
from tests.city import make_incident, person, post

POSTS = (
    "school.principal",
    "school.secretary",
    "school.safety_deputy",
    "county.section_basic",
    "county.deputy_basic",
    "county.safety_office",
    "county.safety_deputy",
    "county.chief",
    "county.party_chief",
    "city.section_basic",
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("leave", "take", "act", "deputy", "away", "back", "undo", "shut")),
        st.integers(0, len(POSTS) - 1),
        st.integers(0, len(POSTS) - 1),
    ),
    min_size=1,
    max_size=12,
)


def _holding(of: Post) -> Holding | None:
    return Holding.objects.at(timezone.now()).filter(post=of).order_by("pk").first()


def _step(what: str, of: Post, who: User) -> None:
    now = timezone.now()
    held = _holding(of)
    if what == "leave" and held:
        leave_office(holding=held, ends_at=now, actor=SYSTEM)
    elif what in ("take", "act", "deputy"):
        kind = {"take": "principal", "act": "acting", "deputy": "deputy"}[what]
        appoint(post=of, person=who, kind=kind, starts_at=now, actor=SYSTEM)
    elif what == "away" and held:
        delegate = who if who != held.person else None
        end = now + timedelta(days=1)
        take_leave(person=held.person, starts_at=now, ends_at=end, delegate=delegate, actor=SYSTEM)
    elif what == "back":
        leave = Leave.objects.at(now).order_by("pk").first()
        if leave:
            move_return(leave=leave, ends_at=now, actor=SYSTEM)
    elif what == "undo" and held:
        withdraw(holdings=[held], why="a mistake", actor=SYSTEM)
    elif what == "shut":
        User.objects.filter(pk=who.pk).update(is_active=False)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_every_open_obligation_has_somebody_or_is_found(city, steps):
    with transaction.atomic():
        make_incident(hazard="DROWN", people="counted", missing=1)
        open_before = set(Obligation.objects.open().values_list("pk", flat=True))
        for what, of, who in steps:
            try:
                with transaction.atomic():
                    _step(what, post(POSTS[of]), person(POSTS[who]))
            except Refused:
                continue
            settle()

        _check(open_before)
        assert settle() == []
        transaction.set_rollback(True)


def _check(open_before: set[int]) -> None:
    """Nothing was lost; whoever is named can answer; what nobody can answer is found."""
    rows = Obligation.objects.open()
    assert set(rows.values_list("pk", flat=True)) == open_before
    found = set(unanswerable(timezone.now()).values_list("pk", flat=True))
    answerable: set[int] = set()
    for user in User.objects.filter(is_active=True):
        answerable |= set(own_obligations(user).filter(state="open").values_list("pk", flat=True))
    for obligation in rows:
        assert (obligation.pk in found) != (obligation.pk in answerable)
        if obligation.pk in answerable and obligation.person is not None:
            assert obligation in own_obligations(obligation.person)
