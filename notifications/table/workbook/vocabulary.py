"""Codes of the rule book and the words that stand for them in the workbook, both ways."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from notifications.table.workbook.columns import joined, word_key
from safety.units.models import School

Book = Mapping[str, Mapping[str, Any]]
LINES = {"party": "党", "administration": "政", "both": "党政"}
# A line break or a comma parts as well; a slash does not: "交通/校车" is one word.
_PARTS = re.compile(r"[、,，;；\n]+")
_WITH_FLAG = re.compile(r"([^()+]+)(?:\(([^()]+)\)|\+(.+))")


class Vocabulary:
    """The words of one column. A code without a word of its own is written as it is."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.codes = tuple(words)
        taken: dict[str, list[str]] = {}
        for code, word in words.items():
            taken.setdefault(word_key(word), []).append(code)
        own = {word_key(code): code for code in words}
        self._word = {
            code: word
            for code, word in words.items()
            if word.strip() == word
            and taken[word_key(word)] == [code]
            and own.get(word_key(word), code) == code
            and not _PARTS.search(word)
        }
        self._code = {key: codes[0] for key, codes in taken.items() if len(codes) == 1} | own

    def word(self, code: str) -> str:
        return self._word.get(code, code)

    def code(self, word: str) -> str | None:
        """The code that ``word`` (or the code itself) stands for; ``None`` when it is neither."""
        return self._code.get(word_key(word))

    def words(self) -> list[str]:
        return [self.word(code) for code in self.codes]


@dataclass(frozen=True)
class Words:
    """Everything that a cell may hold instead of free text, by the rule book."""

    capacity: Vocabulary
    line: Vocabulary
    stages: Vocabulary
    hazards: Vocabulary
    ownership: Vocabulary
    sections: Vocabulary
    flags: Vocabulary

    @classmethod
    def of(cls, book: Book) -> Words:
        rules, grades = book["responsibility"], book.get("grades", {})
        flags = {name: said["zh"] for name, said in grades.get("flags", {}).items()}
        flags |= {said["id"]: said["zh"] for said in grades.get("uplift", ())}
        posts = book["posts"]["post"]
        return cls(
            capacity=Vocabulary(_words(rules["capacity"], [p["capacity"] for p in posts])),
            line=Vocabulary(LINES),
            stages=Vocabulary(_words(rules["stage"], School.Stage.values)),
            hazards=Vocabulary({h["code"]: h["zh"] for h in book["hazards"]["hazard"]}),
            ownership=Vocabulary(_words(rules["ownership"], School.Ownership.values)),
            sections=Vocabulary({p["code"]: p["zh"] for p in posts}),
            flags=Vocabulary(dict(sorted(flags.items()))),
        )

    def vocabulary(self, field: str) -> Vocabulary:
        found: Vocabulary = getattr(self, field)
        return found

    def write(self, field: str, codes: Iterable[str]) -> str:
        """The cell of a column that holds several codes."""
        if field == "hazards":
            return joined(self._hazard(code) for code in codes)
        return joined(self.vocabulary(field).word(code) for code in codes)

    def read(self, field: str, text: str) -> tuple[tuple[str, ...], list[str]]:
        """The codes in a cell, in order and once each, and the words that are none."""
        codes: dict[str, None] = {}
        unknown = []
        for part in parts(text):
            code = self._hazard_code(part) if field == "hazards" else None
            code = code or self.vocabulary(field).code(part)
            if code is None:
                unknown.append(part)
            else:
                codes[code] = None
        return tuple(codes), unknown

    def _hazard(self, key: str) -> str:
        code, plus, flag = key.partition("+")
        if not plus:
            return self.hazards.word(code)
        word, condition = self.hazards.word(code), self.flags.word(flag)
        said = f"{word}({condition})"
        return said if self._hazard_code(said) == key else key

    def _hazard_code(self, text: str) -> str | None:
        found = _WITH_FLAG.fullmatch(text.replace("（", "(").replace("）", ")"))
        if found is None:
            return None
        hazard = self.hazards.code(found[1])
        flag = self.flags.code(found[2] or found[3])
        return f"{hazard}+{flag}" if hazard and flag else None


def _words(said: Mapping[str, Mapping[str, str]], order: Sequence[str]) -> dict[str, str]:
    """Code → word, first as in ``order``: a database does not keep the order of keys."""
    codes = [code for code in dict.fromkeys(order) if code in said]
    return {code: said[code]["zh"] for code in [*codes, *sorted(said.keys() - set(codes))]}


def parts(text: str) -> Sequence[str]:
    return [part.strip() for part in _PARTS.split(text) if part.strip()]
