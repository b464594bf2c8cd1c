"""The columns of the sheet 责任表, and what text in a cell counts as the same text.

The workbook speaks Chinese whatever the language of the reader: it is read back
by its headings, and it goes from office to office.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from safety.units.imports.mapping import header_key, letters

SHEET, LISTS, GUIDE, MARK = "责任表", "选项", "说明", "标记"
SEPARATOR = "、"
CELL_MAX = 32_767  # characters: no spreadsheet keeps more in one cell
_LOST = {"\ufffe", "\uffff"}


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column that we write. ``key`` names the row, ``stated`` may be changed in the sheet.

    The others only help the reader.
    """

    field: str
    heading: str
    width: int
    key: bool = False
    stated: bool = True
    several: bool = False

    @property
    def is_needed(self) -> bool:
        return self.key or self.stated


def _help(field: str, heading: str, width: int) -> Column:
    return Column(field=field, heading=heading, width=width, stated=False)


def _key(field: str, heading: str, width: int) -> Column:
    return Column(field=field, heading=heading, width=width, key=True, stated=False)


def _said(field: str, heading: str, width: int, *, several: bool = False) -> Column:
    return Column(field=field, heading=heading, width=width, several=several)


COLUMNS = (
    _help("serial", "序号", 6),
    _key("unit_code", "单位代码", 13),
    _help("unit", "单位", 22),
    _key("post_code", "岗位代码", 16),
    _help("post", "岗位", 20),
    _help("post_type", "岗位类型", 18),
    _key("capacity", "责任类别", 18),
    _said("line", "党政", 8),
    _said("stages", "学段", 14, several=True),
    _said("hazards", "风险类别", 20, several=True),
    _said("ownership", "办学性质", 10, several=True),
    _said("sections", "分管科室", 18, several=True),
    _said("schools", "学校范围", 22, several=True),
    _said("areas", "片区范围", 18, several=True),
    _said("business_duty", "业务职责", 40),
    _said("safety_duty", "安全职责", 40),
    _said("assessment", "考核办法", 24),
)
BY_FIELD: Mapping[str, Column] = {column.field: column for column in COLUMNS}
STATED = tuple(column.field for column in COLUMNS if column.stated)
SCOPE = ("stages", "hazards", "ownership", "sections", "schools", "areas")
DUTIES = ("business_duty", "safety_duty")

# Under which names bureaus keep these things in sheets of their own, the surest first.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "serial": ("序号", "编号"),
    "unit_code": ("单位代码", "单位编码", "学校代码", "学校标识码", "机构代码"),
    "unit": (
        *("单位", "单位名称", "责任单位", "所在单位", "学校名称", "学校", "校名", "学校(园)名称"),
        *("部门单位", "unit"),
    ),
    "post_code": ("岗位代码", "岗位编码"),
    "post": (
        *("岗位", "岗位名称", "责任岗位", "岗位职务", "职务", "职位", "现任职务", "科室", "处室"),
        *("责任科室", "部门", "post"),
    ),
    "post_type": ("岗位类型",),
    "capacity": ("责任类别", "责任类型", "责任层级", "capacity"),
    "line": ("党政", "党政线", "条线"),
    "stages": ("学段", "适用学段", "分管学段"),
    "hazards": ("风险类别", "适用风险", "分管领域", "安全领域", "事件类别"),
    "ownership": ("办学性质", "适用办学性质"),
    "sections": ("分管科室", "分管处室"),
    "schools": ("学校范围", "联系学校", "包保学校", "联系包保学校"),
    "areas": ("片区范围", "片区", "包片", "责任片区", "联系片区"),
    "business_duty": (
        *(
            "业务职责",
            "业务工作职责",
            "岗位职责",
            "工作职责",
            "主要职责",
            "分管工作",
            "岗位业务职责",
        ),
        *("业务工作", "职责", "业务"),
    ),
    "safety_duty": (
        *("安全职责", "安全工作职责", "安全责任", "安全管理职责", "岗位安全职责", "安全工作责任"),
        *("一岗双责安全职责", "安全生产职责", "安全"),
    ),
    "assessment": ("考核办法", "考核方式", "考核要求", "考核", "追责情形", "考核追责"),
    "people": (
        *("责任人", "姓名", "责任人姓名", "岗位责任人", "任职人", "负责人", "责任人员", "现任"),
        "负责人姓名",
    ),
    "deputy": ("B角", "B岗", "AB角", "B角责任人"),
    "phone": ("联系电话", "电话", "手机", "手机号", "手机号码", "联系方式", "电话号码", "办公电话"),
    "note": ("备注", "说明"),
}
RANKED = {
    header_key(alias): (field, rank)
    for field, aliases in ALIASES.items()
    for rank, alias in enumerate(aliases)
}


def canonical(text: str) -> str:
    """``text`` as it survives any spreadsheet: "same" means that these are equal.

    One kind of line break, no blanks around, no control characters.
    """
    if text.isprintable():
        return text.strip()
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in lines if c in "\n\t" or (unicodedata.category(c) != "Cc" and c not in _LOST))
    return "".join(kept).strip()


def word_key(text: str) -> str:
    """Words that differ only in width, case or blanks are the same word."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def joined(words: Iterable[str]) -> str:
    return SEPARATOR.join(words)


def address(index: int, row: int) -> str:
    """The name of a cell in a spreadsheet: column 3 of row 17 is D17."""
    return f"{letters(index)}{row}"
