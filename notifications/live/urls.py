from __future__ import annotations

from django.urls import path

from notifications.live import views

app_name = "live"
urlpatterns = [
    path("inbox/rows", views.show_rows, name="rows"),
]
