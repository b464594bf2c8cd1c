"""The errors that rooms raise on purpose, and what each one tells its reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

VALUE_MAX = 80


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong: where, with which value, why, and how to mend it."""

    field: str
    value: str
    message: str
    remedy: str

    def __post_init__(self) -> None:
        value = self.value[:VALUE_MAX] + "…" if len(self.value) > VALUE_MAX else self.value
        # What was given may hold half a character, which no answer could carry.
        object.__setattr__(self, "value", value.encode("utf-8", "replace").decode("utf-8"))

    def as_json(self) -> dict[str, str]:
        return {
            "field": self.field,
            "value": self.value,
            "message": self.message,
            "remedy": self.remedy,
        }


class Refused(Exception):  # noqa: N818 - it is an answer, not a failure
    """What was asked cannot be done; nothing was changed."""

    problems: tuple[Problem, ...]

    def __init__(self, message: str, *, field: str = "", value: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.problems = (Problem(field=field, value=value, message=message, remedy=remedy),)

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Refused:
        """Refuse for several reasons at once; at least one is needed."""
        found = tuple(problems)
        refused = cls("; ".join(f"{p.field}: {p.message}" for p in found))
        refused.problems = found
        return refused


class Conflict(Refused):
    """Somebody else, or an earlier request, already decided this differently."""


class Hidden(Exception):  # noqa: N818 - it is an answer, not a failure
    """There is nothing here for this reader: answered exactly like something missing.

    ``problem`` names the field that asked for it, in the same words for both.
    """

    def __init__(self, problem: Problem | None = None) -> None:
        super().__init__(problem.message if problem else "")
        self.problem = problem


class Misconfigured(Exception):  # noqa: N818 - names a state of the installation
    """A setting has an unusable value; the message names variable, value and remedy."""
