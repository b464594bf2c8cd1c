"""Settings of the tests: the real ones, with cheap password hashes and no outside mail.

PostgreSQL and Redis are used when their addresses are set. Each worker of a
parallel run has its own database and its own names in Redis.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")

if "SAFETY_VAR_DIR" not in os.environ:  # else a worker, which shares its parent's
    os.environ["SAFETY_VAR_DIR"] = tempfile.mkdtemp(prefix="safety-tests-")
    atexit.register(shutil.rmtree, os.environ["SAFETY_VAR_DIR"], ignore_errors=True)
os.environ.setdefault("SAFETY_SECRET_KEY", "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz")
os.environ.setdefault("SAFETY_DEBUG", "0")
os.environ["SAFETY_REDIS_PREFIX"] = f"tests-{RUN}-{WORKER}"

from safety.settings import *  # noqa: E402, F403
from safety.settings import DATABASES, STATIC_ROOT, STORAGES  # noqa: E402

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# A pool keeps connections open that the end of a test run must be able to drop.
DATABASES["default"]["OPTIONS"].pop("pool", None)
if DATABASES["default"]["ENGINE"] == "safety.sqlite":
    # A file, as in real life: threads get connections that lock and wait as they should. Nothing
    # here has to survive a power cut.
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(os.environ["SAFETY_VAR_DIR"], "tests.db")}  # noqa: PTH118 - Django wants a string
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
