from __future__ import annotations

from django.urls import path

from notifications.records import downloads, statement_views, views

app_name = "records"
urlpatterns = [
    path("note/", views.note, name="note"),
    path("records/", views.list_records, name="records"),
    path("records/<uuid:ref>/", views.show_record, name="record"),
    path("records/<uuid:ref>/withdraw/", views.withdraw, name="withdraw"),
    path("answers/", views.list_answers, name="answers"),
    path("answers/<uuid:ref>/statement/", statement_views.state, name="statement"),
    path("dossier/", downloads.dossier, name="dossier"),
    path("duty-report/", downloads.duty_report, name="duty_report"),
]
