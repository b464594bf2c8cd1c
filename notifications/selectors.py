"""The page of one alert: who was told in which capacity, who answered, and in what order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.access import copied_rows, get_alert, sight_of
from notifications.addressees import Addressee, Answered, LevelList
from notifications.board import told_pairs
from notifications.board_cells import State, state_of
from notifications.board_lines import LEVELS, Eyes, LevelRow, cell_row, levels_of
from notifications.mine_items import Button, Item, Reason, answer_word, items_of, joint, reasons_of
from notifications.models import Alert, Obligation
from notifications.obligations.upward import receiver_words
from notifications.silent import Silent, silent_of
from notifications.subjects import SubjectFacts, facts_of
from notifications.words import capacity_words, level_word, line_word
from safety.ledger.models import Event
from safety.ledger.selectors import history
from safety.posts.access import Viewer
from safety.terms import terms

LONG, LATEST = 12, 8  # a longer timeline shows its latest lines


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One line of the timeline; ``entered_at`` where it was written down later than it was."""

    at: datetime
    text: str
    entered_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AlertPage:
    alert: Alert
    words: Mapping[str, Any]
    facts: SubjectFacts
    is_masked: bool
    is_copy: bool
    levels: Sequence[LevelList]
    lines: Sequence[LevelRow]
    mine: Sequence[Item]
    reasons: Sequence[Reason]
    joint: Button | None
    silent: Sequence[Silent]
    own_readings: Sequence[Obligation]
    timeline: Sequence[Moment]
    now: datetime

    @property
    def earlier(self) -> Sequence[Moment]:
        """What a long timeline folds away."""
        return self.timeline[: len(self.timeline) - len(self.latest)]

    @property
    def latest(self) -> Sequence[Moment]:
        return self.timeline if len(self.timeline) <= LONG else self.timeline[-LATEST:]


def alert_page(user: Viewer, ref: UUID) -> AlertPage:
    """Everything that ``user`` may know of one alert. Raises ``Hidden``.

    Of a masked one there is no list of addressees, only how each line stands.
    """
    found = get_alert(user, ref)
    rows = Obligation.objects.select_related("unit", "post__unit", "person", "met_by").order_by(
        "id"
    )
    alert = Alert.objects.prefetch_related(Prefetch("obligations", queryset=rows), "units").get(
        pk=found.pk
    )
    sight = sight_of(user)
    words = capacity_words()
    now = timezone.now()
    facts = facts_of([(alert.subject_kind, alert.subject_ref)])[
        alert.subject_kind, alert.subject_ref
    ]
    own, is_masked = sight.own(alert), sight.hides_posts(alert)
    view = _View(
        alert=alert, sight=sight, capacities=words, facts=facts, told=told_pairs([alert]), now=now
    )
    items = items_of(alert, own, sight=sight, words=words, now=now, upward_url=facts.upward_url)
    return AlertPage(
        alert=alert,
        words=sight.words(alert),
        facts=facts,
        is_masked=is_masked,
        is_copy=not own and bool(copied_rows(alert, sight.posts)),
        levels=[] if is_masked else list(view.levels()),
        lines=levels_of(alert, view.answers(), view),
        mine=items,
        reasons=reasons_of(items),
        joint=joint(own, words),
        silent=silent_of(user, alert, sight=sight, words=words, now=now),
        own_readings=[o for o in own if o.is_open and o.kind == Obligation.Kind.READ],
        timeline=sorted(view.timeline(), key=lambda moment: moment.at),
        now=now,
    )


@dataclass(frozen=True, kw_only=True)
class _View(Eyes):
    """One alert through the eyes of one reader."""

    alert: Alert
    facts: SubjectFacts

    def answers(self) -> list[Obligation]:
        """What is answered for: everything but upward reports."""
        upward = Obligation.Kind.REPORT_UPWARD
        return [o for o in self.alert.obligations.all() if o.kind != upward]

    def levels(self) -> Iterator[LevelList]:
        """Addressees by level, in the order of the plan; one line for each."""
        slots: dict[tuple[object, ...], list[Obligation]] = defaultdict(list)
        for o in self.alert.obligations.all():
            slots[o.level, o.unit_id, o.capacity, o.post_id, o.person_id].append(o)
        times = Counter(slot[-1] for slot in slots)
        for level in LEVELS:
            here = [rows for slot, rows in slots.items() if slot[0] == level]
            if not here:
                continue
            seen = [self._addressee(rows, is_double=times[rows[0].person_id] > 1) for rows in here]
            units = {one.unit for one in seen}
            unit = units.pop() if len(units) == 1 else ""
            yield LevelList(
                word=level_word(level),
                unit=unit,
                addressees=[replace(one, unit="") for one in seen] if unit else seen,
            )

    def _addressee(self, rows: Sequence[Obligation], *, is_double: bool = False) -> Addressee:
        o = rows[0]
        is_own = o.post_id in self.sight.posts
        hidden = self.sight.hides_posts(self.alert) and not is_own
        school_hidden = o.unit.is_school and self.sight.hides_school(self.alert) and not is_own
        capacity = "" if hidden else self.capacities.get(o.capacity, o.capacity)
        post = "" if hidden or o.post is None else o.post.name
        person = "" if hidden or school_hidden or o.person is None else o.person.name
        return Addressee(
            unit="" if school_hidden else o.unit.label,
            post=post if post != capacity else "",
            capacity=capacity,
            line=line_word(o.line),
            person=person,
            is_double=bool(person) and is_double,
            climbed=bool(o.climbed_from),
            rows=[
                Answered(
                    obligation=o,
                    state=State(state_of(cell_row(o, self.told), self.now)).name.lower(),
                    answer=answer_word(o) if not hidden or not o.met_verb else _("answered"),
                )
                for o in rows
            ],
        )

    def timeline(self) -> Iterator[Moment]:
        """What the ledger says of the alert and its subject, as far as there are words for it."""
        by_ref = {str(o.ref): o for o in self.alert.obligations.all()}
        events = [
            *history(subject_kind="alert", subject_ref=str(self.alert.ref)),
            *history(subject_kind=self.alert.subject_kind, subject_ref=self.alert.subject_ref),
        ]
        for event in events:
            if event.verb == "obligation.met":
                answered = by_ref.get(str(event.body.get("obligation")))
                # What went up is told below, with who received it.
                if answered is not None and answered.kind != Obligation.Kind.REPORT_UPWARD:
                    yield self._answered(answered, event)
            elif text := self._told(event):
                yield Moment(at=event.at, text=text)
        if not self.sight.hides_posts(self.alert):
            yield from self._noted()

    def _noted(self) -> Iterator[Moment]:
        """What the room of the subject noted: measures taken, and what went up."""
        for done in self.facts.done:
            yield Moment(at=done.at, text=done.word)
        if self.facts.verified_at is not None:
            yield Moment(at=self.facts.verified_at, text=_("Checked by telephone."))
        words = receiver_words(self.alert.obligations.all())
        for sent in self.facts.sent:
            who = words.get(sent.receiver, sent.receiver)
            values = {"who": who, "how": sent.how, "name": sent.received_by or "—"}
            text = _("Reported upward to %(who)s (%(how)s), received by %(name)s.")
            yield Moment(at=sent.at, text=text % values)

    def _told(self, event: Event) -> str:
        if event.verb == "alert.raised":
            return _("Alert raised; everybody named in the plan was told.")
        if event.verb == "incident.reported":
            return _("%(first_report)s received.") % terms()
        return ""

    def _answered(self, o: Obligation, event: Event) -> Moment:
        addressee = self._addressee([o])
        who = " ".join(
            part
            for part in (level_word(o.level), addressee.unit, addressee.capacity or addressee.line)
            if part
        )
        at = o.met_at or event.at
        is_later = (event.at - at).total_seconds() > 60  # noqa: PLR2004 - shown to the minute
        return Moment(
            at=at,
            text=_answer_text(o, who, addressee),
            entered_at=event.at if is_later else None,
        )


def _answer_text(o: Obligation, who: str, addressee: Addressee) -> str:
    values = {
        "who": who,
        "answer": addressee.rows[0].answer,
        "name": o.met_by.name if o.met_by else "",
    }
    if not addressee.person:
        return _("%(who)s: %(answer)s") % values
    if o.met_how == Obligation.How.PHONE:
        return _("%(who)s: %(answer)s by telephone, entered by %(name)s") % values
    return _("%(who)s: %(answer)s, %(name)s") % values
