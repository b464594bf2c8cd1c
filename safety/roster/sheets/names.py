"""Names in the cells of a roster: several in one, with telephone numbers and remarks beside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from safety.people.models import User
from safety.roster.sheets.days import plain

SAME = ("同上", "〃", "″", '"', "''", "同前")
NOBODY = ("空缺", "待定", "暂缺", "无", "/", "-", "—", "――")
_PHONE = re.compile(r"(?:\+?86-?)?1\d{10}|0\d{2,3}-?\d{7,8}|\d{7,11}")
_REMARK = re.compile(r"[((\[【][^))\]】]*[))\]】]")
_PARTS = re.compile(r"[、,,;;/|\n]|\s{2,}")
_CALL_WORDS = re.compile(r"联系电话|手机|电话|[::]")
_TITLES = ("同志", "局长", "副局长", "书记", "副书记", "主任", "科长", "副科长", "处长")


@dataclass(frozen=True, kw_only=True)
class Written:
    """One name of a cell, and a number that stands with it."""

    name: str
    phone: str = ""


def written_in(text: str) -> Sequence[Written]:
    """Every name of the cell, in order. "张 三" is one name; "张三 李四" are two."""
    found: list[Written] = []
    for part in _PARTS.split(_REMARK.sub("", text)):
        phones = _PHONE.findall(part)
        left = _CALL_WORDS.sub(" ", _PHONE.sub(" ", part))
        phone = phones[0] if phones else ""
        found.extend(Written(name=name, phone=phone) for name in _apart(left))
    return found


def _apart(text: str) -> list[str]:
    """Single characters with blanks between are one name, longer words are one name each."""
    words = text.split()
    if not words:
        return []
    if all(len(word) == 1 for word in words):
        return ["".join(words)]
    return words


@dataclass(frozen=True, kw_only=True)
class Known:
    """The people of a bureau, found by name."""

    people: Sequence[User]

    @classmethod
    def of(cls, people: Iterable[User]) -> Known:
        return cls(people=tuple(people))

    def find(self, written: Written) -> list[User]:
        """Whoever is meant: one, several of that name, or nobody."""
        wanted = _key(written.name)
        same = self._named(wanted) or self._named(_untitled(wanted))
        if len(same) > 1 and written.phone:
            by_phone = [p for p in same if p.phone and plain(p.phone) == plain(written.phone)]
            return by_phone or same
        return same

    def _named(self, key: str) -> list[User]:
        return [p for p in self.people if key in (_key(p.name), p.username.lower())]


def _key(name: str) -> str:
    return plain(name).lower()


def _untitled(key: str) -> str:
    """张三局长 is 张三; longer titles first."""
    for title in sorted(_TITLES, key=len, reverse=True):
        if key.endswith(title) and len(key) - len(title) > 1:
            return key.removesuffix(title)
    return key
