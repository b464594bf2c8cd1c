"""Posts and holders (岗位与任职): the list by unit, and the page of one post."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from safety.home.offices.pages import get_post, listed, post_page

PAGE = 50


@require_safe
@login_required
@never_cache
def list_posts(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    query = request.GET.get("q", "").strip()[:80]
    vacant = bool(request.GET.get("vacant"))
    posts = listed(request.user, query=query, vacant=vacant, now=now)
    page = Paginator(posts.posts, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": posts.rows(page.object_list), "q": query, "vacant": vacant}
    return render(request, "home/offices/list.html", {**context, "may_manage": posts.may_manage})


@require_safe
@login_required
@never_cache
def show_post(request: HttpRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    return render(
        request,
        "home/offices/post.html",
        {"page": post_page(request.user, get_post(request.user, pk), now=now), "now": now},
    )
