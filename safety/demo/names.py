"""Names for the demo city: invented ones, or the real districts with invented schools.

A picture of the screen that shows a real place beside an accident that never
happened is a rumour. So names are fictional unless somebody asks for the real
districts, and even then every school and every person says 演示 in its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

FICTIONAL = "fictional"
GUIYANG = "guiyang"
CITY_CODE = "520100"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A district bureau or functional zone: its size, and its square of the tile grid."""

    code: str
    fictional: str
    guiyang: str
    weight: int
    row: int
    col: int
    zone: bool = False

    def name(self, names: str) -> str:
        return self.guiyang if names == GUIYANG else self.fictional

    @property
    def is_county(self) -> bool:
        return self.code in ("520121", "520122", "520123", "520181")


def _place(code: str, fictional: str, guiyang: str, *square: int, zone: bool = False) -> Place:
    row, col, weight = square
    return Place(
        code=code,
        fictional=fictional,
        guiyang=guiyang,
        weight=weight,
        row=row,
        col=col,
        zone=zone,
    )


# Codes after GB/T 2260; squares after the tile grid of the districts (not a map).
PLACES = (
    _place("520102", "甲区", "南明区", 2, 3, 14),
    _place("520103", "乙区", "云岩区", 2, 2, 14),
    _place("520111", "丙区", "花溪区", 3, 2, 12),
    _place("520112", "丁区", "乌当区", 1, 3, 6),
    _place("520113", "戊区", "白云区", 1, 2, 8),
    _place("520115", "己区", "观山湖区", 2, 1, 11),
    _place("520121", "庚县", "开阳县", 0, 2, 7),
    _place("520122", "辛县", "息烽县", 0, 1, 5),
    _place("520123", "壬县", "修文县", 1, 1, 6),
    _place("520181", "癸市", "清镇市", 2, 0, 9),
    _place("520190", "示范新区", "演示新区", 3, 1, 4, zone=True),
    _place("520191", "示范经开区", "演示经开区", 3, 3, 3, zone=True),
)
TOUR_SCHOOL = f"{PLACES[0].code}0001"  # what its people owe is the first thing a visitor sees
CITY_NAMES = {FICTIONAL: "示范市", GUIYANG: "贵阳市"}

_FIRST = "青云松竹梅兰桂石金银清春秋晨明和安文翠泉"
_SECOND = "溪河湖山岭坪坝塘桥村林园阳泉峰原"
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "安平康宁和顺明达文华永志立诚信德远新春秋"
_DIGITS = "零一二三四五六七八九"


def numeral(number: int) -> str:
    """``number`` (1 … 99) in Chinese: 12 is 十二."""
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return head + (_DIGITS[ones] if ones or not tens else "")


def school_words(random: Random) -> Iterator[str]:
    """Words for the schools of one district, each once; then again with a number."""
    words = [first + second for first in _FIRST for second in _SECOND]
    random.shuffle(words)
    yield from words
    round_ = 2
    while True:
        for word in words:
            yield f"{word}第{numeral(round_)}"
        round_ += 1


def person_name(random: Random) -> str:
    """A name that nobody bears: 张演示安."""
    return f"{random.choice(_SURNAMES)}演示{random.choice(_GIVEN)}"
