"""One sheet as it reads: the text with its names, and the Word file to sign and stamp."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from notifications.pledges.models import Pledge
from notifications.pledges.rules import PledgeRules
from safety.papers import Paper
from safety.rules.selectors import content_of


def text_of(pledge: Pledge) -> dict[str, Any]:
    """The frozen words once somebody signed; before, what the rule book of the sheet says."""
    if pledge.text:
        return dict(pledge.text)
    rules = PledgeRules.of(content_of(pledge.rules))
    pair = next((one for one in rules.pairs if one.id == pledge.pair), None)
    if pair is None:
        return {"title": "", "preamble": "", "clauses": []}
    upper = pledge.upper_post
    return rules.text(
        pair.text,
        {
            "year": rules.label(pledge.year),
            "upper_unit": upper.unit.name if upper else "",
            "lower_unit": pledge.unit.name,
            "upper_post": f"{upper.unit.name}{upper.name}" if upper else "",
            "lower_post": f"{pledge.lower_post.unit.name}{pledge.lower_post.name}",
        },
    )


def sheet_paper(pledge: Pledge) -> Paper:
    """The sheet with both signatures, or with lines for a pen where they are missing."""
    said = text_of(pledge)
    paper = Paper(said["title"])
    paper.paragraph(said["preamble"])
    for number, clause in enumerate(said["clauses"], 1):
        paper.paragraph(f"{number}.{clause}")
    until = pledge.expires_on
    paper.paragraph(
        f"本责任书自{pledge.starts_on:%Y年%m月%d日}起生效,有效期至{until:%Y年%m月%d日}前一日;"
        "岗位人员变动的,由新任职人员续签。"
    )
    paper.gap()
    upper = pledge.upper_post
    paper.paragraph(f"甲方:{upper.unit.name if upper else '______'}(盖章)")
    paper.paragraph(f"岗位:{upper.name if upper else '______'}")
    paper.paragraph(_signature(pledge.upper_signature, pledge.upper_signed_at))
    paper.gap()
    paper.paragraph(f"乙方:{pledge.unit.name}(盖章)")
    paper.paragraph(f"岗位:{pledge.lower_post.name}")
    paper.paragraph(_signature(pledge.lower_signature, pledge.lower_signed_at))
    return paper


def _signature(name: str, at: Any) -> str:
    if at is None:
        return "签字:____________    年  月  日"
    return f"签字:{name}(系统签订 {timezone.localtime(at):%Y年%m月%d日 %H:%M})"
