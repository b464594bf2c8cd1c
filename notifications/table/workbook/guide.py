"""What the sheet 说明 tells whoever fills the workbook."""

from __future__ import annotations

from notifications.table.workbook.marks import Mark

INVENTED = "演示数据"
TITLE = "怎样填写这张责任表"
LINES = (
    "一行 = 单位 + 岗位 + 责任类别。业务职责、安全职责两栏都必须填:一个岗位,两份责任。",
    "表里不写人名和电话。谁在岗由「人员调整」登记起止日期,换人不用重发责任表。",
    "灰色的列(序号、单位、岗位、岗位类型)只供对照。改单位或岗位,改它的代码。",
    "新增:在任意位置插入一行,填单位代码、岗位代码、责任类别和两份职责。删除:删掉整行。",
    "责任类别、党政:从下拉选项中选一个。",
    "学段、风险类别、办学性质、分管科室:可填多个,用顿号(、)分开,词见「选项」。不填 = 不限。",
    "风险类别可带条件,写在括号里,例如:侵害(涉及教职工)。条件见「选项」最后一列。",
    "学校范围、片区范围:每行一个单位代码,代码后面的名称只供对照。",
    "所有单元格都是文本,以 = + - @ 开头的内容不会被计算;请不要写公式,不要用宏,不要引用别的文件。",
    "第二行是表头:不要改名,不要删列。列的先后可以调整,自己加的列会被忽略。",
    "导入时先列出全部改动和错误(哪一行、哪一格、为什么、怎么改),确认以前什么都不会写入。",
    "「标记」是隐藏的工作表,记着这份文件来自哪一版;请不要删除。",
)


def lines(mark: Mark, *, title: str, part: str, invented: bool) -> list[str]:
    """The whole sheet, one text a line."""
    version = f"第{mark.number}版" if mark.number else "拟稿"
    found = [
        title,
        TITLE,
        f"来源:安全工作责任表({version}),范围:{part},{mark.rows}行,导出时间:{mark.made_at}",
        f"内容校验:{mark.digest[:16]}",
        "",
        *(f"{number}. {line}" for number, line in enumerate(LINES, start=1)),
    ]
    if invented:
        found.insert(1, f"{INVENTED}:单位、岗位、职责均为虚构,不得当真。")
    return found
