"""The sorts of schools of the demo city: shares, sizes and equipment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A sort of school: its share of the city, and how large and how equipped it is."""

    key: str
    suffix: str
    stages: tuple[str, ...]
    share: float = 0.0
    pupils: tuple[int, int] = (0, 0)
    private: float = 0.0
    boarding: float = 0.0
    canteen: float = 0.85
    pupils_per_staff: float = 13.0


# Shares after the published figures of a comparable city.
KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            key="kindergarten",
            suffix="幼儿园",
            stages=("kindergarten",),
            share=0.49,
            pupils=(90, 360),
            private=0.55,
            pupils_per_staff=8,
        ),
        Kind(
            key="primary",
            suffix="小学",
            stages=("primary",),
            share=0.235,
            pupils=(160, 1900),
            private=0.08,
            boarding=0.05,
            pupils_per_staff=18,
        ),
        Kind(
            key="nine_year",
            suffix="学校",
            stages=("primary", "junior"),
            share=0.03,
            pupils=(700, 2600),
            private=0.3,
            boarding=0.25,
        ),
        Kind(
            key="junior",
            suffix="初级中学",
            stages=("junior",),
            share=0.095,
            pupils=(400, 1900),
            private=0.06,
            boarding=0.3,
        ),
        Kind(
            key="complete",
            suffix="中学",
            stages=("junior", "senior"),
            share=0.02,
            pupils=(1200, 3600),
            private=0.15,
            boarding=0.6,
        ),
        Kind(
            key="senior",
            suffix="高级中学",
            stages=("senior",),
            share=0.03,
            pupils=(1200, 3400),
            private=0.15,
            boarding=0.75,
        ),
        Kind(
            key="special",
            suffix="特殊教育学校",
            stages=("special",),
            share=0.006,
            pupils=(60, 240),
            boarding=0.7,
            pupils_per_staff=4,
        ),
        Kind(
            key="vocational",
            suffix="职业技术学校",
            stages=("vocational",),
            share=0.012,
            pupils=(1200, 5200),
            private=0.3,
            boarding=0.9,
            pupils_per_staff=17,
        ),
        Kind(
            key="he",
            suffix="职业学院",
            stages=("he",),
            share=0.004,
            pupils=(4000, 9000),
            boarding=1.0,
            pupils_per_staff=17,
        ),
        Kind(
            key="training",
            suffix="培训学校",
            stages=("training",),
            share=0.02,
            pupils=(60, 400),
            private=1.0,
            canteen=0.0,
            pupils_per_staff=20,
        ),
        Kind(
            key="unlicensed",
            suffix="幼儿看护点(未审批)",
            stages=("kindergarten",),
            share=0.008,
            pupils=(20, 60),
            private=1.0,
            pupils_per_staff=9,
        ),
        Kind(
            key="village",
            suffix="村小",
            stages=("primary",),
            share=0.03,
            pupils=(40, 110),
            pupils_per_staff=11,
        ),
        Kind(
            key="central",
            suffix="中心小学",
            stages=("primary",),
            share=0.02,
            pupils=(320, 900),
            boarding=0.3,
        ),
    )
}
