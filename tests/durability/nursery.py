"""A process that has the libraries in memory and forks real servers from it.

Most of a start is importing libraries; fifty starts would be all that the test
does. A child runs ``manage.py serve`` from its first line, with Django not yet
set up, and can be killed like any other process. Reads ports from standard
input, one a line, and answers with the process id of the server it started.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from contextlib import suppress

# None of these sets up Django or installs Twisted's reactor, which belong to the child.
LIBRARIES = (
    "django.core.management",
    "django.core.handlers.asgi",
    "django.db.models",
    "django.forms",
    "django.template.defaulttags",
    "django.views.csrf",
    "django.db.backends.sqlite3.base",
    "django.db.backends.postgresql.base",
    "django.contrib.auth.hashers",
    "django.contrib.auth.password_validation",
    "django.contrib.sessions.middleware",
    "django.contrib.messages.middleware",
    "django.middleware.locale",
    "django.middleware.common",
    "django.middleware.csrf",
    "django.views.defaults",
    "ninja",
    "pydantic.networks",
    "pydantic.dataclasses",
    "argon2",
    "csp.middleware",
    "whitenoise.middleware",
    "channels.security.websocket",
    "channels.generic.websocket",
    "channels_redis.pubsub",
    "psycopg_pool",
    "autobahn.twisted.websocket",
    "twisted.internet.asyncioreactor",
    "twisted.internet.endpoints",
    "twisted.web.http",
)


def main() -> None:
    for name in LIBRARIES:
        with suppress(ImportError):
            importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead need no burial
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            serve(line.strip())
        print(child, flush=True)  # noqa: T201 - the answer to the caller


def serve(port: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - in memory

    status = 1
    try:
        execute_from_command_line(["manage.py", "serve", "--skip-checks", "--port", port])
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
