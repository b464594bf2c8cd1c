"""Write a draft: begin, change cell by cell or by file, carry over, publish, discard."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safety.errors import Hidden, Problem, Refused
from safety.home.rulebook.access import get_draft, get_open_draft, must_keep, newest_trial
from safety.home.rulebook.files import BOOK, read_into
from safety.home.rulebook.forms import UploadForm
from safety.home.rulebook.paths import carry
from safety.home.rulebook.reasons import in_words
from safety.home.rulebook.tabs import TABS
from safety.home.rulebook.telling import told, told_changes
from safety.home.rulebook.trial import PERIODS
from safety.home.rulebook.views.books import actor_of, as_file, section_names
from safety.home.what_if.forms import MomentField
from safety.rules.checking import problems_of
from safety.rules.drafts import (
    discard_draft,
    publish_draft,
    rebase_draft,
    save_draft,
    start_draft,
)
from safety.rules.models import RuleDraft
from safety.rules.selectors import content_of, newest_rules


class PublishForm(forms.Form):
    """Why, and from when on."""

    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    note = forms.CharField(label=gettext_lazy("Why: document or decision"), max_length=200)
    effective_at = MomentField(
        label=gettext_lazy("In force from"), help_text=gettext_lazy("Empty: at once.")
    )
    gaps_known = forms.BooleanField(
        label=gettext_lazy("Publish although this opens gaps: they are known"), required=False
    )


def revision_of(request: HttpRequest) -> int:
    """The revision that the sender of a form looked at. Raises ``Hidden`` for what is none."""
    said = request.POST.get("revision", "")
    if not said.isdecimal() or len(said) > 9:  # noqa: PLR2004 - what a column of the database holds
        raise Hidden
    return int(said)


@require_POST
@login_required
def begin(request: HttpRequest) -> HttpResponse:
    must_keep(request.user)
    try:
        draft = start_draft(title=request.POST.get("title", ""), actor=actor_of(request))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("rulebook:versions")
    return redirect("rulebook:draft", pk=draft.pk)


@require_safe
@login_required
@never_cache
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """What the draft changes so far, and what can be done with it."""
    draft = get_draft(request.user, pk)
    return render(request, "rulebook/draft.html", _context(request, draft))


def _context(request: HttpRequest, draft: RuleDraft, **more: Any) -> dict[str, Any]:
    newest = newest_rules()
    base = content_of(draft.based_on)
    return {
        "draft": draft,
        "is_open": draft.state == RuleDraft.State.OPEN,
        "lines": told(base, draft.content),
        "newest": newest,
        "is_behind": newest is not None and newest.pk != draft.based_on_id,
        "sections": section_names(),
        "tabs": TABS,
        "trial": newest_trial(request.user, draft),
        "periods": PERIODS,
        **more,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def raw(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """A section as a file: down by GET, up by POST."""
    if request.method != "POST":
        return as_file(get_draft(request.user, pk).content, section, f"draft-{pk}")
    draft = get_open_draft(request.user, pk)
    if section not in (BOOK, *section_names()):
        raise Hidden
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose a file first."))
        return redirect("rulebook:draft", pk=pk)
    try:
        content = read_into(draft.content, section, form.cleaned_data["file"].read())
        save_draft(
            draft=draft,
            revision=form.cleaned_data["revision"],
            content=content,
            actor=actor_of(request),
        )
    except Refused as refused:
        problems = in_words(refused.problems)
        return render(request, "rulebook/draft.html", _context(request, draft, problems=problems))
    messages.success(request, _("Saved in the draft. It does not hold yet."))
    return redirect("rulebook:draft", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def rebase(request: HttpRequest, pk: int) -> HttpResponse:
    """Carry the draft's changes over to the newest version; what both changed is shown first."""
    draft = get_open_draft(request.user, pk)
    newest = newest_rules()
    if newest is None or newest.pk == draft.based_on_id:
        return redirect("rulebook:draft", pk=pk)
    base, newer = content_of(draft.based_on), content_of(newest)
    carried = carry(base=base, draft=draft.content, newer=newer)
    problems: Iterable[Problem] = ()
    if request.method == "POST":
        try:
            rebase_draft(
                draft=draft,
                revision=revision_of(request),
                content=carried.content,
                onto=newest,
                actor=actor_of(request),
            )
        except Refused as refused:
            problems = in_words(refused.problems)
        else:
            messages.success(
                request,
                _("The draft rests on version %(number)d now.") % {"number": newest.number},
            )
            return redirect("rulebook:draft", pk=pk)
    context = {
        "draft": draft,
        "newest": newest,
        "theirs": told(base, newer),
        "clashes": told_changes(carried.clashes, newer, draft.content),
        "lines": told(newer, carried.content),
        "problems": problems,
    }
    return render(request, "rulebook/rebase.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """The last look: every difference, what stands in the way, why, and from when on."""
    draft = get_open_draft(request.user, pk) if request.method != "POST" else _sent(request, pk)
    form = PublishForm(
        request.POST if request.method == "POST" else None, initial={"revision": draft.revision}
    )
    problems: Iterable[Problem] = in_words(problems_of(draft.content))
    if request.method == "POST" and form.is_valid():
        try:
            book = publish_draft(
                draft=draft,
                revision=form.cleaned_data["revision"],
                note=form.cleaned_data["note"],
                effective_at=_moment(form),
                actor=actor_of(request),
                gaps_known=form.cleaned_data["gaps_known"],
            )
        except Refused as refused:
            draft = get_draft(request.user, pk)
            problems = in_words(refused.problems)
        else:
            messages.success(
                request, _("Version %(number)d is published.") % {"number": book.number}
            )
            return redirect("rulebook:versions")
    if not form["gaps_known"].value() and not any(one.field == "coverage" for one in problems):
        del form.fields["gaps_known"]  # nobody is asked about gaps before there are any
    return render(
        request, "rulebook/publish.html", _context(request, draft, form=form, problems=problems)
    )


def _sent(request: HttpRequest, pk: int) -> RuleDraft:
    """Also a draft that somebody else published a moment ago: its sender is told so."""
    return get_draft(request.user, pk)


def _moment(form: PublishForm) -> datetime | None:
    moment: datetime | None = form.cleaned_data["effective_at"]
    return moment


@require_POST
@login_required
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    draft = get_draft(request.user, pk)
    try:
        discard_draft(draft=draft, revision=revision_of(request), actor=actor_of(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The draft is discarded."))
    return redirect("rulebook:versions")
