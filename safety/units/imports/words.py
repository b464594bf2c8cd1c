"""The words that offices write into cells, and the values they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from safety.units.models import School, Unit

S, K = School.Stage, Unit.Kind
Value = TypeVar("Value")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _each(groups: Mapping[Value, str]) -> Mapping[str, Value]:
    """Word → value, from groups of words between blanks."""
    return {word: value for value, words in groups.items() for word in words.split()}


YES = _set("是 有 √ ✓ ✔ y yes true 1 对 寄宿 全寄宿 半寄宿 住宿")
NO = _set("否 无 × ✗ ✘ x n no false 0 不 没有 走读 非寄宿 不住宿")

OWNERSHIP: Mapping[str, str] = _each(
    {
        School.Ownership.PUBLIC: (
            "公办 公立 国办 公 教育部门 教育部门办 其他部门办 地方企业办 事业单位办 部队办 集体办 "
            "企业办 政府办 public"
        ),
        School.Ownership.PRIVATE: (
            "民办 私立 民 私 民办普惠 普惠性民办 民办普惠性 民办非普惠 中外合作办 社会力量办 "
            "private"
        ),
    }
)

KINDS: Mapping[str, str] = _each(
    {
        K.CITY: "市局 市教育局 城市 city",
        K.DISTRICT: "区局 县局 区县局 区教育局 县教育局 区县教育局 区县 district",
        K.ZONE: "功能区 开发区 新区 zone",
        K.CENTRAL_SCHOOL: "中心校 中心小学 中心学校 学区 学区中心校 central_school",
        K.SCHOOL: "学校 独立学校 幼儿园 完全小学 完小 school",
        K.CAMPUS: "校区 分校 分园 campus",
        K.TEACHING_POINT: "教学点 村小 村级小学 teaching_point",
    }
)

STAGES: Mapping[str, tuple[str, ...]] = _each(
    {
        (S.KINDERGARTEN,): "幼儿园 学前 学前教育 幼儿 托幼 kindergarten",
        (S.PRIMARY,): "小学 完全小学 完小 普通小学 小学教学点 教学点 primary",
        (S.JUNIOR,): "初中 初级中学 普通初中 职业初中 junior",
        (S.SENIOR,): "高中 高级中学 普通高中 普高 senior",
        (S.VOCATIONAL,): "职高 中职 中专 技校 职业 职业高中 职业学校 中等职业学校 职教 vocational",
        (S.SPECIAL,): "特教 特殊教育 特殊教育学校 special",
        (S.HE,): "高校 高等教育 大学 高职 大专 本科 he",
        (S.TRAINING,): "培训机构 校外培训 校外培训机构 培训 training",
        (S.PRIMARY, S.JUNIOR): "九年一贯制 九年一贯制学校 九年制 义务教育",
        (S.JUNIOR, S.SENIOR): "完全中学 完中",
        (S.PRIMARY, S.JUNIOR, S.SENIOR): "十二年一贯制 十二年一贯制学校 十二年制",
        (S.KINDERGARTEN, S.PRIMARY, S.JUNIOR, S.SENIOR): "十五年一贯制 十五年一贯制学校",
    }
)
STAGE_ORDER: Mapping[str, int] = {stage: place for place, stage in enumerate(S.values)}

DATUMS: Mapping[str, str] = _each(
    {
        School.Datum.WGS84: "wgs84 wgs-84 wgs_84 gps 地球坐标",
        School.Datum.GCJ02: "gcj02 gcj-02 gcj_02 火星坐标 火星坐标系 高德 高德坐标 腾讯 腾讯坐标",
        School.Datum.CGCS2000: "cgcs2000 cgcs-2000 国家2000 2000国家大地坐标系 大地2000 天地图",
    }
)
BAIDU = _set("bd09 bd-09 bd09ll 百度 百度坐标")

OPEN = _set("正常 在办 开办 运行 在用 营业 开放 open")
CLOSED = _set("停办 撤销 撤并 已撤 已撤销 已撤并 关闭 已关闭 注销 已停办 closed")

# In a column of districts or of yes and no, these repeat the row above.
DITTO = frozenset(("同上", "〃", "″", '"', "..", "同前"))
# A line that begins so and has nothing in the name column is no school.
FOOTNOTES = (
    "注:",
    "注：",
    "备注",
    "说明",
    "填表",
    "制表",
    "审核",
    "负责人",
    "合计",
    "总计",
    "小计",
)
TOTALS = frozenset(("合计", "总计", "小计", "共计", "总数"))
EMPTY = frozenset(
    ("-", "--", "—", "——", "/", "\\", "无", "暂无", "n/a", "na", "null", "none", "nan")
)
