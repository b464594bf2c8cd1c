"""履职纪实 and the safety part of the yearly 述职, as Word files for the own hand to finish."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications.records.papers import dossier_paper, duty_report_paper
from notifications.records.quarters import Quarter
from notifications.views.asking import signed_in
from safety.papers import CONTENT_TYPE, Paper

PAPER_LANGUAGE = "zh-hans"  # papers of a bureau are Chinese, whoever reads the page
YEARS_BACK = 10


@require_safe
@login_required
@never_cache
def dossier(request: HttpRequest) -> HttpResponse:
    """履职纪实 of one quarter, or of the whole year with ``year``."""
    user = signed_in(request)
    with override(PAPER_LANGUAGE):
        year = _year(request.GET.get("year", ""))
        quarter = None if request.GET.get("year") else Quarter.named(request.GET.get("quarter", ""))
        paper = dossier_paper(user, year=year, quarter=quarter)
    return download(paper, f"履职纪实-{quarter.code if quarter else year}.docx")


@require_safe
@login_required
@never_cache
def duty_report(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    year = _year(request.GET.get("year", ""))
    with override(PAPER_LANGUAGE):
        paper = duty_report_paper(user, year=year)
    return download(paper, f"述职报告-安全部分-{year}.docx")


def _year(said: str) -> int:
    today = timezone.localdate()
    is_year = said.isdecimal() and len(said) == len("2026")
    year = int(said) if is_year else today.year
    return min(max(year, today.year - YEARS_BACK), today.year)


def download(paper: Paper, name: str) -> HttpResponse:
    answer = HttpResponse(paper.to_bytes(), content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer
