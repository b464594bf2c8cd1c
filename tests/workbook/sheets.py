"""Five sheets as bureaus keep them. All people are invented."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet


def _sheet(book: Workbook, title: str, *rows: tuple[object, ...]) -> Worksheet:
    sheet: Worksheet = book.create_sheet(title)
    for row in rows:
        sheet.append(list(row))
    return sheet


def _book() -> Workbook:
    book = Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    return book


def _bytes(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def bureau() -> bytes:
    """Two title rows, merged units, (兼), two names in a cell, a vacancy, phones with remarks."""
    book = _book()
    sheet = _sheet(
        book,
        "Sheet1",
        ("示范市教育局安全工作责任表(2026年)",),
        ("填报单位:示范市教育局", None, None, None, None, None, "单位:人"),
        ("序号", "单位(部门)", "职务", "责任人", "联系电话", "业务职责", "安全工作职责", "备注"),
        (
            1,
            "示范市教育局",
            "局长",
            "赵演示安",
            "139 0000 0001(微信同号)",
            "主持全面",
            "第一责任人",
            None,
        ),
        (
            *(2, None, "分管安全副局长", "钱演示平(兼)", 13900000002.0, "分管安全"),
            *("组织、协调、督促全市校园安全\n每季度专题研究一次", None),
        ),
        (
            *(3, None, "基础教育科", "孙演示一、李演示二", "13900000004/0851-88000002转801"),
            *("主管中小学", "监管中小学安全", None),
        ),
        (4, None, "分管体卫艺副局长", "空缺", "—", "分管体卫艺", "食品卫生安全", None),
    )
    sheet.merge_cells("A1:H1")
    sheet.merge_cells("B4:B7")
    return _bytes(book)


def districts() -> bytes:
    """Headings in two lines, and 同上."""
    book = _book()
    sheet = _sheet(
        book,
        "区县",
        ("各区县安全责任一览表",),
        ("单位", "岗位", "责任人", None, "一岗双责职责", None),
        (None, None, "姓名", "手机", "业务", "安全职责"),
        ("甲区教育局", "基础教育科", "吴 演", 13900000005, "基教", "学段安全监管"),
        ("丁县教育局", "同上", "周演示三", "13900000003", "同上", "同上"),
        ("示范新区", "〃", "待定", "同上", "同上", "同上"),
        ("丁县教育局", "安全科", "郑演示四", "无", "综合监管", "科室安全"),
    )
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:B3")
    sheet.merge_cells("C2:D2")
    sheet.merge_cells("E2:F2")
    return _bytes(book)


def sections() -> bytes:
    """The column of units holds sections; people and phones that cannot be read."""
    book = _book()
    _sheet(
        book,
        "科室",
        ("机关科室安全职责",),
        ("责任单位", "职务", "业务职责", "责任人", "电话", "安全职责"),
        ("安全科(安稳处)", "科长", "安全综合", "王演示五", "8800005", "24小时值守"),
        ("基础教育科", "科长", "基础教育", "李科长", "8800006", "中小学安全"),
        ("学前教育科", "科长", "幼儿园", "冯演示六", "见通讯录", "幼儿园安全"),
    )
    return _bytes(book)


def schools() -> bytes:
    """Groups under a lone heading, an unknown post, a footnote."""
    book = _book()
    _sheet(
        book,
        "学校",
        ("学校安全责任表", None, None, None),
        ("姓名", "岗位", "业务职责", "安全职责"),
        ("一、丁县第一初级中学", None, None, None),
        ("陈演示七", "校长", "全面", "第一责任人"),
        ("褚演示八", "安全专干", "安全", "日常管理"),
        ("卫演示九", "宇航员", "飞行", "飞行安全"),
        ("二、甲区第一小学", None, None, None),
        ("蒋演示十", "校长", "全面", "第一责任人"),
        ("注:本表由各校报送。", None, None, None),
    )
    return _bytes(book)


def two_sheets() -> bytes:
    """Two sheets, a hidden one, a header printed again, a cover."""
    book = _book()
    header = ("单位名称", "岗位名称", "岗位职责", "安全责任")
    _sheet(book, "封面", ("安全责任表汇编",))
    _sheet(
        book,
        "机关",
        header,
        ("示范市教育局", "局长", "全面", "第一责任人"),
        header,
        ("示范市教育局", "办公室", "文电", "信息报送"),
    )
    _sheet(book, "学校", header, ("丁县一中", "安全专干", "安全专职", "日常检查"))
    hidden = _sheet(book, "旧表", header, ("没有的单位", "局长", "x", "y"))
    hidden.sheet_state = "hidden"
    return _bytes(book)
