"""What the pages of the rule book show beside the tables: versions, drafts, trials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.cases.access import visible_to
from incidents.cases.models import Incident
from notifications.words import capacity_words, grade_word, level_word
from safety.home.rulebook.comparing import RowChange
from safety.home.rulebook.replay import Replayed
from safety.home.rulebook.trial import Tried
from safety.home.what_if.pages import OWED_WORDS
from safety.ledger.models import Event
from safety.people.models import User
from safety.posts.access import Viewer
from safety.rules.models import RuleBook, RuleDraft
from safety.rules.selectors import current_rules


@dataclass(frozen=True, kw_only=True)
class VersionRow:
    """A version with its state: "in force", "waiting", "past" or "withdrawn"."""

    book: RuleBook
    state: str
    by: str
    previous: int | None = None

    @property
    def note(self) -> str:
        return note_word(self.book.note)

    @property
    def may_withdraw(self) -> bool:
        return self.state == "waiting"


def versions(*, with_withdrawn: bool) -> list[VersionRow]:
    """Every version, newest first, and who published it."""
    books = RuleBook.objects.defer("content").order_by("-number")
    if not with_withdrawn:
        books = books.filter(withdrawn_at=None)
    current, now = current_rules().pk, timezone.now()
    shown = list(books)
    authors = _publishers([book.number for book in shown])
    earlier = [*(book.number for book in shown[1:]), None]
    return [
        VersionRow(
            book=book,
            state=_state(book, current, now),
            by=authors.get(book.number, ""),
            previous=previous,
        )
        for book, previous in zip(shown, earlier, strict=True)
    ]


def note_word(note: str) -> str:
    """Why a version was published; the note of the shipped one in the reader's language."""
    return _("shipped default") if note == "shipped default" else note


def state_of(book: RuleBook) -> str:
    return _state(book, current_rules().pk, timezone.now())


def _state(book: RuleBook, current: int, now: datetime) -> str:
    if book.withdrawn_at is not None:
        return "withdrawn"
    if book.pk == current:
        return "in_force"
    return "waiting" if book.effective_at > now else "past"


def _publishers(numbers: Sequence[int]) -> dict[int, str]:
    events = Event.objects.filter(
        verb="rules.published", subject_kind="rule_book", subject_ref__in=map(str, numbers)
    )
    actors = {
        int(ref): actor
        for ref, kind, actor in events.values_list("subject_ref", "actor_kind", "actor_ref")
        if kind == "person"
    }
    names = _names(actors.values())
    return {number: names.get(actor, "") for number, actor in actors.items()}


def _names(refs: Any) -> dict[str, str]:
    people = {int(ref) for ref in refs if str(ref).isdecimal()}
    found = User.objects.filter(pk__in=people).values_list("pk", "name")
    return {str(pk): name for pk, name in found}


@dataclass(frozen=True, kw_only=True)
class DraftRow:
    draft: RuleDraft
    author: str
    is_behind: bool


def open_drafts(newest: RuleBook | None) -> list[DraftRow]:
    """Drafts still written, the last changed first; ``is_behind``: a newer version came."""
    drafts = list(RuleDraft.objects.open().defer("content").select_related("based_on"))
    names = _names(draft.author_ref for draft in drafts)
    return [
        DraftRow(
            draft=draft,
            author=names.get(draft.author_ref, ""),
            is_behind=newest is not None and draft.based_on_id != newest.pk,
        )
        for draft in drafts
    ]


@dataclass(frozen=True, kw_only=True)
class CapacityLine:
    """One capacity in the sum of a trial."""

    level: str
    capacity: str
    more: int
    less: int
    clocks: int


def capacity_lines(tried: Tried) -> list[CapacityLine]:
    words = capacity_words()
    keys = dict.fromkeys([*tried.more, *tried.less, *tried.clocks])
    lines = []
    for key in keys:
        level, _slash, capacity = key.partition("/")
        lines.append(
            CapacityLine(
                level=level_word(level),
                capacity=words.get(capacity, capacity),
                more=tried.more.get(key, 0),
                less=tried.less.get(key, 0),
                clocks=tried.clocks.get(key, 0),
            )
        )
    return lines


@dataclass(frozen=True, kw_only=True)
class TriedRow:
    """One past incident that would have gone differently; ``ref`` only for who may open it."""

    number: str
    filed_at: datetime
    ref: Any
    grades: Sequence[str]
    more: int
    less: int
    clocks: int
    upward: int
    first: bool
    lost: Sequence[str]


def tried_rows(user: Viewer, rows: Sequence[Mapping[str, Any]]) -> list[TriedRow]:
    """The rows of one page: number, day and figures; a link only where it can be followed."""
    ids = [row["id"] for row in rows]
    incidents = Incident.objects.only("number", "filed_at", "ref").in_bulk(ids)
    seen = set(visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    return [
        TriedRow(
            number=incidents[row["id"]].number,
            filed_at=incidents[row["id"]].filed_at,
            ref=incidents[row["id"]].ref if row["id"] in seen else None,
            grades=list(dict.fromkeys(row["grades"])),
            more=sum(row["more"].values()),
            less=sum(row["less"].values()),
            clocks=sum(row["clocks"].values()),
            upward=row["upward"],
            first=row["first"],
            lost=row["lost"],
        )
        for row in rows
        if row["id"] in incidents
    ]


@dataclass(frozen=True, kw_only=True)
class ChangedLine:
    """One duty before and after, as the page of one tried incident tells it."""

    kind: str
    level: str
    unit: str
    capacity: str
    post: str
    person: str
    before: str
    after: str


def changed_lines(done: Replayed) -> list[ChangedLine]:
    words = capacity_words()
    kinds = (
        (_("more"), done.rows.more),
        (_("less"), done.rows.less),
        (_("another time"), done.rows.clocks),
    )
    return [_changed(kind, one, words) for kind, found in kinds for one in found]


def _changed(kind: str, one: RowChange, words: Mapping[str, str]) -> ChangedLine:
    row = one.row
    return ChangedLine(
        kind=kind,
        level=level_word(row.level),
        unit=row.unit_name,
        capacity=words.get(row.capacity, row.capacity),
        post=row.post_name,
        person=row.person_name,
        before=_owed(one.before),
        after=_owed(one.after),
    )


def _owed(row: Any) -> str:
    if row is None:
        return "—"
    due = timezone.localtime(row.due_at).strftime("%m-%d %H:%M") if row.due_at else ""
    return f"{OWED_WORDS[row.owed]} {due}".strip()


def grade_lines(done: Replayed) -> Iterator[str]:
    """The grade, once or before and after."""
    both = [under.grade for under in (done.before, done.after) if under]
    return (grade_word(grade) for grade in dict.fromkeys(both))
