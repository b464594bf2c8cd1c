"""Names and telephone numbers as offices write them into one cell. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

DITTO = frozenset({"同上", "同前", "〃", '"', "″", "″″", "''"})
VACANT = frozenset(
    {
        "空缺",
        "待定",
        "暂缺",
        "缺",
        "无",
        "待补",
        "空岗",
        "空",
        "暂无",
        "待任命",
        "-",
        "—",
        "——",
        "/",
        "\\",
    }
)
_TITLES = (
    *(
        "党委书记",
        "党组书记",
        "副书记",
        "书记",
        "副局长",
        "局长",
        "副科长",
        "科长",
        "副处长",
        "处长",
    ),
    *("副主任", "主任", "副校长", "校长", "副园长", "园长", "老师", "同志", "组长", "干事", "股长"),
)
_HAN = "\u3400-\u9fff\U00020000-\U0003134f"
_NAME = re.compile(rf"[{_HAN}]{{2,4}}|[{_HAN}]{{1,8}}(?:·[{_HAN}]{{1,8}}){{1,3}}")
_SPACED = re.compile(rf"(?<![{_HAN}])([{_HAN}])[ \t]+([{_HAN}])(?![{_HAN}])")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(?:0\d{2,3}[- ]?)?\d{7,8}(?:(?:转|-)\d{1,6})?(?!\d)")
_SPLIT = re.compile(r"[、,;/\n\t]+|(?<=[^ ]{2}) +")
# Words for groups and duties: whoever is meant, it is not one person.
_NOBODY = re.compile(
    "人员|教师|班主任|全体|各|值班|领导|负责|轮流|保安|门卫|家长|学生|工作|小组|科室"
)
_CONCURRENT = re.compile(r"兼任?$|^兼任?|兼任")
_ACTING = re.compile(r"主持|代理|^代$|代职")
SURNAME_ONLY = 1


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody named in a cell. ``note`` is what stood beside the name."""

    name: str
    phone: str = ""
    is_concurrent: bool = False
    is_acting: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Read:
    """What a cell for people says; ``unreadable`` are the parts that are no name."""

    people: tuple[Person, ...] = ()
    is_vacant: bool = False
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Phones:
    numbers: tuple[str, ...] = ()
    remark: str = ""


def is_ditto(text: str) -> bool:
    return text.strip() in DITTO


def read_people(text: str) -> Read:
    """``张三、李四(兼)`` → two people; 空缺, 待定 → a vacancy; 李局长 → unreadable."""
    people: list[Person] = []
    unreadable: list[str] = []
    parts = _parts(text)
    named = [part for part in parts if part.strip("()") not in VACANT]
    for part in named:
        person = _person(part)
        if person is not None and person.name:
            people.append(person)
        elif person is not None and people:
            # A number or remark alone belongs to the one before it.
            people[-1] = _with(people[-1], person)
        else:
            unreadable.append(part)
    return Read(
        people=tuple(people),
        is_vacant=len(named) < len(parts) and not people,
        unreadable=tuple(unreadable),
    )


def _parts(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.strip("()") in VACANT:
        return [plain]
    plain = _MOBILE.sub(lambda found: _plain(found[0]), plain)
    parts = (part.strip(" :") for part in _SPLIT.split(_SPACED.sub(r"\1\2", _apart(plain))))
    return [part for part in parts if part]


def _apart(text: str) -> str:
    """Separators inside brackets do not part people."""
    return _BRACKETS.sub(lambda m: "(" + re.sub(r"[、,;/\n\t ]+", "·", m[1]) + ")", text)


def _with(person: Person, more: Person) -> Person:
    return Person(
        name=person.name,
        phone=person.phone or more.phone,
        is_concurrent=person.is_concurrent or more.is_concurrent,
        is_acting=person.is_acting or more.is_acting,
        note=_joined(person.note, more.note),
    )


def _person(part: str) -> Person | None:
    """One person; without a name when only a number or a remark stands there."""
    phone = _MOBILE.search(part) or _LANDLINE.search(part)
    if phone:
        part = part[: phone.start()] + part[phone.end() :]
    remarks = [r.strip(" ·") for r in _BRACKETS.findall(part)]
    name = _BRACKETS.sub("", part).strip(" :·-")
    for word in ("兼任", "兼"):
        if len(name) > 2 and name.endswith(word):  # noqa: PLR2004 - a name has two characters
            name, remarks = name.removesuffix(word), [*remarks, word]
    if _NOBODY.search(name):
        return None
    title = next((t for t in _TITLES if name.endswith(t)), "")
    if title:
        name = name.removesuffix(title).strip()
        if len(name) <= SURNAME_ONLY:
            return None
        remarks.append(title)
    if name and not _NAME.fullmatch(name):
        return None
    rest = [r for r in remarks if r and not _CONCURRENT.fullmatch(r)]
    return Person(
        name=name,
        phone=_plain(phone[0]) if phone else "",
        is_concurrent=any(_CONCURRENT.search(r) for r in remarks),
        is_acting=any(_ACTING.search(r) for r in remarks),
        note=_joined(*rest),
    )


def read_phones(text: str) -> Phones:
    """``139 0000 1234(微信同号)`` → the number and the remark."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.strip("()") in VACANT:
        return Phones()
    numbers = []

    def keep(found: re.Match[str]) -> str:
        numbers.append(_plain(found[0]))
        return " "

    rest = _LANDLINE.sub(keep, _MOBILE.sub(keep, plain))
    remark = re.sub(r"[\s、,;/()]+", " ", rest).strip(" :-")
    return Phones(numbers=tuple(numbers), remark=remark)


def _plain(number: str) -> str:
    compact = number.replace(" ", "")
    return compact.replace("-", "") if compact.startswith("1") else compact


def _joined(*parts: str) -> str:
    return ";".join(dict.fromkeys(part for part in parts if part))


def with_phones(people: tuple[Person, ...], phones: Phones) -> tuple[Person, ...]:
    """Give each person the number that stands at its place; the remark to the first."""
    given = []
    for place, person in enumerate(people):
        number = phones.numbers[place] if place < len(phones.numbers) else ""
        last = place == len(people) - 1
        more = phones.numbers[len(people) :] if last else ()
        note = _joined(*more, phones.remark if place == 0 else "")
        given.append(_with(person, Person(name="", phone=number, note=note)))
    return tuple(given)
