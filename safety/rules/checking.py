"""Is a whole rule book well-formed, and would the house stand under it? All answers at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from safety.errors import Problem
from safety.rules.registry import gates, guards, sections

# What a document that somebody wrote by hand can make a check trip over.
_MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError)


def problems_of(content: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What keeps ``content`` from being a rule book: its shape, section by section.

    Where the shape is right, what the guards of the other rooms object to.
    """
    found = tuple(_shape(content))
    return found or tuple(problem for guard in guards() for problem in guard(content))


def openings_of(content: Mapping[str, Any], since: datetime) -> tuple[Problem, ...]:
    """What well-formed rules would leave open from ``since`` on. Takes seconds in a large city."""
    return tuple(problem for gate in gates() for problem in gate(content, since))


def _shape(content: Mapping[str, Any]) -> Iterator[Problem]:
    known = {section.name for section in sections()}
    for name in sorted(set(content) - known):
        yield Problem(
            field=name,
            value="",
            message=_("The rule book has no such section."),
            remedy=_("Use one of: %(codes)s") % {"codes": ", ".join(sorted(known))},
        )
    for section in sections():
        if not isinstance(content.get(section.name), Mapping):
            yield _problem(section.name, _("This section is missing."))
            continue
        try:
            section.check(content)
        except KeyError as error:
            yield _problem(section.name, f"{section.name}: {error} is missing")
        except _MALFORMED as error:
            yield _problem(section.name, str(error))


def _problem(section: str, message: str) -> Problem:
    return Problem(
        field=section,
        value="",
        message=message,
        remedy=_("Correct this section of the rule book."),
    )
