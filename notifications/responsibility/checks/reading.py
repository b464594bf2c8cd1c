"""Small tools for reading a section that somebody may have edited by hand.

All raise ``ValueError`` (one kind of error, whatever is wrong) naming section and
key, so that whoever edits finds the line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from notifications.responsibility.words import BASES

Book = Mapping[str, Mapping[str, Any]]


def need(said: Mapping[str, Any], key: str, where: str) -> Any:
    """The value of ``key``, which has to be there and not be blank."""
    value = said.get(key)
    if value is None or value == "":
        raise ValueError(f"{where} has no '{key}'")
    return value


def known(value: str, among: Collection[str], where: str, what: str) -> None:
    if value not in among:
        raise ValueError(f"{where}: '{value}' is not {what}")


def yes_or_no(said: Mapping[str, Any], key: str, where: str) -> None:
    """``key`` is true, false or left out."""
    if not isinstance(said.get(key), bool | None):
        raise ValueError(f"{where}: '{key}' is true or false")  # noqa: TRY004 - one kind of error


def words(said: Mapping[str, Any], where: str) -> None:
    """Both languages are there."""
    for language in ("zh", "en"):
        if not isinstance(need(said, language, where), str):
            raise ValueError(f"{where}: '{language}' is not a text")  # noqa: TRY004 - see above


def once(values: Iterable[str], where: str) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"{where}: '{value}' stands there twice")
        seen.add(value)


def basis(said: Mapping[str, Any], where: str) -> None:
    """A clock rests on one of the four; one that is more than a reminder names its document."""
    known(need(said, "basis", where), BASES, where, f"one of {', '.join(BASES)}")
    for key in ("document", "article"):
        if not isinstance(said.get(key), str):
            raise ValueError(f"{where} has no '{key}' (may be empty)")  # noqa: TRY004 - see above
    if said["basis"] != "reminder" and not said["document"]:
        raise ValueError(f"{where}: a clock that is more than a reminder names its document")


def capacities(book: Book) -> Mapping[str, Any]:
    found: Mapping[str, Any] = need(book["responsibility"], "capacity", "responsibility")
    return found


def post_types(book: Book, *, at: str = "") -> set[str]:
    """Codes of the post types, of one place only ("bureau", "school") if asked."""
    rows = need(book["posts"], "post", "posts")
    return {row["code"] for row in rows if "code" in row and (not at or row.get("at") == at)}


def hazards(book: Book) -> set[str]:
    return {row["code"] for row in need(book["hazards"], "hazard", "hazards") if "code" in row}


def flag(name: str, book: Book, where: str) -> None:
    """``name`` is a flag by which incidents are graded, where the book says which there are."""
    grades = book.get("grades")
    if grades is not None:
        flags = {*grades["flags"], *(uplift["id"] for uplift in grades["uplift"])}
        known(name, flags, where, "a flag of section grades")


def hazard_key(key: str, book: Book, where: str) -> None:
    """A hazard, or a hazard with a flag: "SEXA+staff_involved"."""
    code, plus, name = key.partition("+")
    known(code, hazards(book), where, "a hazard of the rule book")
    if plus:
        flag(name, book, where)


def is_school_capacity(capacity: str) -> bool:
    return capacity.startswith("SCH_")
