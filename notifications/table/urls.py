"""Addresses of the responsibility table (责任表)."""

from __future__ import annotations

from django.urls import path

from notifications.views import table, table_differences, table_publishing, table_rows

app_name = "table"
urlpatterns = [
    path("", table.list_versions, name="versions"),
    path("drafts/", table.begin_draft, name="begin"),
    path("<uuid:ref>/", table.show_version, name="version"),
    path("<uuid:ref>/discard/", table.discard, name="discard"),
    path("<uuid:ref>/carry-over/", table.carry, name="carry"),
    path("<uuid:ref>/rows/add/", table_rows.add_row, name="add_row"),
    path("<uuid:ref>/rows/<int:serial>/", table_rows.edit_row, name="row"),
    path("<uuid:ref>/rows/<int:serial>/remove/", table_rows.remove_row, name="remove_row"),
    path("<uuid:ref>/differences/", table_differences.show_differences, name="differences"),
    path("<uuid:ref>/publish/", table_publishing.show_publishing, name="publish"),
]
