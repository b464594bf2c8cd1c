from __future__ import annotations

from django.urls import path

from incidents.cases.views import cases
from incidents.cases.views.upward import upward_urls

app_name = "cases"
urlpatterns = [
    path("incidents/", cases.list_incidents, name="incidents"),
    path("incidents/<uuid:ref>/", cases.show_incident, name="incident"),
    path("incidents/<uuid:ref>/measures/", cases.note_measure, name="measure"),
    path("incidents/<uuid:ref>/verified/", cases.note_verified, name="verified"),
    *upward_urls,
]
