"""Which column holds what: guessed from the header, shown to the reader, corrected by --map."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from safety.errors import Refused
from safety.units.imports.cells import Cell, text_of
from safety.units.imports.reader import Sheet

# The names under which offices keep each field, the surest first.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "code": (
        *("学校标识码", "学校代码", "学校编码", "机构标识码", "机构代码", "单位代码", "标识码"),
        *("代码", "编码", "school code", "unit code", "code"),
    ),
    "name": (
        *("学校名称", "学校全称", "校名", "单位名称", "机构名称", "幼儿园名称", "名称", "学校"),
        *("单位", "school name", "unit name", "name", "school"),
    ),
    "short_name": ("学校简称", "单位简称", "简称", "short name"),
    "kind": ("单位类型", "单位类别", "机构类型", "kind", "unit kind"),
    "parent": (
        *("上级单位代码", "上级代码", "上级单位", "中心校代码", "中心校", "所属中心校", "总校"),
        *("parent code", "parent"),
    ),
    "district": (
        *("所属区县", "所在区县", "所属区域", "区县", "县区", "区市县", "所属区", "所在区", "区"),
        *("县", "属地", "主管教育局", "主管部门", "主管单位", "区县代码", "district"),
        "district code",
    ),
    "stages": (
        *("学段", "办学学段", "学校类型", "学校类别", "办学类型", "办学层次", "stages", "stage"),
        "school type",
    ),
    "ownership": ("办学性质", "学校性质", "性质", "公办民办", "公民办", "举办者类型", "ownership"),
    "city_direct": ("是否市直属", "市直属", "是否直属", "直属", "city direct"),
    "pupils": (
        *("在校学生数", "在校生数", "学生数", "学生人数", "在校人数", "在园幼儿数", "幼儿数"),
        *("pupils", "students", "enrolment", "enrollment"),
    ),
    "staff": ("教职工数", "教职工人数", "教职工", "教师数", "staff", "teachers"),
    "boarding": ("是否寄宿", "寄宿", "寄宿制", "是否寄宿制", "住宿", "是否住宿", "boarding"),
    "bus": ("是否有校车", "有无校车", "校车", "school bus", "bus"),
    "canteen": ("是否有食堂", "有无食堂", "食堂", "canteen"),
    "near_water": (
        *("是否临水", "临水", "临近水域", "近水", "周边有无水域", "是否临近水域", "周边水域"),
        "near water",
    ),
    "near_main_road": (
        *("是否临主干道", "临主干道", "临近主干道", "是否临公路", "临公路", "临路"),
        *("near main road", "near road"),
    ),
    "latitude": ("纬度", "latitude", "lat"),
    "longitude": ("经度", "longitude", "lon", "lng"),
    "datum": ("坐标系", "坐标系统", "坐标基准", "大地基准", "datum", "coordinate system"),
    "duty_phone": ("值班电话", "校值班电话", "联系电话", "办公电话", "电话", "duty phone", "phone"),
    "starts_on": (
        "启用日期",
        "建校日期",
        "建校时间",
        "成立日期",
        "办学日期",
        "starts on",
        "opened",
    ),
    "ends_on": ("撤并日期", "停办日期", "撤销日期", "关闭日期", "ends on", "closed on"),
    "status": ("办学状态", "学校状态", "状态", "status"),
}
SEARCHED = 40

_BRACKETS = re.compile(r"[(\[{<【〔][^)\]}>】〕]*[)\]}>】〕]")
_NOISE = re.compile(r"[\s_\-*:./、,]+")
_LETTERS = re.compile(r"[A-Za-z]{1,2}")


def header_key(text: str) -> str:
    """How headers are compared: "学校（机构）名称*" and "学校名称" are the same."""
    wide = unicodedata.normalize("NFKC", text)
    return _NOISE.sub("", _BRACKETS.sub("", wide) or wide).lower()


_RANKED = {
    header_key(alias): (field, rank)
    for field, aliases in ALIASES.items()
    for rank, alias in enumerate(aliases)
}


@dataclass(frozen=True, kw_only=True)
class Table:
    """A sheet whose header row is found: which field stands in which column."""

    sheet: Sheet
    header_row: int
    header: tuple[str, ...]
    columns: Mapping[str, int]

    @property
    def unused(self) -> tuple[str, ...]:
        used = set(self.columns.values())
        return tuple(name for i, name in enumerate(self.header) if name and i not in used)

    def heading(self, field: str) -> str:
        """How the reader finds the column: its header and its letters ("学校名称 (C)")."""
        if field not in self.columns:
            return field
        index = self.columns[field]
        return f"{self.header[index]} ({letters(index)})".strip()


def letters(index: int) -> str:
    """The name of a column in a spreadsheet: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def parse_pairs(option: str, texts: Sequence[str]) -> dict[str, str]:
    """``FIELD=TEXT`` of a repeated option as a dictionary."""
    found = {}
    for text in texts:
        field, equals, value = text.partition("=")
        if not equals or field not in ALIASES:
            raise Refused(
                _("This does not begin with a field and an equals sign."),
                field=option,
                value=text,
                remedy=_("Write FIELD=…; the fields are: %(fields)s.")
                % {"fields": ", ".join(ALIASES)},
            )
        found[field] = value.strip()
    return found


def locate(sheet: Sheet, maps: Mapping[str, str]) -> Table | None:
    """The table in ``sheet``; ``None`` where no row names the columns."""
    found = _header(sheet, maps)
    if found is None:
        return None
    number, header = found
    columns = _guess(header)
    for field, column in maps.items():
        columns.pop(field, None)
        if column:
            index = _find(header, column)
            columns = {f: i for f, i in columns.items() if i != index} | {field: index}
    if "name" not in columns:
        return None
    return Table(sheet=sheet, header_row=number, header=header, columns=columns)


def _header(sheet: Sheet, maps: Mapping[str, str]) -> tuple[int, tuple[str, ...]] | None:
    """Number and texts of the row among the first ones that names most fields."""
    best: tuple[int, int, tuple[str, ...]] | None = None
    first: tuple[int, tuple[str, ...]] | None = None
    for number, cells in islice(sheet.lines(), SEARCHED):
        header = tuple(text_of(cell) for cell in cells)
        if first is None and sum(bool(text) for text in header) > 1:
            first = (number, header)
        score = len(_guess(header)) + sum(text in maps.values() for text in header if text)
        if _names_schools(header, maps) and score > (best[1] if best else 0):
            best = (number, score, header)
    if best is not None:
        return best[0], best[2]
    # No header is known, but a column was named by its letter.
    return first if _LETTERS.fullmatch(maps.get("name", "")) else None


def _names_schools(header: tuple[str, ...], maps: Mapping[str, str]) -> bool:
    return "name" in _guess(header) or maps.get("name", "") in filter(None, header)


def _guess(header: Sequence[str]) -> dict[str, int]:
    """Field → column. Where two columns could be one field, the surer name wins."""
    found: dict[str, tuple[int, int]] = {}
    for index, text in enumerate(header):
        if (known := _RANKED.get(header_key(text))) is None:
            continue
        field, rank = known
        if field not in found or rank < found[field][0]:
            found[field] = (rank, index)
    return {field: index for field, (_rank, index) in found.items()}


def _find(header: Sequence[str], column: str) -> int:
    places = [i for i, text in enumerate(header) if text == column]
    if len(places) == 1:
        return places[0]
    if not places and _LETTERS.fullmatch(column):
        index = 0
        for letter in column.upper():
            index = index * 26 + ord(letter) - 64
        if index <= len(header):
            return index - 1
    raise Refused(
        _("No single column has this name."),
        field="map",
        value=column,
        remedy=_("Name a header exactly, or its letter: %(columns)s.")
        % {"columns": ", ".join(f"{letters(i)} {text}" for i, text in enumerate(header) if text)},
    )


def is_blank(cells: Sequence[Cell]) -> bool:
    return not any(cell != "" and text_of(cell) for cell in cells)
