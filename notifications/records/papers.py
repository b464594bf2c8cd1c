"""What the two papers say: facts from the records, blanks where only the person can speak."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from notifications.access import Sight, sight_of
from notifications.models import Alert, Entry, Obligation
from notifications.records.answered import (
    AnsweredLine,
    CapacityCount,
    counts,
    line_of,
    narrowed,
    owed_rows,
    with_alerts,
)
from notifications.records.models import WorkRecord
from notifications.records.quarters import Quarter, quarters_of, start_of
from notifications.records.selectors import standing_records
from notifications.records.statements import statements_of
from notifications.records.words import kind_word, sides_word
from notifications.words import capacity_words, hazard_words
from safety.papers import Paper
from safety.people.models import User
from safety.posts.access import posts_held

ROWS_AT_MOST = 500  # of one list on paper; what is beyond is counted and said
EXAMPLES = 5


def dossier_paper(user: User, *, year: int, quarter: Quarter | None) -> Paper:
    """安全工作一岗双责履职纪实: duties, then quarter by quarter both lines."""
    wanted = [quarter] if quarter else [q for q in quarters_of(year) if _has_begun(q)]
    period = quarter.label if quarter else f"{year}年"
    paper = Paper("安全工作“一岗双责”履职纪实")
    paper.centred(f"{user.name} {period}")
    _duties(paper, user)
    words, sight = capacity_words(), sight_of(user)
    for one in wanted:
        _quarter(paper, user, one, words, sight)
    paper.gap()
    paper.right(f"生成时间:{timezone.localtime():%Y年%m月%d日 %H:%M}")
    paper.paragraph(
        "说明:本纪实由本人记录和系统中的签收、处置记录汇总,可编辑补充;电话答复与点按同等计入;"
        "“系统提醒”时限不计超时;不含任何软件使用数据。"
    )
    return paper


def _has_begun(quarter: Quarter) -> bool:
    return quarter.first <= timezone.localdate()


def _duties(paper: Paper, user: User) -> None:
    paper.heading("一、岗位与职责")
    entries = (
        Entry.objects.filter(table__state="published", post__in=posts_held(user))
        .select_related("unit", "post", "table")
        .order_by("unit__path", "id")
    )
    rows = [
        [f"{entry.unit.label} {entry.post.name}", entry.business_duty, entry.safety_duty]
        for entry in entries
    ]
    if rows:
        paper.table(["岗位", "业务职责", "安全职责"], rows)
    else:
        paper.paragraph("现行责任表中没有本人岗位的条目。")


def _quarter(
    paper: Paper, user: User, quarter: Quarter, words: Mapping[str, str], sight: Sight
) -> None:
    paper.heading(f"{quarter.label}")
    records = list(_records(user, quarter))
    paper.heading("(一)业务线", 2)
    _work(paper, [r for r in records if r.business])
    paper.heading("(二)安全线", 2)
    _work(paper, [r for r in records if r.safety])
    paper.heading("(三)责任事项", 2)
    figures = counts(user, quarter.starts_at, quarter.ends_at, words)
    _figures(paper, figures)
    _answers(paper, user, quarter, words, sight)
    _statements(paper, user, quarter, words, sight)


def _records(user: User, quarter: Quarter) -> list[WorkRecord]:
    found = standing_records(user).filter(on__range=(quarter.first, quarter.last))
    return list(found.select_related("post__unit").order_by("on", "id"))


def _work(paper: Paper, records: Sequence[WorkRecord]) -> None:
    if not records:
        paper.paragraph("本季无记录。")
        return
    rows = [
        [
            f"{r.on:%m月%d日}",
            kind_word(r.kind),
            r.about,
            r.text,
            sides_word(r),
            _entered(r),
        ]
        for r in records[:ROWS_AT_MOST]
    ]
    paper.table(["日期", "类型", "学校/主题", "内容", "同时含", "登记"], rows)
    _beyond(paper, len(records))


def _entered(record: WorkRecord) -> str:
    day = timezone.localtime(record.created_at)
    return f"{day:%m月%d日}补录" if day.date() > record.on else f"{day:%m月%d日}"


def _beyond(paper: Paper, n: int) -> None:
    if n > ROWS_AT_MOST:
        paper.paragraph(f"其余{n - ROWS_AT_MOST}条见系统。")


def _figures(paper: Paper, figures: Sequence[CapacityCount]) -> None:
    if not figures:
        paper.paragraph("本季没有责任事项。")
        return
    rows = [
        [f"{c.unit} {c.word}", str(c.done), str(c.late), str(c.actions), str(c.open)]
        for c in figures
    ]
    paper.table(["责任类别", "已签收(阅)", "其中超时", "处置与上报", "待办"], rows)


def _answers(
    paper: Paper, user: User, quarter: Quarter, words: Mapping[str, str], sight: Sight
) -> None:
    acted = narrowed(owed_rows(user, quarter.starts_at, quarter.ends_at), state="actions")
    n = acted.count()
    if not n:
        return
    rows = []
    for o in with_alerts(acted, user)[:ROWS_AT_MOST]:
        line = line_of(o, sight=sight, words=words, on_paper=True)
        rows.append([_when(o), line.capacity, _what(line), line.answer])
    paper.table(["时间", "责任类别", "事项", "处置"], rows)
    _beyond(paper, n)


def _what(line: AnsweredLine) -> str:
    told = line.words
    parts = (told.get("district"), told.get("where"), hazard_words(told))
    return " ".join(str(part) for part in parts if part)


def _when(o: Obligation) -> str:
    return f"{timezone.localtime(o.met_at):%m月%d日 %H:%M}" if o.met_at else ""


def _statements(
    paper: Paper, user: User, quarter: Quarter, words: Mapping[str, str], sight: Sight
) -> None:
    """本人说明, beside what it is about. What a restricted case was, no paper tells."""
    owed = owed_rows(user, quarter.starts_at, quarter.ends_at, lapsed=True)
    found = with_alerts(owed.filter(statements__person=user), user)
    n = found.count()
    if not n:
        return
    shown = list(found[:ROWS_AT_MOST])
    said = statements_of(user, shown)
    rows = []
    for o in shown:
        line = line_of(o, sight=sight, words=words, statement=said.get(o.pk), on_paper=True)
        rows.append([f"{line.capacity} {_what(line)}", _state_of(line), _stated(line)])
    paper.heading("(四)本人说明", 2)
    paper.table(["事项", "情况", "本人说明"], rows)
    _beyond(paper, n)


def _state_of(line: AnsweredLine) -> str:
    if line.is_lapsed:
        return "未答复,不再需要"
    if not line.answer:
        return "待办"
    late = ",超过规定时限" if line.is_late else ""
    return f"{_when(line.obligation)}{line.answer}{late}"


def _stated(line: AnsweredLine) -> str:
    alert, statement = line.obligation.alert, line.statement
    if alert is None or statement is None or alert.privacy != Alert.Privacy.OPEN:
        return "受限事项,说明不列入纸面。"
    n = statement.corrections
    return statement.text + (f"(已更正{n}次)" if n else "")


def duty_report_paper(user: User, *, year: int) -> Paper:
    """The safety part of the yearly duty report (述职): a draft in the usual order."""
    since, until = start_of(quarters_of(year)[0].first), quarters_of(year)[3].ends_at
    records = standing_records(user).filter(on__year=year, safety=True)
    paper = Paper(f"{year}年度述职报告(安全工作部分)")
    posts = "、".join(str(post) for post in posts_held(user).select_related("unit"))
    paper.centred(f"{user.name} {posts}".strip())
    paper.heading("一、履行安全职责情况")
    _statement(paper, user, since, until, records.count())
    paper.heading("二、所做的主要工作")
    _main_work(paper, list(records.order_by("on", "id")))
    paper.heading("三、存在的不足")
    paper.paragraph("(请本人填写)")
    paper.heading("四、下一步打算")
    paper.paragraph("(请本人填写)")
    paper.gap()
    paper.right(f"{user.name}")
    paper.right(f"{timezone.localdate():%Y年%m月%d日}")
    return paper


def _statement(paper: Paper, user: User, since: datetime, until: datetime, recorded: int) -> None:
    figures = counts(user, since, until, capacity_words())
    done, late = sum(c.done for c in figures), sum(c.late for c in figures)
    actions, still = sum(c.actions for c in figures), sum(c.open for c in figures)
    paper.paragraph(
        "本人严格落实安全工作“党政同责、一岗双责”,把安全工作与业务工作同部署、同落实、同检查、同考核。"
        f"本年度记录安全工作{recorded}项;签收(阅)安全责任事项{done}件"
        + (f",其中超过规定时限{late}件" if late else "")
        + f";处置与上报{actions}次"
        + (f";尚有{still}件待办。" if still else "。")
    )


def _main_work(paper: Paper, records: Sequence[WorkRecord]) -> None:
    if not records:
        paper.paragraph("(本年度没有记录,请本人补充。)")
        return
    by_kind = Counter(r.kind for r in records)
    for number, kind in enumerate(by_kind, 1):
        of_kind = [r for r in records if r.kind == kind]
        paper.heading(f"{number}.{kind_word(kind)}{len(of_kind)}次", 3)
        both = sum(r.business for r in of_kind)
        if both:
            paper.paragraph(f"其中与业务工作同时进行{both}次。")
        for r in of_kind[:EXAMPLES]:
            about = f"({r.about})" if r.about else ""
            paper.paragraph(f"{r.on:%m月%d日}{about}{r.text}")
        if len(of_kind) > EXAMPLES:
            paper.paragraph(f"其余{len(of_kind) - EXAMPLES}次见履职纪实。")
