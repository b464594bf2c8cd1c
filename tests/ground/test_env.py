"""A wrong setting stops the start and names the variable, its value and the way out."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from safety import env
from safety.errors import Misconfigured

NAME = "SAFETY_GROUND_TEST"


@pytest.fixture
def set_to(monkeypatch):
    """Set the variable (and forget afterwards that anybody asked for it)."""
    monkeypatch.setattr(env, "_asked", set(env._asked))

    def set_to(text: str, name: str = NAME) -> None:
        monkeypatch.setenv(name, text)

    return set_to


def refusal(call) -> str:
    with pytest.raises(Misconfigured) as refused:
        call()
    return str(refused.value)


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_variable_is_as_good_as_none(set_to, tmp_path, text):
    set_to(text)

    assert env.env_str(NAME, "default") == "default"
    assert env.env_bool(NAME, default=True) is True
    assert env.env_int(NAME, default=7) == 7
    assert env.env_list(NAME, default=["a"]) == ["a"]
    assert env.env_choice(NAME, default="a", choices=("a", "b")) == "a"
    assert env.env_dir(NAME, default=tmp_path) == tmp_path
    assert env.database(NAME, default_sqlite=tmp_path / "db")["NAME"] == str(tmp_path / "db")
    assert not env.is_set(NAME)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", True), ("TRUE", True), (" yes ", True), ("on", True), ("0", False), ("Off", False)],
)
def test_yes_and_no_in_the_usual_words(set_to, text, value):
    set_to(text)

    assert env.env_bool(NAME, default=not value) is value


def test_numbers_lists_and_choices(set_to):
    set_to(" 15 ")
    assert env.env_int(NAME, default=0) == 15
    set_to(" a, b ,, c ")
    assert env.env_list(NAME, default=[]) == ["a", "b", "c"]
    set_to("Sms")
    assert env.env_choice(NAME, default="voice", choices=("sms", "voice")) == "sms"


@pytest.mark.parametrize(
    ("text", "read", "remedy"),
    [
        ("maybe", lambda: env.env_bool(NAME, default=False), "write 1 or 0"),
        ("-3", lambda: env.env_int(NAME, default=0), "whole number"),
        ("1.5", lambda: env.env_int(NAME, default=0), "whole number"),
        ("fax", lambda: env.env_choice(NAME, default="a", choices=("a", "b")), "one of a, b"),
        ("sqlite:///", lambda: env.database(NAME, default_sqlite=Path("x")), "sqlite:///path"),
        ("mysql", lambda: env.database(NAME, default_sqlite=Path("x")), "postgres://"),
        ("mysql://x/y", lambda: env.database(NAME, default_sqlite=Path("x")), "postgres://"),
    ],
)
def test_a_wrong_value_is_named_with_its_remedy(set_to, text, read, remedy):
    set_to(text)

    words = refusal(read)

    assert NAME in words
    assert text.split(":")[0] in words or repr("") in words
    assert remedy in words


@pytest.mark.parametrize(
    "address",
    [
        "postgres://safety:p4ssw0rd@[host/name",
        "postgres://safety:p4ss/w0rd@host:5432/name",
        "postgres://safety:p4ss#w0rd@host/name",
        "postgres://safety:p4ssw0rd@host:5432",
        "postgres://safety:p4ssw0rd@host:99999/name",
    ],
)
def test_a_wrong_database_address_is_refused_without_showing_its_password(set_to, address):
    set_to(address)

    words = refusal(lambda: env.database(NAME, default_sqlite=Path("x")))

    assert NAME in words
    assert "p4ss" not in words
    assert "write" in words or "end it with" in words


def test_a_postgresql_address_becomes_settings(set_to):
    set_to("postgres://sa%40fety:p%2Fw@db.example:6432/campus?sslmode=require")

    found = env.database(NAME, default_sqlite=Path("x"))

    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert [found[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        "sa@fety",
        "p/w",
        "db.example",
        "6432",
        "campus",
    ]
    assert found["OPTIONS"]["sslmode"] == "require"
    assert found["OPTIONS"]["pool"]["max_size"] > 1


def test_a_sqlite_address_becomes_settings_of_a_careful_server(set_to):
    set_to("sqlite:////var/lib/safety/%E6%95%B0%E6%8D%AE.sqlite3")

    found = env.database(NAME, default_sqlite=Path("x"))

    assert found["NAME"] == "/var/lib/safety/数据.sqlite3"
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in found["OPTIONS"]["init_command"]
    assert "synchronous=FULL" in found["OPTIONS"]["init_command"]


def test_a_folder_is_made_and_one_that_cannot_be_is_refused(set_to, tmp_path):
    set_to(str(tmp_path / "a" / "b"))
    assert env.env_dir(NAME, default=tmp_path).is_dir()
    (tmp_path / "file").touch()
    set_to(str(tmp_path / "file" / "c"))

    words = refusal(lambda: env.env_dir(NAME, default=tmp_path))

    assert NAME in words
    assert str(tmp_path / "file" / "c") in words
    assert "Name a folder" in words


def test_a_folder_without_the_right_to_write_is_refused(set_to, tmp_path, monkeypatch):
    set_to(str(tmp_path))
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)  # root may write anywhere

    words = refusal(lambda: env.env_dir(NAME, default=tmp_path))

    assert NAME in words
    assert str(tmp_path) in words


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path):
    kept = tmp_path / "secret"

    first = env.env_secret(NAME, generate_in=kept)

    assert len(first) >= 50
    assert env.env_secret(NAME, generate_in=kept) == first
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [kept]


def test_of_two_processes_that_make_a_secret_the_first_one_wins(tmp_path, monkeypatch):
    kept = tmp_path / "secret"

    def interrupted(_size: int) -> str:
        kept.write_text("of the other process")
        return "ours"

    monkeypatch.setattr(env.secrets, "token_urlsafe", interrupted)

    assert env.env_secret(NAME, generate_in=kept) == "of the other process"


def test_a_given_secret_is_preferred_to_a_file_and_a_file_to_a_made_one(set_to, tmp_path):
    (tmp_path / "given").write_text("from the file\n")
    set_to(str(tmp_path / "given"), f"{NAME}_FILE")
    assert env.env_secret(NAME, generate_in=tmp_path / "made") == "from the file"
    set_to("from the variable")

    assert env.env_secret(NAME, generate_in=tmp_path / "made") == "from the variable"
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe\x00"])
def test_a_secret_file_that_holds_none_is_refused(set_to, tmp_path, content):
    path = tmp_path / "given"
    if content is not None:
        path.write_bytes(content)
    set_to(str(path), f"{NAME}_FILE")

    words = refusal(lambda: env.env_secret(NAME, generate_in=tmp_path / "made"))

    assert f"{NAME}_FILE" in words
    assert str(path) in words
    assert not (tmp_path / "made").exists()


def test_a_misspelt_variable_is_noticed(set_to):
    set_to("1", "SAFETY_GROUND_TESTT")
    set_to("1")

    env.env_bool(NAME, default=False)

    assert "SAFETY_GROUND_TESTT" in env.unknown()
    assert NAME not in env.unknown()
