from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import override_settings

from safety import checks
from safety.errors import Misconfigured

ROOT = Path(__file__).resolve().parents[1]
SAFE = {
    "SAFETY_ALLOWED_HOSTS": "safety.example.edu.cn",
    "SAFETY_HTTPS": "1",
    "SAFETY_TRUSTED_PROXIES": "1",
    "SAFETY_DATABASE_URL": "postgres://safety@127.0.0.1/safety",
    "SAFETY_REDIS_URL": "redis://127.0.0.1/0",
    "SAFETY_SECRET_KEY": "b7Kq0Zt3vXw9Lm2Rj5Yc8Nd1Hs6Pf4Ga-_UeTiOoQzWxMnBvCrDy",
}


def start(tmp_path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the checks in a process of its own, as an operator would meet them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SAFETY_")}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**kept, "SAFETY_VAR_DIR": str(tmp_path), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_production_as_documented_starts_without_a_warning(tmp_path):
    done = start(tmp_path, **SAFE)

    assert done.returncode == 0, done.stderr


def test_a_misspelt_variable_and_a_wrong_value_are_named(tmp_path):
    misspelt = start(tmp_path, **SAFE, SAFETY_ALOWED_HOSTS="x")
    wrong = start(tmp_path, SAFETY_DEBUG="maybe")

    assert "SAFETY_ALOWED_HOSTS" in misspelt.stderr
    assert wrong.returncode == 1
    assert wrong.stderr.strip() == "not started: SAFETY_DEBUG is 'maybe': write 1 or 0."


def found(**settings: object) -> dict[str, str]:
    with override_settings(**settings):
        return {str(m.id): f"{m.msg} {m.hint}" for m in checks.check_settings()}


def test_without_any_variable_this_machine_is_served_and_nothing_is_refused():
    local = found(
        ALLOWED_HOSTS=["localhost", "127.0.0.1", "[::1]"],
        SECRET_KEY_GENERATED=True,
        HTTPS=False,
        DEBUG=False,
    )

    assert not {name for name in local if name.startswith("safety.E")}


PUBLIC = {
    "ALLOWED_HOSTS": ["safety.example.edu.cn"],
    "HTTPS": True,
    "PROXIES": 1,
    "DEBUG": False,
    "SECRET_KEY_GENERATED": False,
    "INSECURE_HTTP": False,
}


@pytest.mark.parametrize(
    ("id_", "change", "names"),
    [
        ("safety.E001", {"ALLOWED_HOSTS": ["*"]}, "SAFETY_ALLOWED_HOSTS is '*'"),
        ("safety.E002", {"DEBUG": True}, "SAFETY_DEBUG is 1"),
        ("safety.E003", {"PROXIES": 0}, "SAFETY_TRUSTED_PROXIES is 0"),
        ("safety.E004", {"HTTPS": False}, "SAFETY_HTTPS is 0"),
        ("safety.E005", {"SECRET_KEY_GENERATED": True}, "SAFETY_SECRET_KEY is not set"),
        ("safety.E006", {"SECRET_KEY": "short"}, "SAFETY_SECRET_KEY has 5 characters"),
        ("safety.E006", {"SECRET_KEY": "ab" * 40}, "2 of them different"),
    ],
)
def test_it_refuses_what_is_unsafe_and_names_variable_value_and_remedy(id_, change, names):
    assert id_ not in found(**PUBLIC)

    said = found(**{**PUBLIC, **change})

    assert names in said[id_]


def test_several_processes_need_redis(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    without = found(**PUBLIC, REDIS_URL="")
    beside = found(**PUBLIC, REDIS_URL="redis://127.0.0.1/0")

    assert "SAFETY_REDIS_URL is not set" in without["safety.E007"]
    assert "safety.E007" not in beside


@pytest.mark.parametrize("host", ["redis://:secret@10.0.0.1/0", {"address": "redis://10.0.0.1"}])
def test_a_redis_that_would_hang_up_on_silence_is_refused_without_telling_its_password(host):
    layers = {"default": {"BACKEND": "x", "CONFIG": {"hosts": [host]}}}

    said = found(CHANNEL_LAYERS=layers)["safety.E008"]

    assert "socket_timeout None" in said
    assert "secret" not in said


def test_the_shipped_redis_settings_outlive_silence(settings):
    layers = {
        "default": {
            "BACKEND": "x",
            "CONFIG": {"hosts": [{"address": "redis://10.0.0.1", "socket_timeout": None}]},
        }
    }

    assert "safety.E008" not in found(CHANNEL_LAYERS=layers)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.9.0.1"])
def test_this_machine_may_always_be_listened_on(host):
    checks.refuse_public_bind(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "school.example"])
def test_other_machines_are_not_served_in_clear(host, settings):
    settings.HTTPS = settings.INSECURE_HTTP = False
    with pytest.raises(Misconfigured, match=f"HOST is {host!r}"):
        checks.refuse_public_bind(host)

    settings.INSECURE_HTTP = True
    checks.refuse_public_bind(host)
