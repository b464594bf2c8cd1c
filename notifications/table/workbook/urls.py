"""Addresses of the table as a workbook."""

from __future__ import annotations

from django.urls import path

from notifications.views import table_workbook

app_name = "table_workbook"
urlpatterns = [
    path("", table_workbook.show_workbook, name="workbook"),
    path("export/", table_workbook.export, name="export"),
    path("send/", table_workbook.send, name="send"),
    path("<uuid:ref>/", table_workbook.show_preview, name="preview"),
    path("<uuid:ref>/import/", table_workbook.take, name="import"),
    path("<uuid:ref>/drop/", table_workbook.drop, name="drop"),
    path("<uuid:ref>/people/", table_workbook.people, name="people"),
]
