"""Real processes for tests and benchmarks: our server, a dispatcher, PostgreSQL, Redis.

Each is a context manager that cleans up after itself. ``Installation`` is the
environment they share: one database, maybe a Redis, one directory for files.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 90.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], object], *, within_s: float = PATIENCE_S, what: str = "") -> None:
    """Wait until ``true()`` is; fails with ``what`` when it takes too long."""
    end = time.monotonic() + within_s
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(what or "it did not happen in time")
        time.sleep(0.02)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass(kw_only=True)
class Installation:
    """What several processes of one installation have in common."""

    var: Path
    database_url: str = ""
    redis_url: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("SAFETY_")}
        return kept | {
            "DJANGO_SETTINGS_MODULE": "safety.settings",
            "PYTHONUNBUFFERED": "1",
            "SAFETY_VAR_DIR": str(self.var),
            "SAFETY_SECRET_KEY": "only-for-tests-" + "x" * 40,
            "SAFETY_DEBUG": "1",
            "SAFETY_DATABASE_URL": self.database_url,
            "SAFETY_REDIS_URL": self.redis_url,
            **self.extra,
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *arguments]

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a management command to its end."""
        return subprocess.run(
            self.command(*arguments),
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=300,
            check=check,
        )

    def run_python(self, code: str) -> str:
        """Run ``code`` inside the installation, with Django set up; return what it prints."""
        setup = "import django; django.setup()\n"
        done = subprocess.run(
            [sys.executable, "-c", setup + code],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout


CLERK = """
import contextlib, io, json, sys, traceback
import django
django.setup()
from django.db import connection
for line in sys.stdin:
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            exec(json.loads(line), {})
        answer = {"said": said.getvalue()}
    except Exception:
        answer = {"error": traceback.format_exc()}
    connection.close()
    print(json.dumps(answer), flush=True)
"""


@dataclass(kw_only=True)
class Clerk:
    """A process of the installation that does one errand after the other, without starting anew."""

    process: subprocess.Popen[str]

    def run(self, code: str) -> str:
        """Run ``code``; return what it prints."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(code) + "\n")
        self.process.stdin.flush()
        answer: dict[str, str] = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["said"]


@contextmanager
def clerk(installation: Installation) -> Iterator[Clerk]:
    process = subprocess.Popen(
        [sys.executable, "-c", CLERK],
        cwd=ROOT,
        env=installation.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Clerk(process=process)
    finally:
        process.communicate(timeout=30)


@dataclass(kw_only=True)
class Running:
    """A started process; ``log`` is the file with everything it says."""

    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self, *, within_s: float = 15.0) -> int:
        """End it in order; return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(within_s)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        return int(self.process.returncode)


@dataclass(kw_only=True)
class Server(Running):
    """Our server, listening on ``port``."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def origin(self) -> str:
        return self.url

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws/inbox/"


def start(installation: Installation, *arguments: str, name: str = "") -> Running:
    """Start a management command and leave it running."""
    log = installation.var / f"{name or arguments[0]}-{time.monotonic_ns()}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            installation.command(*arguments),
            cwd=ROOT,
            env=installation.environment(),
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    return Running(process=process, log=log)


@contextmanager
def serving(installation: Installation, *arguments: str, port: int = 0) -> Iterator[Server]:
    """``manage.py serve`` on a free port (or ``port``), ready to answer."""
    started = start(installation, "serve", "--port", str(port), *arguments)
    try:
        wait_until(
            lambda: "listening on" in started.said() or started.process.poll() is not None,
            what="the server does not listen",
        )
        found = re.search(r"listening on http://[^ ]*:(\d+)/", started.said())
        if found is None:
            raise RuntimeError(started.said())
        yield Server(process=started.process, log=started.log, port=int(found[1]))
    finally:
        started.stop()


@contextmanager
def dispatching(installation: Installation) -> Iterator[Running]:
    """``manage.py dispatch`` as a process of its own."""
    started = start(installation, "dispatch")
    try:
        wait_until(lambda: "started" in started.said(), what="the dispatcher does not start")
        yield started
    finally:
        started.stop()


@dataclass
class Redis:
    """A private Redis that a test may kill and bring back."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                *("redis-server", "--port", str(self.port), "--bind", "127.0.0.1"),
                *("--save", "", "--appendonly", "no", "--dir", str(self.folder)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: answers(self.port), what="Redis does not start")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def private_redis() -> Iterator[Redis]:
    with tempfile.TemporaryDirectory(prefix="safety-redis-") as folder:
        redis = Redis(free_port(), Path(folder))
        redis.start()
        try:
            yield redis
        finally:
            redis.kill()


def has_redis() -> bool:
    return shutil.which("redis-server") is not None


def postgres_programs() -> Path | None:
    """Where initdb and pg_ctl are, the newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


@contextmanager
def private_postgres() -> Iterator[str]:
    """A PostgreSQL of our own in a temporary directory; yields its address.

    PostgreSQL refuses to run as root: as root it runs as the user its package made.
    """
    programs = postgres_programs()
    if programs is None:
        raise FileNotFoundError("initdb")
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="safety-pg-"))
    if as_postgres:
        shutil.chown(folder, "postgres")
    data, port = folder / "data", free_port()

    def run(*command: str) -> None:
        subprocess.run(
            [*as_postgres, *command], check=True, cwd="/", stdout=subprocess.DEVNULL, timeout=60
        )

    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} "
        "-c max_connections=200 -c shared_buffers=256MB"
    )
    try:
        run(
            *(str(programs / "initdb"), "--pgdata", str(data), "--auth", "trust"),
            *("--username", "safety", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
        )
        run(
            *(str(programs / "pg_ctl"), "start", "--pgdata", str(data), "--silent", "--wait"),
            *("--log", str(folder / "log"), "--options", options),
        )
        try:
            run(
                *(str(programs / "createdb"), "--host", "127.0.0.1", "--port", str(port)),
                *("--username", "safety", "safety"),
            )
            yield f"postgres://safety@127.0.0.1:{port}/safety"
        finally:
            run(
                *(str(programs / "pg_ctl"), "stop", "--pgdata", str(data)),
                *("--mode", "immediate", "--silent"),
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
