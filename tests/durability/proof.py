"""What is wrong with the rows of a house whose servers were killed.

Written apart from the code that files: it starts from the frozen plan of each
alert and from the numbers, and looks whether the rows are there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from incidents.cases.models import FilingKey, Incident, Report
from notifications.models import Alert, Obligation, Stream, StreamRow
from safety.ledger.actions import seal
from safety.ledger.models import Event
from safety.ledger.selectors import verify

ROWS_OF = {"ACT": ("acknowledge", "first_action"), "ACK": ("acknowledge",), "READ": ("read",)}


def violations(keys: dict[str, str]) -> Iterator[str]:
    """``keys`` maps each key that was answered with 201 to the reference it got."""
    yield from _incidents(keys)
    yield from _numbers()
    yield from _plans()
    yield from _streams()
    yield from _ledger()


def _incidents(keys: dict[str, str]) -> Iterator[str]:
    filed = {key: str(ref) for key, ref in FilingKey.objects.values_list("key", "incident__ref")}
    for key, ref in keys.items():
        if filed.get(key) != ref:
            yield f"key {key} was answered with {ref}, the database has {filed.get(key)}"
    if len(filed) != Incident.objects.count() or set(filed) != set(keys):
        yield f"{len(keys)} keys, {len(filed)} filings, {Incident.objects.count()} incidents"
    firsts = Counter(Report.objects.filter(kind="first").values_list("incident_id", flat=True))
    yield from (f"incident {i} has {n} first reports" for i, n in firsts.items() if n != 1)
    if len(firsts) != Incident.objects.count():
        yield f"{Incident.objects.count() - len(firsts)} incidents have no first report"


def _numbers() -> Iterator[str]:
    """Numbers count without a gap; those of sealed cases are drawn by lot, each once."""
    series: dict[str, list[int]] = defaultdict(list)
    for number, privacy in Incident.objects.values_list("number", "privacy"):
        day, _dash, place = number.rpartition("-")
        if (privacy == "sealed") != place.startswith("B"):
            yield f"{number} is a number of the wrong kind for a case that is {privacy}"
        elif privacy != "sealed":
            series[day].append(int(place))
    for day, places in series.items():
        if sorted(places) != list(range(1, len(places) + 1)):
            yield f"numbers of {day} are not contiguous: {sorted(places)}"


def _plans() -> Iterator[str]:
    refs = {str(ref) for ref in Incident.objects.values_list("ref", flat=True)}
    about = Counter(Alert.objects.values_list("subject_ref", flat=True))
    if set(about) != refs or set(about.values()) - {1}:
        yield f"{len(refs)} incidents, alerts about {about}"
    for alert in Alert.objects.all():
        owed = Counter(
            (row["unit"], row["capacity"], row["post_id"], row["person"], kind)
            for row in alert.plan["rows"]
            for kind in ROWS_OF.get(row["owed"], ())
        )
        made = Counter(
            Obligation.objects.filter(alert=alert)
            .exclude(kind="report_upward")
            .values_list("unit_id", "capacity", "post_id", "person_id", "kind")
        )
        if owed != made:
            yield f"alert {alert.pk}: planned and not made {owed - made}, made {made - owed}"
        told = Counter(
            StreamRow.objects.filter(alert=alert, kind="alert.raised").values_list(
                "stream__kind", "stream__owner"
            )
        )
        if told != _to_tell(alert):
            yield f"alert {alert.pk}: told {told}, planned {_to_tell(alert)}"


def _to_tell(alert: Alert) -> Counter[tuple[str, int]]:
    rows = alert.plan["rows"]
    people = {who for row in rows for who in (row["person"], *row["also"]) if who is not None}
    boards = {row["unit"] for row in rows if row["level"] != "school"}
    return Counter([*(("person", who) for who in people), *(("board", unit) for unit in boards)])


def _streams() -> Iterator[str]:
    for stream in Stream.objects.all():
        found = list(
            StreamRow.objects.filter(stream=stream).order_by("seq").values_list("seq", flat=True)
        )
        if found != list(range(1, stream.head + 1)):
            yield f"stream {stream} with head {stream.head} has {found}"


def _ledger() -> Iterator[str]:
    told = Counter(
        Event.objects.filter(verb="incident.reported").values_list("subject_ref", flat=True)
    )
    if told != Counter(str(ref) for ref in Incident.objects.values_list("ref", flat=True)):
        yield f"the ledger tells of {sum(told.values())} reports"
    while seal():
        pass
    yield from verify().problems
