"""Conditions of a grade as people write them, one a line: 死亡 ≥ 3, 类别 = 火灾、溺水, 有人被困.

``Facts`` knows the words of one rule book and both ways: a condition as a line, and a line
as a condition. Codes are read as well as words. What may be compared with what, the check
of the section decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _

from incidents.cases.first_report import COUNTS
from incidents.cases.models import Incident
from notifications.words import in_language
from safety.home.rulebook.fields import Lines

HAZARDS, PEOPLE = "hazards", "people"
_NUMBER = re.compile(r"(.+?)\s*(≥|>=|至少|≤|<=|至多)\s*(\d{1,6})")
_WORD = re.compile(r"(.+?)\s*[==::]\s*(.+)")
_NOT = re.compile(r"(?:非|不是|没有|not)\s*[::]?\s*(.+)")
_KINDS = re.compile(r"[,,、]+")
_GROUP = re.compile(r"[;;]+")
_SIGNS = {"at_least": "≥", "at_most": "≤"}
_WAYS = {"≥": "at_least", ">=": "at_least", "至少": "at_least"}
_SIGN = re.compile(r"[\n;;==::≥≤<>]")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Code → word, of everything that a condition may name; ``alias``: other words, → code."""

    facts: Mapping[str, str]
    hazards: Mapping[str, str]
    people: Mapping[str, str]
    alias: Mapping[str, str]

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Facts:
        said = content["grades"]
        flags = [*said["flags"].items(), *((row["id"], row) for row in said["uplift"])]
        hazards = [(row["code"], row) for row in content["hazards"]["hazard"]]
        own = {code: in_language(row) for code, row in flags}
        return cls(
            facts=_telling({**number_words(), **own}),
            hazards=_telling({code: in_language(row) for code, row in hazards}, apart=_KINDS),
            people=_telling({str(code): str(word) for code, word in Incident.People.choices}),
            alias=dict(_aliases([*flags, *hazards])),
        )

    def line(self, one: Mapping[str, Any]) -> str:
        """A condition as it stands in its field."""
        fact = one["fact"]
        word = self.facts.get(fact, fact)
        if "in" in one:
            return f"{word} = {'、'.join(self.hazards.get(code, code) for code in one['in'])}"
        for way, sign in _SIGNS.items():
            if way in one:
                return f"{word} {sign} {one[way]}"
        if fact == PEOPLE:
            return f"{word} = {self.people.get(one['is'], one['is'])}"
        return word if one["is"] else _("not: %(fact)s") % {"fact": word}

    def read(self, text: str) -> dict[str, Any]:
        """The condition that ``text`` says. Raises ``ValidationError`` naming what is unknown."""
        text = text.strip()
        if self._known(text, self.facts):
            return {"fact": self._code(text, self.facts), "is": True}
        if found := _NUMBER.fullmatch(text):
            way = _WAYS.get(found[2], "at_most")
            return {"fact": self._fact(found[1]), way: int(found[3])}
        if found := _WORD.fullmatch(text):
            return self._compared(self._code(found[1].strip(), self.facts), found)
        if found := _NOT.fullmatch(text):
            return {"fact": self._fact(found[1]), "is": False}
        return {"fact": self._fact(text), "is": True}

    def _compared(self, fact: str, found: re.Match[str]) -> dict[str, Any]:
        if fact == HAZARDS:
            return {"fact": fact, "in": list(self._kinds(found[2]))}
        if fact == PEOPLE:
            if not self._known(found[2], self.people):
                raise _unknown(found[2], self.people)
            return {"fact": fact, "is": self._code(found[2], self.people)}
        if fact not in self.facts:
            raise _unknown(found[1], self.facts)
        said = _("“%(text)s” is no comparison. Write ≥ or ≤ and a number, or a circumstance alone.")
        raise forms.ValidationError(said % {"text": found[0]})

    def _kinds(self, text: str) -> Iterator[str]:
        for part in filter(None, (part.strip() for part in _KINDS.split(text))):
            words = [part] if self._known(part, self.hazards) else part.split()
            for word in words:
                if not self._known(word, self.hazards):
                    raise _unknown(word, self.hazards)
                yield self._code(word, self.hazards)

    def _fact(self, text: str) -> str:
        text = text.strip()
        if not self._known(text, self.facts):
            raise _unknown(text, self.facts)
        return self._code(text, self.facts)

    def _known(self, text: str, words: Mapping[str, str]) -> bool:
        return self._code(text, words) in words

    def _code(self, text: str, words: Mapping[str, str]) -> str:
        if text in words:
            return text
        said = text.casefold()
        for code, word in words.items():
            if said in (word.casefold(), code.casefold()):
                return code
        return self.alias.get(said, text)


def number_words() -> dict[str, str]:
    """What is counted, told and asked of every incident."""
    words = (_("Dead"), _("Missing"), _("Injured, in hospital"), _("Critical"))
    by_name = dict(zip(("dead", "missing", "injured", "critical"), words, strict=True))
    return {
        HAZARDS: _("Kind"),
        **{name: by_name.get(name, name) for name in COUNTS},
        PEOPLE: _("People"),
    }


def _telling(words: Mapping[str, str], apart: re.Pattern[str] = _SIGN) -> dict[str, str]:
    """A word that two codes share, or that would not be read again, gives way to the code."""
    shared = Counter(word.casefold() for word in words.values())
    return {
        code: word
        if word.strip()
        and shared[word.casefold()] == 1
        and not (_SIGN.search(word) or apart.search(word))
        else code
        for code, word in words.items()
    }


def _aliases(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[tuple[str, str]]:
    """The words of both languages, where one thing only is called so."""
    told = [(str(row[key]).casefold(), code) for code, row in rows for key in ("zh", "en")]
    owners = {word: {code for other, code in told if other == word} for word, _code in told}
    return ((word, code) for word, code in told if len(owners[word]) == 1)


def _unknown(text: str, words: Mapping[str, str]) -> forms.ValidationError:
    said = _("“%(text)s” is not known here. Use one of: %(words)s")
    return forms.ValidationError(said % {"text": text, "words": "、".join(words.values())})


class Conditions(Lines):
    """One condition a line."""

    rows: ClassVar[int] = 2

    def __init__(self, *, facts: Facts, value: Sequence[Any], **kwargs: Any) -> None:
        self.facts = facts
        super().__init__(initial="\n".join(map(self.told, value)), **kwargs)
        self.widget.attrs["rows"] = max(self.rows, len(value))

    def told(self, one: Any) -> str:
        return self.facts.line(one)

    def read(self, part: str) -> Any:
        return self.facts.read(part)


class Alternatives(Conditions):
    """One alternative a line: its conditions, between semicolons, hold together."""

    def told(self, one: Any) -> str:
        return "; ".join(map(self.facts.line, one))

    def read(self, part: str) -> Any:
        return [self.facts.read(text) for text in _GROUP.split(part) if text.strip()]
