"""Addresses of telling: the first report, its receipt, telephone reports, bound phones."""

from __future__ import annotations

from django.urls import path

from incidents.cases.views import binding, calls, filing, receipt

app_name = "filing"
urlpatterns = [
    path("report/", filing.report, name="report"),
    path("report/<uuid:ref>/", receipt.receipt, name="receipt"),
    path("report/<uuid:ref>/answers/", receipt.answers, name="answers"),
    path("report/<uuid:ref>/measures/", receipt.measure, name="measure"),
    path("bind/<slug:secret>/", binding.bind_phone, name="bind"),
    path("calls/new/", calls.take_call, name="call"),
    path("calls/schools/", calls.find_schools, name="schools"),
]
