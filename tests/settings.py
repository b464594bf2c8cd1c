"""Settings of the tests: the real ones, with cheap password hashes and no outside mail."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("SAFETY_VAR_DIR", tempfile.mkdtemp(prefix="safety-tests-"))
os.environ.setdefault("SAFETY_SECRET_KEY", "only-for-tests-" + "x" * 40)
os.environ.setdefault("SAFETY_DEBUG", "0")

from safety.settings import *  # noqa: E402, F403
from safety.settings import DATABASES, STORAGES  # noqa: E402

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# A pool keeps connections open that the end of a test run must be able to drop.
DATABASES["default"]["OPTIONS"].pop("pool", None)
if DATABASES["default"]["ENGINE"] == "safety.sqlite":
    DATABASES["default"]["TEST"] = {"NAME": None}
