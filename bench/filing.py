"""Filing: POST, one transaction with everything owed, 201; beside it pgbench with the same rows.

The floor is what PostgreSQL needs for those rows alone, sent as one multi-row
INSERT per table without foreign keys: nothing that speaks SQL can be faster.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from json import dumps
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier

from bench.figures import percentile, say, tell
from tests.house import House, file_incident, house
from tests.servers import postgres_programs, serving

CLIENTS = (1, 8, 32)
SCHOOL = "5201210001"
REPORT = {"hazard": "DROWN", "people": "counted", "missing": 1, "place_kind": "off_campus"}
# Every table that a filing writes, each with how its rows of one alert are found.
WRITTEN = {
    "cases_incident": "id = %(incident)s",
    "cases_incidentschool": "incident_id = %(incident)s",
    "cases_report": "incident_id = %(incident)s",
    "cases_filingkey": "incident_id = %(incident)s",
    "notifications_alert": "id = %(alert)s",
    "notifications_alert_units": "alert_id = %(alert)s",
    "notifications_obligation": "alert_id = %(alert)s",
    "ledger_event": "subject_ref in (%(incident_ref)s, %(alert_ref)s)",
    "notifications_streamrow": "alert_id = %(alert)s",
}
UUID = re.compile(r"'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'")


def body() -> dict[str, object]:
    return {"school": SCHOOL, "aware_at": datetime.now(UTC).isoformat(), **REPORT}


class Client:
    """One client with one connection, filing report after report."""

    def __init__(self, port: int, token: str) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.token = token
        self.took_ms: list[float] = []

    def file(self) -> None:
        said, began = dumps(body()), time.perf_counter()
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": str(uuid4()),
            "Content-Type": "application/json",
        }
        self.connection.request("POST", "/api/v1/incidents", body=said, headers=headers)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 201:
            raise RuntimeError(f"filing answered {answer.status}")
        self.took_ms.append((time.perf_counter() - began) * 1000)


def file_for(port: int, token: str, clients: int, seconds: float) -> tuple[float, list[float]]:
    """File from ``clients`` at once; reports per second, and how long each took."""
    crew = [Client(port, token) for _ in range(clients)]
    ends = time.perf_counter() + seconds

    def run(client: Client) -> None:
        while time.perf_counter() < ends:
            client.file()

    threads = [threading.Thread(target=run, args=[client]) for client in crew]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = [one for client in crew for one in client.took_ms]
    return len(took) / (time.perf_counter() - began), took


class Floor:
    """pgbench, inserting the rows of one real filing into copies of its tables."""

    def __init__(self, home: House, ref: str, folder: Path) -> None:
        self.url = home.database_url
        self.script = folder / "floor.sql"
        with psycopg.connect(self.url, autocommit=True) as database:
            self.rows = self._copy(database, ref)

    def _copy(self, database: psycopg.Connection, ref: str) -> int:
        database.execute("CREATE SCHEMA floor")
        found = database.execute(
            "SELECT i.id, a.id, a.ref::text FROM cases_incident i JOIN notifications_alert a"
            " ON a.subject_ref = i.ref::text WHERE i.ref = %s",
            [ref],
        ).fetchone()
        assert found is not None
        which = {
            "incident": found[0],
            "alert": found[1],
            "incident_ref": ref,
            "alert_ref": found[2],
        }
        lines, count = ["BEGIN;"], 0
        for table, condition in WRITTEN.items():
            database.execute(
                SQL("CREATE TABLE floor.{} (LIKE public.{} INCLUDING ALL)").format(
                    Identifier(table), Identifier(table)
                )
            )
            columns = [c for c in _columns(database, table) if c != "id"]
            rows = _literals(database, table, columns, condition, which)
            count += len(rows)
            lines.append(_insert(table, columns, rows))
        lines += ["COMMIT;", ""]
        self.script.write_text("\n".join(lines))
        database.execute("CREATE SEQUENCE floor.seq")
        return count

    def run(self, clients: int, seconds: float) -> tuple[float, list[float]]:
        log = self.script.with_name("floor-log")
        done = subprocess.run(
            [
                *(str(_pgbench()), "--no-vacuum", "--file", self.script, "--log"),
                *("--log-prefix", log, "--client", str(clients), "--jobs", str(min(clients, 2))),
                *("--time", str(max(1, round(seconds))), self.url),
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        rate = re.search(r"tps = ([\d.]+)", done.stdout)
        assert rate is not None, done.stdout
        took = []
        for file in log.parent.glob("floor-log*"):
            took += [int(line.split()[2]) / 1000 for line in file.read_text().splitlines()]
            file.unlink()
        return float(rate[1]), took


def _pgbench() -> Path:
    programs = postgres_programs()
    assert programs is not None
    return programs / "pgbench"


def _columns(database: psycopg.Connection, table: str) -> list[str]:
    rows = database.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position",
        [table],
    )
    return [row[0] for row in rows]


def _literals(
    database: psycopg.Connection,
    table: str,
    columns: list[str],
    condition: str,
    which: dict[str, object],
) -> list[list[str]]:
    wanted = SQL(", ").join(SQL("quote_nullable({}::text)").format(Identifier(c)) for c in columns)
    query = SQL("SELECT {} FROM {} WHERE ").format(wanted, Identifier(table)) + SQL(condition)
    return [list(row) for row in database.execute(query, which)]


def _insert(table: str, columns: list[str], rows: list[list[str]]) -> str:
    values = ",\n".join("(" + ", ".join(_fresh(columns, row)) + ")" for row in rows)
    names = ", ".join(f'"{column}"' for column in columns)
    returned = " RETURNING id AS alert_id \\gset" if table == "notifications_alert" else ";"
    return f"INSERT INTO floor.{table} ({names}) VALUES\n{values}{returned}"


def _fresh(columns: list[str], row: list[str]) -> Iterator[str]:
    """A row like the real one whose unique columns are new."""
    for column, value in zip(columns, row, strict=True):
        if column in ("key", "seq") or (column == "number" and "-" in value):
            yield "nextval('floor.seq')"
        elif column == "alert_id":
            yield ":alert_id"
        elif column == "incident_id" and value != "NULL":
            yield "nextval('floor.seq')"
        elif column == "ref" and UUID.fullmatch(value):
            yield "gen_random_uuid()"
        else:
            yield value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    seconds = 1.5 if parser.parse_args().quick else 8.0
    with tempfile.TemporaryDirectory(prefix="safety-bench-") as made:
        folder = Path(made)
        with house(folder) as home, serving(home) as server:
            measure(home, server.port, folder, seconds)


def measure(home: House, port: int, folder: Path, seconds: float) -> None:
    token = home.tokens["school.safety_staff"]
    _, said, _ = file_incident(port, token, str(uuid4()), body())
    floor = Floor(home, said["ref"], folder)
    tell(f"one filing writes {floor.rows} rows")
    file_for(port, token, 4, 1.0)  # warm
    for clients in CLIENTS:
        floor_rate, floor_ms = floor.run(clients, seconds)
        rate, took_ms = file_for(port, token, clients, seconds)
        say(f"filing.rate.{clients}", rate, "reports/s", peer=floor_rate, note="peer: pgbench")
        for per_cent in (50, 99):
            say(
                f"filing.p{per_cent}.{clients}",
                percentile(took_ms, per_cent),
                "ms",
                peer=percentile(floor_ms, per_cent),
            )


if __name__ == "__main__":
    main()
