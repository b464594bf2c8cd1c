"""Coverage: a city of 2,200 schools proved for the next 30 days, as it is and full of gaps.

There is no peer: nobody else asks this question. The goal is 5 s, from rows to the
last gap. ``peak`` is the memory of the whole process, reading and proof together.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import say, tell

if TYPE_CHECKING:
    from notifications.responsibility.coverage_gaps import Period
    from notifications.responsibility.inputs import Facts

SCHOOLS, SCHOOLS_QUICK = 2200, 200
VACANT, ENDING, AWAY = 0.005, 0.01, 0.01  # of all holdings, in the city full of gaps
GOAL_S = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    schools = SCHOOLS_QUICK if parser.parse_args().quick else SCHOOLS
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SAFETY_DATABASE_URL"] = f"sqlite:///{Path(folder) / 'city.sqlite3'}"
        os.environ["SAFETY_VAR_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "safety.settings"
        measure(schools)


def measure(schools: int) -> None:
    tell(f"building a city of {schools} schools")
    for command in (["migrate"], ["seed_demo", f"--schools={schools}", "--history-days=0"]):
        subprocess.run(
            [sys.executable, "manage.py", *command], check=True, stdout=subprocess.DEVNULL
        )
    import django  # noqa: PLC0415 - the settings come first

    django.setup()
    from django.utils import timezone  # noqa: PLC0415

    from notifications.coverage.reading import read_ground  # noqa: PLC0415
    from notifications.responsibility.coverage import prove  # noqa: PLC0415
    from notifications.responsibility.coverage_gaps import Period  # noqa: PLC0415
    from notifications.snapshot import compiled, current_table  # noqa: PLC0415
    from safety.rules.selectors import current_rules  # noqa: PLC0415

    table, book = current_table(), current_rules()
    rules = compiled(book)
    since = timezone.now()
    period = Period(since=since, until=since + timedelta(days=30))
    before = _peak_mb()
    began = time.perf_counter()
    ground = read_ground(table, book, period)
    read = time.perf_counter()
    proof = prove(rules, ground.facts, period, lives=ground.lives)
    ended = time.perf_counter()
    note = f"{proof.schools} schools, {len(ground.facts.entries)} rows, {len(proof.gaps)} gaps"
    say("coverage read", read - began, "s")
    say("coverage proof", ended - began, "s", note=f"{note}, with reading; goal {GOAL_S} s")
    say("coverage peak", _peak_mb(), "MB", note=f"{before:.0f} MB before")
    torn = full_of_gaps(ground.facts, period)
    began = time.perf_counter()
    proof = prove(rules, torn, period, lives=ground.lives)
    took = time.perf_counter() - began
    say("coverage proof, full of gaps", took, "s", note=f"{len(proof.gaps)} gaps, without reading")


def full_of_gaps(facts: Facts, period: Period) -> Facts:
    """The same city with vacant posts, holdings that end and people who are away."""
    from notifications.responsibility.inputs import LeaveFacts  # noqa: PLC0415

    chance = random.Random(20)
    holdings, leaves = [], []
    for held in facts.holdings:
        drawn = chance.random()
        some_day = period.since + timedelta(days=chance.uniform(0, 29))
        if drawn < VACANT:
            continue
        if drawn < VACANT + ENDING:
            holdings.append(replace(held, ends_at=some_day))
            continue
        if drawn < VACANT + ENDING + AWAY:
            back = some_day + timedelta(days=3)
            leaves.append(LeaveFacts(person=held.person, starts_at=some_day, ends_at=back))
        holdings.append(held)
    return replace(facts, holdings=holdings, leaves=leaves)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
