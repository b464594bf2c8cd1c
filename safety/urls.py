"""Where every address leads."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from safety.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("safety.home.urls")),
    path("offices/", include("safety.home.offices.urls")),
    path("roster/", include("safety.roster.urls")),
    path("table/workbook/", include("notifications.table.workbook.urls")),
    path("accounts/", include("safety.people.urls")),
    path("", include("notifications.live.urls")),
    path("", include("notifications.urls")),
    path("duty/", include("notifications.duty.urls")),
    path("table/", include("notifications.table.urls")),
    path("coverage/", include("notifications.coverage.urls")),
    path("mine/", include("notifications.records.urls")),
    path("pledges/", include("notifications.pledges.urls")),
    path("chaintests/", include("notifications.chaintest.urls")),
    path("", include("incidents.cases.filing_urls")),
    path("", include("incidents.cases.urls")),
    path("", include("safety.home.what_if.urls")),
    path("", include("safety.home.rulebook.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", api.urls),
]

handler400 = "safety.home.errors.bad_request"
handler403 = "safety.home.errors.forbidden"
handler404 = "safety.home.errors.missing"
handler429 = "safety.home.errors.too_many"
handler500 = "safety.home.errors.server_error"
