"""Posts and holders (岗位与任职): the list by unit, the page of one post, and its history."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from safety.home.offices.forms import MomentForm
from safety.home.offices.history import lines_of_post
from safety.home.offices.pages import get_post, listed, post_page
from safety.posts.selectors import holders_at

PAGE = 50


@require_safe
@login_required
@never_cache
def list_posts(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    query = request.GET.get("q", "").strip()[:80]
    vacant = bool(request.GET.get("vacant"))
    listing = listed(request.user, query=query, vacant=vacant, now=now)
    page = Paginator(listing.posts, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": listing.rows(page.object_list),
        "q": query,
        "vacant": vacant,
        "waiting": listing.waiting,
        "may_manage": listing.may_manage,
    }
    return render(request, "home/offices/list.html", context)


@require_safe
@login_required
@never_cache
def show_post(request: HttpRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    page = post_page(request.user, get_post(request.user, pk), now=now)
    return render(request, "home/offices/post.html", {"page": page, "now": now})


@require_safe
@login_required
@never_cache
def show_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Who held the post at a minute, as known today or as known then."""
    post = get_post(request.user, pk)
    form = MomentForm(request.GET or None, initial={"at": timezone.now()})
    held, asked = None, None
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        held = holders_at(post, asked["at"], known_at=asked["known"])
    context = {"post": post, "form": form, "held": held, "asked": asked}
    return render(request, "home/offices/history.html", {**context, "lines": lines_of_post(post)})
