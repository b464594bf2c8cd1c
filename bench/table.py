"""The responsibility table of a whole city: draft, edit, check, publish; and resolving by it.

A demo city of 2,200 schools without a history, on SQLite and, where one runs, on
PostgreSQL. "warm" has the units of the school in memory, "cold" has nothing; both read
the numbers of table, rules and holdings anew, as filing does. "pure" is the rule alone.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.sql import SQL, Identifier

from bench.figures import say, tell
from tests.servers import Installation

SCHOOLS = 2200
FIGURES = {
    "draft_s": ("draft", "s", "copy every row into a draft"),
    "edit_s": ("edit", "s", "change a part of the rows at once"),
    "differences_s": ("differences", "s", "compare with the version before"),
    "check_s": ("check", "s", "every row, and coverage"),
    "publish_s": ("publish", "s", "checked again, then published; goal 20 s"),
    "cold_p50_ms": ("resolve.cold.p50", "ms", "goal 50 ms"),
    "cold_p99_ms": ("resolve.cold.p99", "ms", ""),
    "warm_p50_ms": ("resolve.warm.p50", "ms", "with the reads that make sure it is the newest"),
    "warm_p99_ms": ("resolve.warm.p99", "ms", ""),
    "resolve_p50_ms": ("resolve.pure.p50", "ms", "goal 2 ms"),
    "resolve_p99_ms": ("resolve.pure.p99", "ms", ""),
}


@contextmanager
def postgresql(given: str) -> Iterator[str]:
    """A database of its own beside the given one."""
    name = f"bench_{secrets.token_hex(6)}"
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
        finally:
            server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def measure(kind: str, url: str, folder: Path, schools: int) -> None:
    place = Installation(var=folder, database_url=url, extra={"SAFETY_DEBUG": "0"})
    place.manage("migrate", "--verbosity", "0")
    place.run_python(f"from bench._table_work import build; build({schools})")
    said = place.run_python("from bench._table_work import main; main()")
    found = json.loads(said.splitlines()[-1])
    tell(f"{kind}: {found['rows']} rows, {found['edited']} of them edited")
    for key, (name, unit, note) in FIGURES.items():
        more = f"{note}; {found['rows']} rows" if unit == "s" else note
        say(f"table.{kind}.{name}", found[key], unit, note=more)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    schools = 200 if parser.parse_args().quick else SCHOOLS
    with tempfile.TemporaryDirectory(prefix="safety-bench-") as made:
        folder = Path(made)
        measure("sqlite", f"sqlite:///{folder / 'table.sqlite3'}", folder, schools)
        given = os.environ.get("SAFETY_DATABASE_URL", "")
        if given.startswith("postgres"):
            with postgresql(given) as url:
                measure("postgresql", url, folder, schools)


if __name__ == "__main__":
    main()
