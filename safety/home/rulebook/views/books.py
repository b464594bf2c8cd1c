"""Read the rule book: the version in force, older and coming ones, and what differs."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from safety.errors import Hidden, Refused
from safety.home.rulebook.access import get_book, keeps_rules, must_keep, must_read
from safety.home.rulebook.files import BOOK, written
from safety.home.rulebook.pages import note_word, open_drafts, state_of, versions
from safety.home.rulebook.sheets import is_long
from safety.home.rulebook.tabs import TABS, tab
from safety.home.rulebook.telling import told
from safety.ledger.actions import Actor
from safety.rules.actions import withdraw_rules
from safety.rules.models import RuleBook
from safety.rules.registry import sections
from safety.rules.selectors import content_of, current_rules, newest_rules, waiting_rules


def actor_of(request: HttpRequest) -> Actor:
    return Actor(kind="person", ref=str(request.user.pk))


def section_names() -> list[str]:
    return [section.name for section in sections()]


@require_safe
@login_required
@never_cache
def show_current(request: HttpRequest) -> HttpResponse:
    must_read(request.user)
    return redirect("rulebook:version", number=current_rules().number, slug=TABS[0].slug)


@require_safe
@login_required
@never_cache
def show_version(request: HttpRequest, number: int, slug: str) -> HttpResponse:
    """One tab of one version, as tables."""
    book = get_book(request.user, number)
    one = tab(slug)
    sheets = one.sheets(content_of(book))
    return render(
        request,
        "rulebook/version.html",
        {
            "book": book,
            "state": state_of(book),
            "note": note_word(book.note),
            "waiting": waiting_rules(),
            "tab": one,
            "tabs": TABS,
            "sheets": sheets,
            "is_long": is_long(sheets),
            "keeps": keeps_rules(request.user),
        },
    )


@require_safe
@login_required
@never_cache
def list_versions(request: HttpRequest) -> HttpResponse:
    """All versions, and for whoever writes rules the open drafts."""
    must_read(request.user)
    keeps = keeps_rules(request.user)
    newest = newest_rules()
    return render(
        request,
        "rulebook/versions.html",
        {
            "rows": versions(with_withdrawn=keeps),
            "keeps": keeps,
            "drafts": open_drafts(newest) if keeps else [],
            "sections": section_names(),
            "newest": newest,
        },
    )


@require_safe
@login_required
@never_cache
def compare(request: HttpRequest, before: int, after: int) -> HttpResponse:
    """What version ``after`` says otherwise than ``before``."""
    old, new = get_book(request.user, before), get_book(request.user, after)
    lines = told(content_of(old), content_of(new))
    numbers = RuleBook.objects.order_by("-number").values_list("number", flat=True)
    if not keeps_rules(request.user):
        numbers = numbers.filter(withdrawn_at=None)
    context = {
        "old": old,
        "new": new,
        "lines": lines,
        "numbers": list(numbers),
        "note": note_word(new.note),
    }
    return render(request, "rulebook/compare.html", context)


@require_safe
@login_required
@never_cache
def choose_versions(request: HttpRequest) -> HttpResponse:
    """The form of two numbers, without script."""
    numbers = [request.GET.get(name, "") for name in ("before", "after")]
    if not all(number.isdecimal() and len(number) < 10 for number in numbers):  # noqa: PLR2004 - what a column of the database holds
        raise Hidden
    return redirect("rulebook:compare", before=int(numbers[0]), after=int(numbers[1]))


@require_safe
@login_required
@never_cache
def download(request: HttpRequest, number: int, section: str) -> HttpResponse:
    """A section, or the whole version, as a file."""
    book = get_book(request.user, number)
    return as_file(content_of(book), section, f"rulebook-{number}")


def as_file(content: object, section: str, name: str) -> HttpResponse:
    if section not in (BOOK, *section_names()):
        raise Hidden
    text = written(content, section)  # type: ignore[arg-type]
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}-{section}.json"'
    return answer


@require_POST
@login_required
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    must_keep(request.user)
    book = get_book(request.user, number)
    try:
        withdraw_rules(book=book, actor=actor_of(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Version %(number)d is withdrawn.") % {"number": number})
    return redirect("rulebook:versions")
