"""``manage.py resolve``: who must be told of an incident, without telling anybody."""

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from notifications.management.commands._plan_text import as_lines
from notifications.plan_document import plan_document
from notifications.responsibility.plan import Plan
from notifications.responsibility.words import GRADES
from notifications.snapshot import Snapshot, snapshot
from safety.errors import Refused
from safety.units.models import Unit


class Command(BaseCommand):
    help = "Print who must be told of an incident, in which capacity, by when, and why."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("--school", action="append", required=True, metavar="CODE", help="repeatable")
        add("--hazard", action="append", required=True, metavar="HAZARD", help="repeatable")
        add("--hazard2", default="", metavar="HAZARD", help="a second hazard")
        add("--grade", required=True, metavar="GRADE", help="G1 (gravest) to G5")
        add("--at", default="", metavar="ISO", help="moment of the alert (default: now)")
        add("--flag", action="append", default=[], metavar="FLAG", help="repeatable")
        add("--json", action="store_true", help="print one JSON document")

    def handle(self, **options: Any) -> None:
        try:
            known, plan = _resolve(options)
        except Refused as refused:
            raise CommandError(
                "\n".join(
                    f"{p.field} '{p.value}': {p.message} {p.remedy}" for p in refused.problems
                )
            ) from refused
        if options["json"]:
            self.stdout.write(json.dumps(plan_document(known, plan), ensure_ascii=False))
        else:
            for line in as_lines(plan):
                self.stdout.write(line)


def _resolve(options: dict[str, Any]) -> tuple[Snapshot, Plan]:
    at = _moment(options["at"])
    schools = [_school(code, at) for code in dict.fromkeys(options["school"])]
    known = snapshot(schools, as_of=at if options["at"] else None)
    hazards = [*options["hazard"], *([options["hazard2"]] if options["hazard2"] else [])]
    grades = known.rules["grades"]
    flags = {*grades["flags"], *(uplift["id"] for uplift in grades["uplift"])}
    for field, values, allowed in (
        ("hazard", hazards, list(known.hazards)),
        ("grade", [options["grade"]], list(GRADES)),
        ("flag", options["flag"], sorted(flags)),
    ):
        for value in values:
            _check(field, value, allowed)
    return known, known.resolve(
        hazards=hazards, grade=options["grade"], at=at, flags=options["flag"]
    )


def _check(field: str, value: str, allowed: list[str]) -> None:
    if value not in allowed:
        raise Refused(
            "It is not in the rule book.",
            field=field,
            value=value,
            remedy=f"Use one of: {', '.join(allowed)}.",
        )


def _moment(said: str) -> datetime:
    if not said:
        return timezone.now()
    try:
        moment = datetime.fromisoformat(said)
    except ValueError as error:
        raise Refused(
            "This is not a time.",
            field="at",
            value=said,
            remedy="Write it like 2026-06-14T20:14:00+08:00.",
        ) from error
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _school(code: str, at: datetime) -> Unit:
    school = Unit.objects.schools().filter(code=code).first()
    if school is None:
        raise Refused(
            "There is no school with this code.",
            field="school",
            value=code,
            remedy="Give the code of a school, a campus or a teaching point.",
        )
    if not school.is_open_on(timezone.localdate(at)):
        raise Refused(
            "This school did not exist at that time.",
            field="school",
            value=code,
            remedy="Give another --at, or the school that took over.",
        )
    return school
