"""What the checks of the sections say, in the reader's language; section and key stay as they are.

The checks are pure and speak English, "section: key what is wrong". What is not known
here is shown as it came.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safety.errors import Problem

_KINDS = {
    "a capacity of a bureau": gettext_lazy("a capacity of a bureau"),
    "a capacity": gettext_lazy("a capacity"),
    "a grade with minutes": gettext_lazy("a grade with minutes"),
    "a grade": gettext_lazy("a grade"),
    "a hazard of the rule book": gettext_lazy("a hazard of the rule book"),
    "a post type of a bureau": gettext_lazy("a post type of a bureau"),
    "a post type of a school": gettext_lazy("a post type of a school"),
    "a school's post type": gettext_lazy("a post type of a school"),
    "a post type": gettext_lazy("a post type"),
    "a flag of section grades": gettext_lazy("a flag of section grades"),
    "a fact or a flag": gettext_lazy("a fact or a flag"),
    "a stage": gettext_lazy("a stage"),
    "a level": gettext_lazy("a level"),
    "own or above": gettext_lazy("own or above"),
    "a text of this section": gettext_lazy("a text of this section"),
    "a month": gettext_lazy("a month"),
}
_SENTENCES = (
    (
        r"^(?P<where>.+): a graver incident owes less than a lighter one$",
        gettext_lazy("%(where)s: a graver incident owes less than a lighter one"),
    ),
    (
        r"^(?P<where>.+): (?P<one>\w+) and (?P<other>\w+) have to owe the same$",
        gettext_lazy("%(where)s: %(one)s and %(other)s have to owe the same"),
    ),
    (
        r"^(?P<where>.+): at (?P<grade>G\d) none of (?P<codes>.+) is told$",
        gettext_lazy("%(where)s: at %(grade)s none of %(codes)s is told"),
    ),
    (
        r"^(?P<where>.+): a clock that is more than a reminder names its document$",
        gettext_lazy("%(where)s: a clock that is more than a reminder names its document"),
    ),
    (
        r"^(?P<where>.+): no clock for (?P<code>\w+), nor for any superior of it$",
        gettext_lazy("%(where)s: no clock for %(code)s, nor for any superior of it"),
    ),
    (
        r"^(?P<where>.+): '(?P<value>.*)' stands there twice$",
        gettext_lazy("%(where)s: “%(value)s” stands there twice"),
    ),
    (
        r"^(?P<where>.+): '(?P<value>.*)' is not one of (?P<codes>.+)$",
        gettext_lazy("%(where)s: “%(value)s” is not one of %(codes)s"),
    ),
    (
        r"^(?P<where>.+): minutes(?:\.(?P<grade>G\d))? is not a number of minutes$",
        gettext_lazy("%(where)s: the minutes are not a whole number"),
    ),
    (
        r"^(?P<where>.+)\.direct names no post that every school has$",
        gettext_lazy("%(where)s: names no directly responsible post that every school has"),
    ),
    (
        r"^(?P<where>.+): only thing, post and reason may be filled in$",
        gettext_lazy("%(where)s: only {thing}, {post} and {reason} may be filled in"),
    ),
    (
        r"^(?P<where>.+): nobody is his own superior$",
        gettext_lazy("%(where)s: nobody is his own superior"),
    ),
    (
        r"^(?P<where>.+): an upward_clock names as many receivers .+$",
        gettext_lazy("%(where)s: as many receivers are named in English as in Chinese"),
    ),
    (
        r"^(?P<where>.+): '(?P<key>\w+)' is a day like 09-01$",
        gettext_lazy("%(where)s: “%(key)s” is a day like 09-01"),
    ),
    (
        r"^(?P<where>.+): '(?P<key>\w+)' is a number (?:of days )?from 1 to (?P<most>\d+)$",
        gettext_lazy("%(where)s: “%(key)s” is a number from 1 to %(most)s"),
    ),
    (
        r"^(?P<where>.+): 'clauses' is a list of sentences$",
        gettext_lazy("%(where)s: at least one clause is needed"),
    ),
    (
        r"^(?P<where>.+): '(?P<code>\w+)' would sign with itself$",
        gettext_lazy("%(where)s: “%(code)s” would sign with itself"),
    ),
    (
        r"^(?P<where>.+) must be a whole number above 0$",
        gettext_lazy("%(where)s: a whole number above 0"),
    ),
    (
        r"^(?P<where>.+) needs words in both languages$",
        gettext_lazy("%(where)s: words in both languages are needed"),
    ),
    (
        r"^(?P<where>.+): hours must be above 0, at most (?P<most>\d+)$",
        gettext_lazy("%(where)s: a shift lasts more than 0 and at most %(most)s hours"),
    ),
    (
        r"^(?P<where>.+): (?P<name>.+) does not run from its first day to its last$",
        gettext_lazy("%(where)s: first and last day of %(name)s do not fit"),
    ),
    (
        r"^(?P<where>.+): (?P<name>.+) overlaps another holiday$",
        gettext_lazy("%(where)s: %(name)s overlaps another holiday"),
    ),
    (
        r"^(?P<where>.+): (?P<day>[\d-]+) is a holiday and a workday$",
        gettext_lazy("%(where)s: %(day)s is a holiday and a workday"),
    ),
    (
        r"^(?P<where>.+): (?P<day>[\d-]+) is no weekend that could be worked on$",
        gettext_lazy("%(where)s: %(day)s is no weekend that could be worked on"),
    ),
    (
        r"^(?P<where>.+): hours cannot be read: .*must follow each other within one day$",
        gettext_lazy("%(where)s: the spans must follow each other within one day"),
    ),
    (
        r"^(?P<where>.+) has no condition: it would hold for everything$",
        gettext_lazy("%(where)s: without a condition it would hold for everything"),
    ),
    (
        r"^(?P<where>.+): '(?P<fact>\w+)' is a number: .+$",
        gettext_lazy("%(where)s: “%(fact)s” is a number: at least, or at most, 0 or more"),
    ),
    (
        r"^(?P<where>.+): '(?P<fact>\w+)' is a flag: .+$",
        gettext_lazy("%(where)s: “%(fact)s” is a circumstance: it is so, or it is not"),
    ),
    (
        r"^(?P<where>.+): 'hazards' is compared with a list: in$",
        gettext_lazy("%(where)s: after the kind, name at least one kind"),
    ),
    (
        r"^(?P<where>.+): 'people' is compared with one word: is$",
        gettext_lazy("%(where)s: after the people, say whether their number is known"),
    ),
    (
        r"^(?P<where>.+): this capacity belongs to another level$",
        gettext_lazy("%(where)s: this capacity belongs to another level"),
    ),
    (
        r"^(?P<where>.+) has no '(?P<key>\w+)'.*$",
        gettext_lazy("%(where)s: “%(key)s” is missing or empty"),
    ),
)
_NOT_A = re.compile(r"^(?P<where>.+): '(?P<value>.*)' is not (?P<kind>[^,]+)$")


def in_words(problems: Iterable[Problem]) -> list[Problem]:
    """``problems`` as their reader understands them."""
    return [replace(problem, message=_message(problem.message)) for problem in problems]


def _message(text: str) -> str:
    for pattern, sentence in _SENTENCES:
        if found := re.match(pattern, text):
            return str(sentence) % found.groupdict()
    found = _NOT_A.match(text)
    if found and found["kind"] in _KINDS:
        values = {**found.groupdict(), "kind": _KINDS[found["kind"]]}
        return _("%(where)s: “%(value)s” is not %(kind)s") % values
    return text
