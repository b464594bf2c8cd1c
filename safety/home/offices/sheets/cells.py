"""What single cells say: a name with its remark, a number, a day, what the note decides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from safety.posts.models import Holding
from safety.units.imports.cells import name_key

NOBODY = {"空缺", "空岗", "待定", "暂缺", "无", "-", "—", "/", "vacant"}
_SEVERAL = re.compile(r"[\u3001,\uff0c;\uff1b/]|\s和\s")  # with the signs of full width
_REMARK = re.compile(r"[(\uff08]([^()\uff08\uff09]*)[)\uff09]\s*$")
_NUMBER = re.compile(r"(?<!\d)1\d{10}(?!\d)")
_DAY = re.compile(
    r"^(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:\s+00:00(?::00)?)?$"
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_SERIAL = re.compile(r"^\d{5}$")
_EXCEL_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, kw_only=True)
class Name:
    """``remark`` is what stood in brackets behind: 张三(兼)."""

    text: str
    remark: str = ""
    is_nobody: bool = False
    is_several: bool = False


def name_of(text: str) -> Name:
    found = _REMARK.search(text)
    bare, remark = (text[: found.start()].strip(), found[1]) if found else (text.strip(), "")
    bare = re.sub(r"(?<=[一-鿿])\s+(?=[一-鿿])", "", bare)  # 张 三
    return Name(
        text=bare,
        remark=remark,
        is_nobody=bare in NOBODY,
        is_several=bool(_SEVERAL.search(bare)) and bare not in NOBODY,
    )


def phone_of(text: str) -> str | None:
    """The one mobile number in a cell; "" for an empty cell, None where it is not clear."""
    if not text.strip():
        return ""
    plain = re.sub(r"[\s\-–—]", "", name_key(text)).removeprefix("+86")
    found = _NUMBER.findall(plain)
    return found[0] if len(found) == 1 else None


def day_of(text: str) -> date | None:
    """A day with its year, in the ways offices write one; None where it is not clear."""
    plain = text.strip()
    found = _DAY.match(plain) or _COMPACT.match(plain)
    try:
        if found:
            year, month, day = (int(part) for part in found.groups())
            return date(year, month, day)
        if _SERIAL.match(plain):
            return _EXCEL_EPOCH + timedelta(days=int(plain))
    except ValueError:
        return None
    return None


def kind_of(note: str) -> str:
    """Whether the note makes it acting (代理, 主持工作) or a B角."""
    if "主持" in note or "代理" in note or "acting" in note.lower():
        return Holding.Kind.ACTING
    if "B角" in note.upper().replace("\uff22", "B"):
        return Holding.Kind.DEPUTY
    return Holding.Kind.PRINCIPAL


def keeps_others(note: str) -> bool | None:
    """兼: keeps the other posts; 调任, 免去原职: leaves them; else nobody said."""
    if "不再兼" in note or "免去" in note or "调任" in note or "不再担任" in note:
        return False
    return True if "兼" in note else None


def joins(note: str) -> bool | None:
    """增补: beside whoever is there; 接替: instead of them; else nobody said."""
    if "增补" in note or "增加" in note or "并任" in note:
        return True
    return False if "接替" in note or "接任" in note else None
