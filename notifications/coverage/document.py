"""The proof as one JSON document and as lines for a terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.coverage.selectors import Coverage, Judged
from notifications.coverage.words import Words, reason_word, span_words
from notifications.responsibility.coverage_gaps import GRAVE
from notifications.words import joined
from safety.people.models import User
from safety.units.models import Unit

NAMED = 5


def as_document(known: Coverage) -> dict[str, Any]:
    """One row for each unit, stage, hazard, capacity and stretch of time."""
    people = _people(known.judged)
    return {
        "publishable": known.publishable,
        "table": known.table.number,
        "rules": known.book.number,
        "since": known.period.since.isoformat(),
        "until": known.period.until.isoformat(),
        "counts": {
            "schools": known.schools,
            "blocking": len(known.blocking),
            "accepted": len(known.accepted),
            "notices": len(known.notices),
        },
        "gaps": list(_rows(known.blocking, people)),
        "accepted": list(_rows(known.accepted, people)),
        "notices": list(_rows(known.notices, people)),
    }


def _rows(ones: Sequence[Judged], people: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    for one in ones:
        gap = one.gap
        for window in gap.windows:
            shared: dict[str, Any] = {
                "capacity": gap.capacity,
                "climb": window.climb,
                "climb_post": window.climb_name,
                "climb_person": people.get(window.person or 0, ""),
                "level": gap.unit.level.value,
                "unit_name": gap.unit.name,
                "post_type": gap.post_type,
                "post": gap.post_name,
                "post_id": gap.post,
                "code": window.code,
                "kind": gap.kind,
                "from": window.since.isoformat(),
                "to": None if window.lasts else window.until.isoformat(),
            }
            if gap.kind == GRAVE:
                shared["grades"] = ["G1", "G2"]
            if one.acceptance is not None:
                shared["accepted"] = {
                    "ref": str(one.acceptance.ref),
                    "reason": one.acceptance.reason,
                    "ends_on": one.acceptance.ends_on.isoformat(),
                }
            for stage, hazard in window.told:
                yield {"unit": gap.unit.code, "stage": stage, "hazard": hazard, **shared}


def _people(ones: Iterable[Judged]) -> dict[int, str]:
    ids = {window.person or 0 for one in ones for window in one.gap.windows}
    rows = User.objects.filter(pk__in=ids).values_list("pk", "username")
    return dict(rows)


def as_lines(known: Coverage) -> Iterator[str]:
    """For whoever has to act: bureau by bureau, what is missing, and who answers meanwhile."""
    words = Words.of(known.book)
    yield _("Responsibility table %(number)s, %(since)s to %(until)s, %(schools)d schools") % {
        "number": known.table.number or _("draft"),
        "since": f"{timezone.localtime(known.period.since):%Y-%m-%d %H:%M}",
        "until": f"{timezone.localtime(known.period.until):%Y-%m-%d}",
        "schools": known.schools,
    }
    for title, ones in (
        (_("Gaps that block: %(n)d"), known.blocking),
        (_("Accepted gaps: %(n)d"), known.accepted),
        (_("To know, not blocking: %(n)d"), known.notices),
    ):
        if ones:
            yield ""
            yield title % {"n": len(ones)}
            yield from _grouped(words, ones, known)
    yield ""
    yield (
        _("The table may be published.")
        if known.publishable
        else _("The table may not be published: fill the posts, or accept each gap with a reason.")
    )


def _grouped(words: Words, ones: Sequence[Judged], known: Coverage) -> Iterator[str]:
    """A bureau's own gaps one by one; those of its schools by post, since they are many."""
    names = _district_names(ones)
    groups: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for one in ones:
        unit = one.gap.unit
        home = unit.code if unit.level != "school" else _above(unit.path, names)
        key = "" if unit.level != "school" else f"{one.gap.capacity} {one.gap.post_type}"
        groups[(home, key)].append(one)
    last = ""
    for (home, key), here in sorted(groups.items()):
        if home != last:
            yield f"  {names.get(home, home)}"
            last = home
        for line in (
            [_line(words, one, known) for one in here]
            if not key
            else [_school_line(words, here, known)]
        ):
            yield f"    - {line}"


def _line(words: Words, one: Judged, known: Coverage) -> str:
    gap, first = one.gap, one.gap.windows[0]
    said = _("%(post)s (%(capacity)s): %(reason)s, %(when)s; %(hazards)s; meanwhile %(who)s")
    return said % {
        "post": words.post(gap),
        "capacity": gap.capacity,
        "reason": reason_word(gap, first),
        "when": span_words(first, known.period.since),
        "hazards": words.asked_for(gap.hazards),
        "who": words.instead(first),
    }


def _school_line(words: Words, ones: Sequence[Judged], known: Coverage) -> str:
    names = [
        f"{one.gap.unit.name} ({span_words(one.gap.windows[0], known.period.since)})"
        for one in ones[:NAMED]
    ]
    if len(ones) > NAMED:
        names.append(_("and %(n)d more") % {"n": len(ones) - NAMED})
    gap = ones[0].gap
    said = _("%(post)s (%(capacity)s): %(reason)s at %(n)d schools: %(names)s")
    return said % {
        "post": words.post(gap),
        "capacity": gap.capacity,
        "reason": joined(reason_word(one.gap, one.gap.windows[0]) for one in ones),
        "n": len(ones),
        "names": joined(names),
    }


def _district_names(ones: Iterable[Judged]) -> dict[str, str]:
    codes = {part for one in ones for part in one.gap.unit.path.split("/") if part}
    rows = Unit.objects.filter(code__in=codes).exclude(kind__in=Unit.SCHOOL_KINDS)
    return dict(rows.values_list("code", "name"))


def _above(path: str, bureaus: Mapping[str, str]) -> str:
    """The nearest bureau above a school."""
    codes = [part for part in path.split("/") if part]
    return next((code for code in reversed(codes) if code in bureaus), "")
