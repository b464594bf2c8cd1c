"""Addresses of the coverage proof (责任覆盖)."""

from __future__ import annotations

from django.urls import path

from notifications.views import coverage, coverage_accepting

app_name = "coverage"
urlpatterns = [
    path("", coverage.show_coverage, name="coverage"),
    path("gaps/", coverage.list_gaps, name="gaps"),
    path("units/<str:code>/", coverage.show_unit, name="unit"),
    path("units/<str:code>/accept/", coverage_accepting.accept_one, name="accept"),
    path("accepted/", coverage_accepting.list_accepted, name="accepted"),
    path("accepted/rule/", coverage_accepting.accept_rule, name="rule"),
    path("accepted/<uuid:ref>/withdraw/", coverage_accepting.withdraw, name="withdraw"),
]
